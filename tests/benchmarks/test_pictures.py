"""benchmarks.pictures: what programs are held to, and what stands beside them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from rich.console import Console

from benchmarks.pictures import __main__ as command
from benchmarks.pictures import abduction, plain
from benchmarks.pictures.worlds import make_world
from benchmarks.suites.digits.generate import Draw
from benchmarks.suites.digits.tasks import TASKS
from bridge import parse_program

pytest.importorskip("sklearn")
SMALL = Draw(examples=40, held=20)


@pytest.mark.parametrize("name", ["sum", "sort", "apply2x2_left", "meta_abd_product"])
def test_the_right_program_is_told_from_others(name: str):
    world = make_world(name, SMALL)
    assert world.is_right(world.program)
    assert not world.is_right(parse_program("halt"))
    assert (world.longer is None) == name.startswith("apply")


def test_held_out_pictures_are_the_same_in_longer_lists():
    world = make_world("max", SMALL)
    assert world.longer is not None
    held, longer = (
        {cell["image"] for e in spec.holdout for cell in e.memory if isinstance(cell, dict)}
        for spec in (world.spec, world.longer)
    )
    assert held <= longer
    assert {len(e.memory) - 1 for e in world.longer.holdout} == {4, 5, 6, 7, 8}


def test_consistent_readings_are_those_that_lead_to_the_answer():
    expect = np.array([[9], [3], [200]])
    rows, readings, allowed = abduction._consistent(
        TASKS["sum"], expect, np.array([True, False, True]), 2, tuple(range(1, 10)), 32
    )
    assert rows.tolist() == [0, 2]
    words = readings + 1
    assert (words[allowed[0]].sum(1) == 9).all()
    assert allowed.sum(1).tolist() == [8, 0]


def test_plain_networks_answer_without_a_program(monkeypatch):
    """What they learn in ten steps is nothing; but every example is scored."""
    monkeypatch.setattr(plain, "STEPS", 10)
    monkeypatch.setattr(plain, "CHUNK", 5)
    world = make_world("map_inc", SMALL)
    verdict, longer = plain.train_plain("gru", world.spec, world.longer, 0)
    assert verdict is not None
    assert (verdict.passed < 20, verdict.total) == (True, 20)
    assert longer is not None
    assert (longer.passed, longer.total) == (0, 20)  # it knows no cell 4


def test_the_table_counts_what_was_right(capsys):
    def record(row: str, right: bool | None, passed: int) -> dict:
        return {
            "engine": row, "task": "sum", "examples": 300, "wrong": 0.1, "right": right,
            "holdout": [passed, 100], "longer": None, "seconds": 3.0,
            "result": "generalises" if passed > 90 else "budget_exhausted",
        }  # fmt: skip

    records = [record("race", True, 95), record("race", False, 55), record("gru", None, 20)]
    Console(width=200).print(command.table(records, "a title"))
    shown = capsys.readouterr().out
    assert "1/2 (9-91 %)" in shown
    assert "75.0 (55.0-95.0)" in shown
    assert "20.0 (20.0-20.0)" in shown
    assert "10 %" in shown


def test_unknown_tasks_are_refused(capsys):
    assert command.main(["--tasks", "summ"]) == 2
    assert "--tasks summ: choose from sum, max" in capsys.readouterr().err


def test_where_the_pool_is_too_small_no_candidate_can(tmp_path, capsys):
    out = ["--out", str(tmp_path / "runs.jsonl")]
    few = ["--examples", "40", "--held", "20", "--seeds", "0:1", "--terms", "0"]
    assert command.main(["--tasks", "twice_sum", *few, *out]) == 0
    (record,) = map(json.loads, (tmp_path / "runs.jsonl").read_text().splitlines())
    assert (record["result"], record["program"]) == ("no_candidate", None)
    assert "no candidate" in capsys.readouterr().out
