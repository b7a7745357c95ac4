"""Calls of functions on lists, and the words that they take: what programs are found as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

import numpy as np
from jaxtyping import UInt8

from bridge.isa import INDEX, lookup_table
from bridge.term import Arg, Term
from synth.deduction.features import word_in
from synth.language import Language

__all__ = ["LISTS", "PAIRS", "SCANS", "Call", "Function", "known"]

LISTS: Final = frozenset(
    (
        "list", "map", "zip", "scan", "filter", "take", "drop", "reverse", "sort", "unique", "once",
        "several", "runs", "alternate", "rotate", "mirror", "double", "repeat", "append",
        "insert", "replace", "delete", "keep", "order", "single",
    )
)  # fmt: skip
"""What makes a list; other calls make a number."""


@dataclass(frozen=True)
class Function:
    """x ↦ a word, or x, y ↦ a word; or a test, whether that word is not 0."""

    word: str
    """With {x} and {y} where these stand."""
    opposite: bool = False
    """Whether the test holds where the word is 0."""

    def of(self, x: str, y: str = "") -> str:
        """The word, of these."""
        return self.word.format(x=x, y=y)

    @property
    def name(self) -> str:
        """Of the instruction that is the last."""
        return self.word.split()[0].removeprefix("(")

    @property
    def is_truth(self) -> bool:
        """Whether it is 0 or 1."""
        return self.name in ("eq", "less") or self.word == "(mod {x} 2)"

    @property
    def takes(self) -> int:
        """Of how many words it is one."""
        return 1 + ("{y}" in self.word)

    def values(self, words: int, x: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
        """Its values, by the meaning of words."""
        leaves = {"x": x, "y": x if y is None else y}
        values = _values(_parsed(self.of("x", "y")), words, leaves)
        return np.broadcast_to(values, np.broadcast_shapes(*(v.shape for v in leaves.values())))


@cache
def _parsed(text: str) -> Arg:
    return word_in(text)


def _values(word: Arg, words: int, leaves: Mapping[str, np.ndarray]) -> np.ndarray:
    if isinstance(word, int):
        return np.full((), word % words, np.uint8)
    if isinstance(word, str):
        return leaves[word]
    args = [_values(arg, words, leaves) for arg in word.args]
    table: UInt8[np.ndarray, "b b"] = lookup_table(words)[INDEX[word.op]]
    rows = np.multiply(args[0], words, dtype=np.uint16)
    return table.ravel().take(rows + args[1] if len(args) > 1 else rows)


def known(functions: tuple[Function, ...], language: Language) -> tuple[Function, ...]:
    """Those whose words the language has."""

    def has(function: Function) -> bool:
        word = _parsed(function.of("x", "y"))
        return not isinstance(word, Term) or all(
            part.op in language for part in word.subterms() if isinstance(part, Term)
        )

    return tuple(filter(has, functions))


PAIRS: Final = tuple(
    Function(f"({op} {{x}} {{y}})")
    for op in ("add", "sub", "min", "max", "mul", "div", "mod", "eq", "less")
)
"""Of two words."""
SCANS: Final = {
    Function("(add {x} {y})"): "0",
    Function("(max {x} {y})"): "0",
    Function("(min {x} {y})"): "(dec 0)",
    Function("(mul {x} {y})"): "1",
    Function("(sub {x} {y})"): "",
}
"""Functions that run over a list, and what is before the first element, which that leaves as it is;
for a difference, twice that element."""


@dataclass(frozen=True)
class Call:
    """A call of a function on lists, on what other calls make; or one of the inputs: `list`,
    `number`, by their places; or a `constant`, its place; or a variable that holds a number."""

    name: str
    args: tuple[Call, ...] = ()
    function: Function | None = None
    place: int = 0
    variable: str = ""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Kept: a call is looked up often, and those that it is made of are hashed with it."""
        return hash((self.name, self.args, self.function, self.place, self.variable))

    @property
    def is_list(self) -> bool:
        return self.name in LISTS

    @cached_property
    def parts(self) -> frozenset[Call]:
        """All calls that it is made of, and itself."""
        return frozenset({self}.union(*(arg.parts for arg in self.args)))

    @property
    def number(self) -> int:
        """How many calls it is made of, one that occurs twice counted once; that a number is the
        only element of a list is none."""
        return sum(1 for part in self.parts if part.args and part.name != "single")

    @property
    def largest(self) -> int:
        """The largest constant in it."""
        return max((p.place for p in self.parts if p.name == "constant"), default=0)

    def with_(self, old: Call, new: Call) -> Call:
        """The same with another call in place of one."""
        if self == old:
            return new
        return replace(self, args=tuple(arg.with_(old, new) for arg in self.args))

    def walk(self) -> Iterator[Call]:
        """What it is made of, arguments first, each once."""
        seen = set[Call]()
        for arg in self.args:
            for part in arg.walk():
                if part not in seen:
                    seen.add(part)
                    yield part
        yield self
