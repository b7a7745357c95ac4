"""A program as a module: right, differentiable, trainable."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

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
