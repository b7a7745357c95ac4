"""Arrays to which rows are added, at a cost that does not grow with what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

__all__ = ["Column"]


class Column:
    """Rows of one shape and type; what it takes stays where it is, so `rows` are seldom copied."""

    def __init__(self, dtype: DTypeLike, *shape: int) -> None:
        """Of rows of that shape."""
        self._room = np.zeros((64, *shape), dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def rows(self) -> np.ndarray:
        """What there is; another array after something is added."""
        return self._room[: self._length]

    def add(self, more: Any) -> None:
        """Adds these rows."""
        low, self._length = self._length, self._length + len(more)
        if self._length > len(self._room):
            larger = np.zeros((2 * self._length, *self._room.shape[1:]), self._room.dtype)
            larger[:low] = self._room[:low]
            self._room = larger
        self._room[low : self._length] = more
