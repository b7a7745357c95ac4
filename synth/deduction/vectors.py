"""Words as vectors: what an expression is on every element, or on every example, at once.

Expressions are enumerated by cost. Of those that are alike everywhere, the cheapest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, TypeAlias

import numpy as np
from jaxtyping import Bool, Shaped, UInt8, UInt64

from bridge.isa import INDEX, lookup_table
from bridge.term import Arg, Term
from synth.language import Language

__all__ = ["ABOUT", "Expressions", "Goal", "Leaf", "Tally", "Vectors", "bits", "hashes"]

Vectors: TypeAlias = UInt8[np.ndarray, "some n"]
"""Values of some expressions, a row for each."""
Goal: TypeAlias = Callable[[Vectors], Bool[np.ndarray, " some"]]
"""For whose values it holds."""

DEAR: Final = ("mul", "div", "mod")
_AT_ONCE: Final = 1 << 22
"""Words computed before they are looked at."""
ABOUT: Final = 1
"""What costs so much more than the cheapest that fits may be what was meant."""
RIVALS_WORK: Final = 2_000
"""Expressions that are tried besides for others that fit: as many again as it took, and these."""
_MET, _DRAWN = 256, 64
"""Others that fit, of which is chosen; values that tell them apart."""


@dataclass(frozen=True)
class Leaf:
    """What expressions are made of: a word, what it costs, and its values."""

    term: Arg
    cost: int
    values: UInt8[np.ndarray, " n"]


@dataclass
class Tally:
    """How many expressions were computed, by all that share it; and the most that may be."""

    tried: int = 0
    most: int = 1 << 60

    @property
    def left(self) -> int:
        """How many more may be."""
        return max(0, self.most - self.tried)


class Expressions:
    """Expressions over leaves, the cheapest first; made on demand, and kept."""

    def __init__(
        self,
        leaves: Sequence[Leaf],
        language: Language,
        words: int,
        tally: Tally,
        most: int,
        memory: UInt8[np.ndarray, "n words"] | None = None,
        dear: int = 1,
    ) -> None:
        """At most so many are tried, which are counted. With `memory`, words may be loaded from
        it. Products, quotients and remainders are `dear`: of few values they fit much by chance."""
        self.tried = 0
        """How many were computed."""
        self._again = partial(Expressions, leaves, language, words, tally, memory=memory, dear=dear)
        self._most, self._memory, self._tally = most, memory, tally
        self._leaves = leaves
        self._table = table = lookup_table(words)
        known = [c for c in language.values() if c.arithmetic and c.enumerated and c.name in INDEX]
        self._unary = [(c.name, table[INDEX[c.name], :, 0]) for c in known if len(c.sorts) == 1]
        self._binary = [
            (c.name, table[INDEX[c.name]], dear if c.name in DEAR else 1)
            for c in known
            if len(c.sorts) == 2
        ]
        self._seen = set[int]()
        self._made: list[tuple[str, int, int]] = []  # the operator and its arguments; or a leaf
        self._blocks: list[tuple[int, Vectors]] = []  # of each cost: the first's number; values
        self._parts: list[tuple[int, Vectors, int]] = []  # in the order in which they were made
        self._making = self._make()
        self._cost = 0
        self._goal: Goal | None = None
        self._met: list[tuple[str, int, int]] = []  # for whose values it holds, fresh or not

    def parts(self) -> Iterator[tuple[int, Vectors, int]]:
        """Some expressions at a time: the number of the first, their values, and how many were
        computed to get there."""
        at = 0
        while True:
            while at < len(self._parts):
                yield self._parts[at]
                at += 1
            if next(self._making, None) is None:
                return

    def term(self, number: int) -> Arg:
        """The expression of that number."""
        return self._term(*self._made[number])

    def _term(self, op: str, one: int, other: int) -> Arg:
        if not op:
            return self._leaves[one].term
        args = (one,) if other < 0 else (one, other)
        return Term(op, tuple(map(self.term, args)))

    def rivals(self, goal: Goal, tests: bool = False) -> Iterator[Arg]:
        """All expressions for whose values the goal holds, like others or not, that cost about as
        much as the cheapest; one of those that do the same wherever each leaf is between what it is
        at least and at most here: that are 0 in the same places or just in the others, for `tests`.
        They are made anew, for about the work that the cheapest took."""
        again = self._again(most=self._most)
        again._goal, dearest, most = goal, 0, self._most
        for *_, tried in again.parts():
            if again._met and not dearest:
                dearest, most = again._cost + ABOUT, 2 * tried + RIVALS_WORK
            if dearest and (again._cost > dearest or tried > most):
                break
        seen = set[bytes]()
        for made in again._met:
            drawn = again._drawn(*made)
            if drawn is None:
                continue
            same = (drawn == 0) == (drawn[0] == 0) if tests else drawn
            if (key := same.tobytes()) not in seen:
                seen.add(key)
                yield again._term(*made)

    def _drawn(self, op: str, one: int, other: int) -> UInt8[np.ndarray, " drawn"] | None:
        """Values of what was made so where leaves are drawn; None where memory is loaded."""
        if not op:
            leaf = self._leaves[one]
            low, high = leaf.values.min(initial=255), leaf.values.max(initial=0)
            random = np.random.default_rng(one)
            return random.integers(low, high, _DRAWN, np.uint8, endpoint=True)
        if op not in INDEX:
            return None
        args = [self._drawn(*self._made[i]) for i in (one, other) if i >= 0]
        if any(arg is None for arg in args):
            return None
        return self._table[INDEX[op]][args[0], args[1] if len(args) > 1 else 0]

    # ------------------------------------------------------------ in order of cost

    def _make(self) -> Iterator[bool]:
        highest = max((leaf.cost for leaf in self._leaves), default=0)
        cost = empty = 0
        while empty <= highest and self.tried < self._most and self._tally.left:
            self._cost = cost = cost + 1
            low = len(self._made)
            values: list[Vectors] = []
            for part in self._of_cost(cost):
                if self.tried >= self._most and values:
                    break
                values.append(part)
                self._parts.append((len(self._made) - len(part), part, self.tried))
                yield True
            empty = 0 if values else empty + 1
            n = self._leaves[0].values.shape[0] if self._leaves else 0
            every = np.concatenate(values) if values else np.zeros((0, n), np.uint8)
            self._blocks.append((low, every))

    def _of_cost(self, cost: int) -> Iterator[Vectors]:
        chosen = [i for i, leaf in enumerate(self._leaves) if leaf.cost == cost]
        if chosen:
            values = np.stack([self._leaves[i].values for i in chosen])
            yield from self._fresh(values, "", np.array(chosen), None)
        if cost < 2:
            return
        low, below = self._blocks[cost - 2]
        if len(below):
            for name, table in self._unary:
                yield from self._fresh(table[below], name, low + np.arange(len(below)), None)
            if self._memory is not None:
                at = self._memory[np.arange(below.shape[1]), below]
                yield from self._fresh(at, "load", low + np.arange(len(below)), None)
        for left in range(1, cost - 1):
            for name, table, own in self._binary:
                right = cost - own - left
                if right < 1:
                    continue
                if left <= right or not np.array_equal(table, table.T):
                    yield from self._pairs(name, table, left, right)

    def _pairs(self, name: str, table: np.ndarray, left: int, right: int) -> Iterator[Vectors]:
        (low, ones), (high, others) = self._blocks[left - 1], self._blocks[right - 1]
        if not ones.size or not others.size or not self._tally.left:
            return
        step = max(1, _AT_ONCE // others.size)
        for i in range(0, len(ones), step):
            some = ones[i : i + step]
            values = table[some[:, None], others[None]].reshape(-1, ones.shape[1])
            first = np.repeat(low + i + np.arange(len(some)), len(others))
            second = np.tile(high + np.arange(len(others)), len(some))
            yield from self._fresh(values, name, first, second)
            if self.tried >= self._most or not self._tally.left:
                return

    def _fresh(
        self, values: Vectors, name: str, first: np.ndarray, second: np.ndarray | None
    ) -> Iterator[Vectors]:
        """Those that are like none before, which are noted."""
        values = values[: self._tally.left]
        self.tried += len(values)
        self._tally.tried += len(values)
        if self._goal is not None and len(self._met) < _MET:
            for i in np.flatnonzero(self._goal(values)).tolist():
                self._met.append((name, int(first[i]), -1 if second is None else int(second[i])))
        keys, at = np.unique(hashes(values), return_index=True)
        new = [i for h, i in zip(keys.tolist(), at.tolist(), strict=True) if h not in self._seen]
        if not new:
            return
        self._seen.update(keys.tolist())
        chosen = np.sort(np.array(new))
        others = [-1] * len(chosen) if second is None else second[chosen].tolist()
        self._made += [(name, a, b) for a, b in zip(first[chosen].tolist(), others, strict=True)]
        yield values[chosen]


@cache
def _multipliers(n: int) -> UInt64[np.ndarray, " n"]:
    drawn = np.random.default_rng(0).integers(1, 1 << 63, n, np.int64)
    return drawn.astype(np.uint64) | np.uint64(1)


def hashes(values: Vectors) -> UInt64[np.ndarray, " some"]:
    """A number for each vector, the same for the same ones."""
    multipliers = _multipliers(-(-max(values.shape[1], 1) // 8))
    padded = np.zeros((len(values), 8 * len(multipliers)), np.uint8)
    padded[:, : values.shape[1]] = values
    groups = padded.view(np.uint64)
    mixed = (groups ^ (groups >> np.uint64(29))) * multipliers
    return ((mixed ^ (mixed >> np.uint64(31))) * multipliers).sum(1, dtype=np.uint64)


def bits(wanted: Shaped[np.ndarray, " n"] | Sequence[int]) -> float:
    """What it takes to tell that these were wanted, where each kind comes as often as it does here:
    an expression that fits by chance is one of 2 to that power."""
    words = np.asarray(wanted, np.int64).ravel()
    if not len(words):
        return 0.0
    counts = np.bincount(words - words.min())
    counts = counts[counts > 0]
    return float(-(counts * np.log2(counts / counts.sum())).sum())
