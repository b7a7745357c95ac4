"""Elements of the first list that are kept, where a test of the element holds, or two do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from typing import Final

import numpy as np
from jaxtyping import Bool

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import fitting, statements
from synth.deduction.loops import Loop
from synth.deduction.pairs import of_one, of_two
from synth.deduction.vectors import Vectors

__all__ = ["UNCLEAR", "alike", "asked", "filtered", "filtered_by_two", "keeping", "kept_of"]

UNCLEAR: Final = -1


def filtered(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """Elements are kept where a word is not 0, or where it is 0."""
    if (task := asked(loop)) is None:
        return
    clear, kept, enough = task

    def goal(values: Vectors) -> Bool[np.ndarray, " some"]:
        fits = alike(values[:, clear] != 0, kept)
        for i in () if clear.all() else np.flatnonzero(fits):
            fits[i] = any(_leads_to(loop, holds) for holds in (values[i] != 0, values[i] == 0))
        return fits

    found = False
    for word in fitting(loop.expressions, goal, enough, tests=True):
        found = True
        yield from keeping(loop, word)
    if not found and (word := of_one(loop.tests, *task)) is not None:
        yield from keeping(loop, word)


def filtered_by_two(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """Elements are kept where two tests hold, or one of them does."""
    if (task := asked(loop)) is not None:
        word = of_two(loop.tests, *task, loop.tally)
        if word is not None:
            yield from keeping(loop, word)


def asked(
    loop: Loop,
) -> tuple[Bool[np.ndarray, " n"], Bool[np.ndarray, " clear"], float] | None:
    """Of which elements it is clear whether they are kept, which of these are, and how many bits
    that tells; None where it isn't so that some are."""
    given = loop.given
    if given.is_number or not loop.whole or loop.beside is not None:
        return None
    told = [kept_of(xs, ys) for xs, ys in zip(given.lists, given.wanted, strict=True)]
    if None in told:
        return None
    keep = np.array([kept for own in told for kept in own or ()], np.int8)
    clear = keep != UNCLEAR
    kept = keep[clear] == 1
    return None if kept.all() or not kept.any() else (clear, kept, evidence(given, kept))


def keeping(loop: Loop, word: Arg) -> Iterator[tuple[Term, ...]]:
    """The programs that keep elements where it is not 0, or where it is."""
    given = loop.given
    nothing, push = Term("do"), Term("do", statements("(store q (load p)) (assign q (inc q))"))
    for bodies in ((nothing, push), (push, nothing)):
        keep_some = loop.loop(Term("if-zero", (word, *bodies)))
        start = Term("assign", ("q", given.first))
        yield (*loop.before(word), start, keep_some, *statements(given.closed("q")))


def _leads_to(loop: Loop, holds: Bool[np.ndarray, " n"]) -> bool:
    """Whether what is wanted is left where that holds."""
    given, at = loop.given, 0
    for xs, wanted in zip(given.lists, given.wanted, strict=True):
        if tuple(compress(xs, holds[at : at + len(xs)])) != wanted:
            return False
        at += len(xs)
    return True


def alike(
    holds: Bool[np.ndarray, "some n"], kept: Bool[np.ndarray, " n"]
) -> Bool[np.ndarray, " some"]:
    """Which of them are so, or are the opposite."""
    same = holds == kept
    return same.all(1) | ~same.any(1)


def kept_of(xs: tuple[int, ...], wanted: tuple[int, ...]) -> list[int] | None:
    """Which of the elements are kept, 1 or 0, if all that are equal are, or none of them; else it
    isn't clear. None where nothing is left out that leads to the wanted list."""
    values = set(wanted)
    if tuple(x for x in xs if x in values) == wanted:
        return [int(x in values) for x in xs]
    rest = iter(xs)
    return [UNCLEAR] * len(xs) if all(y in rest for y in wanted) else None
