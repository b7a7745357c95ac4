"""The adaptation benchmark: what it counts, and that its goals are reached."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.adaptation import GOALS, TASKS, adapt, main, table
from benchmarks.store import read_records
from benchmarks.suites import ROOT
from bridge import Program, load_spec
from bridge.program import Instruction
from bridge.tests import encode_examples
from synth.discrete.edits import edits


@pytest.mark.parametrize(("task", "lines"), [("access", 3), ("swap", 5)])
def test_no_program_that_short_solves_it_without_preload(task, lines):
    """All programs of so many lines, in as many steps and a halt: the addresses take some."""
    spec = load_spec(ROOT / "anc" / f"{task}_biased.json")
    machine = msgspec.structs.replace(spec.machine, steps=lines + 1)
    holes = Program((Instruction(None),) * lines)
    *_, tried = edits(holes, encode_examples(spec.examples, machine), machine, lines=0)
    assert tried.complete
    assert not tried.found


def test_constants_may_stand_in_registers_from_the_start():
    record = adapt("access_biased", 1, "rewriting", 60.0)
    assert (record["result"], record["before"], record["after"]) == ("verified", 5, 3)
    assert record["program"].startswith("  r1 = 4\n")


def test_or_not():
    record = adapt("swap_biased", 1, "edits", 60.0, preload=False)
    assert (record["result"], record["before"], record["after"]) == ("verified", 11, 8)


def test_what_is_done_is_not_run_again(tmp_path, capsys):
    out = tmp_path / "adaptation.jsonl"
    command = f"--seeds 1:2 --engine rewriting --tasks access_biased --out {out}"
    assert main(command.split()) == 0
    first = out.read_text()
    assert len(read_records(out)) == 1
    assert main(command.split()) == 0
    assert out.read_text() == first
    assert "5.0" in capsys.readouterr().out


def test_the_table():
    def record(task: str, after: float, result: str = "verified"):
        return {"task": task, "result": result, "before": 11.0, "after": after, "seconds": 1.0}

    rows = [record("swap_biased", 7.0), record("swap_biased", 5.0, "fits_examples")]
    found = table([*rows, record("increment_biased", 14.0)], "title")
    cells = [list(column.cells) for column in found.columns]
    assert cells[0] == ["swap_biased", "increment_biased"]
    assert cells[2] == ["6.0", "14.0"]
    assert cells[4][0][:3] == "1/2"
    assert cells[5] == ["6", "16"]
    assert [cell[:3] for cell in cells[6]] == ["0/2", "1/1"]


def test_every_task_has_a_goal():
    assert set(GOALS) == set(TASKS)
