"""Outputs that are made in one way where a test of the example holds, and in another elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log2
from operator import itemgetter
from typing import Final

import numpy as np
from jaxtyping import Bool

from bridge.term import Term
from synth.deduction.features import MARGIN, features
from synth.deduction.frames import framed
from synth.deduction.kept import filtered
from synth.deduction.loops import loops, mapped
from synth.deduction.shown import FEWEST, Shown
from synth.deduction.tests import tests
from synth.deduction.vectors import bits
from synth.deduction.wholes import Whole, wholes
from synth.deduction.words import Words

__all__ = ["split"]

MOST_FOUND: Final = 8
"""Programs that are offered, some of which have too many lines."""
WORK: Final = 500
"""Expressions that are tried for a part."""


def split(words: Words) -> Iterator[tuple[Term, ...]]:
    """Tests of whose both parts a simple hypothesis is right, the shortest programs first."""
    given = words.given
    if given.is_number or given.opened or not any(given.lists):
        return
    found: list[tuple[int, tuple[Term, ...]]] = []
    known = [*wholes(given)]
    for number, test in enumerate(tests(given, words.known), 1):
        if min(test.holds.sum(), (~test.holds).sum()) < FEWEST:
            continue
        parts: list[Term] = []
        for holds in (~test.holds, test.holds):
            part = _part(given, holds, log2(number))
            if (made := _made(part, words)) is None:  # it is empty where the list stays
                made = _made_whole(part, holds, known)
            if made is None:
                break
            parts.append(Term("do", made))
        if len(parts) == 2:
            whole = *words.used([test.word]), Term("if-zero", (test.word, *parts))
            found.append((sum(part.size for part in parts), whole))
    found.sort(key=itemgetter(0))  # tests come in an order of their own
    yield from (program for _, program in found[:MOST_FOUND])


def _part(given: Shown, holds: Bool[np.ndarray, " examples"], spent: float) -> Shown:
    wanted = tuple(ys for ys, own in zip(given.wanted, holds, strict=True) if own)
    return replace(given, memory=given.memory[holds], wanted=wanted, spent=spent)


def _made(part: Shown, words: Words) -> tuple[Term, ...] | None:
    """How a part of the examples is made."""
    known = features(part)
    own = Words(part, known, words.tally, WORK, by_two=False)  # a test has been spent
    for found in framed(own):
        return found
    for loop in loops(part, known, words.tally, WORK):
        if loop.whole and loop.beside is None:
            for hypothesis in (mapped, filtered):
                for found in hypothesis(loop):
                    return found
    return None


def _made_whole(
    part: Shown, holds: Bool[np.ndarray, " examples"], known: Sequence[Whole]
) -> tuple[Term, ...] | None:
    """How a part is made of the whole list, if the examples tell it from the other ways."""
    enough = bits(part.flat) - part.spent - MARGIN
    for whole in known:
        if whole.right[holds].all() and enough > log2(len(known)):
            return whole.program(part)
    return None
