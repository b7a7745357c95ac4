"""The tasks: programs of one to three calls, drawn."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Final

from benchmarks.suites.deepcoder.dsl import HIGH
from benchmarks.suites.deepcoder.programs import Program, draw_inputs, draw_programs
from benchmarks.suites.drawn.suite import DrawnSuite
from benchmarks.suites.drawn.task import ListTask

__all__ = ["EACH", "LONGEST", "SUITE"]

EACH: Final = 20
"""Programs of each length."""
LONGEST: Final = 3


def task(program: Program) -> ListTask:
    """The program's values, where it has one."""
    return ListTask(
        lambda *inputs: program.run(inputs),
        partial(draw_inputs, signature=program.signature),
        program.is_defined,
        steps=1024 if any(line.call.name == "sort" for line in program.lines) else None,
        words=HIGH + 1 if program.grows_on_the_way() else None,
    )


SUITE: Final = DrawnSuite(
    "deepcoder",
    {p.name: task(p) for p in draw_programs(Random("deepcoder/0"), EACH, LONGEST)},
)
