"""Lists that are made: as long as a word says, each element of the one before; or twice as long as
the first list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import (
    cheapest,
    constants,
    leaves,
    statements,
    used,
    word_in,
)
from synth.deduction.loops import Loop
from synth.deduction.vectors import Expressions, Leaf, Vectors
from synth.deduction.words import Words

__all__ = ["doubled", "generated"]


def generated(words: Words) -> Iterator[tuple[Term, ...]]:
    """So many elements, the first a word of the example, each other one a word of the one before
    it."""
    given = words.given
    lengths = [*map(len, given.wanted)]
    if given.is_number or len({*lengths}) < 2 or max(lengths) < 3:
        return
    number = words.find(lengths)
    first = words.find([ys[0] if ys else None for ys in given.wanted])
    if number is None or first is None:
        return
    example = np.repeat(np.arange(len(lengths)), [max(n - 1, 0) for n in lengths])
    before = np.array([y for ys in given.wanted for y in ys[:-1]], np.uint8)
    after = np.array([y for ys in given.wanted for y in ys[1:]], np.uint8)
    costs = constants(given, others=3)
    found = [*leaves(given, words.known, costs, example), Leaf("x", 1, before)]
    steps = Expressions(found, given.language, given.words, words.tally, words.most)
    step = cheapest(steps, partial(_is, after), evidence(given, after))
    if step is None:
        return
    yield (
        *words.used((number, first, step)),
        Term("assign", ("k", number)),
        Term("assign", ("x", first)),
        Term("assign", ("p", given.first)),
        Term("times", ("k", Term("do", (
            *statements("(store p x) (assign p (inc p))"), Term("assign", ("x", step)),
        )))),
        *statements(given.closed("p")),
    )  # fmt: skip


def doubled(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """Each element becomes two words of it; from the last one on, so that none is overwritten
    before its turn."""
    given = loop.given
    alike = all(len(ys) == 2 * n for ys, n in zip(given.wanted, loop.counts, strict=True))
    if given.is_number or not loop.whole or loop.beside is not None or not alike:
        return
    behind = Term("load", (Term("inc", ("p",)),))  # is overwritten before
    words = loop.expressions_of([leaf for leaf in loop.leaves() if leaf.term != behind])
    pair: list[Arg] = []
    for k in range(2):
        target = np.array([y for ys in given.wanted for y in ys[k::2]], np.uint8)
        word = cheapest(words, partial(_is, target), evidence(given, target))
        if word is None:
            return
        pair.append(word)
    left = given.since("p")
    yield (
        *used(given, pair, loop.known),
        *statements(f"{given.to_end()} (assign q (add p {left})) {given.closed('q')}"),
        Term("while", (word_in(left), Term("do", (
            *statements("(assign p (dec p)) (assign q (sub q 2))"),
            Term("store", (Term("inc", ("q",)), pair[1])),
            Term("store", ("q", pair[0])),
        )))),
    )  # fmt: skip


def _is(target: UInt8[np.ndarray, " n"], values: Vectors) -> Bool[np.ndarray, " some"]:
    return (values == target).all(1)
