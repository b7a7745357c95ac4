"""What registers start with, as weights."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from hypothesis import given
from msgspec.structs import replace

from backend import Tuning, make_model, tune
from backend.compiler import compile_program, decode
from bridge import Example, Machine, parse_program, run, verify
from bridge.spec import Expect
from tests.programs import programs

MACHINE = Machine(words=8, registers=4, lines=8, steps=32, preload=True)
EXAMPLES = [Example(memory=(*range(x, x + 5),), expect=Expect(memory=(x + 4,))) for x in range(4)]


@given(programs(registers=4, lines=8, words=8))
def test_decoding_what_was_compiled(program):
    assert decode(compile_program(program, MACHINE)).preload == program.preload


def test_a_machine_that_does_not_preload_has_no_such_weights():
    program = parse_program("inc 1 1")
    assert compile_program(program, replace(MACHINE, preload=False)).first is None


def test_the_model_starts_with_what_is_preloaded():
    program = parse_program("r1 = 4\nread 1 2\nwrite 3 2\nhalt")
    memory = (1, 2, 3, 5, 7, 6, 0, 0)
    soft = make_model(program, MACHINE)(jnp.eye(8)[jnp.array(memory)])
    after = run(program, memory, MACHINE)
    assert tuple(np.asarray(soft.memory).argmax(-1)) == after.memory
    assert tuple(np.asarray(soft.registers).argmax(-1)) == after.registers
    assert np.asarray(soft.registers[3, 0]) > 0.999


def test_the_word_that_a_register_starts_with_is_tuned():
    """A pointer that starts at the wrong cell: no other fault, so only that word need change."""
    near = parse_program("r1 = 2\nread 1 2\nwrite 3 2\nhalt")
    tuning = Tuning(samples=1, steps=60, gamma=(0.05, 0.3))
    result = tune([near], EXAMPLES, MACHINE, restarts=8, seed=0, tuning=tuning)
    assert result.solutions
    for found in result.solutions:
        assert verify(found.program, EXAMPLES, MACHINE).correct
        assert found.weights.first is not None
        assert found.weights.first.shape == (4, 8)


def test_it_is_drawn_too():
    near = parse_program("r1 = 2\nread 1 2\nwrite 3 2\nhalt")
    tuning = Tuning(samples=3000, steps=2, decode_every=2)
    result = tune([near], EXAMPLES, MACHINE, restarts=8, seed=0, tuning=tuning)
    assert result.solutions
    assert result.solutions[0].sampled
    assert verify(result.solutions[0].program, EXAMPLES, MACHINE).correct


def test_what_is_no_hole_stays():
    sketch = parse_program("r1 = 4\nread 1 2\n?\nhalt")
    result = tune([sketch], EXAMPLES, MACHINE, restarts=8, seed=0)
    assert result.solutions
    assert all(found.program.preload == ((1, 4),) for found in result.solutions)
