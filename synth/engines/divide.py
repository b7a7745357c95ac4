"""The engine divide: one word of the inputs, or several that are right on some examples each,
joined by tests. For examples that give numbers and want one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import Candidate, Event, Note, Spent, Work
from synth.enumeration.constants import constants_of
from synth.problem import Problem

if TYPE_CHECKING:
    from synth.divide.join import Joined

__all__ = ["DivideEngine", "wants_one_word"]

STAGE: Final = "divide"


@dataclass(frozen=True)
class DivideEngine:
    """Words by their cost, weighted sums, and decision trees of both."""

    name: str = STAGE
    inputs: int = 8
    """The most cells that words are made of."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if (why := _why_not(problem)) is not None:
            yield Note(f"divide {why}")
            return
        from synth.divide.join import join

        count = min(self.inputs, max(len(example.words) for example in problem.examples))
        tests = problem.tests
        (cell,) = np.flatnonzero(tests.mask_memory.any(0)).tolist()
        inputs = np.ascontiguousarray(tests.memory[:, : max(count, 1)].T)
        wanted = tests.expect_memory[:, cell].astype(np.int64)
        constants = constants_of(problem.examples, problem.lists is not None)
        given = problem.machine.words, problem.language, constants, budget.terms
        for step in join(inputs, wanted, *given):
            if isinstance(step, int):
                yield Spent(STAGE, Work(terms=step))
            elif (yield from _offer(problem, cell, step)):
                return


def wants_one_word(problem: Problem) -> bool:
    """Whether examples give numbers or booleans, and want one."""
    lists = problem.lists
    return lists is not None and not any("list" in kind for kind in (*lists.inputs, lists.output))


def _why_not(problem: Problem) -> str | None:
    """What this is not made for; None if it is."""
    if problem.sketch is not None or problem.adapts or problem.images or problem.may_fail:
        return "looks for words that are right on all examples: it fills no sketch, adapts no start"
    checked = problem.tests.mask_memory
    if problem.outputs or checked.any(0).sum() != 1 or not checked.any(1).all():
        return "makes one word: give examples that all expect one cell, the same one"
    return None


def _offer(problem: Problem, cell: int, found: Joined) -> Generator[Event, bool, bool]:
    """Offers the program that stores the word; whether that ends the search."""
    term = Term("do", (found.statement(cell),))
    program = problem.lower(term)
    if program is None or not problem.passes(program):
        return False
    return (yield Candidate(program, term, tentative=not found.credible))
