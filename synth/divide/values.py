"""Words over the inputs, by cost: of those that have the same values on the examples, one.

An input, which is a memory cell, costs 1; so does an instruction, but for those that few programs
need and that fit much by chance (`DEAR`). What wraps around on some example costs more, and so does
the answer of a test where it counts as a number; a constant costs what enumeration says. Of words
that use different inputs and have the same values each is kept: that an input never mattered may be
the examples' fault. Values are looked up in the instructions' table, for all words of a cost at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, UInt8, UInt64

from bridge.isa import INDEX, lookup_table, opcode
from bridge.term import Arg, Term
from synth.enumeration.constants import SMALL
from synth.language import Language

__all__ = ["Values", "operators"]

DEAR: Final[Mapping[str, int]] = dict.fromkeys(
    ("mul", "div", "mod", "and", "or", "xor", "shift"), 3
)
"""What instructions cost that cost more than 1."""
_EXACT: Final[Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "inc": lambda x, _: x + 1,
    "dec": lambda x, _: x - 1,
}
"""Instructions that wrap around, on whole numbers."""
_TESTING: Final = frozenset({"less", "eq"})
_JOINING: Final = frozenset({"add", "and", "or"})
"""Instructions whose result is a test's answer; and that make a sum of such answers of two."""
_INPUT, _CONSTANT = -1, -2
_WRAPS: Final = 3
"""What it costs to wrap around on some example: the same numbers on a larger machine do not."""
_MIXED: Final = 3
"""What it costs to count the answer of a test as a number, but for adding such answers."""
_USES: Final = np.uint64(0x9E3779B97F4A7C15)
_CHUNK: Final = 1 << 21
"""Values that are computed at a time, of words on all examples."""


def operators(language: Language) -> list[tuple[str, int, int]]:
    """The constructs that are an instruction on words, how many words each takes, and its cost."""
    return [
        (c.name, len(c.sorts), DEAR.get(c.name, 1))
        for c in language.values()
        if c.arithmetic and c.enumerated and c.name in INDEX and opcode(c.name).word is not None
    ]


class _Part(NamedTuple):
    """Words that were made, row by row."""

    made: Int64[np.ndarray, "n 3"]
    """What makes it: an operator's number, `_INPUT` or `_CONSTANT`; its arguments: words, or the
    input or the constant."""
    rows: UInt8[np.ndarray, "n examples"]
    costs: Int64[np.ndarray, " n"]
    uses: Int64[np.ndarray, " n"]
    truths: Bool[np.ndarray, " n"]


@dataclass
class Values:
    """The words found so far, the cheapest first, but for those that `join` adds."""

    inputs: UInt8[np.ndarray, "inputs examples"]
    words: int
    language: Language
    constants: Mapping[int, int] = field(default_factory=dict[int, int])
    """What constants cost, besides the small ones."""
    most: int = 1 << 40
    """How many words may be valued."""
    signed: bool = False
    """Whether words from the upper half are negative numbers."""

    def __post_init__(self) -> None:
        examples = self.inputs.shape[1]
        rng = np.random.default_rng(0)  # of the hash of values: part of the definition
        self._factors = rng.integers(0, 1 << 63, examples, np.uint64) | np.uint64(1)
        self._table = lookup_table(self.words)
        self._operators = operators(self.language)
        self._seen = np.zeros(0, np.uint64)  # ascending
        self._made = np.zeros((0, 3), np.int64)
        self.values = np.zeros((0, examples), np.uint8)
        """Of each word on each example."""
        self.costs = np.zeros(0, np.int64)
        self.uses = np.zeros(0, np.int64)
        """Which inputs each uses, as a bit mask."""
        self.truths = np.zeros(0, np.bool_)
        """Whether each is the answer of a test, or a sum of such."""
        self._later: list[_Part] = []
        self.executed = 0
        """How many words were valued."""

    def __len__(self) -> int:
        return len(self.costs)

    # ------------------------------------------------------------ by cost

    def grow(self, cost: int) -> Iterator[int]:
        """Adds the words of exactly that cost; those of lower costs must be there. Yields how many
        were valued, now and then."""
        before = {c: np.flatnonzero(self.costs == c) for c in range(1, cost)}
        small = {c: max(c, 1) for c in range(min(SMALL + 1, self.words))}
        prices = (small | dict(self.constants)).items()
        named = np.array([c for c, price in prices if price == cost], np.int64)
        rows = np.repeat(named.astype(np.uint8)[:, None], self.inputs.shape[1], 1)
        parts = [_atoms(_CONSTANT, named, rows, cost, named * 0)]
        if cost == 1:
            own = np.arange(len(self.inputs))
            parts.append(_atoms(_INPUT, own, self.inputs, cost, 1 << own))
        for number, (name, arity, own) in enumerate(self._operators):
            if arity == 1 and cost > own:
                yield from self._apply(parts, number, before[cost - own])
                continue
            for left in range(1, cost - own):
                right = cost - own - left
                if not opcode(name).commutes or left <= right:
                    yield from self._apply(parts, number, before[left], before[right])
        self._add(parts, cost)

    def join(
        self,
        chosen: Int64[np.ndarray, " some"],
        few: Int64[np.ndarray, " few"],
        wanted: Int64[np.ndarray, " examples"],
    ) -> Iterator[int]:
        """Adds the chosen words joined with the few, by each operator and in both orders, where
        they are right on some example; yields as `grow`."""
        parts: list[_Part] = []
        for number, (name, arity, _) in enumerate(self._operators):
            if arity == 1:
                yield from self._apply(parts, number, chosen, None, wanted)
            else:
                yield from self._apply(parts, number, chosen, few, wanted)
                if not opcode(name).commutes:
                    yield from self._apply(parts, number, few, chosen, wanted)
        self._add(parts)

    def _apply(
        self,
        parts: list[_Part],
        number: int,
        left: Int64[np.ndarray, " left"],
        right: Int64[np.ndarray, " right"] | None = None,
        wanted: Int64[np.ndarray, " examples"] | None = None,
    ) -> Iterator[int]:
        """Makes the words of that operator on all pairs of arguments."""
        name, arity, own = self._operators[number]
        table, values = self._table[INDEX[name]], self.values
        others = np.zeros(1, np.int64) if right is None else right
        at_once, pairs = max(1, _CHUNK // self.inputs.shape[1]), len(left) * len(others)
        for low in range(0, pairs, at_once):
            high = min(low + at_once, low + self.most - self.executed, pairs)
            pair = np.arange(low, high)
            first, second = left[pair // len(others)], others[pair % len(others)]
            rows = table[values[first], 0 if arity == 1 else values[second]]
            self.executed += len(rows)
            yield len(rows)
            if wanted is not None:
                good = (rows == wanted).any(1)
                first, second, rows = first[good], second[good], rows[good]
            costs, uses = own + self.costs[first], self.uses[first]
            if arity > 1:
                costs, uses = costs + self.costs[second], uses | self.uses[second]
            costs += _WRAPS * self._wraps(name, values[first], values[second])
            answers = self.truths[np.stack([first, second])[:arity]]
            joined = np.logical_and.reduce(answers) & (name in _JOINING)
            costs += _MIXED * (np.logical_or.reduce(answers) & ~joined)
            truths = joined | (name in _TESTING)
            uses = np.where((rows == rows[:, :1]).all(1), 0, uses)  # what never differs uses none
            made = np.stack([np.full(len(first), number), first, second], axis=1)
            parts.append(_fresh(_Part(made, rows, costs, uses, truths), self._hashes(rows, uses)))

    def _wraps(
        self,
        name: str,
        left: UInt8[np.ndarray, "n examples"],
        right: UInt8[np.ndarray, "n examples"],
    ) -> Bool[np.ndarray, " n"]:
        """Whether what the instruction makes, as a whole number, is no word on some example."""
        if (exact := _EXACT.get(name)) is None:
            return np.zeros(len(left), np.bool_)
        low = -(self.words // 2) if self.signed else 0
        x, y = ((v.astype(np.int64) - low) % self.words + low for v in (left, right))
        made = exact(x, y)
        return np.logical_or.reduce((made < low) | (made >= low + self.words), axis=1)

    def _hashes(self, rows: np.ndarray, uses: np.ndarray) -> UInt64[np.ndarray, " n"]:
        return rows.astype(np.uint64) @ self._factors + uses.astype(np.uint64) * _USES

    def _add(self, parts: Sequence[_Part], cost: int | None = None) -> None:
        """Keeps those whose values are new for these inputs; of such as are alike the cheapest.
        Those that cost more than `cost` are kept for when their turn comes."""
        parts = [*parts, *self._later]
        if not parts:
            return
        every = _Part(*map(np.concatenate, zip(*parts, strict=True)))
        due = every.costs <= (every.costs.max(initial=0) if cost is None else cost)
        self._later = [_Part(*(column[~due] for column in every))]
        every = _Part(*(column[due] for column in every))
        order = np.argsort(every.costs, kind="stable")
        every = _Part(*(column[order] for column in every))
        hashes = self._hashes(every.rows, every.uses)
        first = np.sort(np.unique(hashes, return_index=True)[1])
        place = np.searchsorted(self._seen, hashes[first])
        known = np.append(self._seen, np.uint64(0))[place] == hashes[first]
        first = first[~known | (place == len(self._seen))]
        self._seen = np.sort(np.concatenate([self._seen, hashes[first]]), kind="stable")
        self._made = np.concatenate([self._made, every.made[first]])
        self.values = np.concatenate([self.values, every.rows[first]])
        self.costs = np.concatenate([self.costs, every.costs[first]])
        self.uses = np.concatenate([self.uses, every.uses[first]])
        self.truths = np.concatenate([self.truths, every.truths[first]])

    # ------------------------------------------------------------ as terms

    def term(self, number: int) -> Arg:
        """The word."""
        operator, *arguments = self._made[number].tolist()
        if operator == _CONSTANT:
            return arguments[0]
        if operator == _INPUT:
            return Term("load", (arguments[0],))
        name, arity, _ = self._operators[operator]
        return Term(name, tuple(map(self.term, arguments[:arity])))


def _atoms(kind: int, which: np.ndarray, rows: np.ndarray, cost: int, uses: np.ndarray) -> _Part:
    made = np.stack([which * 0 + kind, which, which * 0], axis=1)
    return _Part(made, rows, which * 0 + cost, uses, which < which)


def _fresh(part: _Part, hashes: UInt64[np.ndarray, " n"]) -> _Part:
    """Of those that are alike the cheapest, the first among equals."""
    order = np.argsort(part.costs, kind="stable")
    first = np.sort(np.unique(hashes[order], return_index=True)[1])
    return _Part(*(column[order[first]] for column in part))
