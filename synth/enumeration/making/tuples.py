"""Arguments of a construct, as arrays of their numbers: all that cost so much together."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Int8, Int64

from synth.enumeration.orders import JOINED, MAX_VARIABLES, NUMBERS

__all__ = ["AFTER", "joined_orders", "none", "one", "product", "product_by"]

Tuples = Int64[np.ndarray, "_ _"]


def none(k: int) -> Tuples:
    """No tuples of so many."""
    return np.zeros((0, k), np.int64)


def one() -> Tuples:
    """The tuple of nothing."""
    return np.zeros((1, 0), np.int64)


def product(firsts: Int64[np.ndarray, " n"], rests: Tuples) -> Tuples:
    """Each of the firsts before each of the rests, in this order."""
    return np.column_stack([np.repeat(firsts, len(rests)), np.tile(rests, (len(firsts), 1))])


def product_by(
    firsts: Int64[np.ndarray, " n"], which: Int64[np.ndarray, " n"], rests: list[Tuples]
) -> Tuples:
    """Each of the firsts before each of the rests of that number."""
    sizes = np.array([*map(len, rests)])
    starts = np.cumsum(sizes) - sizes
    counts = sizes[which]
    first = np.repeat(np.arange(len(firsts)), counts)
    place = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    rest = np.concatenate(rests)[starts[which][first] + place]
    return np.column_stack([firsts[first], rest])


def joined_orders(orders: Int64[np.ndarray, "n k"]) -> Int64[np.ndarray, " n"]:
    """The order of variables of each row of orders, one after the other (`orders.JOINED`)."""
    joined = np.zeros(len(orders), np.int64)
    for column in orders.T:
        joined = JOINED[joined, column].astype(np.int64)
    return joined


def _after() -> Int8[np.ndarray, "used orders"]:
    after = np.zeros((MAX_VARIABLES + 1, len(NUMBERS)), np.int8)
    for order, number in NUMBERS.items():
        for used in range(MAX_VARIABLES + 1):
            now = used
            for v in order:
                now = -1 if now < 0 or v > now else max(now, v + 1)
            after[used, number] = now
    return after


AFTER: Final[Int8[np.ndarray, "used orders"]] = _after()
"""How many variables are used when something of that order comes behind the first `used`; −1 where
it uses a later variable before an earlier one."""
