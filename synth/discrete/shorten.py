"""A correct program -> programs a few lines from it that pass the same tests and cost less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

import numpy as np

from bridge.batch import run_programs
from bridge.lowering.preloads import drop_unread
from bridge.lowering.tidy import drop_unreachable
from bridge.program import Program
from bridge.spec import Machine
from bridge.tests import Tests
from synth.discrete.edits import UNLIMITED, edits, move_labels

__all__ = ["Objective", "Shortened", "cost_of", "deletions", "shorten", "total_steps"]

Objective = Literal["steps", "lines"]

FOUND = 32
"""How many of a program's edits are collected, to take the shortest run."""


def total_steps(program: Program, tests: Tests, machine: Machine) -> int:
    """The steps that it takes on all tests together."""
    return int(run_programs([program], tests.memory, machine)[2].sum())


def cost_of(
    program: Program, tests: Tests, machine: Machine, objective: Objective
) -> tuple[int, int]:
    """What is to be small: the steps on all tests together, then the lines; or the lines first."""
    steps, lines = total_steps(program, tests, machine), len(program)
    return (lines, steps) if objective == "lines" else (steps, lines)


def deletions(program: Program) -> Iterator[Program]:
    """The program with one line less, each in turn; a jump to it comes to the next."""
    for line in range(len(program)):
        kept = program.instructions[:line] + program.instructions[line + 1 :]
        yield Program(tuple(move_labels(kept, line + 1, -1)), preload=program.preload)


@dataclass(frozen=True)
class Shortened:
    """Programs that were found since the last time, those that cost the least first, and how many
    were executed since then."""

    found: tuple[Program, ...]
    executed: int


def shorten(
    program: Program,
    tests: Tests,
    machine: Machine,
    *,
    objective: Objective = "steps",
    lines: int = 2,
    budget: int = UNLIMITED,
    timed: Tests | None = None,
) -> Iterator[Shortened]:
    """Programs that pass all tests in fewer steps than `program`, which must pass them, too, or in
    as many with fewer lines: its edits with a line deleted or not, and up to `lines` lines changed,
    the fewest changes first; of one kind of edit, the shortest runs first. With the objective
    "lines", those that have fewer lines, however long they run: its edits with a line deleted.

    Where only some of the tests are `timed`, steps count on those.

    A program that only changes lines is found if its longest run gets shorter. Yields several
    times a second, also if there is nothing new; it ends when all were tried or `budget` programs
    executed. Raises AssemblyError if the program does not fit the machine.
    """
    steps = run_programs([program], tests.memory, machine)[2]
    outputs = [int(r) + 1 for r in np.flatnonzero(tests.mask_registers.any(0))]
    timed = tests if timed is None else timed
    least, longest = cost_of(program, timed, machine, objective), int(np.max(steps))
    within, shorter = tests.within(longest), tests.within(max(1, longest - 1))
    kinds = [(candidate, within) for candidate in deletions(program)]
    if objective == "lines":
        kinds = [(candidate, tests) for candidate, _ in kinds]
    else:
        kinds.append((program, shorter))
    executed = 0
    for changed in range(lines + 1):
        for candidate, limits in kinds:
            if executed >= budget:
                return
            before, found = executed, ()
            tried = edits(
                candidate, limits, machine, lines=changed, limit=FOUND, budget=budget - executed
            )
            for edited in tried:
                yield Shortened((), before + edited.executed - executed)
                executed, found = before + edited.executed, edited.found
            programs = [drop_unread(drop_unreachable(program), outputs) for program in found]
            costs = [cost_of(program, timed, machine, objective) for program in programs]
            best = sorted(zip(costs, programs, strict=True), key=itemgetter(0))  # stable
            yield Shortened(tuple(p for cost, p in best if cost < least), 0)
