"""A correct program -> programs a few lines from it that pass the same tests in fewer steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bridge.batch import run_batch
from bridge.lowering.tidy import drop_unreachable
from bridge.program import Program, encode
from bridge.spec import Machine
from bridge.tests import Tests
from synth.discrete.edits import edits

__all__ = ["Shortened", "deletions", "shorten", "total_steps"]

FOUND = 32
"""How many of a program's edits are collected, to take the shortest run."""


def total_steps(program: Program, tests: Tests, machine: Machine) -> int:
    """The steps that it takes on all tests together."""
    code = encode(program, machine.lines)[None]
    return int(run_batch(code, tests.memory, machine)[2].sum())


def deletions(program: Program) -> Iterator[Program]:
    """The program with one line less, each in turn; a jump to it comes to the next."""
    for line in range(len(program)):
        kept = program.instructions[:line] + program.instructions[line + 1 :]
        yield Program(
            tuple(
                i
                if i.target is None or i.target <= line
                else replace(i, operands=(i.operands[0], i.target - 1))
                for i in kept
            )
        )


@dataclass(frozen=True)
class Shortened:
    """Programs that were found since the last time, the shortest runs first, and how many were
    executed since then."""

    found: tuple[Program, ...]
    executed: int


def shorten(
    program: Program,
    tests: Tests,
    machine: Machine,
    *,
    lines: int = 2,
    budget: int | None = None,
) -> Iterator[Shortened]:
    """Programs that pass all tests in fewer steps than `program`, which must pass them, too: its
    edits with a line deleted or not, and up to `lines` lines changed, the fewest changes first; of
    one kind of edit, the shortest runs first.

    A program that only changes lines is found if its longest run gets shorter. Yields several
    times a second, also if there is nothing new; it ends when all were tried or `budget` programs
    executed. Raises AssemblyError if the program does not fit the machine.
    """
    code = encode(program, machine.lines)[None]
    steps = run_batch(code, tests.memory, machine)[2]
    before, longest = int(steps.sum()), int(np.max(steps))
    within, shorter = tests.within(longest), tests.within(max(1, longest - 1))
    executed = 0
    for changed in range(lines + 1):
        for place, candidate in enumerate([*deletions(program), program]):
            if budget is not None and executed >= budget:
                return
            limits = within if place < len(program) else shorter
            left = None if budget is None else budget - executed
            told, edited = 0, None
            for edited in edits(
                candidate, limits, machine, lines=changed, limit=FOUND, budget=left
            ):
                yield Shortened((), edited.executed - told)
                told = edited.executed
            assert edited is not None
            executed += told
            found = [
                (total_steps(p, tests, machine), i, p)
                for i, p in enumerate(map(drop_unreachable, edited.found))
            ]
            yield Shortened(tuple(p for total, _, p in sorted(found) if total < before), 0)
