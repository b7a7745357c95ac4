"""Outputs that are elements of the first list in another order: which one stands at a place is a
word of the place and the list's length, or one of two such words, as a test of the place says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Bool, Float64, Int64

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import (
    MARGIN,
    Feature,
    cheapest,
    fitting,
    leaves,
    names_in,
    statements,
    used,
    word_in,
)
from synth.deduction.shown import Shown
from synth.deduction.vectors import Expressions, Leaf, Vectors
from synth.deduction.words import Words

__all__ = ["gathered"]

LENGTH: Final = "n"
"""The feature that is the list's length."""
MOST_TESTS: Final = 24
"""Tests of the place, for which two words are looked for."""
COSTS: Final = (2, 1, 1, 2)
"""What the constants cost, from 0 on."""

Holds: TypeAlias = Bool[np.ndarray, " n"]


@dataclass(frozen=True)
class _Asked:
    """Places of outputs, and which elements may stand there."""

    example: Int64[np.ndarray, " n"]
    place: Int64[np.ndarray, " n"]
    allowed: Bool[np.ndarray, "n words"]
    sizes: Int64[np.ndarray, " n"]
    """How many elements there are."""

    @cached_property
    def bits(self) -> Float64[np.ndarray, " n"]:
        """What each tells of a word: one place of so many as are right is met by chance."""
        return np.log2(self.sizes / self.allowed.sum(1))

    def hold(self, values: Vectors, where: Holds | None = None) -> Bool[np.ndarray, " some"]:
        """Which rows are places of such elements."""
        rows = np.arange(len(self.place)) if where is None else np.flatnonzero(where)
        right = np.ones(len(values), np.bool_)
        for row in rows[np.argsort(-self.bits[rows], kind="stable")]:
            left = np.flatnonzero(right)
            if not len(left):
                break
            right[left] = self.allowed[row, values[left, row]]
        return right


def gathered(words: Words) -> Iterator[tuple[Term, ...]]:
    """The list from its top on, read at one word of the place and the length, or of what else is
    said of the list."""
    if (task := _task(words)) is None:
        return
    told = float(task.asked.bits.sum()) - words.given.spent
    for word in fitting(task.expressions, task.asked.hold, told):
        yield _program(words, task.number, word)


def gathered_by_two(words: Words) -> Iterator[tuple[Term, ...]]:
    """The list from its top on, read at one of two words of the place and the length."""
    given = words.given
    if (task := _task(words)) is None or not task.alike:
        return
    for rank, (test, holds) in enumerate(_tests(words, task.known, task.asked), 1):
        spent = float(np.log2(1 + rank)) + given.spent
        pair = _two(task, holds, spent)
        if pair is not None:
            yield _program(words, task.number, pair[0], pair[1], test)
            return


class _Task(NamedTuple):
    """What is asked, how many elements are wanted, and of what words may be made."""

    asked: _Asked
    alike: bool
    """Whether the length tells all places."""
    number: Arg
    known: Sequence[Feature]
    expressions: Expressions


def _task(words: Words) -> _Task | None:
    """None where no place tells anything of a word."""
    given = words.given
    if given.is_number or not any(given.wanted) or not all(_within(given)):
        return None
    if len({*map(len, given.lists)}) < 2:  # a place is then no word of the length
        return None
    asked = _asked(given)
    alike = _alike(given, asked)
    told = float((alike or asked).bits.sum()) - given.spent
    if told <= MARGIN or (number := _number(words)) is None:
        return None
    known = words.known if alike is None else _length(words.known)
    asked = asked if alike is None else alike
    expressions = _expressions(
        words, [*_place(given, asked), *_others(words, known, asked.example)]
    )
    return _Task(asked, alike is not None, number, known, expressions)


# ------------------------------------------------------------ what is asked


def _within(given: Shown) -> Iterator[bool]:
    """Whether each output is made of elements of its list."""
    for xs, ys in zip(given.lists, given.wanted, strict=True):
        yield {*ys} <= {*xs}


def _asked(given: Shown) -> _Asked:
    """Every place of every output."""
    lengths = [*map(len, given.wanted)]
    example = np.repeat(np.arange(len(lengths)), lengths)
    place = np.array([i for n in lengths for i in range(n)], np.int64)
    sizes = np.array([*map(len, given.lists)])[example]
    at = np.arange(given.words)
    there = given.memory[example[:, None], (given.first + at) % given.words]
    flat = np.array(given.flat, np.int64)
    allowed = (there == flat[:, None]) & (at < sizes[:, None])
    return _Asked(example, place, allowed, sizes)


def _alike(given: Shown, asked: _Asked) -> _Asked | None:
    """Each place of each length once, and of the numbers that are inputs: the element that is right
    in all such examples; None where there is none."""
    numbers = given.memory[asked.example, : given.numbers].astype(np.int64)
    keys = np.column_stack((asked.place, asked.sizes, numbers))
    _, first, same = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    allowed = np.ones((len(first), given.words), np.bool_)
    np.logical_and.at(allowed, same.reshape(-1), asked.allowed)
    if not allowed.any(1).all():
        return None
    return _Asked(asked.example[first], asked.place[first], allowed, asked.sizes[first])


# ------------------------------------------------------------ words of a place


def _length(known: Sequence[Feature]) -> list[Feature]:
    return [feature for feature in known if feature.name == LENGTH]


def _number(words: Words) -> Arg | None:
    """How many elements are wanted: a word of the length; or of what else is said of the list."""
    given, wanted = words.given, [*map(len, words.given.wanted)]
    if len({*wanted}) == 1:
        return wanted[0]
    every = np.arange(len(wanted))
    target = np.array(wanted, np.uint8)
    for known in (_length(words.known), words.known):
        expressions = _expressions(words, _others(words, known, every))
        told = evidence(given, target, every.tolist())
        word = cheapest(expressions, lambda values: (values == target).all(1), told)
        if word is not None:
            return word
    return None


def _place(given: Shown, asked: _Asked) -> list[Leaf]:
    """The place, which p is at; how far it is from the end."""
    place, n = word_in(given.since("p")), asked.sizes
    mirrored = Term("dec", (Term("sub", (LENGTH, place)),))
    values = ((place, 1, asked.place), (mirrored, 2, n - 1 - asked.place))
    return [Leaf(word, cost, (of % given.words).astype(np.uint8)) for word, cost, of in values]


def _others(words: Words, known: Sequence[Feature], example: Int64[np.ndarray, " n"]) -> list[Leaf]:
    """Constants, of which 1 and 2 are likely, numbers that are inputs, features; and the length of
    either half."""
    given = words.given
    costs = {word: COSTS[word] for word in range(min(len(COSTS), given.words))}
    likely = [replace(f, cost=1) if f.name == LENGTH else f for f in known]
    found = leaves(given, likely, costs, example)
    if "div" in given.language:
        lengths = np.array([*map(len, given.lists)])[example]
        for up, n in enumerate((LENGTH, Term("inc", (LENGTH,)))):
            half = (lengths + up) // 2
            found.append(Leaf(Term("div", (n, 2)), 2, half.astype(np.uint8)))
    return found


def _expressions(words: Words, found: list[Leaf]) -> Expressions:
    given = words.given
    return Expressions(found, given.language, given.words, words.tally, words.most)


def _tests(words: Words, known: Sequence[Feature], asked: _Asked) -> Iterator[tuple[Term, Holds]]:
    """Tests of a place: whether it is odd; or before what a word of the length says."""
    given, place = words.given, word_in(words.given.since("p"))
    if "mod" in given.language:
        yield Term("mod", (place, 2)), asked.place % 2 != 0
    if "less" not in given.language:
        return
    number = 0
    bounds = _expressions(words, _others(words, known, asked.example))
    for low, values, _ in bounds.parts():
        for i in range(len(values)):
            holds = asked.place < values[i]
            if holds.all() or not holds.any():
                continue
            if (number := number + 1) >= MOST_TESTS:
                return
            yield Term("less", (place, bounds.term(low + i))), holds


def _two(task: _Task, holds: Holds, spent: float) -> tuple[Arg, Arg] | None:
    """A word for the places where a test holds, and one for the others."""
    asked, found = task.asked, list[Arg]()
    for where in (holds, ~holds):
        word = cheapest(
            task.expressions,
            lambda values, where=where: asked.hold(values, where),
            float(asked.bits[where].sum()) - spent,
        )
        if word is None:
            return None
        found.append(word)
    return found[0], found[1]


# ------------------------------------------------------------ as statements


def _program(
    words: Words, number: Arg, word: Arg, other: Arg = 0, test: Term | None = None
) -> tuple[Term, ...]:
    """The list is moved to the top of memory, from q on; then so many elements are written: those
    at the word, or at the other one where a test is 0."""
    given = words.given
    said = [number, word] if test is None else [number, word, other, test]
    step = "(do (assign p (dec p)) (assign q (dec q)) (store q (load p)))"
    read: Arg = word
    body: tuple[Term, ...] = ()
    if test is not None:
        either = (Term("do", (Term("assign", ("r", at)),)) for at in (other, word))
        read, body = "r", (Term("if-zero", (test, *either)),)
    end = Term("add", (number, given.first)) if given.first else number
    return (
        *used(given, said, [f for f in words.known if f.name != LENGTH]),
        *statements(f"{given.to_end()} (assign q 0) (while {given.since('p')} {step})"),
        *(statements(f"(assign {LENGTH} (sub 0 q))") if LENGTH in names_in(said) else ()),
        Term("assign", ("e", end)),
        Term("while", (word_in("(sub e p)"), Term("do", (
            *body,
            Term("store", ("p", Term("load", (Term("add", ("q", read)),)))),
            *statements("(assign p (inc p))"),
        )))),
        *statements(given.closed("p")),
    )  # fmt: skip
