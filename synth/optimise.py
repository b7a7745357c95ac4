"""An answer, made quicker: the last stage of a search, where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from bridge.spec import Budget
from synth.driver import Driver
from synth.engines import Candidate, Event
from synth.engines.edits import EditsEngine
from synth.engines.ladder import Ladder, Rung
from synth.engines.rewriting import RewritingEngine
from synth.problem import Problem

__all__ = ["OPTIMISER", "optimised", "to_optimise"]

WITHOUT: Final = 500_000
"""Edits of a program that are executed without a quicker one among them."""

ROUNDS: Final = 3


@dataclass(frozen=True)
class Optimiser:
    """The answer is rewritten; it and the best of its equals are edited; what comes of both is
    rewritten again, and so on. Engines do nothing from programs that they ended with, and one
    process saturates in all rounds."""

    name: str = "optimiser"

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        from synth.egraph.worker import Worker

        with Worker() as worker:
            rungs = Rung(RewritingEngine(worker=worker)), Rung(EditsEngine(without=WITHOUT))
            yield from Ladder(self.name, steps=rungs * ROUNDS)(problem, budget, seed)


OPTIMISER: Final = Optimiser()


def to_optimise(problem: Problem, answer: Candidate) -> Problem:
    """An answer to a problem, as a program to be made quicker that must go on doing what it does:
    on inputs like the examples, and on other ones (see `synth.counterexamples`)."""
    return replace(
        problem, objective="steps", start=answer.program, start_term=answer.term,
        oracle=answer.program, sketch=None,
    )  # fmt: skip


def optimised(driver: Driver, answer: Candidate) -> Candidate:
    """The answer of a search that has ended, or a quicker program that does the same; not where it
    reads pictures, may fail some examples, or was to be quick from the start. It may take the
    seconds that are left; the work is counted as the driver's."""
    budget, seconds = driver.budget, driver.budget.seconds - driver.seconds
    problem = driver.problem
    cannot = problem.adapts or problem.images or problem.may_fail
    if cannot or seconds <= 0 or driver.interrupted():
        return answer
    problem = to_optimise(problem, answer)
    second = Driver(
        problem, OPTIMISER, msgspec.structs.replace(budget, seconds=seconds), driver.seed,
        watch=driver.watch, interrupted=driver.interrupted,
    )  # fmt: skip
    found = second.run()
    driver.notes += [note.replace("oracle: ", "the answer before: ", 1) for note in second.notes]
    driver.add(second)
    driver.history.join(second.history)
    if found is None or found.found_by == "start":
        return answer
    return replace(found, before=answer, skeleton=answer.program)
