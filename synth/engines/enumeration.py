"""The engine enumeration: terms, cheapest first, executed."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import (
    INSTEAD,
    Candidate,
    Checkpoint,
    Event,
    Note,
    SavedError,
    Spent,
    Starts,
    Work,
    saved_as,
)  # fmt: skip
from synth.enumeration.completions import completions
from synth.enumeration.constants import constants_of
from synth.enumeration.grammar import Grammar
from synth.problem import Problem

if TYPE_CHECKING:
    from synth.enumeration.saved import SavedLayers
    from synth.enumeration.search import Enumeration

__all__ = ["EnumerationEngine"]

STAGE: Final = "enumeration"
SHOWN: Final = 12
"""Examples on which quicker programs are looked for: all others are for the driver."""
QUICKER: Final = 1_000_000
"""The most terms of that."""


@dataclass(frozen=True)
class EnumerationEngine:
    """Programs of the language by their cost; of those that behave alike, one."""

    name: str = STAGE
    near_misses: int = 24
    """How many near misses it leaves to start from."""
    save: int = 500_000
    """How many terms are tried between two checkpoints, at least: some seconds."""
    small: int = 6
    """The largest cost of statements that are tried alone, before the search proper."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if problem.adapts:
            yield from self._quicker(problem, budget)
        elif problem.sketch is None:
            yield from self._search(problem, budget)
        elif problem.sketch.term is None:
            yield Note(f"enumeration fills the holes of terms only, not of assembly: {INSTEAD}")
        else:
            machine, sketch = problem.machine, problem.sketch.term
            likely = constants_of(problem.examples, problem.lists is not None)
            costs = problem.costs.with_constants(likely)
            size = machine.words, machine.steps
            filled = completions(sketch, *size, problem.language, costs)
            yield from _try_each(problem, islice(filled, budget.terms))

    def _search(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        tried = 0
        if not problem.may_fail and not problem.saved:  # there it would have to go on, and is slow
            tried = yield from self._small(problem, budget.terms)
        if tried is None:
            return
        from synth.enumeration.saved import Enumerated
        from synth.enumeration.search import Enumeration  # with numba: it takes a second to load

        saved = saved_as(problem, Enumerated).layers
        before = 0 if saved is None else sum(saved.terms)
        likely = constants_of(problem.examples, problem.lists is not None)
        enumeration = Enumeration(
            problem.examples, problem.machine, before + budget.terms - tried, problem.language,
            problem.may_fail, problem.costs.with_constants(likely), problem.executor,
        )  # fmt: skip
        with closing(enumeration):
            yield from self._enumerated(problem, enumeration, saved)

    def _enumerated(
        self, problem: Problem, enumeration: Enumeration, saved: SavedLayers | None
    ) -> Iterator[Event]:
        """What the search finds, and its near misses; gone on with from what was saved."""
        from synth.engines.fits import Fits  # with numba: it takes a second to load

        if saved is not None:
            try:
                for _ in enumeration.restore(saved):
                    yield Spent(STAGE)
            except ValueError as error:
                raise SavedError(".layers", str(error)) from None
        top, look = 0, enumeration.work + self.save
        fits = Fits(problem)
        for term, work in _counted(enumeration):
            yield Spent(STAGE, work)
            yield from map(Note, enumeration.notes())
            if term is not None:
                yield from fits.add(term, enumeration.work)
            if fits.due(enumeration.work) and (yield from fits.settle()):
                return
            if enumeration.top_score > top:
                top = enumeration.top_score
                yield from _offer(problem, enumeration.best())
            if term is None and enumeration.work >= look:
                look = enumeration.work + max(self.save, 4 * enumeration.states)
                yield Checkpoint(enumeration.save())
        if (yield from fits.settle()):
            return
        if enumeration.full:
            kept = f"{enumeration.states:,} states, as many as it keeps in memory"
            yield Note(f"enumeration ended before its budget of terms: it has found {kept}")
        misses = [miss.term for miss in enumeration.near_misses(self.near_misses)]
        for miss in misses[:3]:  # so that there is always a best so far
            yield from _offer(problem, miss)
        yield Starts(tuple(misses))

    def _small(self, problem: Problem, most: int) -> Generator[Event, bool, int | None]:
        """The programs of one small statement, by the reference interpreter: many an easy spec
        ends here, before anything heavy is imported. Not where the budget is so small that it is
        better spent on the search proper, which keeps its near misses. How many were tried; None
        if one was right."""
        words, steps, costs = problem.machine.words, problem.machine.steps, problem.costs
        grammar = Grammar(words, 1, steps, False, language=problem.language, costs=costs)
        numbers = range(1, self.small * costs.unit + 1)
        statements = [s for cost in numbers for s in grammar.statements(cost)]
        if len(statements) > most:
            return 0
        accepted = yield from _try_each(problem, (Term("do", (s,)) for s in statements))
        return None if accepted else len(statements)

    def _quicker(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        """Programs that are right, whatever the start does: the driver knows which are quick."""
        from synth.enumeration.search import Enumeration

        most = min(QUICKER, budget.terms)
        enumeration = Enumeration(
            problem.examples[:SHOWN], problem.machine, most, problem.language,
            costs=problem.costs, executor=problem.executor,
        )  # fmt: skip
        with closing(enumeration):
            for term, work in _counted(enumeration):
                yield Spent(STAGE, work)
                for program in problem.lowerings(term) if term is not None else ():
                    yield Candidate(program, term)


def _counted(enumeration: Enumeration) -> Iterator[tuple[Term | None, Work]]:
    """The enumeration's programs, each with the work since the one before."""
    before = Work(terms=enumeration.terms, states=enumeration.states)
    for term in enumeration.programs():
        now = Work(terms=enumeration.terms, states=enumeration.states)
        yield term, now.plus(before, -1)
        before = now


def _try_each(problem: Problem, terms: Iterable[Term]) -> Generator[Event, bool, bool]:
    """Tries terms until a program is accepted; whether one was."""
    for term in terms:
        yield Spent(STAGE, Work(terms=1))
        if (yield from _try(problem, term)):
            return True
    return False


def _try(problem: Problem, term: Term) -> Generator[Event, bool, bool]:
    """Offers the term's programs, if they pass; whether one was accepted."""
    for program in problem.lowerings(term):
        if problem.passes(program) and (yield Candidate(program, term)):
            return True
    return False


def _offer(problem: Problem, miss: Term) -> Iterator[Event]:
    """Offers a near miss, if it fits the machine."""
    if (program := problem.lower(miss)) is not None:
        yield Candidate(program, miss)
