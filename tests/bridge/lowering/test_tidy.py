"""Tidying keeps every run, step for step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.interpreter import run
from bridge.lowering.tidy import drop_unreachable
from bridge.program import parse_program
from bridge.spec import Machine
from tests.programs import memories, programs

MACHINE = Machine(words=5, registers=5, lines=13, steps=40)


@given(programs(registers=5, lines=12), memories(5), st.integers(1, 40))
def test_runs_stay_the_same_step_for_step(program, memory, steps):
    machine = Machine(words=5, registers=5, lines=13, steps=steps)
    tidy = drop_unreachable(program)
    assert run(tidy, memory, machine) == run(program, memory, machine)
    assert len(tidy) <= len(program)
    assert drop_unreachable(tidy) == tidy


def test_lines_that_no_run_reaches_go():
    text = "loop: read 1 2\njump 2 out\ninc 1 1\njump 3 loop\nhalt\nhalt\nout: halt\nnoop"
    kept = "loop: read 1 2\njump 2 out\ninc 1 1\njump 3 loop\nhalt\nout: halt"
    assert drop_unreachable(parse_program(text)) == parse_program(kept).bare()
