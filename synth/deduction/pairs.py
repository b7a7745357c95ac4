"""Tests that are likely, and two of which both must hold, or one of them: where no word of a loop
tells what is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from bridge.term import Arg, Term
from synth.deduction.features import MARGIN, SECOND
from synth.deduction.vectors import Leaf, Tally

__all__ = ["ElementTests", "between", "of_one", "of_two"]

ENDS: Final = ("h", SECOND, "l")
"""The features that are the first two elements and the last one."""
MODULI: Final = (2, 3, 4, 5)
MOST: Final = 1_000
"""Tests that hold wherever both must, the first ones, of which pairs are tried."""


def between(found: Sequence[Leaf]) -> Iterator[Leaf]:
    """The less and the greater one of two elements at the ends: what is between both is above one
    and below the other."""
    ends = [leaf for leaf in found if leaf.term in ENDS]
    for one, other in combinations(ends, 2):
        for op, values in (("min", np.minimum), ("max", np.maximum)):
            cost = max(one.cost, other.cost) + 1
            yield Leaf(Term(op, (one.term, other.term)), cost, values(one.values, other.values))


class _Made(NamedTuple):
    """A test."""

    cost: int
    word: Term
    holds: Bool[np.ndarray, " n"]

    @property
    def order(self) -> tuple[int, bool]:
        """Of those that cost as much the ones with a constant come last: there are more constants
        than other words, so each is less likely."""
        return self.cost, any(isinstance(word, int) for word in self.word.args)


class ElementTests(NamedTuple):
    """Tests by where they hold, each once, the likely ones first."""

    words: Sequence[Arg]
    opposite: Bool[np.ndarray, " tests"]
    """Whether it holds where its word is 0."""
    holds: Bool[np.ndarray, "tests n"]
    """Of some elements, and not of others."""

    @property
    def bits(self) -> Float[np.ndarray, " tests"]:
        """What it takes to tell where each holds."""
        number, n = self.holds.sum(1), max(self.holds.shape[1], 1)
        return n * np.log2(n) - number * np.log2(number) - (n - number) * np.log2(n - number)

    @classmethod
    def none(cls, n: int) -> ElementTests:
        """No tests of so many elements."""
        return cls((), np.zeros(0, np.bool_), np.zeros((0, n), np.bool_))

    @classmethod
    def of(cls, elements: Sequence[Leaf], others: Sequence[Leaf]) -> ElementTests:
        """Elements held against the other words, and their remainders."""
        made = [row for pair in product(elements, others) for row in _held_together(*pair)]
        for x, k in product(elements, MODULI):
            rest = Term("mod", (x.term, k))
            made.append(_Made(k - 1, rest, x.values % k != 0))
            made += (_Made(k, Term("eq", (rest, r)), x.values % k == r) for r in range(1, k))
        return cls._each_once(made)

    @classmethod
    def between(cls, element: Leaf, others: Sequence[Leaf]) -> ElementTests:
        """An element held against other elements."""
        made = [row for other in others for row in _held_together(element, other)]
        return cls._each_once(made)

    @classmethod
    def _each_once(cls, made: Sequence[_Made]) -> ElementTests:
        """The likely ones first, and behind each its opposite."""
        seen, words, rows = set[bytes](), list[Arg](), list[Bool[np.ndarray, " n"]]()
        for _, word, holds in sorted(made, key=attrgetter("order")):
            if (key := holds.tobytes()) not in seen and holds.any() and not holds.all():
                seen.update((key, (~holds).tobytes()))
                words += [word, word]
                rows += [holds, ~holds]
        n = len(made[0].holds)
        opposite = np.arange(len(words)) % 2 == 1
        return cls(words, opposite, np.array(rows, np.bool_).reshape(len(words), n))


def _held_together(x: Leaf, y: Leaf) -> Iterator[_Made]:
    yield _Made(y.cost, Term("eq", (x.term, y.term)), x.values == y.values)
    yield _Made(y.cost, Term("less", (x.term, y.term)), x.values < y.values)
    yield _Made(y.cost, Term("less", (y.term, x.term)), y.values < x.values)


class _Pair(NamedTuple):
    cost: float
    """In bits, of the ranks of both tests."""
    tests: tuple[tuple[Arg, bool], tuple[Arg, bool]]


def of_one(
    tests: ElementTests,
    told: Bool[np.ndarray, " n"],
    chosen: Bool[np.ndarray, " told"],
    enough: float,
) -> Arg | None:
    """The first of the tests that is so of the elements that are told, or the opposite, if so many
    bits tell it."""
    fits = np.flatnonzero((tests.holds[:, told] == chosen).all(1))
    if not len(fits) or np.log2(fits[0] + 2.0) + MARGIN > enough:
        return None
    return tests.words[int(fits[0])]


def of_two(
    tests: ElementTests,
    told: Bool[np.ndarray, " n"],
    chosen: Bool[np.ndarray, " told"],
    enough: float,
    tally: Tally,
) -> Arg | None:
    """A word that is 0, of the elements that are told, just where they are chosen, or just where
    they are not; while so many bits tell its two tests from those that fit by chance."""
    holds = tests.holds[:, told]
    both = _pair(tests, holds, chosen, tally)
    either = _pair(tests, ~holds, ~chosen, tally)  # not both of the opposites
    found = [(pair, i) for i, pair in enumerate((both, either)) if pair is not None]
    if not found:
        return None
    pair, is_either = min(found, key=lambda each: each[0].cost)
    return _joined(pair, bool(is_either)) if pair.cost + MARGIN <= enough else None


def _pair(
    tests: ElementTests,
    holds: Bool[np.ndarray, "tests told"],
    chosen: Bool[np.ndarray, " told"],
    tally: Tally,
) -> _Pair | None:
    """The likeliest two of the tests which both hold where that is chosen and nowhere else."""
    wide = np.flatnonzero(holds[:, chosen].all(1))[:MOST]
    tally.tried += len(wide)
    beyond = holds[wide][:, ~chosen].astype(np.float32)
    cost = np.log2(wide + 2.0)
    costs = np.where(beyond @ beyond.T == 0, cost[:, None] + cost, np.inf)
    if not costs.size or not np.isfinite(costs).any():
        return None
    at = np.unravel_index(int(costs.argmin()), costs.shape)
    one, other = ((tests.words[i], bool(tests.opposite[i])) for i in wide[[*at]].tolist())
    return _Pair(float(costs[at]), (one, other))


def _joined(pair: _Pair, either: bool) -> Arg:
    """The word of both tests; if both are opposite, that of the opposite."""
    (one, not_one), (other, not_other) = pair.tests
    if not_one and not_other:
        return Term("min" if either else "max", (one, other))
    words = (Term("eq", (word, 0)) if opposite else word for word, opposite in pair.tests)
    return Term("max" if either else "min", tuple(words))
