"""The repair benchmark: its instances are broken, seeded and comparable."""

from __future__ import annotations

import pytest

from benchmarks.repair import Outcome, key, main, outcome_of, recorded
from benchmarks.suites.repair.changes import breakage
from benchmarks.suites.repair.classics import repair_tasks
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
    assert not verify(program, task.spec.examples, task.spec.machine).correct


def test_instances_are_seeded():
    task = TASKS["swap"]
    assert breakage(task, 2, 1) == breakage(task, 2, 1)
    assert breakage(task, 2, 1) != breakage(task, 2, 2)
    assert breakage(task, 99, 0) is None


def test_records_are_outcomes():
    outcome = Outcome("swap", 2, 7, "ladder", True, True, "edits", 1234, 0.5)
    assert outcome_of(recorded(outcome, "k", {})) == outcome
    task = TASKS["swap"]
    keys = {
        key(task, program, seed, engine, seconds)
        for program in (task.program, breakage(task, 1, 0)) for seed in (0, 1)
        for engine in ("ladder", "mcmc") for seconds in (1.0, 2.0)
    }  # fmt: skip
    assert len(keys) == 16


def test_what_is_done_is_not_run_again(tmp_path, capsys):
    def run():
        return main(seeds="0:1", seconds=20.0, wrong=[1], engines=["edits"], tasks=["swap"],
                    out=tmp_path / "repair.jsonl")  # fmt: skip

    (outcome,) = run()
    assert outcome.repaired
    assert outcome.found_by == "edits"
    assert run() == [outcome]
    assert len((tmp_path / "repair.jsonl").read_text().splitlines()) == 1
    assert "1/1" in capsys.readouterr().out
