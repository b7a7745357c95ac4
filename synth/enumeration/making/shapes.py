"""What patterns are made of: parts of terms with holes for their words, by number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final

from bridge.term import Arg, Term

__all__ = ["WORD", "Shapes"]

_Shape = str | tuple[str, tuple[int, ...]] | None
"""A variable; a construct and the shapes of its arguments; or a hole."""

WORD: Final = 0
"""The shape of every word: a hole."""


class Shapes:
    """Each gets the next number when it is first asked for."""

    def __init__(self) -> None:
        self._number: dict[_Shape, int] = {None: WORD}
        self._shapes: list[_Shape] = [None]
        self.holes = [1]
        """How many holes each has."""

    def number(self, shape: str | tuple[str, tuple[int, ...]]) -> int:
        """Of a variable, or of a construct and the shapes of its arguments."""
        if shape not in self._number:
            self._number[shape] = len(self._shapes)
            self._shapes.append(shape)
            inner = () if isinstance(shape, str) else shape[1]
            self.holes.append(sum(self.holes[part] for part in inner))
        return self._number[shape]

    def args(self, shapes: tuple[int, ...]) -> tuple[Arg, ...]:
        """The arguments of these shapes, their holes numbered from 0."""
        numbers = count()
        return tuple(self._arg(shape, numbers) for shape in shapes)

    def _arg(self, number: int, numbers: Iterator[int]) -> Arg:
        shape = self._shapes[number]
        if shape is None:
            return Term("hole", (next(numbers),))
        if isinstance(shape, str):
            return shape
        return Term(shape[0], tuple(self._arg(inner, numbers) for inner in shape[1]))
