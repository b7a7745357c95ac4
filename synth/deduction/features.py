"""What an example is in single words: its numbers, and what loops over its list say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast

import numpy as np
from jaxtyping import Int64, UInt8

from bridge.term import Arg, Term, parse_term
from synth.deduction.shown import Shown
from synth.deduction.vectors import Expressions, Goal, Leaf

__all__ = [
    "Feature",
    "cheapest",
    "constants",
    "features",
    "fitting",
    "leaves",
    "statements",
    "used",
    "word_in",
]

SMALL: Final = 3
"""The largest constant that is always likely."""
SECOND: Final = "i"
"""The feature that is the list's second element."""
ROUND: Final = 10
"""People prefer multiples of it."""
MARGIN: Final = 3
"""Bits by which a target must tell more than what was tried could meet by chance."""
RIVALS: Final = 3
"""Other words that fit and cost about as much, which are told of."""


@dataclass(frozen=True)
class Feature:
    """A word of each example, and what makes a variable hold it: statements before a loop over the
    list, in it, and after it, when p is behind the list."""

    name: str
    cost: int
    values: UInt8[np.ndarray, " examples"]
    before: str = ""
    body: str = ""
    behind: str = ""

    @property
    def leaf(self) -> Leaf:
        return Leaf(self.name, self.cost, self.values)


def statements(text: str) -> tuple[Term, ...]:
    """The statements of a block's text."""
    return cast("tuple[Term, ...]", parse_term(f"(do {text})").args)


def word_in(text: str) -> Arg:
    """The word of that text."""
    return statements(f"(assign x {text})")[0].args[1]


def single(given: Shown, word: str) -> tuple[Term, ...]:
    """What makes a word the output: a number, or the only element of a list."""
    at = given.first
    if given.is_number:
        return statements(f"(store 0 {word})")
    end = f"(store {at - 1} 1)" if given.counted else f"(store {at + 1} 0)"
    return statements(f"(store {at} {word}) {end}")


def features(given: Shown, mark: str = "") -> tuple[Feature, ...]:
    """What can be said of an example's first list: its first, last and second element, its length,
    sum, largest and least one. A mark is put behind the names of the variables."""
    at, b = given.first, given.words
    lists = given.lists
    ends = [row[(at + len(xs) - 1) % b] for row, xs in zip(given.memory, lists, strict=True)]
    h, n, l, i, s, m, w = (f"{name}{mark}" for name in f"hnl{SECOND}smw")  # noqa: E741
    size, last = ("", f"(assign {n} {given.since('p')})"), ("", f"(assign {l} (load (dec p)))")
    if given.counted:
        size = f"(assign {n} {given.length})", ""
        last = f"(assign {l} (load {_add(given.length, at - 1)}))", ""
    rows: tuple[tuple[str, int, Iterable[int], tuple[str, str, str]], ...] = (
        (h, 2, given.memory[:, at], (f"(assign {h} (load {at}))", "", "")),
        (n, 2, map(len, lists), (size[0], "", size[1])),
        (l, 2, ends, (last[0], "", last[1])),
        (i, 3, given.memory[:, (at + 1) % b], (f"(assign {i} (load {at + 1}))", "", "")),
        (s, 3, map(sum, lists), ("", f"(assign {s} (add {s} (load p)))", "")),
        (m, 3, (max(xs, default=0) for xs in lists),
         ("", f"(assign {m} (max {m} (load p)))", "")),
        (w, 3, (min(xs, default=0) for xs in lists),
         (f"(assign {w} (load {at}))", f"(assign {w} (min {w} (load p)))", "")),
    )  # fmt: skip
    return tuple(
        Feature(name, cost, np.array([v % b for v in values], np.uint8), *made)
        for name, cost, values, made in rows
    )


def _add(word: str, number: int) -> str:
    return f"(add {word} {number})" if number else word


def names_in(words: Iterable[Arg]) -> set[Arg]:
    """What occurs in these words."""
    return {name for w in words for name in (w.subterms() if isinstance(w, Term) else [w])}


def used(given: Shown, words: Iterable[Arg], known: Sequence[Feature]) -> tuple[Term, ...]:
    """The statements before words that may use these: one loop makes all that need one."""
    names = names_in(words)
    chosen = [feature for feature in known if feature.name in names]
    before, bodies, behind = (
        " ".join(filter(None, (getattr(f, part) for f in chosen)))
        for part in ("before", "body", "behind")
    )
    loop = given.each(bodies) if bodies else given.to_end() if behind else ""
    return statements(f"{before} {loop} {behind}")


def constants(given: Shown, others: int | None = None) -> Mapping[int, int]:
    """Words that are tried, and what each costs: small ones, round ones, those of the examples;
    all others, if they have a price."""
    likely = {word: 1 if word < SMALL else 2 for word in range(min(SMALL + 1, given.words))}
    shown = {int(word) for word in np.unique(given.memory)}
    costs = likely | dict.fromkeys(set(range(0, given.words, ROUND)) - {*likely}, 2)
    costs |= dict.fromkeys(shown.union(*given.wanted) - {*costs}, 2)
    if others is not None:
        costs |= dict.fromkeys(set(range(given.words)) - {*costs}, others)
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
    expressions: Expressions, goal: Goal, enough: float, margin: int = MARGIN
) -> Arg | None:
    """The first expression for whose values the goal holds, while so many bits tell it, by a
    margin, from those that would fit by chance."""
    before = 1
    for low, values, tried in expressions.parts():
        if np.log2(before) + margin > enough:
            return None
        if len(where := np.flatnonzero(goal(values))):
            return expressions.term(low + int(where[0]))
        before = tried
    return None


def fitting(
    expressions: Expressions,
    goal: Goal,
    enough: float,
    margin: int = MARGIN,
    *,
    tests: bool = False,
) -> Iterator[Arg]:
    """The cheapest, and then some that cost about as much and do something else elsewhere, as
    words, or as `tests`."""
    word = cheapest(expressions, goal, enough, margin)
    if word is not None:
        yield word
        rivals = (other for other in expressions.rivals(goal, tests) if other != word)
        yield from islice(rivals, RIVALS)
