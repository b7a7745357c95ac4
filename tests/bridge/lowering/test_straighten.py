"""The straight line that a program goes: no jumps left, the same memory in the end."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bridge.interpreter import run
from bridge.lowering.straighten import straighten
from bridge.program import parse_program
from bridge.spec import Machine
from tests.programs import machines, memories, programs

LOOP = parse_program("loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend:")


def test_a_loop_over_lists_of_one_length():
    straight = straighten(LOOP, [(3, 1), (2, 2)], Machine(words=8))
    body = "read 1 2\ninc 2 2\nwrite 1 2\ninc 1 1\n"
    assert straight == parse_program(2 * body + "read 1 2")


def test_inputs_that_lead_elsewhere():
    assert straighten(LOOP, [(3, 1), (2,)], Machine(words=8)) is None


def test_runs_that_do_not_halt():
    assert straighten(LOOP, [(3, 1)], Machine(words=8, steps=9)) is None


@given(st.data())
def test_it_does_what_the_program_does(data):
    machine = data.draw(machines(known="bits"))
    program = data.draw(programs(registers=machine.registers, lines=machine.lines, known="bits"))
    memory = data.draw(memories(machine.words))
    straight = straighten(program, [memory], machine)
    outcome = run(program, memory, machine)
    assert (straight is None) == (not outcome.halted)
    if straight is not None:
        assert all(i.opcode not in ("jump", "halt", "noop") for i in straight.instructions)
        longer = msgspec.structs.replace(machine, lines=64, steps=128)
        assert run(straight, memory, longer).memory == outcome.memory
