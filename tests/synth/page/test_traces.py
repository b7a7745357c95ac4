"""What is stepped through is what the interpreter does."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bridge import Machine, parse_program, run
from synth.page.traces import MOST_STEPS, trace
from tests.programs import programs

MACHINE = Machine(words=8, registers=4, lines=12, steps=60)


@given(programs(registers=4, lines=12), st.lists(st.integers(0, 7), max_size=8), st.booleans())
def test_the_last_state_is_the_outcome(program, memory, halt):
    machine = msgspec.structs.replace(MACHINE, halt=halt)
    found, outcome = trace(program, memory, machine), run(program, memory, machine)
    state = [*found.start, *[0] * machine.registers]
    for changes in found.changes:
        for cell, word in changes:
            assert state[cell] != word
            state[cell] = word
    assert tuple(state) == found.end == (*outcome.memory, *outcome.registers)
    assert len(found.path) == len(found.changes) == found.steps == outcome.steps
    assert found.halted == outcome.halted
    assert found.passed == (outcome.halted or not halt)


def test_a_long_run_is_cut():
    machine = Machine(words=8, steps=3 * MOST_STEPS)
    found = trace(parse_program("loop: inc 1 1\njump 2 loop"), [], machine, [(8, 0)])
    assert len(found.path) == len(found.changes) == MOST_STEPS
    assert found.steps == 3 * MOST_STEPS
    assert not found.passed
    assert not found.halted
