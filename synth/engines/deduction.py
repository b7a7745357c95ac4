"""The engine deduction: what loops over lists must compute, read off the examples.

A loop is assumed, over each element as it is or after an opening such as sorting; the examples then
say what its body makes of each element, and words are enumerated that do so: as λ² (Feser,
Chaudhuri & Dillig, PLDI 2015) deduces examples for the function of a combinator. Before, all
compositions of a few calls are compared with what is wanted, by their values.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.spec import Budget
from bridge.term import Arg, Term
from synth.deduction.calls.found import found
from synth.deduction.calls.programs import programs
from synth.deduction.closings import closings, composed, enough_for
from synth.deduction.features import features
from synth.deduction.search import deduced, opened, recalled
from synth.deduction.shown import FEWEST, Shown, shown
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from synth.engines.base import INSTEAD, Candidate, Event, Note, Spent, Work
from synth.engines.rivals import offered, tentative
from synth.engines.written import too_large, written
from synth.problem import Problem

if TYPE_CHECKING:
    from synth.engines.fits import Fits

__all__ = ["DeductionEngine", "shown_by"]

STAGE: Final = "deduction"
MOST: Final = 4
"""Programs of one hypothesis, or of one call, that are compared."""
ONES: Final = 1_000
"""Values that are computed for other calls that fit: as many again as it took, and these."""
SMALL: Final = 4
"""Numbers that one call is believed with."""
CELLS: Final = 4_096
"""Of examples, that words are valued on: what that takes of memory doesn't grow further. On the
other examples what was found is executed."""


def shown_by(problem: Problem) -> Shown | None:
    """What the first of the problem's examples show, as many as have `CELLS` together; None where
    nothing can be deduced from them."""
    cells = np.cumsum([len(example.words) for example in problem.examples])
    some = problem.examples[: max(FEWEST, int((cells <= CELLS).sum()))]
    return shown(some, problem.lists, problem.machine.words, problem.language)


@dataclass(frozen=True)
class DeductionEngine:
    """Programs whose last part is deduced, for examples that are lists."""

    name: str = STAGE
    most: int = 100_000
    """The most words that are tried for one hypothesis about the lists as they are given."""
    opened: int = 5_000
    """The same, after an opening."""
    composed: int = 20
    """The most bits that say a composition of calls."""
    further: tuple[int, ...] = (22, 24)
    """The same, one behind the other, while nothing was right: two more take four times as long."""
    beside: int = 4_000
    """The most words that are tried for one hypothesis where compositions are right, too."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        given = shown_by(problem)
        if problem.sketch is not None or problem.adapts or problem.may_fail:
            why = "deduction fills no sketch, adapts no start, and lets no example fail"
            yield Note(f"{why}: {INSTEAD}")
            return
        if given is None:
            yield Note(
                "deduction is for three or more examples whose input or output is a list: "
                f"{INSTEAD}"
            )
            return
        tally = Tally(most=budget.terms)
        if (yield from self._composed(problem, given, tally, self.composed)):
            return
        before, lacks = tally.tried, ""
        for opening, state, closing, most in self._states(given, tally):
            fits: list[Candidate] = []
            first = given if opening and not closing else None
            lasts = deduced(state, tally, most, first)
            for last in chain(composed(state, tally), lasts) if closing else lasts:
                yield Spent(STAGE, Work(terms=tally.tried - before))
                before = tally.tried
                if last is not None:
                    whole = (*recalled(given, last), *opening, *last, *closing)
                    made = tuple(_started(whole))
                    fit = written(problem, made)
                    if fit is None:
                        lacks = lacks or too_large(problem, made)
                    elif len(fits) < MOST:
                        fits.append(fit)
                        if len(fits) == 1:
                            yield from tentative(problem, fit)
                    continue
                if (yield from offered(problem, fits)):
                    return
                if not tally.left:
                    break
                fits = []
        for bits in self.further:
            if (yield from self._composed(problem, given, tally, bits)):
                return
        if lacks:
            yield Note(lacks)

    def _composed(
        self, problem: Problem, given: Shown, tally: Tally, bits: int
    ) -> Generator[Event, bool, bool]:
        """Programs of calls that make what is wanted, while that many would not do so by chance;
        whether the driver has enough. What one call does is believed soon, of others that one
        which speaks for itself. Where one call is right, at first, with a number that isn't small,
        or has no program here, compositions are not likely: what weighs numbers is to choose, or
        what writes it otherwise."""
        began = before = tally.tried
        fits, ones, until = None, list[Candidate](), 0
        for call in found(given, tally, enough_for(given), bits):
            yield Spent(STAGE, Work(terms=tally.tried - before))
            before = tally.tried
            more = call is not None and call.number > 1
            if ones and (more or before >= until):
                if (yield from offered(problem, ones)):
                    return True
                ones = []
            candidate = None if call is None else _first(problem, programs(given, call))
            if (
                call is not None
                and bits == self.composed
                and not (more or fits or ones)
                and (candidate is None or call.largest > SMALL)
            ):
                return False
            if candidate is not None and not more:
                if not ones:
                    until = 2 * before - began + ONES
                    yield from tentative(problem, candidate)
                ones += [candidate] * (len(ones) < MOST)
            elif candidate is not None and candidate.term is not None:
                from synth.engines.fits import Fits  # numba: only where one is to be chosen

                fits = fits or Fits(problem)
                tried = tally.tried - began
                yield from fits.add(candidate.term, tried, tried)
            if fits and fits.due(tally.tried - began):
                before = yield from self._beside(problem, given, tally, fits)
                if (yield from fits.settle()):
                    return True
        if (yield from offered(problem, ones)):
            return True
        if fits is None:
            return False
        yield from self._beside(problem, given, tally, fits)
        return (yield from fits.settle())

    def _beside(
        self, problem: Problem, given: Shown, tally: Tally, fits: Fits
    ) -> Generator[Event, bool, int]:
        """Adds what simple words come to where compositions are right, too: among all these is
        chosen. How many words were tried by then."""
        began = before = tally.tried
        for last in deduced(given, tally, self.beside):
            yield Spent(STAGE, Work(terms=tally.tried - before))
            before = tally.tried
            fit = None if last is None else written(problem, tuple(_started(last)))
            if fit is not None and fit.term is not None:
                yield from fits.add(fit.term, before, max(1, before - began))
        return before

    def _states(
        self, given: Shown, tally: Tally
    ) -> Iterator[tuple[tuple[Term, ...], Shown, tuple[Term, ...], int]]:
        """What is done before the part that is deduced, what that is to make of what, what is done
        then, and the most words that are tried."""
        yield (), given, (), self.most
        for closing in closings(Words(given, features(given), tally, self.opened)):
            yield closing.before, closing.given, closing.behind, self.opened
        for opening, state in opened(given, tally):
            yield opening, state, (), self.opened


def _first(problem: Problem, programs: Iterable[tuple[Term, ...]]) -> Candidate | None:
    """The first of the programs that is right on the examples, if one is."""
    each = (written(problem, tuple(_started(statements))) for statements in programs)
    return next((candidate for candidate in each if candidate is not None), None)


def _started(statements: Iterable[Term]) -> Iterator[Term]:
    """The statements but those that make a variable 0 that still is, and those that compute the end
    of the list again, e, when no length has been stored since."""
    met, end = set[Arg](), None
    for statement in statements:
        name = statement.args[0]
        if statement.op == "assign":
            if (statement.args[1] == 0 and name not in met) or statement == end:
                continue
            end = statement if name == "e" else end
        elif statement.op == "store" and isinstance(name, int):
            end = None
        met.update(statement.subterms())
        yield statement
