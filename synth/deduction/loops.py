"""One loop over the first list: each element becomes another word, or all are one number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Final

import numpy as np
from jaxtyping import Bool, Int64

from bridge.term import Arg, Term
from synth.deduction.branches import Branched, branched
from synth.deduction.evidence import evidence
from synth.deduction.features import (
    Feature,
    constants,
    fitting,
    leaves,
    single,
    statements,
    used,
    word_in,
)
from synth.deduction.pairs import ElementTests, between
from synth.deduction.shown import Shown
from synth.deduction.vectors import Expressions, Leaf, Tally, Vectors

__all__ = ["Loop", "loops", "mapped", "noted", "summed", "told", "totals"]

ELEMENTS: Final = (Term("load", ("p",)), Term("load", ("q",)))


@dataclass(frozen=True)
class Loop:
    """A loop over elements of the first list, p at each, q beside it in another list."""

    given: Shown
    known: tuple[Feature, ...]
    counts: tuple[int, ...]
    """How many elements of each example it comes to."""
    whole: bool
    """Whether it comes to every element."""
    beside: int | None
    """The cell with the address of the other list."""
    tally: Tally
    most: int
    """The most expressions that are tried."""

    @cached_property
    def example(self) -> Int64[np.ndarray, " n"]:
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def address(self) -> Int64[np.ndarray, " n"]:
        offsets = [np.arange(count) for count in self.counts]
        return self.given.first + np.concatenate(offsets).astype(np.int64)

    def leaves(self) -> list[Leaf]:
        """What is at hand at each element."""
        given, at, e = self.given, self.address, self.example
        b = given.words
        found = leaves(given, self.known, constants(given, others=3), e)
        found += [
            Leaf(Term("load", ("p",)), 1, given.memory[e, at % b]),
            Leaf("p", 2, (at % b).astype(np.uint8)),
            Leaf(Term("load", (Term("inc", ("p",)),)), 2, given.memory[e, (at + 1) % b]),
        ]
        if self.beside is not None:
            start = given.memory[e, self.beside].astype(np.int64) + given.counted
            other = start + at - given.first
            found.append(Leaf(Term("load", ("q",)), 1, given.memory[e, other % b]))
        return found

    @cached_property
    def expressions(self) -> Expressions:
        """Words of an element, from what was there before the loop."""
        return self.expressions_of(self.leaves())

    @cached_property
    def tests(self) -> ElementTests:
        """What elements may be held against."""
        if not {"eq", "less"} <= set(self.given.language):
            return ElementTests.none(len(self.example))
        found = self.leaves()
        is_element = [leaf.term in ELEMENTS for leaf in found]
        elements = [*compress(found, is_element)]
        others = compress(found, (not it for it in is_element))
        return ElementTests.of(elements, [*others, *between(found)])

    @property
    def simple(self) -> Expressions:
        """Words of little, for tests of which few values tell; quotients are no likely tests."""
        return self.expressions_of([leaf for leaf in self.leaves() if leaf.cost == 1], dear=2)

    @property
    def likely(self) -> Expressions:
        """Words of what is said of the list, the element and small constants, each as likely."""
        leaves = [
            leaf for leaf in self.leaves() if not isinstance(leaf.term, int) or leaf.cost == 1
        ]
        return self.expressions_of([replace(leaf, cost=1) for leaf in leaves], dear=2)

    def expressions_of(self, leaves: list[Leaf], dear: int = 1) -> Expressions:
        """Words of such leaves."""
        given = self.given
        return Expressions(leaves, given.language, given.words, self.tally, self.most, dear=dear)

    def before(self, *words: Arg) -> Iterator[Term]:
        """What leads to the first element, where these words are used."""
        yield from used(self.given, words, self.known)
        yield from self.started()

    def started(self) -> Iterator[Term]:
        """What makes it begin."""
        given, beside = self.given, self.beside
        yield Term("assign", ("p", given.first))
        if beside is not None:
            other = f"(load {beside})"
            yield from statements(f"(assign q {f'(inc {other})' if given.counted else other})")
        if not given.counted:
            return
        if beside is not None:
            yield from statements(
                f"(assign e (add (min {given.length} (load (load {beside}))) {given.first}))"
            )
        else:
            yield from statements(f"(assign e {given.end})")
            if not self.whole:
                yield from statements("(assign e (dec e))")

    def loop(self, *body: Term) -> Term:
        """The loop around that."""
        text = "(assign p (inc p))" + " (assign q (inc q))" * (self.beside is not None)
        if self.given.counted:
            condition = "(sub e p)"
        elif self.beside is not None:
            condition = "(load p)" if self.whole else "(min (load p) (load q))"
        elif self.whole:
            return Term("walk", ("p", Term("do", body)))
        else:
            condition = "(load (inc p))"
        return Term("while", (word_in(condition), Term("do", (*body, *statements(text)))))


def loops(given: Shown, known: tuple[Feature, ...], tally: Tally, most: int) -> Iterator[Loop]:
    """Over every element; over all but the last; as far as the shorter of two lists goes."""
    lengths = [*map(len, given.lists)]
    if not any(lengths):
        return
    yield Loop(given, known, tuple(lengths), True, None, tally, most)
    if given.lists[0] != given.wanted[0] and min(lengths) > 0 and sum(lengths) > len(lengths):
        less = tuple(n - 1 for n in lengths)
        yield Loop(given, known, less, False, None, tally, most)
    for cell in given.others:
        both = [min(n, len(ys)) for n, ys in zip(lengths, given.other(cell), strict=True)]
        if any(both):
            whole = both == lengths
            yield Loop(given, known, tuple(both), whole, cell, tally, most)


def mapped(loop: Loop, *, by_two: bool = True) -> Iterator[tuple[Term, ...]]:
    """Each element becomes a word of it, of what is beside it, or of what the one before it has
    become; or one of two words, as a test says."""
    given = loop.given
    if given.is_number or tuple(map(len, given.wanted)) != loop.counts:
        return
    target = np.array([w for words in given.wanted for w in words], np.uint8)
    enough = evidence(given, target)

    def goal(values: Vectors) -> Bool[np.ndarray, " some"]:
        return (values == target).all(1)

    def program(word: Arg) -> tuple[Term, ...]:
        end = () if loop.whole else statements(given.closed("p"))
        return (*loop.before(word), loop.loop(Term("store", ("p", word))), *end)

    found = False
    for word in fitting(loop.expressions, goal, enough):
        found = True
        yield program(word)
    if found:
        return
    before = given.memory.copy()  # the cell before an element: what it has become
    place = np.minimum(loop.address, given.words - 1)
    before[loop.example, place] = target
    previous = Leaf(
        Term("load", (Term("dec", ("p",)),)), 1,
        before[loop.example, (loop.address - 1) % given.words],
    )  # fmt: skip
    more = loop.expressions_of([*loop.leaves(), previous])
    for word in fitting(more, goal, enough):
        found = True
        yield program(word)
    if found or given.opened or not by_two:
        return
    for expressions in (loop.expressions, *([loop.likely] if loop.whole else ())):
        if (pair := branched(expressions, loop.tests, target, loop.tally)) is not None:
            yield from _with_branch(loop, pair)
            return


def _with_branch(loop: Loop, found: Branched) -> Iterator[tuple[Term, ...]]:
    """The programs in which an element becomes one of two words."""
    element = Term("load", ("p",))
    one, other = (
        Term("do", () if word == element else (Term("store", ("p", word)),))
        for word in (found.one, found.other)
    )
    end = () if loop.whole else statements(loop.given.closed("p"))
    for bodies in ((other, one), (one, other)):
        body = loop.loop(Term("if-zero", (found.test, *bodies)))
        yield (*loop.before(*found), body, *end)


def summed(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """A number is the sum of a word over all elements, or the greatest, or the least one of its
    values."""
    given = loop.given
    if any(len(words) != 1 for words in given.wanted):
        return
    for op, first, word in totals(given, loop.counts, loop.expressions):
        start = statements(f"(assign a {first})")
        step = Term("assign", ("a", Term(op, ("a", word))))
        yield (*loop.before(word), *start, loop.loop(step), *single(given, "a"))


def totals(
    given: Shown, counts: Sequence[int], expressions: Expressions
) -> Iterator[tuple[str, str, Arg]]:
    """Words of so many elements of each example whose sum is the number that is wanted; else those
    whose greatest value is, or whose least one: the instruction, the word that it begins with, and
    the word of an element."""
    target = np.array([words[0] for words in given.wanted], np.int64)
    enough = evidence(given, target, range(len(target)))
    example = np.repeat(np.arange(len(counts)), counts)
    member = (example[:, None] == np.arange(len(counts))).astype(np.float32)

    def sums(values: Vectors) -> Int64[np.ndarray, "some examples"]:
        return (values.astype(np.float32) @ member).astype(np.int64) % given.words

    ways = [("add", "0", sums)]
    if min(counts) > 0:
        starts = np.cumsum((0, *counts[:-1]))
        ways += [
            ("max", "0", lambda values: np.maximum.reduceat(values, starts, axis=1)),
            ("min", "(dec 0)", lambda values: np.minimum.reduceat(values, starts, axis=1)),
        ]
    for op, first, over in ways:
        found = False
        for word in fitting(
            expressions, lambda values, f=over: (f(values) == target).all(1), enough
        ):
            found = True
            yield op, first, word
        if found:
            return


def told(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """Whether a word of some element is 0, or isn't; or of every one. An example tells one bit, so
    words are made of little."""
    given = loop.given
    truth = np.array([words[0] if words else 2 for words in given.wanted], np.int64)
    if not given.is_number or loop.beside is not None or truth.max() > 1:
        return
    member = loop.example[:, None] == np.arange(len(loop.counts))

    def met(values: Vectors, zero: bool) -> Bool[np.ndarray, "some examples"]:
        return ((values == 0) == zero).astype(np.float32) @ member.astype(np.float32) > 0

    for zero, every in ((True, True), (False, False), (False, True), (True, False)):
        words = fitting(
            loop.simple,
            lambda values, z=zero, e=every: (met(values, z) == (truth == 1 - e)).all(1),
            evidence(given, truth),
            tests=True,
        )
        for word in words:
            yield noted(loop, word, zero=zero, every=every)


def noted(loop: Loop, word: Arg, *, zero: bool, every: bool) -> tuple[Term, ...]:
    """The program that says whether a word of some element is 0, or isn't; that of `every` one it
    is the other way."""
    note, nothing = Term("do", statements("(assign a 1)")), Term("do")
    bodies = (note, nothing) if zero else (nothing, note)
    answer = statements("(store 0 (sub 1 a))" if every else "(store 0 a)")
    return (*loop.before(word), loop.loop(Term("if-zero", (word, *bodies))), *answer)
