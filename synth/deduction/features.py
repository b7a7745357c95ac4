"""What an example is in single words: its numbers, and what loops over its list say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from bridge.term import Arg, Term, parse_term
from synth.deduction.shown import Shown
from synth.deduction.vectors import Expressions, Leaf, Vectors

__all__ = ["Feature", "cheapest", "constants", "features", "leaves", "statements", "used"]

SMALL: Final = 3
"""The largest constant that is always likely."""
MARGIN: Final = 3
"""Bits by which a target must tell more than what was tried could meet by chance."""


@dataclass(frozen=True)
class Feature:
    """A word of each example, and the statements after which a variable holds it."""

    name: str
    cost: int
    values: UInt8[np.ndarray, " examples"]
    before: tuple[Term, ...]

    @property
    def leaf(self) -> Leaf:
        return Leaf(self.name, self.cost, self.values)


def statements(text: str) -> tuple[Term, ...]:
    """The statements of a block's text."""
    return cast("tuple[Term, ...]", parse_term(f"(do {text})").args)


def features(given: Shown) -> tuple[Feature, ...]:
    """What can be said of an example's first list: its first and last element, its length, sum,
    largest and least one."""
    at, b = given.first, given.words
    end = f"(assign p {at}) (find p (id))"
    lists = given.lists
    ends = [row[(at + len(xs) - 1) % b] for row, xs in zip(given.memory, lists, strict=True)]
    length = "p" if at == 0 else f"(sub p {at})"
    rows: tuple[tuple[str, int, Iterable[int], str], ...] = (
        ("h", 2, given.memory[:, at], f"(assign h (load {at}))"),
        ("n", 2, map(len, lists), f"{end} (assign n {length})"),
        ("l", 2, ends, f"{end} (assign l (load (dec p)))"),
        ("s", 3, map(sum, lists), f"(assign p {at}) (fold p s (plus))"),
        ("m", 3, (max(xs, default=0) for xs in lists), f"(assign p {at}) (fold p m (greatest))"),
        ("w", 3, (min(xs, default=0) for xs in lists),
         f"(assign p {at}) (assign w (load p)) (fold p w (least))"),
    )  # fmt: skip
    return tuple(
        Feature(name, cost, np.array([v % b for v in values], np.uint8), statements(before))
        for name, cost, values, before in rows
    )


def used(word: Arg, known: Sequence[Feature]) -> Iterator[Term]:
    """The statements before a word that may use these."""
    names = set(word.subterms()) if isinstance(word, Term) else {word}
    for feature in known:
        if feature.name in names:
            yield from feature.before


def constants(given: Shown, others: int | None = None) -> Mapping[int, int]:
    """Words that are tried, and what each costs: small ones, those of the examples, and, if they
    have a price, all others."""
    costs = {} if others is None else dict.fromkeys(range(given.words), others)
    shown = {int(word) for word in np.unique(given.memory)}
    costs |= dict.fromkeys(shown.union(*given.wanted), 2)
    costs |= {word: 1 if word < SMALL else 2 for word in range(min(SMALL + 1, given.words))}
    return costs


def leaves(
    given: Shown,
    known: Sequence[Feature],
    costs: Mapping[int, int],
    example: Int64[np.ndarray, " n"],
) -> list[Leaf]:
    """Constants, the numbers that are inputs, and features; each of n values is of an example."""
    found = [
        Leaf(word, cost, np.full(len(example), word, np.uint8)) for word, cost in costs.items()
    ]
    inputs = range(given.numbers)
    found += [Leaf(Term("load", (k,)), 1, given.memory[example, k]) for k in inputs]
    return [*found, *(Leaf(f.name, f.cost, f.values[example]) for f in known)]


def cheapest(
    expressions: Expressions,
    goal: Callable[[Vectors], Bool[np.ndarray, " some"]],
    enough: float,
    margin: int = MARGIN,
) -> Arg | None:
    """The first expression for whose values the goal holds, while so many bits tell it, by a
    margin, from those that would fit by chance."""
    for low, values in expressions.parts():
        if len(where := np.flatnonzero(goal(values))):
            return expressions.term(low + int(where[0]))
        if np.log2(expressions.tried) + margin > enough:
            return None
    return None
