"""DeepCoder's language: the calls that a program is made of, as far as they fit numbers from 0 on.

A call takes the values of its kinds and gives one; where the original gives Null (the head of an
empty list), and where a number leaves 0 … 99, the inputs are drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, Literal

__all__ = ["CALLS", "HIGH", "Call", "Kind", "Undefined"]

Kind = Literal["int", "list"]
HIGH: Final = 99
"""The largest number."""


class Undefined(ValueError):
    """No value for these inputs."""


@dataclass(frozen=True)
class Call:
    """A function of the language; one of higher order comes with its function, under one name."""

    name: str
    takes: tuple[Kind, ...]
    gives: Kind
    meaning: Callable[..., Any]

    @property
    def grows(self) -> bool:
        """Whether it may give larger numbers than it takes."""
        return (
            self.name == "sum"
            or self.name.endswith(("mul", "add", "square", "add1"))
            or (self.name.startswith("map_mul"))
        )

    def __call__(self, *values: Any) -> Any:
        """The value. Raises Undefined if there is none, or one out of bounds."""
        try:
            found = self.meaning(*values)
        except (IndexError, ValueError):
            raise Undefined from None
        items: Sequence[int] = found if isinstance(found, list) else [found]
        if not all(0 <= x <= HIGH for x in items):
            raise Undefined
        return found


def access(n: int, xs: list[int]) -> int:
    return xs[n]


UNARY: Final[dict[str, Callable[[int], int]]] = {
    "add1": lambda x: x + 1,
    "sub1": lambda x: x - 1,
    "mul2": lambda x: 2 * x,
    "mul3": lambda x: 3 * x,
    "mul4": lambda x: 4 * x,
    "div2": lambda x: x // 2,
    "div3": lambda x: x // 3,
    "div4": lambda x: x // 4,
    "square": lambda x: x * x,
}
PREDICATES: Final[dict[str, Callable[[int], bool]]] = {
    "even": lambda x: x % 2 == 0,
    "odd": lambda x: x % 2 == 1,
}
BINARY: Final[dict[str, Callable[[int, int], int]]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "min": min,
    "max": max,
}


def mapped(f: Callable[[int], int]) -> Callable[[list[int]], list[int]]:
    return lambda xs: [f(x) for x in xs]


def filtered(f: Callable[[int], bool]) -> Callable[[list[int]], list[int]]:
    return lambda xs: [x for x in xs if f(x)]


def counted(f: Callable[[int], bool]) -> Callable[[list[int]], int]:
    return lambda xs: sum(map(f, xs))


def zipped(f: Callable[[int, int], int]) -> Callable[[list[int], list[int]], list[int]]:
    return lambda xs, ys: [f(x, y) for x, y in zip(xs, ys, strict=False)]


def scanned(f: Callable[[int, int], int]) -> Callable[[list[int]], list[int]]:
    return lambda xs: list(accumulate(xs, f))


CALLS: Final[tuple[Call, ...]] = (
    Call("head", ("list",), "int", lambda xs: xs[0]),
    Call("last", ("list",), "int", lambda xs: xs[-1]),
    Call("take", ("int", "list"), "list", lambda n, xs: xs[:n]),
    Call("drop", ("int", "list"), "list", lambda n, xs: xs[n:]),
    Call("access", ("int", "list"), "int", access),
    Call("minimum", ("list",), "int", min),
    Call("maximum", ("list",), "int", max),
    Call("reverse", ("list",), "list", lambda xs: xs[::-1]),
    Call("sort", ("list",), "list", sorted),
    Call("sum", ("list",), "int", sum),
    *(Call(f"map_{n}", ("list",), "list", mapped(f)) for n, f in UNARY.items()),
    *(Call(f"filter_{n}", ("list",), "list", filtered(f)) for n, f in PREDICATES.items()),
    *(Call(f"count_{n}", ("list",), "int", counted(f)) for n, f in PREDICATES.items()),
    *(Call(f"zipwith_{n}", ("list", "list"), "list", zipped(f)) for n, f in BINARY.items()),
    *(Call(f"scanl1_{n}", ("list",), "list", scanned(f)) for n, f in BINARY.items()),
)
