"""In which order a statement uses its variables, as a number.

Variables that hold the same words can be renamed into each other, those that nothing was assigned
to among them: so of two statements that differ by such names alone one is tried, the one that uses
the earlier variable first.
"""

from __future__ import annotations

from itertools import permutations
from typing import Final

import numpy as np
from jaxtyping import Int64, UInt8

__all__ = ["IDENTITY", "JOINED", "LENGTHS", "MAX_VARIABLES", "NUMBERS", "ORDERS"]

MAX_VARIABLES: Final = 4
"""The most variables of a program that is enumerated."""

_ORDERS: Final = [
    order for n in range(MAX_VARIABLES + 1) for order in permutations(range(MAX_VARIABLES), n)
]
IDENTITY: Final = tuple(range(MAX_VARIABLES))
NUMBERS: Final = {order: number for number, order in enumerate(_ORDERS)}
"""The number of each order, which lists variables by their first use."""


def _joined(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return one + tuple(v for v in other if v not in one)


LENGTHS: Final[Int64[np.ndarray, " orders"]] = np.array([len(order) for order in _ORDERS])
"""How many variables each uses."""
ORDERS: Final[Int64[np.ndarray, "orders 4"]] = np.array(
    [order + (0,) * (MAX_VARIABLES - len(order)) for order in _ORDERS]
)
"""The variables of each, in order; 0 behind them."""
JOINED: Final[UInt8[np.ndarray, "orders orders"]] = np.array(
    [[NUMBERS[_joined(one, other)] for other in _ORDERS] for one in _ORDERS], np.uint8
)
"""The order of two statements, one after the other."""
