"""The saturation benchmark: its tasks, its arms, what it counts. No run of tuning: that is slow."""

from __future__ import annotations

from itertools import islice

import pytest
from rich.console import Console

from benchmarks.saturation.arms import ARMS, Run, shared
from benchmarks.saturation.report import show
from benchmarks.saturation.tasks import MACHINE, NearMiss, draw_tasks, lowered
from bridge import verify


@pytest.fixture(scope="module")
def tasks() -> list[NearMiss]:
    return list(islice(draw_tasks(), 3))


def test_targets_solve_their_tasks_and_near_misses_do_not(tasks):
    for task in tasks:
        start, goal = lowered(task.term), lowered(task.target)
        assert start is not None
        assert goal is not None
        assert verify(goal, (*task.examples, *task.holdout), MACHINE).correct
        assert not verify(start, task.examples, MACHINE).correct


@pytest.mark.parametrize(("arm", "number"), [("miss", 1), ("padded", 6), ("equals", 6)])
def test_arms_give_so_many_different_skeletons(arm, number, tasks):
    assert len(set(ARMS[arm](tasks[1], 6))) == number


def test_restarts_are_shared_evenly(tasks):
    programs = ARMS["padded"](tasks[1], 6)
    assert [len(shared(programs, restarts)) for restarts in (24, 10, 7)] == [6, 5, 1]


def test_what_a_run_depends_on_is_in_its_key(tasks):
    keys = {
        Run(number, tasks[number], arm, ARMS["miss"](tasks[number], 1), restarts, seed).key
        for number in (0, 1)
        for arm in ARMS
        for restarts in (6, 12)
        for seed in (0, 1)
    }
    assert len(keys) == 2 * len(ARMS) * 2 * 2


def test_pairs_are_of_the_same_task_and_seed():
    def record(arm: str, seed: int, solved: bool) -> dict:
        result = {"fits": True, "solved": solved}
        named = {"task": 1, "name": "a → b", "lines": "3 → 5", "seconds": 2.0}
        return {"engine": arm, "seed": seed, "result": result, **named}

    records = [
        *(record("padded", seed, seed == 0) for seed in range(4)),
        *(record("equals", seed, seed > 0) for seed in range(4)),
    ]
    console = Console(width=200, record=True)
    show(records, console)
    text = console.export_text()
    assert "1/4 (5-70 %)" in text
    assert "held out: miss 0, padded 3, equals 1" in text
    assert "equals against padded, all tasks: 3 : 1" in text
    assert "16 s of tuning" in text
