"""The paper's three programs: text, interpreter, zero-noise rollout and decoder agree."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from backend.compiler import compile_program, decode
from backend.machine import start, tables
from backend.rollouts import rollout
from bridge.interpreter import run
from bridge.program import decode_rows, encode, parse_program
from tests.cases import LISTINGS


@pytest.mark.parametrize("name", LISTINGS)
def test_listing(name):
    case = LISTINGS[name]
    machine, program = case.machine, parse_program(case.pdf)
    assert program.bare() == parse_program(case.text).bare()

    outcome = run(program, case.memory, machine)
    assert outcome.memory == case.after
    assert outcome.halted == machine.halt

    weights = compile_program(program, machine)
    decoded = decode(weights)
    rows = encode(program, machine.lines)
    np.testing.assert_array_equal(encode(decoded, machine.lines), rows)
    assert decoded == decode_rows(rows)  # the same, but for a halt behind it if lines are left

    memory = np.zeros((1, 1, machine.words), int)
    memory[..., : len(case.memory)] = case.memory
    soft = jax.jit(rollout, static_argnums=4)(
        weights.pack()[None],
        start(memory, machine.registers, machine.lines),
        tables(machine.words),
        machine.steps,
        machine.steps,
    )
    for bank, words in (("memory", outcome.memory), ("registers", outcome.registers)):
        array = np.asarray(getattr(soft.state, bank)[0, 0])
        np.testing.assert_array_equal(array.argmax(-1), words)
        assert array.max(-1).min() == 1
    assert float(soft.state.line[0, 0, -1]) == pytest.approx(float(machine.halt), abs=1e-20)
    assert float(soft.spent[0, 0]) == outcome.steps
