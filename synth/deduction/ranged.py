"""Outputs that are the numbers from 0 or 1 to a word of the example, but for those that a test of
the number leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log2
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import constants, fitting, leaves, statements
from synth.deduction.kept import alike
from synth.deduction.vectors import Expressions, Leaf, Vectors
from synth.deduction.words import Words

__all__ = ["ranged"]

LONGEST: Final = 40
"""Numbers of an example."""


class _Range(NamedTuple):
    low: int
    high: Arg
    last: Sequence[int]
    """What the higher bound is on each example."""


def ranged(words: Words) -> Iterator[tuple[Term, ...]]:
    """For the first bounds between which all that is wanted lies, and not all is wanted."""
    given = words.given
    rises = all(x < y for ys in given.wanted for x, y in pairwise(ys))
    if given.is_number or not rises or not any(len(ys) > 1 for ys in given.wanted):
        return
    for number, own in enumerate(_ranges(words), 1):
        counts = [max(n + 1 - own.low, 0) for n in own.last]
        every = np.array([i for n in own.last for i in range(own.low, n + 1)])
        example = np.repeat(np.arange(len(counts)), counts)
        at = zip(every.tolist(), example.tolist(), strict=True)
        kept = np.array([i in given.wanted[e] for i, e in at])
        if max(counts) > LONGEST or kept.sum() < len(given.flat) or kept.all():
            continue

        def goal(values: Vectors, kept: Bool[np.ndarray, " n"] = kept) -> Bool[np.ndarray, " some"]:
            return alike(values != 0, kept)

        found = [*leaves(given, words.known, constants(given), example)]
        found.append(Leaf("x", 1, every.astype(np.uint8)))
        tests = Expressions(found, given.language, given.words, words.tally, words.most, dear=2)
        for test in fitting(tests, goal, evidence(given, kept) - log2(number), tests=True):
            yield from _programs(words, own, test)


def _ranges(words: Words) -> Iterator[_Range]:
    """From 0 or 1 to the greatest number that is wanted, or to what is said of the list."""
    given = words.given
    greatest = max(given.flat, default=0)
    highs: list[tuple[Arg, Sequence[int]]] = [(greatest, [greatest] * len(given.wanted))]
    highs += [(feature.name, feature.values.tolist()) for feature in words.known]
    for low in (1, 0):
        for high, last in highs:
            yield _Range(low, high, last)


def _programs(words: Words, own: _Range, test: Arg) -> Iterator[tuple[Term, ...]]:
    """Numbers are kept where the test is not 0, or where it is 0."""
    given = words.given
    end = own.high + 1 if isinstance(own.high, int) else Term("inc", (own.high,))
    nothing, push = Term("do"), Term("do", statements("(store p x) (assign p (inc p))"))
    for bodies in ((nothing, push), (push, nothing)):
        keep = Term("if-zero", (test, *bodies))
        step = Term("do", (keep, *statements("(assign x (inc x))")))
        yield (
            *words.used([own.high, test]),
            *statements(f"(assign p {given.first}) (assign x {own.low})"),
            Term("assign", ("e", end)),
            Term("while", (Term("sub", ("e", "x")), step)),
            *statements(given.closed("p")),
        )
