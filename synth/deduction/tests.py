"""Tests of an example: what tells some of the examples from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, pairwise, permutations, product
from math import log2
from operator import gt, lt
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Arg, Term
from synth.deduction.features import SECOND, SMALL, Feature
from synth.deduction.shown import Shown
from synth.deduction.vectors import bits

__all__ = ["FEWEST", "Test", "tests"]

FEWEST: Final = 2
"""Examples on which a test must hold, and on which it must not, where little else is told."""
MARGIN: Final = 1
"""Bits by which the examples that a test tells apart must tell more than those that were tried."""
MOST: Final = 200
MODULI: Final = (3, 4, 5)
MULTIPLES: Final = (2, 3, 4)


@dataclass(frozen=True)
class Test:
    """A word that is not 0 where it holds."""

    word: Arg
    holds: Bool[np.ndarray, " examples"]
    more: tuple[Feature, ...] = ()
    """What the word needs besides what is known."""
    cost: float = 0.0
    """In bits."""


def tests(given: Shown, known: Sequence[Feature], fewest: int, alike: int) -> Iterator[Test]:
    """Inputs, the first elements and the last one, held against each other, then against constants,
    as the length is; then what else is said of the list. At most so many that are `alike` tell the
    examples apart in the same way; these ways are many enough to tell which was meant."""
    ranks, met = dict[bytes, int](), Counter[int]()
    for test in _tests(given, known):
        key = min(test.holds.tobytes(), (~test.holds).tobytes())
        rank = ranks.setdefault(key, 1 + len(ranks))
        if rank > MOST:
            return
        met[rank] += 1
        few = min(test.holds.sum(), (~test.holds).sum())
        cost = log2(rank)
        if met[rank] <= alike and few >= fewest and bits(test.holds) >= cost + MARGIN:
            yield replace(test, cost=cost)


def _tests(given: Shown, known: Sequence[Feature]) -> Iterator[Test]:
    if not {"eq", "less"} <= set(given.language):
        return
    at = given.first
    places = [*range(given.numbers), *range(at, min(at + SMALL, given.words))]
    ends = [_Atom(Term("load", (k,)), given.memory[:, k]) for k in places]
    features = {feature.name: _Atom(feature.name, feature.values) for feature in known}
    ends.insert(given.numbers + 2, features.pop("l"))  # rather than the third one
    del features["h"], features[SECOND]  # which are among the places
    size, third = features.pop("n"), ends[given.numbers + SMALL :]
    ends = ends[: given.numbers + SMALL]
    yield from _held_together(combinations(ends, 2))
    yield from _of_order(given)
    yield from _held_together(product(third, ends))
    yield from _held_against_constants(given, [size, *ends])
    yield from _held_together(product([size], ends))
    yield from _of_elements(given)
    rest = [*third, *features.values()]
    yield from _held_together(combinations([*rest, size, *ends], 2))
    yield from _held_against_constants(given, rest)
    yield from _held_against_multiples(given, [*rest, size, *ends])


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


def _held_against_multiples(given: Shown, atoms: Sequence[_Atom]) -> Iterator[Test]:
    """Whether they are below so many times another one."""
    if "mul" not in given.language:
        return
    for (word, values), (other, others) in permutations(atoms, 2):
        for k in MULTIPLES:
            more = others.astype(np.int64) * k % given.words
            yield Test(Term("less", (word, Term("mul", (other, k)))), values < more)


def _of_order(given: Shown) -> Iterator[Test]:
    """Whether an element is less than the one before it, or greater; whether one is there again."""
    for name, op, pair in (("td", lt, "(load p) tp"), ("tu", gt, "tp (load p)")):
        note = f"(assign {name} (max {name} (less {pair})))"
        first = f"(if-zero (sub p {given.first}) (do) (do {note}))"
        holds = [any(op(y, x) for x, y in pairwise(xs)) for xs in given.lists]
        yield _noted(name, f"{first} (assign tp (load p))", holds)
    seek = "(while (min (sub p r) (sub (load r) (load p))) (do (assign r (inc r))))"
    again = f"(assign r {given.first}) {seek} (assign tr (max tr (less r p)))"
    yield _noted("tr", again, [len({*xs}) < len(xs) for xs in given.lists])


def _of_elements(given: Shown) -> Iterator[Test]:
    """Whether an element is odd, or even; a number that occurs; whether one leaves no remainder."""

    def some(name: str, word: str, of: Callable[[int], bool]) -> Test:
        body = f"(assign {name} (max {name} {word}))"
        return _noted(name, body, [any(map(of, xs)) for xs in given.lists])

    yield some("to", "(mod (load p) 2)", lambda x: x % 2 == 1)
    yield some("te", "(eq (mod (load p) 2) 0)", lambda x: x % 2 == 0)
    for k in sorted({*chain.from_iterable(given.lists)}):
        yield some(f"t{k}", f"(eq (load p) {k})", lambda x, k=k: x == k)
    for k in MODULI:
        yield some(f"tm{k}", f"(eq (mod (load p) {k}) 0)", lambda x, k=k: x % k == 0)
        yield some(f"tn{k}", f"(mod (load p) {k})", lambda x, k=k: x % k != 0)


def _noted(name: str, body: str, holds: Sequence[bool]) -> Test:
    """What a loop over the list notes."""
    values = np.array(holds)
    return Test(name, values, (Feature(name, 0, values.astype(np.uint8), "", body),))


def _roundest(low: int, high: int) -> int:
    """Of the numbers from low to high the one that people would choose."""
    for unit in (10, 5):
        if (found := -(-low // unit) * unit) <= high:
            return found
    return (low + high) // 2
