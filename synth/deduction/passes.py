"""Passes over the elements of the first list, up or down, each of which writes some of them, or
words of them; and programs of a few passes, one behind the other.

The list is first moved to the top of memory, so that it ends at address 0; but where the first pass
writes all of it, it stays, and is sorted last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final, Literal, TypeAlias

from bridge.term import Arg, Term
from synth.deduction.features import names_in, statements, used, word_in
from synth.deduction.moved import Moved, Part

__all__ = ["PLACE", "UP", "Lists", "Order", "Pass", "Sorting", "program"]

Lists: TypeAlias = tuple[tuple[int, ...], ...]
Sorting: TypeAlias = Literal["", "up", "down"]

PLACE: Final = Term("sub", ("q", "c"))
"""The place of an element, while q is at it."""


@dataclass(frozen=True)
class Order:
    """Which elements a pass comes to, one after the other: all, or each second one from the first
    or the second place on; from the first of them, or from the last."""

    down: bool = False
    second: bool = False
    odd: bool = False

    def of(self, xs: tuple[int, ...]) -> tuple[int, ...]:
        """These elements."""
        up = xs[self.odd :: 2] if self.second else xs
        return up[::-1] if self.down else up


UP: Final = Order()


@dataclass(frozen=True)
class Pass:
    """A pass, or a word alone, and what is written by it."""

    lists: Lists
    rank: int
    """How many were likelier."""
    word: Arg = "x"
    """What is written for the element x."""
    test: Arg | None = None
    opposite: bool = False
    """Whether it is written where the test is 0."""
    order: Order | None = UP
    """None for a word alone."""
    sorting: Sorting = ""
    """How what it has written is sorted."""

    @property
    def is_whole(self) -> bool:
        """Whether it writes all of the list, as it is or sorted."""
        return self == Pass(self.lists, self.rank, sorting=self.sorting)

    @property
    def words(self) -> list[Arg]:
        return [self.word] if self.test is None else [self.word, self.test]


def program(loop: Moved, passes: Sequence[Pass]) -> tuple[Term, ...]:
    """The program whose output is what these passes write, one behind the other."""
    return tuple(_Program(loop, passes).statements())


@dataclass(frozen=True)
class _Program:
    loop: Moved
    passes: Sequence[Pass]

    @cached_property
    def _parts(self) -> list[Part]:
        """What words say of elements among others, but for their places."""
        said = {part for each in self.passes for word in each.words for part in _said(word)}
        return [part for part in self.loop.parts if part.term != PLACE and part.term in said]

    @cached_property
    def _stays(self) -> bool:
        """Whether the list stays where it is."""
        second = any(each.order is not None and each.order.second for each in self.passes)
        return self.passes[0].is_whole and not self._parts and not second

    def statements(self) -> Iterator[Term]:
        given, known = self.loop.given, self.loop.known
        yield from used(given, [w for each in self.passes for w in each.words], known)
        alone = dict.fromkeys(each.word for each in self.passes if each.order is None)
        names: dict[Arg, str] = {w: f"v{i}" for i, w in enumerate(alone) if isinstance(w, Term)}
        for word, name in names.items():
            yield Term("assign", (name, word))
        yield from statements(given.to_end())
        passes = tuple(self._written(names))
        marks = {"c": "q", "d0": "(dec q)"}  # where the list begins, and the cell before
        if self._stays:
            yield from statements("(assign e p)")
            marks = {"c": str(given.first)}
        else:
            step = "(do (assign p (dec p)) (assign q (dec q)) (store q (load p)))"
            yield from statements(f"(assign q 0) (while {given.since('p')} {step})")
        met = names_in(passes)
        for mark in filter(met.__contains__, marks):
            yield from statements(f"(assign {mark} {marks[mark]})")
        yield from passes
        yield from statements(given.closed("p"))
        if self._stays and self.passes[0].sorting:
            at = f"(assign b0 {given.first})"
            yield from statements(f"{at} {self._sorted(self.passes[0].sorting, 'e')}")

    def _written(self, names: Mapping[Arg, str]) -> Iterator[Term]:
        """What all passes write, that are not there."""
        before = None
        for each in self.passes[self._stays :]:
            if each.order is None:
                yield Term("store", ("p", names.get(each.word, each.word)))
                yield from statements("(assign p (inc p))")
            else:
                yield from self._pass(each, each.order, before)
                before = each.order

    def _pass(self, each: Pass, order: Order, before: Order | None) -> Iterator[Term]:
        """One of them, behind one before it, if there is one."""
        own = [part for part in self._parts if part.term in {*chain(*map(_said, each.words))}]
        begin, inside, behind = (
            " ".join(dict.fromkeys(filter(None, (getattr(part, at) for part in own))))
            for at in ("before", "inside", "behind")
        )
        start, goes_on, first, last = self._moves(order, before)
        mark = "(assign b0 p)" if each.sorting else ""
        yield from statements(f"{mark} {start} {begin.replace('(assign c q)', '')}")
        body = (
            *statements(f"{first} (assign x (load q)) {inside}"),
            *_emitted(each),
            *statements(f"{behind} {last}"),
        )
        yield Term("while", (word_in(goes_on), Term("do", body)))
        if each.sorting:
            yield from statements(self._sorted(each.sorting))

    def _moves(self, order: Order, before: Order | None) -> tuple[str, str, str, str]:
        """What makes q begin, the word that isn't 0 while it goes on, and what moves it: before an
        element is read, or behind. When there was no pass, q is at the start."""
        if order.second:
            return self._each_second(order, before)
        if order.down:
            left = "(sub q c)"
            if self._stays:
                left = self.loop.given.since("q")
            return f"(assign q {'e' if self._stays else 0})", left, "(assign q (dec q))", ""
        step = "(assign q (inc q))"
        if self._stays:
            return f"(assign q {self.loop.given.first})", "(sub e q)", "", step
        return "(assign q c)" if before else "", "q", "", step

    def _each_second(self, order: Order, before: Order | None) -> tuple[str, str, str, str]:
        """The same where the list has been moved: from the cell d0 before it on."""
        goes_on, odd = "(less d0 q)", order.odd
        if not order.down:
            start = "(assign q c)" if before else ""
            start += " (assign q (inc q))" * odd
            return start, goes_on, "", "(assign q (inc (inc q)))"
        if before == Order(second=True, odd=not odd):  # q is 0 or 1, as the list's length is
            start = "(sub (dec 0) q)"
        else:
            more = "(mod c 2)" if self.loop.given.words % 2 == 0 else "(mod (sub 0 c) 2)"
            start = f"(dec (sub 0 {more}))" if odd else f"(dec (dec {more}))"
        return f"(assign q {start})", goes_on, "", "(assign q (dec (dec q)))"

    def _sorted(self, sorting: Sorting, end: str = "p") -> str:
        """What sorts all from b0 on."""
        below, above = "(load u0)", "(load b0)"
        if sorting == "down":
            below, above = above, below
        has_less = "less" in self.loop.given.language
        test = f"(less {below} {above})" if has_less else f"(sub {above} (min {below} {above}))"
        exchange = f"(if-zero {test} (do) (do (swap b0 u0)))"
        inner = f"(while (sub {end} u0) (do {exchange} (assign u0 (inc u0))))"
        return f"(while (sub {end} b0) (do (assign u0 (inc b0)) {inner} (assign b0 (inc b0))))"


def _said(word: Arg) -> Iterator[Arg]:
    """What a word is made of; the place of an element is one."""
    yield word
    if isinstance(word, Term) and word != PLACE:
        for arg in word.args:
            yield from _said(arg)


def _emitted(each: Pass) -> tuple[Term, ...]:
    """What is written for an element; where a test is 0 or 1, in any case, and p goes on by it."""
    write = Term("store", ("p", each.word))
    if each.test is None:
        return (write, *statements("(assign p (inc p))"))
    test = each.test
    if isinstance(test, Term) and (test.op in ("eq", "less") or test.args[1:] == (2,)):
        if each.opposite:
            return (write, Term("assign", ("p", Term("sub", (Term("inc", ("p",)), test)))))
        return (write, Term("assign", ("p", Term("add", ("p", test)))))
    bodies = Term("do"), Term("do", (write, *statements("(assign p (inc p))")))
    return (Term("if-zero", (each.test, *(bodies[::-1] if each.opposite else bodies))),)
