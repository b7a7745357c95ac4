"""The engine deduction: what loops over lists must compute, read off the examples.

A loop is assumed, over each element as it is or after an opening such as sorting; the examples then
say what its body makes of each element, and words are enumerated that do so: as λ² (Feser,
Chaudhuri & Dillig, PLDI 2015) deduces examples for the function of a combinator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bridge.spec import Budget
from bridge.term import Arg, Term
from synth.deduction.literals import shared
from synth.deduction.search import deduced, opened
from synth.deduction.shown import Shown, shown
from synth.deduction.vectors import Tally
from synth.engines.base import Candidate, Event, Note, Spent, Work
from synth.problem import Problem

__all__ = ["DeductionEngine", "shown_by"]

STAGE: Final = "deduction"


def shown_by(problem: Problem) -> Shown | None:
    """What the problem's examples show; None where nothing can be deduced from them."""
    return shown(problem.examples, problem.lists, problem.machine.words, problem.language)


@dataclass(frozen=True)
class DeductionEngine:
    """Programs whose last part is deduced, for examples that are lists."""

    name: str = STAGE
    most: int = 100_000
    """The most words that are tried for one hypothesis about the lists as they are given."""
    opened: int = 5_000
    """The same, after an opening."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        given = shown_by(problem)
        if problem.sketch is not None or problem.adapts or problem.may_fail:
            yield Note("deduction fills no sketch, adapts no start, and lets no example fail")
            return
        if given is None:
            yield Note("deduction is for three or more examples with inputs and outputs")
            return
        tally, before = Tally(), 0
        for opening, state, most in self._states(given, tally):
            for found in deduced(state, tally, min(most, budget.terms)):
                yield Spent(STAGE, Work(terms=tally.tried - before))
                before = tally.tried
                if found is not None:
                    candidate = _candidate(problem, tuple(_started((*opening, *found))))
                    if candidate is not None and (yield candidate):
                        return
                if tally.tried >= budget.terms:
                    return

    def _states(self, given: Shown, tally: Tally) -> Iterable[tuple[tuple[Term, ...], Shown, int]]:
        yield (), given, self.most
        for opening, state in opened(given, tally):
            yield opening, state, self.opened


def _candidate(problem: Problem, statements: tuple[Term, ...]) -> Candidate | None:
    """The statements as a program that is right on the examples, if it is; with constants that are
    made of one another where it would be too long."""
    term = Term("do", statements)
    program = problem.lower(term)
    if program is None and (fewer := shared(statements, problem.language, problem.machine.words)):
        term = Term("do", fewer)
        program = problem.lower(term)
    return Candidate(program, term) if program is not None and problem.passes(program) else None


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
