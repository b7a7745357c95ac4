"""Words of an example, memory as it is before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import SECOND, SMALL, Feature, constants, fitting, leaves, used
from synth.deduction.shown import Shown
from synth.deduction.tests import FEWEST, Test, tests
from synth.deduction.vectors import Expressions, Tally

__all__ = ["Words"]

DEAR: Final = 2
"""What products, quotients and remainders cost."""


@dataclass(frozen=True)
class Words:
    """Expressions over constants, inputs that are numbers, what is said of the list, and cells."""

    given: Shown
    known: tuple[Feature, ...]
    tally: Tally
    most: int
    """The most expressions that are tried."""
    by_two: bool = True
    """Whether a word may be one of two constants, as a test says."""
    times: int = 1
    """How many times as many are tried with small constants."""

    @cached_property
    def likely(self) -> Expressions:
        """With small constants only, so that they may be larger."""
        costs = dict.fromkeys(range(min(SMALL + 1, self.given.words)), 1)
        known = self.known
        if not self.given.is_number:  # of which the examples tell less
            known = [replace(feature, cost=1) for feature in known]
        return self._with(known, costs, self.times * self.most)

    @cached_property
    def every(self) -> Expressions:
        """With the examples' own constants, too."""
        return self._with(self.known, constants(self.given), self.most)

    def _with(self, known: Sequence[Feature], costs: Mapping[int, int], most: int) -> Expressions:
        given = self.given
        known = [feature for feature in known if feature.name != SECOND]  # it is loaded at once
        found = leaves(given, known, costs, np.arange(len(given.memory)))
        memory = given.memory if any(given.lists) else None
        return Expressions(found, given.language, given.words, self.tally, most, memory, dear=DEAR)

    def find(self, wanted: Sequence[int | None]) -> Arg | None:
        """The first expression that is so on the examples, but for those where anything is right; a
        constant, if that is."""
        return next(self.fitting(wanted), None)

    def fitting(self, wanted: Sequence[int | None]) -> Iterator[Arg]:
        """It, and then some that cost about as much."""
        told = np.array([word is not None for word in wanted])
        known = [word for word in wanted if word is not None]
        if len({*known}) <= 1:
            yield from known[:1]
            return
        target = np.array(known, np.uint8)
        enough = evidence(self.given, known, np.flatnonzero(told).tolist())
        for expressions in (self.likely, self.every):
            found = False
            for word in fitting(
                expressions, lambda values: (values[:, told] == target).all(1), enough
            ):
                found = True
                yield word
            if found:
                return
        if (word := self._one_of_two(wanted)) is not None:
            yield word

    @cached_property
    def _tests(self) -> tuple[Test, ...]:
        found = tests(self.given, self.known, FEWEST, 1)
        return tuple(test for test in found if not test.more)

    def _one_of_two(self, wanted: Sequence[int | None]) -> Arg | None:
        """One constant where a test holds, another one elsewhere: too little for an output."""
        given = self.given
        if (
            not self.by_two
            or given.is_number
            or given.opened
            or len({*wanted}) != 2
            or None in wanted
        ):
            return None
        if "mul" not in given.language:
            return None
        target = np.array(wanted, np.int64)
        for test in self._tests:
            then, other = ({*target[holds].tolist()} for holds in (test.holds, ~test.holds))
            if len(then) == len(other) == 1:
                (one,), (base,) = then, other
                more = (one - base) % given.words
                return Term("add", (base, Term("mul", (more, test.word))))
        return None

    def used(self, words: Iterable[Arg]) -> tuple[Term, ...]:
        """The statements before such words."""
        return used(self.given, words, self.known)
