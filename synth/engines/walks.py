"""The engine walks: one word of memory, or a loop that goes on from word to word until a test says
stop. For examples that give memory and want one word of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bridge.spec import Budget
from synth.deduction.vectors import Tally
from synth.deduction.walks.chain import Chain, chains
from synth.deduction.walks.search import walks
from synth.engines.base import INSTEAD, Candidate, Event, Note, Spent, Work
from synth.engines.rivals import offered, tentative
from synth.engines.written import written
from synth.enumeration.constants import constants_of
from synth.problem import Problem

__all__ = ["WalksEngine", "wants_a_walk"]

STAGE: Final = "walks"
MOST: Final = 4
"""Programs that are compared."""


@dataclass(frozen=True)
class WalksEngine:
    """Walks by their cost."""

    name: str = STAGE
    most: int = 300_000
    """About the most words that are tried for one place of the result, and tests of walks."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if not wants_a_walk(problem):
            yield Note(
                "walks are for three or more examples of memory that want one word; they fill no "
                "sketch, adapt no start, and let no example fail: "
                f"{INSTEAD}"
            )
            return
        tally = Tally(most=budget.terms)
        before = 0
        for given in _chains(problem):
            fits = list[Candidate]()
            for statements in walks(given, tally, min(self.most, tally.left)):
                yield Spent(STAGE, Work(terms=tally.tried - before))
                before = tally.tried
                fit = None if statements is None else written(problem, statements)
                if fit is not None and len(fits) < MOST:
                    fits.append(fit)
                    if len(fits) == 1:
                        yield from tentative(problem, fit)
            if (yield from offered(problem, fits)):
                return


def wants_a_walk(problem: Problem) -> bool:
    """Whether examples give memory and want one word of it."""
    other = problem.sketch is not None or problem.adapts or problem.images or problem.may_fail
    return not other and problem.lists is None and next(_chains(problem), None) is not None


def _chains(problem: Problem) -> Iterator[Chain]:
    yield from chains(problem.tests, constants_of(problem.examples, False), problem.language)
