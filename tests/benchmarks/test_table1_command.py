"""`python -m benchmarks.table1`: skeletons keep control flow alone; runs are not run again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console

from benchmarks.table1.__main__ import main
from benchmarks.table1.cells import ROWS, SEARCHES, TASKS, Cell, cells, key
from benchmarks.table1.report import PAPER, table
from benchmarks.table1.skeletons import control_lines, jumps_only, loop_with_blanks
from bridge import Machine, parse_program, run
from bridge.program import Instruction, Program
from synth.sketch import Sketch
from tests.cases import TABLE1
from tests.programs import memories, programs

MACHINE = Machine(words=5, registers=3, lines=8, steps=30)


def test_the_loop_of_map_inc():
    skeleton = loop_with_blanks(TABLE1["map_inc"].program.bare(), padding=1)
    expected = "loop: read 1 2\njump 2 end\n?\n?\n?\ninc 1 1\njump 3 loop\nend: halt"
    assert skeleton == parse_program(expected).bare()
    bare = jumps_only(TABLE1["map_inc"].program.bare())
    assert bare == parse_program("loop: ?\njump 2 end\n?\n?\n?\njump 3 loop\nend: halt").bare()


def test_control_follows_registers_back():
    program = parse_program("inc 1 2\nmove 2 3\nzero 2\nadd 1 1 4\njump 3 end\nwrite 1 4\nend:")
    assert control_lines(program) == {0, 1, 4}


@given(programs(registers=3, lines=8), memories(5))
def test_the_body_does_not_decide_which_way_a_run_takes(program: Program, memory):
    """Without reads, that is: with no-ops for a body, it takes as many steps."""
    assume(all(line.opcode != "read" for line in program.instructions))
    kept = control_lines(program)
    empty = Program(
        tuple(
            line if i in kept else Instruction("noop")
            for i, line in enumerate(program.instructions)
        )
    )
    full, blank = (run(p, memory, MACHINE) for p in (program, empty))
    assert (full.steps, full.halted) == (blank.steps, blank.halted)


@given(programs(registers=3, lines=8), st.sampled_from([loop_with_blanks, jumps_only]))
def test_the_program_completes_its_skeletons(program: Program, make):
    assert Sketch(make(program)).completed_by(program)


@given(programs(registers=3, lines=6), st.integers(0, 2))
def test_padding_adds_blank_lines_only(program: Program, padding: int):
    plain, padded = loop_with_blanks(program), loop_with_blanks(program, padding)
    assert [i.opcode for i in plain.instructions if i.opcode] == [
        i.opcode for i in padded.instructions if i.opcode
    ]
    holes = sum(i.opcode is None for i in plain.instructions)
    more = len(padded) - len(plain)
    assert more % max(1, padding) == 0
    assert more <= padding * holes


def test_what_a_run_depends_on_is_in_its_key():
    cell = Cell("loop", "map_inc", 0, 100, 60.0)
    keys = {key(Cell(row, task, seed, k, 60.0), env)
            for row in ROWS for task in TASKS for seed in (0, 1) for k in (10, 100)
            for env in ("a", "b")}  # fmt: skip
    assert len(keys) == len(ROWS) * len(TASKS) * 8
    assert key(cell, "a") in keys


def test_the_recipe_is_in_the_key_where_it_is_used():
    recipes = [
        {},
        {"controller": "softmaxes"},
        {"entropy": 0.1},
        {"entropy": 0.1, "anneal": True},
    ]
    for row in ROWS:
        keys = {
            key(cell, "a")
            for recipe in recipes
            for cell in cells([row], ["inc"], range(1), restarts=100, seconds=1_000.0, **recipe)
        }
        assert len(keys) == (1 if row in SEARCHES else len(recipes)), row


def test_searches_are_run_with_every_seed():
    found = list(cells(ROWS, ["inc"], range(3), restarts=100, seconds=1_000.0))
    assert len(found) == len(ROWS) + 2 * 2


def record(row: str, task: str, result: dict, **more) -> dict:
    return {"engine": row, "task": task, "result": result, **more}


def test_rates_stand_beside_the_papers():
    assert all(len(figures) == len(TASKS) for figures in PAPER.values())
    restarts = {"restarts": 10, "soft": 3, "solved": 8}
    records = [
        record("loop", "parity", restarts),
        record("both", "inc", {"solved": True}, found_by="edits"),
        record("both", "inc", {"solved": False}, found_by=None),
    ]
    console = Console(width=200, record=True)
    console.print(table(records))
    text = console.export_text()
    for wanted in ("paper 49 %", "soft 3/10 (11-60 %)", "exec 8/10 (49-94 %)", "1 by edits",
                   "runs 1/2 (9-91 %)"):  # fmt: skip
        assert wanted in text
    assert "optimization" not in text


def test_what_is_done_is_not_run_again(tmp_path: Path, capsys):
    out = tmp_path / "table1.jsonl"
    command = f"--rows synthesis --tasks inc map_inc --out {out}".split()
    assert main(command) == 0
    first = out.read_text()
    assert [json.loads(line)["result"] for line in first.splitlines()] == [{"solved": True}] * 2
    assert main(command) == 0
    assert out.read_text() == first
    assert "1/1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--rows magic", "--rows magic: choose from optimization"),
        ("--tasks sort", "--tasks sort: choose from inc"),
        ("--seeds 3:3", "--seeds 3:3: expected FROM:TO"),
        ("--restarts 0", "--restarts 0: give a number above 0"),
        ("--entropy=-1", "--entropy -1: expected a number from 0 on"),
        ("--entropy nan", "--entropy nan: expected"),
        ("--controller both", "--controller"),
    ],
)
def test_bad_arguments_are_explained(arguments: str, message: str, capsys):
    assert main(arguments.split()) == 2
    assert message in capsys.readouterr().err
