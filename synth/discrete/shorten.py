"""A correct program -> programs a few lines from it that pass the same tests in fewer steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import msgspec
import numpy as np

from bridge.batch import Tests, run_batch
from bridge.lowering.tidy import drop_unreachable
from bridge.program import Program, encode
from bridge.spec import Machine
from synth.discrete.edits import edits

__all__ = ["deletions", "shorten", "total_steps"]

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


def shorten(
    program: Program,
    tests: Tests,
    machine: Machine,
    *,
    lines: int = 2,
    budget: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    report: Callable[[int], None] = lambda executed: None,
) -> Iterator[Program]:
    """Programs that pass all tests in fewer steps than `program`, which must pass them, too: its
    edits with a line deleted or not, and up to `lines` lines changed, the fewest changes first; of
    one kind of edit, the shortest runs first.

    A program that only changes lines is found if its longest run gets shorter. It ends when all
    were tried, `budget` programs were executed or `stop()` is true; `report` is told how many were
    executed. Raises AssemblyError if the program does not fit the machine.
    """
    code = encode(program, machine.lines)[None]
    steps = run_batch(code, tests.memory, machine)[2]
    before, longest = int(steps.sum()), int(np.max(steps))
    within = msgspec.structs.replace(machine, steps=longest)
    shorter = msgspec.structs.replace(machine, steps=max(1, longest - 1))
    executed = 0
    for changed in range(lines + 1):
        for place, candidate in enumerate([*deletions(program), program]):
            if stop() or (budget is not None and executed >= budget):
                return
            edited = edits(
                candidate, tests, within if place < len(program) else shorter,
                lines=changed, limit=FOUND, stop=stop,
                budget=None if budget is None else budget - executed,
                report=lambda more, before=executed: report(before + more),
            )  # fmt: skip
            executed += edited.executed
            found = [
                (total_steps(p, tests, machine), i, p)
                for i, p in enumerate(map(drop_unreachable, edited.found))
            ]
            yield from (p for total, _, p in sorted(found) if total < before)
