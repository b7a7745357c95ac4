"""The adaptation benchmark: what it counts, and that constants in registers change nothing."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks.adaptation import GOALS, TASKS, adapt, main, table
from benchmarks.preload import preload
from benchmarks.store import read_records
from benchmarks.suites import ROOT
from bridge import Machine, Program, load_spec, parse_program, run
from bridge.program import Instruction
from bridge.spec import Example, Expect
from bridge.tests import encode_examples
from synth.discrete.edits import edits
from tests.programs import memories, programs

ACCESS = load_spec(ROOT / "anc" / "access_biased.json")


def test_a_known_index_needs_no_instruction():
    left = preload(parse_program(str(ACCESS.start)), ACCESS.examples, ACCESS.machine)
    assert left is not None
    assert left.program == parse_program("read 2 3\nwrite 1 3")
    assert left.registers == (0, 4)
    assert left.solves(ACCESS.holdout, ACCESS.machine)
    assert left.mean_steps(ACCESS.holdout, ACCESS.machine) == 3


def test_branches_are_left_alone():
    spec = load_spec(ROOT / "anc" / "list_k_biased.json")
    assert preload(parse_program(str(spec.start)), spec.examples, spec.machine) is None


@given(st.data())
def test_what_is_left_does_what_the_program_does(data):
    machine = Machine(words=6, registers=6, lines=10)
    program = data.draw(programs(registers=4, lines=8))
    starts = data.draw(st.lists(memories(6), min_size=1, max_size=4))
    examples = [
        Example(memory=m, expect=Expect(memory=run(program, m, machine).memory)) for m in starts
    ]
    left = preload(program, examples, machine)
    assume(left is not None)
    assert left is not None
    assert left.solves(examples, machine)
    assert len(left.program) <= machine.lines


@pytest.mark.parametrize(("task", "lines"), [("access", 3), ("swap", 5)])
def test_no_program_that_short_solves_it(task, lines):
    """All programs of so many lines, in as many steps and a halt: the addresses take some."""
    spec = load_spec(ROOT / "anc" / f"{task}_biased.json")
    machine = msgspec.structs.replace(spec.machine, steps=lines + 1)
    holes = Program((Instruction(None),) * lines)
    *_, tried = edits(holes, encode_examples(spec.examples, machine), machine, lines=0)
    assert tried.complete
    assert not tried.found


def test_one_run():
    record = adapt("swap_biased", 1, "edits", 60.0)
    assert record["result"] == "verified"
    assert (record["before"], record["after"], record["preloaded"]) == (11, 8, 5)


def test_what_is_done_is_not_run_again(tmp_path, capsys):
    out = tmp_path / "adaptation.jsonl"
    command = f"--seeds 1:2 --engine edits --tasks swap_biased --out {out}"
    assert main(command.split()) == 0
    first = out.read_text()
    assert len(read_records(out)) == 1
    assert main(command.split()) == 0
    assert out.read_text() == first
    assert "11.0" in capsys.readouterr().out


def test_the_table():
    def record(task: str, after: float, preloaded: float | None, result: str = "verified"):
        return {
            "task": task, "result": result, "before": 11.0, "after": after,
            "preloaded": preloaded, "seconds": 1.0,
        }  # fmt: skip

    rows = [record("swap_biased", 8.0, 5.0), record("swap_biased", 6.0, 4.0, "fits_examples")]
    found = table([*rows, record("increment_biased", 14.0, None)], "title")
    cells = [list(column.cells) for column in found.columns]
    assert cells[0] == ["swap_biased", "increment_biased"]
    assert cells[2] == ["7.0", "14.0"]
    assert cells[4][0][:3] == "1/2"
    assert cells[5] == ["4.5", "–"]
    assert [c[0][:3] for c in cells[6:9]] == ["6", "0/2", "1/2"]
    assert [c[1] for c in cells[6:9]] == ["–"] * 3


def test_goals_are_of_tasks_that_there_are():
    assert set(GOALS) < set(TASKS)
