"""The engine exhaustive: all programs of the machine, the shortest first, and of these those that
preload the fewest registers; of those that behave alike on the examples, one is executed. A small
space is soon searched whole, and what is not in it is known not to exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from bridge import Machine, Program
from bridge.program import Instruction
from bridge.spec import Budget
from synth.engines.base import INSTEAD, Candidate, Event, Note, Refuted, Spent, Work
from synth.problem import Problem

__all__ = ["FEW", "ExhaustiveEngine", "is_small", "useful_lines"]

SMALL: Final = 5
"""Lines: a machine with no more is likely to be searched whole within `FEW`."""
FEW: Final = 200_000
"""Programs: a second, at most."""


@dataclass(frozen=True)
class ExhaustiveEngine:
    """Programs of one hole, of two, and so on, filled in every way."""

    name: str = "exhaustive"

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """Ends with Refuted where it has seen that no program of the machine passes."""
        if problem.sketch is not None or problem.objective != "correct":
            yield Note(f"exhaustive fills no sketch and adapts no start: {INSTEAD}")
            return
        from synth.discrete.edits import edits  # with numba: it takes a second to load

        machine, left = problem.machine, budget.programs
        lines, none = useful_lines(machine), True
        preloads = range(1 + machine.registers * machine.preload)
        for length, preloaded in product(range(1, lines + 1), preloads):
            blank, executed, edited = Program((Instruction(None),) * length), 0, None
            for edited in edits(blank, problem.tests, machine, lines=preloaded, budget=left):
                yield Spent(self.name, Work(programs=edited.executed - executed))
                executed = edited.executed
            left -= executed
            if edited is None:
                return
            accepted = yield Candidate(edited.found[0] if edited.found else edited.best)
            if accepted or left <= 0:
                return
            none = none and not edited.found
            if none and edited.complete and (length, preloaded) == (lines, preloads[-1]):
                yield Refuted(
                    "all that it has were tried, one of those that behave alike: "
                    f"{budget.programs - left:,} executed"
                )


def useful_lines(machine: Machine) -> int:
    """The most lines of which runs can differ: s steps reach one line, or either of two after a
    jump, 2^s − 1 of them at most; the others can be left out."""
    return min(machine.lines, 2 ** min(machine.steps, 10) - 1)


def is_small(problem: Problem) -> bool:
    """Whether it is worth the try to search the machine's programs whole."""
    plain = problem.sketch is None and problem.objective == "correct" and not problem.may_fail
    return plain and not problem.images and useful_lines(problem.machine) <= SMALL
