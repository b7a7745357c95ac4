"""How many of the inputs are below, above or equal to a word: an input, or a constant.

Each test has the same form, so what is said once costs once. Only such counts are kept as are right
on half of the examples at least.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import combinations
from typing import Final, Literal, NamedTuple

import numpy as np
from jaxtyping import Int64, UInt8

from bridge.term import Arg, Term
from synth.language import Language

__all__ = ["ORDERS", "Count", "Order", "compared", "counts", "price"]

_FURTHER: Final = 2
"""What each input costs behind the first: itself, and the sum."""

Order = Literal["below", "above", "same", "at most", "at least"]
ORDERS: Final[Mapping[Order, np.ufunc]] = {
    "below": np.less,
    "above": np.greater,
    "same": np.equal,
    "at most": np.less_equal,
    "at least": np.greater_equal,
}


def compared(word: Arg, order: Order, to: Arg) -> Term:
    """The word that is 1 where that order holds, else 0; but at the greatest word, to which "at
    most" and "at least" add 1: there it wraps around."""
    match order:
        case "same":
            return Term("eq", (word, to))
        case "below":
            return Term("less", (word, to))
        case "above":
            return Term("less", (to, word))
        case "at most":
            return Term("less", (word, Term("inc", (to,))))
        case "at least":
            return Term("less", (to, Term("inc", (word,))))


def price(number: int, constants: Mapping[int, int]) -> int:
    """What a constant costs; one that is not named as much as the dearest."""
    dear = max([3, *constants.values()])
    return max(1, number) if number <= 3 else constants.get(number, dear)


class Count(NamedTuple):
    """How many of these inputs stand in that order to the input of that number, or to a number."""

    inputs: tuple[int, ...]
    order: Order
    number: int
    constant: bool

    def values(self, inputs: UInt8[np.ndarray, "inputs examples"], words: int) -> np.ndarray:
        """On each example."""
        to = self.number if self.constant else inputs[self.number]
        return ORDERS[self.order](inputs[list(self.inputs)], to).sum(0) % words

    @property
    def uses(self) -> int:
        """Which inputs, as a bit mask."""
        own = sum(1 << i for i in self.inputs)
        return own if self.constant else own | 1 << self.number

    def term(self) -> Arg:
        """As a word."""
        to: Arg = self.number if self.constant else Term("load", (self.number,))
        words = (Term("load", (i,)) for i in self.inputs)
        tests: Iterator[Arg] = (compared(word, self.order, to) for word in words)
        return reduce(lambda x, y: Term("add", (x, y)), tests)

    def cost(self, constants: Mapping[int, int]) -> int:
        """What the word costs; a constant that is not named costs as much as the dearest."""
        bound = price(self.number, constants) if self.constant else 1
        first = 2 + bound + (self.order in ("at most", "at least"))
        return first + _FURTHER * (len(self.inputs) - 1)


def counts(
    inputs: UInt8[np.ndarray, "inputs examples"],
    wanted: Int64[np.ndarray, " examples"],
    language: Language,
) -> Iterator[Count]:
    """Those of two inputs or more. No constant is one that inputs are at most or at least: one that
    is next to it does the same."""
    if not {"less", "eq", "add"} <= {*language}:
        return
    count, examples = inputs.shape
    words = [(i, False) for i in range(count)]
    words += [(constant, True) for constant in range(int(inputs.max(initial=0)) + 2)]
    for number, constant in words:
        others = [i for i in range(count) if constant or i != number]
        to = np.int64(number) if constant else inputs[number]
        for order, holds in ORDERS.items():
            if constant and order in ("at most", "at least"):
                continue
            rows = holds(inputs, to).astype(np.int64)
            for n in range(2, len(others) + 1):
                for some in combinations(others, n):
                    if 2 * (rows[list(some)].sum(0) == wanted).sum() >= examples:
                        yield Count(some, order, number, constant)
