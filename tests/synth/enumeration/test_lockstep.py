"""Code that runs on many examples in lockstep does to each what the machine does to it alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.batch import run_batch
from bridge.isa import OPCODES, lookup_table
from bridge.kernel import kernel
from bridge.program import encode, parse_program
from bridge.spec import Machine
from synth.enumeration.lanes import LANES
from synth.enumeration.lockstep import run_lanes

REGISTERS = 5
LINES = 7


@kernel
def run(code, bank, words, table, limit, must_halt, got, taken, before):
    return run_lanes(code, code.shape[0], bank, words, table, limit, must_halt, got, taken, before)


def in_lockstep(code, memory, machine):
    """Memories and registers afterwards, and whether all runs ended."""
    words = machine.words
    bank = np.zeros((words + machine.registers, LANES), np.uint8)
    bank[:words] = memory[np.minimum(np.arange(LANES), len(memory) - 1)].T
    room = np.zeros((1, LANES), np.uint8), np.zeros(LANES, np.int32), np.zeros_like(bank)
    ended = run(code, bank, words, lookup_table(words), machine.steps, machine.halt, *room)
    rows = bank.T[: len(memory)]
    return rows[:, :words], rows[:, words:], ended


@st.composite
def worlds(draw):
    words = draw(st.sampled_from([2, 3, 8, 128, 200, 255, 256]))
    machine = Machine(words=words, registers=REGISTERS, lines=LINES,
                      steps=draw(st.sampled_from([1, 3, 20, 60, 300])), halt=draw(st.booleans()),
                      instructions="bits")  # fmt: skip
    register = st.integers(0, REGISTERS - 1)
    line = st.tuples(st.integers(0, len(OPCODES) - 1), register, register, register,
                     st.integers(0, LINES))  # fmt: skip
    code = draw(st.lists(line, min_size=1, max_size=LINES))
    seed = draw(st.integers(0, 2**16))
    memory = np.random.default_rng(seed).integers(0, words, (draw(st.integers(1, LANES)), words))
    # Loops over lists end where a 0 is: lanes part, and meet again.
    memory *= np.random.default_rng(seed + 1).random(memory.shape) < 0.7
    return np.array(code, np.int16), memory.astype(np.uint8), machine


@given(worlds())
@settings(max_examples=150)
def test_lockstep_is_each_example_alone(world):
    code, memory, machine = world
    cells, registers, _, halted = run_batch(code[None], memory, machine)
    found, own, ended = in_lockstep(code, memory, machine)
    assert ended == halted.all()
    if ended or not machine.halt:
        assert np.array_equal(found, cells[0])
        assert np.array_equal(own, registers[0])


MAP_INC = "loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend:"


@pytest.mark.parametrize("limit", [49, 50, 51])
def test_the_last_step_counts(limit: int):
    """Lists of one to eight elements, which take six steps each, and two at the end."""
    machine = Machine(words=16, registers=REGISTERS, lines=LINES, steps=limit)
    program = parse_program(MAP_INC)
    code = encode(program, len(program))
    memory = np.tril(np.full((8, 16), 3, np.uint8))
    cells, *_ = run_batch(code[None], memory, machine)
    found, _, ended = in_lockstep(code, memory, machine)
    assert ended == (limit >= 50)
    assert not ended or np.array_equal(found, cells[0])
