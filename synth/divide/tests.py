"""Tests that tell examples apart: words that are 0 on some, and words held against a constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Int64

from bridge.term import Arg, Term
from synth.divide.tree import cheapest_by_mask, masks_of
from synth.divide.values import Values
from synth.enumeration.constants import SMALL

__all__ = ["Tests", "find_tests"]

_PLAIN, _ABOVE, _BELOW = 0, 1, 2
_NUMBER: Final = 3
"""What a number costs as a test besides: which number is 0 on some examples is mostly chance."""


@dataclass(frozen=True)
class Tests:
    """Of each set of examples that a test tells from the others the cheapest one, the cheaper
    first."""

    masks: Int64[np.ndarray, " n"]
    """On which examples it is not 0."""
    costs: Int64[np.ndarray, " n"]
    made: Int64[np.ndarray, "n 3"]
    """A word's number; whether it is the test itself, or is above or below a constant; which."""

    def holds(self, number: int, values: Values) -> Bool[np.ndarray, " examples"]:
        """On which examples it is not 0, those that were not looked at, too."""
        word, kind, constant = self.made[number].tolist()
        row = values.values[word]
        return row != 0 if kind == _PLAIN else row > constant if kind == _ABOVE else row < constant

    def term(self, number: int, values: Values) -> Arg:
        """The test as a word."""
        word, kind, constant = self.made[number].tolist()
        if kind == _PLAIN:
            return values.term(word)
        pair = (constant, values.term(word))
        return Term("less", pair if kind == _ABOVE else pair[::-1])


def find_tests(values: Values, n: int, seen: Sequence[int], largest: int, most: int) -> Tests:
    """The `most` cheapest of the first n words that tell the examples apart that are `seen`; words
    that are held against constants cost no more than `largest`."""
    rows, own = values.values[:n, seen], values.costs[:n]
    every = (1 << len(seen)) - 1
    plain = np.stack([np.arange(n), np.full(n, _PLAIN), np.zeros(n, np.int64)], axis=1)
    masks, costs, made = [masks_of(rows != 0)], [own + _NUMBER * ~values.truths[:n]], [plain]
    if "less" in values.language:
        few = np.flatnonzero(own <= largest)
        order = np.argsort(rows[few], axis=1, kind="stable")
        ordered = np.take_along_axis(rows[few], order, axis=1).astype(np.int64)
        below = np.cumsum(1 << order, axis=1)[:, :-1]  # the examples up to each
        low, high = ordered[:, :-1], ordered[:, 1:]
        constant, price = _between(values.words, values.constants)
        row, gap = np.nonzero(low < high)
        ends = low[row, gap], high[row, gap]
        bound = constant[ends]
        kind = np.where(bound < ends[1], _ABOVE, _BELOW)
        under = below[row, gap]
        masks.append(np.where(kind == _BELOW, under, every & ~under))
        costs.append(1 + own[few][row] + price[bound])
        made.append(np.stack([few[row], kind, bound], axis=1))
    every_mask, every_cost = np.concatenate(masks), np.concatenate(costs)
    useful = np.flatnonzero((every_mask != 0) & (every_mask != every))
    kept = useful[cheapest_by_mask(every_mask[useful], every_cost[useful])[:most]]
    return Tests(every_mask[kept], every_cost[kept], np.concatenate(made)[kept])


def _between(
    words: int, constants: Mapping[int, int]
) -> tuple[Int64[np.ndarray, "b b"], Int64[np.ndarray, " b"]]:
    """For each two words the cheapest constant from the one up to the other, the lowest among
    equals; and what each constant costs."""
    prices = {c: max(c, 1) for c in range(SMALL + 1)} | dict(constants)
    dear = 1 + max(prices.values())
    price = np.array([prices.get(c, dear) for c in range(words)], np.int64)
    chosen = np.zeros((words, words), np.int64)
    for low in range(words):
        best = low
        for high in range(low, words):
            best = high if price[high] < price[best] else best
            chosen[low, high] = best
    return chosen, price
