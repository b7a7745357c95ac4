"""The engine divide: one word of the inputs, or several that are right on some examples each,
joined by tests. For examples that give numbers and want one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.spec import Budget
from synth.engines.base import INSTEAD, Candidate, Event, Note, Spent, Work
from synth.engines.written import written
from synth.enumeration.constants import constants_of
from synth.problem import Problem

if TYPE_CHECKING:
    from synth.divide.join import Joined

__all__ = ["DivideEngine", "wants_one_word"]

STAGE: Final = "divide"
WEIGHT: Final = 2.0
"""About as many words are right and do something else, for each that they cost more."""


@dataclass(frozen=True)
class DivideEngine:
    """Words by their cost, weighted sums, and decision trees of both."""

    name: str = STAGE
    inputs: int = 8
    """The most cells that words are made of."""
    examples: int = 1_000
    """The most that words are valued on, the first ones: what that takes of memory doesn't grow
    further. On the others what was found is executed."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if (why := _why_not(problem)) is not None:
            yield Note(f"divide {why}")
            return
        from synth.divide.join import join

        count = min(self.inputs, max(len(example.words) for example in problem.examples))
        tests = problem.tests
        (cell,) = np.flatnonzero(tests.mask_memory.any(0)).tolist()
        inputs = np.ascontiguousarray(tests.memory[: self.examples, : max(count, 1)].T)
        wanted = tests.expect_memory[: self.examples, cell].astype(np.int64)
        constants = constants_of(problem.examples, problem.lists is not None)
        given = problem.machine.words, problem.language, constants, budget.terms
        signed = problem.lists is not None and problem.lists.signed
        found: list[Joined] = []
        for step in join(inputs, wanted, *given, signed):
            if isinstance(step, int):
                yield Spent(STAGE, Work(terms=step))
            else:
                found.append(step)
        yield from _offer(problem, cell, found)


def wants_one_word(problem: Problem) -> bool:
    """Whether examples give numbers or booleans, and want one."""
    lists = problem.lists
    return lists is not None and not any("list" in kind for kind in (*lists.inputs, lists.output))


def _why_not(problem: Problem) -> str | None:
    """What this is not made for; None if it is."""
    if problem.sketch is not None or problem.adapts or problem.images or problem.may_fail:
        return f"finds words right on all examples, fills no sketch, adapts no start: {INSTEAD}"
    checked = problem.tests.mask_memory
    if problem.outputs or checked.any(0).sum() != 1 or not checked.any(1).all():
        return f"makes one word: give examples that all expect one cell, the same one; or {INSTEAD}"
    return None


def _offer(problem: Problem, cell: int, found: Sequence[Joined]) -> Iterator[Event]:
    """Offers the program that stores one of the words: of what costs about the same the one to
    believe, and says where others as likely do something else; then, where the driver wants more,
    the others."""
    fits: dict[Candidate, int] = {}
    for each in found:
        fit = written(problem, each.statements(cell))
        if fit is not None:
            fits.setdefault(replace(fit, tentative=not each.credible), each.cost)
    order = [*fits]
    if len(fits) > 1:
        from synth.engines.fits import choose  # with numba: it takes a second to load

        chosen = choose(order, problem, [WEIGHT**-cost for cost in fits.values()])
        if chosen.doubt:
            yield Note(chosen.doubt)
        order.sort(key=lambda fit: fit is not chosen.candidate)
    for fit in order:
        if (yield fit):
            return
