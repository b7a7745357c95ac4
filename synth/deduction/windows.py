"""Loops over neighbours: each two, or three, elements that stand side by side; lists that are
shorter have none. Truth of such neighbours, sums over them, lists of a word of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bridge.term import Arg, Term
from synth.deduction.features import Feature, statements, word_in
from synth.deduction.loops import Loop
from synth.deduction.pairs import ElementTests
from synth.deduction.shown import Shown
from synth.deduction.vectors import Leaf, Tally

__all__ = ["Windows", "windows"]

WIDTHS: Final = (2, 3)


@dataclass(frozen=True)
class Windows(Loop):
    """A loop whose p stands at the first of so many neighbours."""

    width: int = 2

    def leaves(self) -> list[Leaf]:
        """What is at hand; each of the neighbours is as likely as the others."""
        given, e = self.given, self.example
        found = {leaf.term: leaf for leaf in super().leaves()}
        for k in range(1, self.width):
            word = Term("load", (_on(k),))
            values = given.memory[e, (self.address + k) % given.words]
            found[word] = Leaf(word, 1, values)
        return [*found.values()]

    @cached_property
    def tests(self) -> ElementTests:
        """How the first of the neighbours is held against the others."""
        if not {"eq", "less"} <= set(self.given.language):
            return ElementTests.none(len(self.example))
        first, *others = (Term("load", (_on(k),)) for k in range(self.width))
        found = {leaf.term: leaf for leaf in self.leaves()}
        return ElementTests.between(found[first], [found[other] for other in others])

    def started(self) -> Iterator[Term]:
        """What makes it begin."""
        yield Term("assign", ("p", self.given.first))
        if self.given.counted:
            yield Term("assign", ("e", word_in(self.given.end)))

    def loop(self, *body: Term) -> Term:
        """The loop around that, as long as there are so many elements from p on."""
        last = _on(self.width - 1)
        left = Term("less", (last, "e")) if self.given.counted else Term("load", (last,))
        return Term("while", (left, Term("do", (*body, *statements("(assign p (inc p))")))))


def _on(steps: int) -> Arg:
    """The address so many cells behind p."""
    word: Arg = "p"
    for _ in range(steps):
        word = Term("inc", (word,))
    return word


def windows(given: Shown, known: tuple[Feature, ...], tally: Tally, most: int) -> Iterator[Windows]:
    """Over each two neighbours, and each three; where no 0 ends the list that is shorter than they
    are, its end isn't seen, and there is no such loop."""
    if given.counted and "less" not in given.language:
        return
    for width in WIDTHS:
        counts = [max(len(xs) - width + 1, 0) for xs in given.lists]
        beyond = [given.first + width - 1 for xs in given.lists if len(xs) < width]
        short = [row for row, xs in zip(given.memory, given.lists, strict=True) if len(xs) < width]
        ends = given.counted or all(row[at] == 0 for row, at in zip(short, beyond, strict=True))
        if ends and any(counts):
            yield Windows(given, known, tuple(counts), False, None, tally, most, width)
