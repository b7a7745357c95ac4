"""Scans from the last element on: each element becomes a word of it and of what the one behind it
has become."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

import numpy as np
from jaxtyping import Bool

from bridge.term import Term
from synth.deduction.evidence import evidence
from synth.deduction.features import fitting, statements, used, word_in
from synth.deduction.loops import Loop
from synth.deduction.vectors import Leaf, Vectors

__all__ = ["scanned_back"]

BEHIND: Final = Term("load", (Term("inc", ("p",)),))
"""The next element, which has been overwritten."""


def scanned_back(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """In a variable stands what the element behind has become; for the last one 0, or that
    itself."""
    given = loop.given
    lengths = tuple(map(len, given.wanted))
    if given.is_number or not loop.whole or loop.beside is not None or lengths != loop.counts:
        return
    target = np.array([*chain.from_iterable(given.wanted)], np.uint8)

    def goal(values: Vectors) -> Bool[np.ndarray, " some"]:
        return (values == target).all(1)

    leaves = [leaf for leaf in loop.leaves() if leaf.term != BEHIND]
    starts = ("0", [(0,) for _ in lengths]), ("(load (dec p))", [xs[-1:] for xs in given.lists])
    for start, last in starts:
        behind = [(*ys[1:], *end)[: len(ys)] for ys, end in zip(given.wanted, last, strict=True)]
        values = np.array([*chain.from_iterable(behind)], np.uint8)
        words = loop.expressions_of([*leaves, Leaf("y", 1, values)])
        found = False
        for word in fitting(words, goal, evidence(given, target)):
            found = True
            step = statements("(store p y)")
            yield (
                *used(given, [word], loop.known),
                *statements(f"{given.to_end()} (assign y {start})"),
                Term("while", (word_in(given.since("p")), Term("do", (
                    *statements("(assign p (dec p))"), Term("assign", ("y", word)), *step,
                )))),
            )  # fmt: skip
        if found:
            return
