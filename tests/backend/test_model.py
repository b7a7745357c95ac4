"""A program as a module: right, differentiable, trainable."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from backend import decode, make_model
from bridge.interpreter import run
from bridge.program import parse_program
from bridge.spec import Machine

MACHINE = Machine(words=6, registers=3, lines=5, steps=12)
PROGRAM = parse_program("read 1 2\ninc 2 2\nwrite 1 2")
MEMORY = np.array([3, 1, 4, 1, 5, 2])


def test_it_does_what_the_program_does():
    state = make_model(PROGRAM, MACHINE)(jax.nn.one_hot(MEMORY, 6))
    assert state.memory.argmax(-1).tolist() == list(run(PROGRAM, MEMORY.tolist(), MACHINE).memory)
    assert state.memory.max(-1).min() > 0.999
    assert state.line[-1] > 0.999


LOOP = parse_program("loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend:")
ROOMY = Machine(words=6, registers=6, lines=16, steps=64)


def test_it_is_cut_to_the_program():
    """Its lines, the registers that it names, and steps where it does not jump back."""
    model = make_model(PROGRAM, ROOMY)
    assert (model.weights.lines, model.weights.registers, model.steps) == (3, 2, 3)
    assert make_model(LOOP, ROOMY).steps == 64
    forever = Machine(words=6, steps=20, halt=False)
    assert make_model(PROGRAM, forever).steps == 20
    with pytest.raises(ValueError, match="steps = 65: the machine has 1 to 64"):
        make_model(PROGRAM, ROOMY, steps=65)


def test_registers_that_it_does_not_name_stay_as_they_are():
    given = jax.nn.one_hot(np.array([1, 0, 0, 5, 2, 3]), 6)
    state = make_model(PROGRAM, ROOMY)(jax.nn.one_hot(MEMORY, 6), given)
    expected = run(PROGRAM, MEMORY.tolist(), ROOMY, [1, 0, 0, 5, 2, 3])
    assert state.registers.argmax(-1).tolist() == list(expected.registers)


def test_it_takes_the_steps_and_is_as_exact_as_one_says():
    start = jax.nn.one_hot(np.array([3, 1, 0, 0, 0, 0]), 6)
    assert make_model(LOOP, ROOMY, steps=8)(start).line[-1] < 0.5  # two rounds take 14
    state = make_model(LOOP, ROOMY, steps=14, epsilon=1e-30)(start)
    assert state.memory.argmax(-1).tolist() == [4, 2, 0, 0, 0, 0]
    assert float(state.line[-1]) == 1


def test_any_leading_axes_and_vmap():
    model = make_model(PROGRAM, MACHINE)
    one = jax.nn.one_hot(MEMORY, 6)
    many = jnp.broadcast_to(one, (2, 3, 6, 6))
    for state in (model(many), jax.vmap(jax.vmap(model))(many)):
        assert state.registers.shape == (2, 3, 3, 6)
        alone = jnp.broadcast_to(model(one).memory, many.shape)
        np.testing.assert_allclose(state.memory, alone, atol=1e-6)


def test_it_trains_within_a_larger_network():
    """A layer in front of it learns what the program needs to see."""
    model = make_model(PROGRAM, MACHINE)

    def surprise(logits):
        return -jnp.log(model(jax.nn.softmax(logits)).memory[0, 5] + 1e-6)

    logits, adam = jnp.zeros((6, 6)), optax.adam(0.3)
    state = adam.init(logits)
    update = jax.jit(lambda x, s: adam.update(jax.grad(surprise)(x), s))
    for _ in range(60):
        change, state = update(logits, state)
        logits += change
    assert logits[0].argmax() == 4


def test_its_weights_can_be_tuned():
    model = make_model(PROGRAM, MACHINE, epsilon=0.05)
    memory = jax.nn.one_hot(MEMORY, 6)

    @eqx.filter_jit
    @eqx.filter_grad
    def gradient(model):
        return -jnp.log(model(memory).memory[0, 2] + 1e-6)  # 3 − 1, not 3 + 1

    for _ in range(40):
        model = eqx.apply_updates(model, jax.tree.map(lambda g: -0.5 * g, gradient(model)))
    assert run(decode(model.weights), MEMORY.tolist(), MACHINE).memory[0] == 2
