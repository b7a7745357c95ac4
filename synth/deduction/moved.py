"""A loop that reads elements at q and writes what they become at p, from the list's start on.

Where it needs all elements to the end, the list is first moved to the top of memory, so that q ends
at address 0. So an element may become no word, one, or several, and a word may say how the element
stands to the others: how often it occurs, how many are greater, or less, and stand before it, where
it occurs first, what stands on the other side; or where in a run of equal ones it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, groupby

import numpy as np
from jaxtyping import Int64, UInt8

from bridge.term import Arg, Term
from synth.deduction.features import (
    SMALL,
    Feature,
    constants,
    leaves,
    names_in,
    single,
    statements,
    used,
    word_in,
)
from synth.deduction.shown import Shown
from synth.deduction.vectors import Expressions, Leaf, Tally

__all__ = ["Moved", "Part"]


@dataclass(frozen=True)
class Part:
    """What can be said of an element among the others, and the statements that make it so: before
    the loop, in it before the word, and behind it."""

    term: Arg
    cost: int
    of: Callable[[tuple[int, ...]], Iterable[int]]
    """What it is for each element of a list."""
    name: str
    before: str = ""
    inside: str = ""
    behind: str = ""

    @property
    def needs_all(self) -> bool:
        """Whether it looks at other elements, or at q, so that the list must have been moved."""
        return self.name not in ("y", "a", "f", "rb")


def _summed(name: str, word: str, begin: str, goes_on: str) -> str:
    """How many elements, r at each from `begin` on, a word is 1 for."""
    step = f"(do (assign {name} (add {name} {word})) (assign r (inc r)))"
    return f"(assign {name} 0) (assign r {begin}) (while {goes_on} {step})"


def _runs(xs: tuple[int, ...]) -> list[int]:
    """How many equal elements stand side by side, for each run of them."""
    return [len([*run]) for _, run in groupby(xs)]


def _parts(given: Shown) -> Iterator[Part]:
    begin = "(assign c q)"
    place = Term("sub", ("q", "c"))
    yield Part("q", 2, lambda xs: range(-len(xs), 0), "q")
    yield Part(place, 1, lambda xs: range(len(xs)), "c", begin)
    mirrored = Term("load", (Term("sub", (Term("dec", ("c",)), "q")),))
    yield Part(mirrored, 2, lambda xs: xs[::-1], "c", begin)
    yield Part("y", 2, lambda xs: (0, *xs)[: len(xs)], "y", "(assign y 0)", "", "(assign y x)")
    yield Part(
        "a", 2, lambda xs: [*accumulate(xs, initial=0)][: len(xs)],
        "a", "(assign a 0)", "", "(assign a (add a x))",
    )  # fmt: skip
    yield Part(
        "f", 2, lambda xs: [*accumulate(xs, max, initial=0)][: len(xs)],
        "f", "(assign f 0)", "", "(assign f (max f x))",
    )  # fmt: skip
    if not {"eq", "less"} <= set(given.language):
        return
    equal, above, below = "(eq x (load r))", "(less x (load r))", "(less (load r) x)"
    # of equals the first is taken: in a sorted list those of runs, which need no loop over all
    yield Part(
        "rb", 2, lambda xs: [i for n in _runs(xs) for i in range(n)], "rb", "(assign rb (dec 0))",
        "(assign rb (mul (inc rb) (eq x y)))", "(assign y x)",
    )  # fmt: skip
    yield Part(
        "ra", 2, lambda xs: [i for n in _runs(xs) for i in range(n, 0, -1)], "ra", "",
        "(assign r q) (while (mul r (eq x (load r))) (do (assign r (inc r)))) "
        "(assign ra (sub r q))",
    )  # fmt: skip
    yield Part(
        "t", 2, lambda xs: [xs[:i].count(x) for i, x in enumerate(xs)], "t", begin,
        _summed("t", equal, "c", "(sub q r)"),
    )  # fmt: skip
    yield Part(
        "o", 2, lambda xs: [xs[i:].count(x) for i, x in enumerate(xs)], "o", "",
        _summed("o", equal, "q", "r"),
    )  # fmt: skip
    yield Part(
        "oc", 2, lambda xs: map(xs.count, xs), "oc", begin, _summed("oc", equal, "c", "r"),
    )  # fmt: skip
    yield Part(
        "g", 3, lambda xs: [sum(x < other for other in xs) for x in xs], "g", begin,
        _summed("g", above, "c", "r"),
    )  # fmt: skip
    yield Part(
        "b", 3, lambda xs: [sum(other < x for other in xs) for x in xs], "b", begin,
        _summed("b", below, "c", "r"),
    )  # fmt: skip
    yield Part(
        "u", 3, lambda xs: [sum(x < other for other in xs[:i]) for i, x in enumerate(xs)],
        "u", begin, _summed("u", above, "c", "(sub q r)"),
    )  # fmt: skip
    yield Part(
        "v", 3, lambda xs: [sum(other < x for other in xs[:i]) for i, x in enumerate(xs)],
        "v", begin, _summed("v", below, "c", "(sub q r)"),
    )  # fmt: skip
    yield Part(
        "d", 3, lambda xs: [xs.index(x) for x in xs], "d", begin,
        "(assign r c) (while (sub x (load r)) (do (assign r (inc r)))) (assign d (sub r c))",
    )  # fmt: skip


@dataclass(frozen=True)
class Moved:
    """The loop over every element."""

    given: Shown
    known: tuple[Feature, ...]
    tally: Tally
    most: int
    """The most expressions that are tried."""

    @cached_property
    def counts(self) -> tuple[int, ...]:
        return tuple(map(len, self.given.lists))

    @cached_property
    def example(self) -> Int64[np.ndarray, " n"]:
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def elements(self) -> UInt8[np.ndarray, " n"]:
        return np.array([x for xs in self.given.lists for x in xs], np.uint8)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(_parts(self.given))

    @cached_property
    def expressions(self) -> Expressions:
        """Words of an element, with small constants only: others are tried where nothing moves."""
        return self._expressions(dict.fromkeys(range(SMALL + 1), 1))

    @cached_property
    def every(self) -> Expressions:
        """With the examples' own constants, too, and round ones."""
        return self._expressions(constants(self.given))

    def _expressions(self, costs: Mapping[int, int]) -> Expressions:
        given, b = self.given, self.given.words
        likely = [replace(f, cost=1) if f.name == "h" else f for f in self.known]
        found = leaves(given, likely, costs, self.example)
        found.append(Leaf("x", 1, self.elements))
        for part in self.parts:
            values = [value % b for xs in given.lists for value in part.of(xs)]
            found.append(Leaf(part.term, part.cost, np.array(values, np.uint8)))
        return Expressions(found, given.language, b, self.tally, self.most)

    def program(
        self, words: Sequence[Arg], body: Sequence[Term], *, shrinks: bool = False
    ) -> tuple[Term, ...]:
        """The program of that body, in which these words occur; what it writes is the output. If it
        never writes more words than it has read (`shrinks`), the list is moved only for words that
        need that."""
        ending = statements(self.given.closed("p"))
        return (*self._loop(words, body, shrinks), *ending)

    def total(self, words: Sequence[Arg], first: str, step: Term) -> tuple[Term, ...]:
        """The program whose output is z, a word at first, when that step has been done at each
        element."""
        start = statements(f"(assign z {first})")
        return (*start, *self._loop(words, [step], True), *single(self.given, "z"))

    def _loop(self, words: Sequence[Arg], body: Sequence[Term], shrinks: bool) -> Iterator[Term]:
        given = self.given
        names = names_in(words)
        chosen = [part for part in self.parts if part.name in names]
        before, inside, behind = (
            " ".join(dict.fromkeys(filter(None, (getattr(part, at) for part in chosen))))
            for at in ("before", "inside", "behind")
        )
        yield from used(given, words, self.known)
        if shrinks and not any(part.needs_all for part in chosen):
            start = f"(assign p {given.first}) (assign q {given.first})"
            goes_on = "(load q)"
            if given.counted:
                start, goes_on = f"{start} (assign e {given.end})", "(sub e q)"
        else:
            step = "(do (assign p (dec p)) (assign q (dec q)) (store q (load p)))"
            start = f"{given.to_end()} (assign q 0) (while {given.since('p')} {step})"
            goes_on = "q"
        yield from statements(f"{start} {before}")
        first = f"(assign x (load q)) {inside}" if inside or behind or "x" in names else ""
        last = f"{behind} (assign q (inc q))"
        steps = (*statements(first), *body, *statements(last))
        yield Term("while", (word_in(goes_on), Term("do", steps)))

    def emit(self, word: Arg) -> tuple[Term, ...]:
        """Statements that write a word."""
        return (Term("store", ("p", word)), *statements("(assign p (inc p))"))
