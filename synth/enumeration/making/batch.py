"""Templates made at a time, as arrays; their terms are made when somebody asks.

A template is a statement whose variables are the first ones, in the order of their first use: of
those that differ by the names of variables alone, one is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations
from typing import Final

import numpy as np
from jaxtyping import Bool, Int64, UInt64

from bridge.lowering.fragment import BLANK_ROW
from bridge.term import Term
from synth.enumeration.making.codes import Codes, codes_of
from synth.enumeration.orders import NUMBERS

__all__ = ["BLANK", "Batch", "first_of_each"]


@dataclass(frozen=True)
class Batch:
    """Statements, or shells: such with a blank, (hole-stmt), where their body goes."""

    variables: int
    """How many variables those use that use any."""
    codes: Codes
    some: Bool[np.ndarray, " n"]
    """Which use any."""
    orders: Bool[np.ndarray, "n orders"]
    """Which `permutations` of their variables make statements that do different things; of those
    that use none, the first."""
    term: Callable[[int], Term]
    """Makes the term of one, by its place."""

    def __len__(self) -> int:
        return len(self.some)

    def within(
        self, variables: int
    ) -> tuple[Int64[np.ndarray, " made"], Int64[np.ndarray, " made"]]:
        """All statements that can be made of these with so many variables: the place of each one's
        template, and the number of its order of variables (`orders.NUMBERS`)."""
        numbers = _numbers(self.variables, variables)
        there = np.tile(self.orders, (1, len(numbers) // self.orders.shape[1]))
        there[~self.some, 1:] = False
        template, order = there.nonzero()
        return template, np.where(self.some[template], numbers[order], NUMBERS[()])


@cache
def _numbers(own: int, variables: int) -> Int64[np.ndarray, " orders"]:
    """The numbers of the orders in which so many variables are chosen from so many."""
    chosen, orders = combinations(range(variables), own), [*permutations(range(own))]
    return np.array([NUMBERS[tuple(some[i] for i in order)] for some in chosen for order in orders])


def first_of_each(effects: UInt64[np.ndarray, "n parts orders"]) -> Bool[np.ndarray, "n orders"]:
    """Of the orders in which all parts of a statement do the same, the first."""
    first = np.ones((len(effects), effects.shape[2]), bool)
    for own in range(1, effects.shape[2]):
        as_before = (effects[:, :, :own] == effects[:, :, own : own + 1]).all(axis=1)
        first[:, own] = ~as_before.any(axis=1)
    return first


BLANK: Final = Batch(
    0, codes_of([np.full((1, 5), BLANK_ROW, np.int16)]), np.zeros(1, bool), np.ones((1, 1), bool),
    lambda _: Term("hole-stmt"),
)  # fmt: skip
"""The shell of statements that stand for themselves, alone."""
