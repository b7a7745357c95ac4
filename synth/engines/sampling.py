"""The engines mcmc and random: programs drawn and executed, with nothing in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.lowering.preloads import drop_unread
from bridge.spec import Budget
from synth.engines.base import Candidate, Event, Spent, Work
from synth.problem import Problem

if TYPE_CHECKING:
    from synth.discrete.chains import Sampled

__all__ = ["MCMCEngine", "RandomEngine"]


@dataclass(frozen=True)
class MCMCEngine:
    """Metropolis chains over whole programs, as in STOKE: from the program to adapt, if there is
    one, else from random programs; or over the fillings of a sketch's holes."""

    name: str = "mcmc"

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        from synth.discrete.chains import mcmc

        start = problem.start if problem.sketch is None else problem.sketch.program
        tests, machine = problem.tests, problem.machine
        sampled = mcmc(tests, machine, seed=seed, start=start, budget=budget.programs)
        yield from _told(self.name, sampled, problem)


@dataclass(frozen=True)
class RandomEngine:
    """Random programs, or a sketch with its holes filled at random."""

    name: str = "random"

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        from synth.discrete.chains import random_programs

        sketch = None if problem.sketch is None else problem.sketch.program
        tests, machine = problem.tests, problem.machine
        sampled = random_programs(tests, machine, seed=seed, sketch=sketch, budget=budget.programs)
        yield from _told(self.name, sampled, problem)


def _told(name: str, search: Iterable[Sampled], problem: Problem) -> Iterator[Event]:
    """What a stochastic search has to say: its work, and each program that is its best."""
    executed, best = 0, None
    for sampled in search:
        yield Spent(name, Work(programs=sampled.executed - executed))
        executed = sampled.executed
        if sampled.best != best:
            best = sampled.best
            yield Candidate(drop_unread(best, problem.outputs))
