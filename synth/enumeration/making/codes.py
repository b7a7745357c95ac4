"""Many pieces of code as one array."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Int16, Int32, Int64

from synth.enumeration.making.columns import Column

__all__ = ["Codes", "Pool", "codes_of", "joined_codes", "taken"]


class Codes(NamedTuple):
    """Pieces of code behind one another, by number."""

    rows: np.ndarray  # i2[lines, 5]
    offset: np.ndarray  # i4[pieces + 1]

    @property
    def lines(self) -> Int32[np.ndarray, " pieces"]:
        """How many lines each has."""
        return np.diff(self.offset)

    def piece(self, number: int) -> Int16[np.ndarray, "lines 5"]:
        """That one alone."""
        return self.rows[self.offset[number] : self.offset[number + 1]]


def codes_of(pieces: list[np.ndarray]) -> Codes:
    """These pieces."""
    lines = np.cumsum([0, *map(len, pieces)]).astype(np.int32)
    return Codes(np.concatenate([np.zeros((0, 5), np.int16), *pieces]), lines)


def joined_codes(each: list[Codes]) -> Codes:
    """All pieces of these, in order."""
    lines = np.concatenate([codes.lines for codes in each])
    offset = np.concatenate([[0], np.cumsum(lines)]).astype(np.int32)
    return Codes(np.concatenate([codes.rows for codes in each]), offset)


def taken(codes: Codes, numbers: Int64[np.ndarray, " n"]) -> Codes:
    """Those of these numbers."""
    lines = codes.lines[numbers]
    offset = np.concatenate([[0], np.cumsum(lines)])
    where = np.repeat(codes.offset[numbers] - offset[:-1], lines) + np.arange(offset[-1])
    return Codes(codes.rows[where], offset.astype(np.int32))


class Pool:
    """Pieces to which others are added."""

    def __init__(self) -> None:
        self._rows, self._offset = Column(np.int16, 5), Column(np.int32)
        self._offset.add([0])

    def __len__(self) -> int:
        return len(self._offset) - 1

    @property
    def codes(self) -> Codes:
        """What there is; another one after something is added."""
        return Codes(self._rows.rows, self._offset.rows)

    def add(self, more: Codes) -> None:
        """Adds them; their numbers go on from its length."""
        self._offset.add(more.offset[1:] + len(self._rows))
        self._rows.add(more.rows)
