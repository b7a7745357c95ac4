"""The repair benchmark: its instances are broken, seeded and comparable."""

from __future__ import annotations

import pytest

from benchmarks.repair import Attempt, main
from benchmarks.store import read_records
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


def test_what_a_run_depends_on_is_in_its_key():
    task = TASKS["swap"]
    keys = {
        Attempt(task, program, 1, seed, engine, seconds).key
        for program in (task.program, breakage(task, 1, 0)) for seed in (0, 1)
        for engine in ("ladder", "mcmc") for seconds in (1.0, 2.0)
    }  # fmt: skip
    assert len(keys) == 16


def test_what_is_done_is_not_run_again(tmp_path, capsys):
    out = tmp_path / "repair.jsonl"
    command = f"--seeds 0:1 --seconds 1000 --wrong 1 --engines edits --tasks swap --out {out}"
    assert main(command.split()) == 0
    first = out.read_text()
    (record,) = read_records(out)
    assert record["result"] == {"repaired": True, "fits": True}
    assert record["found_by"] == "edits"
    assert main(command.split()) == 0
    assert out.read_text() == first
    assert capsys.readouterr().out.count("1/1") == 4
