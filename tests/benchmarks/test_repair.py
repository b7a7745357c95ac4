"""The repair benchmark: its instances are broken, seeded and comparable."""

from __future__ import annotations

import pytest

from benchmarks.repair import breakage
from benchmarks.repair_tasks import repair_tasks
from bridge import verify

TASKS = {task.spec.name: task for task in repair_tasks()}  # checks that the references pass


@pytest.mark.parametrize("wrong", [1, 2, 3])
@pytest.mark.parametrize("name", TASKS)
def test_instances_are_broken_in_so_many_lines(name, wrong):
    task = TASKS[name]
    program = breakage(task, wrong, 5)
    assert program is not None
    pairs = zip(program.instructions, task.program.instructions, strict=True)
    assert sum(new != old for new, old in pairs) == wrong
    every = (*task.spec.examples, *task.spec.holdout)
    assert not verify(program, every, task.spec.machine).correct


def test_instances_are_seeded():
    task = TASKS["swap"]
    assert breakage(task, 2, 1) == breakage(task, 2, 1)
    assert breakage(task, 2, 1) != breakage(task, 2, 2)
    assert breakage(task, 99, 0) is None
