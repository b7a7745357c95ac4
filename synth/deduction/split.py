"""Outputs that are made in one way where a test of the example holds, and in another elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from math import inf, log2
from operator import attrgetter, itemgetter
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64, UInt8

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence_of_each
from synth.deduction.features import MARGIN, Feature, names_in, used
from synth.deduction.further import further
from synth.deduction.loops import loops, mapped
from synth.deduction.shown import FEWEST, Shown, after
from synth.deduction.tests import Test, tests
from synth.deduction.vectors import bits
from synth.deduction.ways import Way, ways
from synth.deduction.words import Words

__all__ = ["split"]

MOST_FOUND: Final = 8
"""Programs that are offered, some of which have too many lines."""
ALIKE: Final = 3
"""Tests that tell the examples apart in the same way: some take too many steps."""
SURE_TEST: Final = 2.0
SURE_WAY: Final = 1.0
"""Bits by which what tells of a test, or of a way, must be more than it costs."""
PARTS: Final = 6
"""What ways leave over, of which a way is sought by itself."""
WORK: Final = 500
"""Expressions that are tried for a part."""


def split(words: Words) -> Iterator[tuple[Term, ...]]:
    """Of all tests and pairs of ways that make what is wanted the cheapest ones, in bits, while the
    outputs tell more. Ways are found on all examples at once, so that each test only looks up which
    are right where it holds, and where not."""
    given = words.given
    if given.opened or not any(given.lists):
        return
    every = ways(words)
    if not given.is_number:
        every = sorted((*every, *_left_over(words, every)), key=attrgetter("cost"))
    tell, found = evidence_of_each(given), list[tuple[float, tuple[Term, ...]]]()
    alone = min((way.cost for way in every if way.right.all()), default=inf)
    if not every or alone + MARGIN <= tell.sum():  # one way is simpler than two
        return
    right = np.array([way.right for way in every])
    for test in tests(given, words.known, 1, ALIKE):
        sides = test.holds, ~test.holds
        fits = [right[:, side].all(1) for side in sides]
        if not all(fit.any() for fit in fits):
            continue
        pair = [every[int(fit.argmax())] for fit in fits]
        cost = test.cost + sum(way.cost for way in pair)
        if cost + MARGIN <= tell.sum() and _is_told(test, pair, tell):
            found.append((cost, _written(words, test, pair)))
    found.sort(key=itemgetter(0))
    yield from (program for _, program in found[:MOST_FOUND])


def _is_told(test: Test, pair: Sequence[Way], tell: Float64[np.ndarray, " examples"]) -> bool:
    """Whether the examples tell that test, where only one of the ways is right, and each of these,
    where it is used."""
    one, other = pair
    apart = one.right ^ other.right
    if test.cost + SURE_TEST > bits(test.holds[apart]):
        return False
    sides = test.holds, ~test.holds
    return all(
        way.cost + SURE_WAY <= tell[side].sum() for way, side in zip(pair, sides, strict=True)
    )


def _written(words: Words, test: Test, pair: Sequence[Way]) -> tuple[Term, ...]:
    """What all need that is said of the list is found before the test: it is still as it was."""
    said = (test.word, *(word for way in pair for word in way.words))
    one, other = (Term("do", way.make()) for way in pair)
    return (
        *used(words.given, said, (*words.known, *further(words.given, words.known), *test.more)),
        Term("if-zero", (test.word, other, one)),
    )


# ------------------------------------------------------------ parts


def _left_over(words: Words, every: Sequence[Way]) -> Iterator[Way]:
    """How the examples are made for which a cheap way is wrong, where no other is right on all: one
    of two words of each element, say."""
    seen = set[bytes]()
    often = sorted(every, key=lambda way: way.cost - sum(way.right) * log2(1 + len(way.right)))
    for way in often:
        part = ~way.right
        if part.sum() < FEWEST or (key := part.tobytes()) in seen:
            continue
        seen.add(key)
        if len(seen) > PARTS:
            return
        if any(other.right[part].all() for other in every):
            continue
        yield from _sought(words, part)


def _sought(words: Words, part: Bool[np.ndarray, " examples"]) -> Iterator[Way]:
    """What the examples of that part alone lead to."""
    given, before = words.given, words.tally.tried
    wanted = tuple(ys for ys, own in zip(given.wanted, part, strict=True) if own)
    some = replace(given, memory=given.memory[part], wanted=wanted)
    known = tuple(replace(feature, values=feature.values[part]) for feature in words.known)
    loop = islice(loops(some, known, words.tally, WORK), 1)
    for made in chain.from_iterable(map(mapped, loop)):
        then = after(given, Term("do", made))
        if then is None:
            continue
        right = [_is_there(given, *pair) for pair in zip(then.memory, given.wanted, strict=True)]
        cost = log2(1 + words.tally.tried - before)
        whole = (*_unset(words.known, made), *made)
        yield Way(cost, np.array(right), (), lambda whole=whole: whole)


def _is_there(given: Shown, cells: UInt8[np.ndarray, " words"], ys: Sequence[int]) -> bool:
    at, end = given.first, given.first + len(ys)
    size = int(cells[at - 1]) if given.counted else len(ys) + int(cells[end])
    return size == len(ys) and cells[at:end].tolist() == [*ys]


def _unset(known: Iterable[Feature], made: Iterable[Arg]) -> Iterator[Term]:
    """A test may have used the same variables, which begin with 0."""
    names = names_in(made)
    for feature in known:
        if feature.name in names and feature.body and not feature.before:
            yield Term("assign", (feature.name, 0))
