"""Tests of an example: what tells some of the examples from the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, product
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Arg, Term
from synth.deduction.features import SECOND, SMALL, Feature
from synth.deduction.shown import Shown
from synth.deduction.vectors import bits

__all__ = ["Test", "tests"]

FEWEST: Final = 2
"""Examples on which a test must hold, and on which it must not."""
MARGIN: Final = 1
"""Bits by which the examples that a test tells apart must tell more than those that were tried."""
MOST: Final = 200


@dataclass(frozen=True)
class Test:
    """A word that is not 0 where it holds."""

    word: Arg
    holds: Bool[np.ndarray, " examples"]


def tests(given: Shown, known: Sequence[Feature]) -> Iterator[Test]:
    """Inputs, the first elements and the last one, held against each other, then against constants,
    as the length is; then what else is said of the list. Each tells the examples apart in another
    way; they are many enough to tell which was meant."""
    seen = set[bytes]()
    for test in _tests(given, known):
        keys = {test.holds.tobytes(), (~test.holds).tobytes()}
        if keys & seen:
            continue
        seen |= keys
        if len(seen) > 2 * MOST:
            return
        few = min(test.holds.sum(), (~test.holds).sum())
        if few >= FEWEST and bits(test.holds) >= np.log2(len(seen) // 2) + MARGIN:
            yield test


def _tests(given: Shown, known: Sequence[Feature]) -> Iterator[Test]:
    if not {"eq", "less"} <= set(given.language):
        return
    at = given.first
    places = [*range(given.numbers), *range(at, min(at + SMALL, given.words))]
    ends = [_Atom(Term("load", (k,)), given.memory[:, k]) for k in places]
    features = {feature.name: _Atom(feature.name, feature.values) for feature in known}
    ends.insert(given.numbers + 2, features.pop("l"))  # rather than the third one
    del features["h"], features[SECOND]  # which are among the places
    yield from _held_together(combinations(ends, 2))
    first = [*ends, features.pop("n")]
    yield from _held_against_constants(given, first)
    rest = [*features.values()]
    yield from _held_together([*product(first[-1:], ends), *combinations([*rest, *first], 2)])
    yield from _held_against_constants(given, rest)


class _Atom(NamedTuple):
    """An element, an input that is a number, or a feature."""

    word: Arg
    values: UInt8[np.ndarray, " examples"]


def _held_together(pairs: Iterable[tuple[_Atom, _Atom]]) -> Iterator[Test]:
    """Whether both are equal; whether one is below the other."""
    for one, other in pairs:
        yield Test(Term("eq", (one.word, other.word)), one.values == other.values)
        yield Test(Term("less", (other.word, one.word)), other.values < one.values)
        yield Test(Term("less", (one.word, other.word)), one.values < other.values)


def _held_against_constants(given: Shown, atoms: Sequence[_Atom]) -> Iterator[Test]:
    """Whether they are below a bound, odd, or equal to a number that occurs."""
    for word, values in atoms:
        for low, high in pairwise(np.unique(values).tolist()):
            bound = _roundest(low + 1, high)
            yield Test(Term("less", (word, bound)), values < bound)
    for word, values in atoms:
        yield Test(Term("mod", (word, 2)), values % 2 == 1)
    constants = {*given.memory.ravel().tolist(), *chain.from_iterable(given.wanted)}
    for word, values in atoms:
        for constant in sorted(constants):
            yield Test(Term("eq", (word, constant)), values == constant)


def _roundest(low: int, high: int) -> int:
    """Of the numbers from low to high the one that people would choose."""
    for unit in (10, 5):
        if (found := -(-low // unit) * unit) <= high:
            return found
    return (low + high) // 2
