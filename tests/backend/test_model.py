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


ONE = jax.nn.one_hot(MEMORY, 6)
OTHERS = jax.nn.one_hot(jnp.array([[0, 0, 0], [1, 0, 0], [2, 5, 3]]), 6)
"""Registers of three lanes."""


def test_lanes_are_broadcast_to_each_other():
    """As if each lane ran alone, whichever of the two has it."""
    model = make_model(PROGRAM, MACHINE)
    alone = [model(ONE, registers) for registers in OTHERS]
    for memory, registers in (
        (ONE, OTHERS),
        (ONE[None, None], OTHERS),
        (ONE[None], OTHERS[:, None]),
    ):
        ends = model(memory, registers)
        lanes = np.broadcast_shapes(memory.shape[:-2], registers.shape[:-2])
        assert ends.line.shape == (*lanes, 4)
        flat = jax.tree.map(lambda x, y: x.reshape(3, *y.shape), ends, alone[0])
        for i, end in enumerate(alone):
            assert_close(jax.tree.map(lambda x, i=i: x[i], flat), end)
    many = jnp.stack([ONE, ONE[::-1]])
    for i in range(2):
        assert_close(
            jax.tree.map(lambda x, i=i: x[i], model(many, OTHERS[1])), model(many[i], OTHERS[1])
        )


def assert_close(left, right):
    jax.tree.map(lambda x, y: np.testing.assert_allclose(x, y, atol=1e-6), left, right)


def test_no_lanes_and_odd_axes():
    model = make_model(PROGRAM, MACHINE)
    assert model(jnp.zeros((3, 0, 6, 6)), OTHERS[0]).registers.shape == (3, 0, 3, 6)
    gradient = jax.grad(lambda x: model(x).memory.sum())(jnp.zeros((0, 6, 6)))
    assert gradient.shape == (0, 6, 6)
    mapped = jax.vmap(model, in_axes=(None, 1), out_axes=1)(ONE, OTHERS.transpose(1, 0, 2))
    assert_close(mapped, jax.tree.map(lambda x: jnp.moveaxis(x, 0, 1), model(ONE, OTHERS)))


@pytest.mark.parametrize(
    ("memory", "registers", "says"),
    [
        (np.ones((18, 6)), None, r"memory is \[18, 6\]: give \[..., 6, 6\]"),
        (np.ones(6), None, r"memory is \[6\]"),
        (np.float32(1), None, r"memory is \[\]"),
        (np.ones((2, 6, 7)), None, r"memory is \[2, 6, 7\]"),
        (ONE, np.ones((4, 6)), r"registers is \[4, 6\]: give \[..., 3, 6\]"),
        (ONE, np.ones((3, 5)), r"registers is \[3, 5\]"),
        (np.ones((4, 6, 6)), OTHERS, r"memory \[4, 6, 6\] and registers \[3, 3, 6\]"),
    ],
)
@pytest.mark.usefixtures("unchecked_shapes")
def test_shapes_that_do_not_fit_are_named(memory, registers, says):
    with pytest.raises(ValueError, match=says):
        make_model(PROGRAM, MACHINE)(memory, registers)


@pytest.mark.parametrize("dtype", [np.int32, bool, np.complex64])
@pytest.mark.usefixtures("unchecked_shapes")
def test_what_is_no_float_is_refused(dtype):
    with pytest.raises(TypeError, match=rf"memory is of {np.dtype(dtype)}: .*one_hot"):
        make_model(PROGRAM, MACHINE)(np.asarray(ONE).astype(dtype))


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
def test_half_floats_are_computed_as_float32(dtype):
    model = make_model(PROGRAM, MACHINE)
    assert_close(model(ONE.astype(dtype), OTHERS.astype(dtype)), model(ONE, OTHERS))


def test_what_is_not_a_number_stays_in_its_lane():
    lanes = jnp.stack([ONE] * 4)
    ends = make_model(PROGRAM, MACHINE)(lanes.at[1, 0, 0].set(jnp.nan))
    assert np.isfinite(ends.memory).all((1, 2)).tolist() == [True, False, True, True]


def test_modes_of_differentiation():
    """In reverse with kernels; without them in any, and they agree."""
    tiny = Machine(words=4, registers=2, lines=2, steps=3)

    def chance(kernels):
        model = make_model(
            parse_program("read 1 1\nwrite 1 1"), tiny, epsilon=0.05, kernels=kernels
        )
        return lambda memory: model(memory).memory[1, 1]

    fast, any_mode = chance(True), chance(False)
    memory = jax.nn.softmax(3.0 * jax.nn.one_hot(np.array([1, 2, 0, 1]), 4))
    for mode in (jax.jacfwd, jax.hessian):
        with pytest.raises(TypeError, match=r"reverse mode only.*kernels=False"):
            mode(fast)(memory)
    # Forward over reverse: the Hessian times a step, on which distributions stay such.
    step = jax.nn.one_hot(jnp.arange(4), 4) - 0.25
    gradient, column = jax.jit(lambda *x: jax.jvp(jax.grad(any_mode), *x))((memory,), (step,))
    np.testing.assert_allclose(gradient, jax.grad(fast)(memory), atol=1e-6)
    change = jax.grad(fast)(memory + 1e-2 * step) - jax.grad(fast)(memory - 1e-2 * step)
    np.testing.assert_allclose(column, change / 2e-2, atol=5e-3)
    print(column, change / 2e-2)
