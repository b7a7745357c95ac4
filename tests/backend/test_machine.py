"""The structured step is the paper's; at no noise it is the interpreter."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.machine import State, _output, start, step, tables
from backend.rollouts import rollout, structured_rollout
from backend.weights import unpack
from bridge.interpreter import run
from bridge.isa import INDEX, OPCODES, lookup_table
from bridge.program import decode_rows, encode
from tests.backend.reference import lookup_tensor, reference_rollout, reference_step
from tests.backend.worlds import (
    BUCKET,
    HORIZON,
    LINES,
    REGISTERS,
    all_tables,
    bucket_tables,
    busy_programs,
    distributions,
    memories,
    packed,
    random_world,
    run_soft,
    seeds,
    small_machines,
)  # fmt: skip

CONTROLLERS = ["logits", "softmaxes"]
both_steps = jax.jit(lambda w, s, t, tensor: (step(w, s, t), reference_step(w, s, tensor)))


@given(seeds, st.integers(2, BUCKET))
def test_structured_step_is_the_einsum_of_eq_6(seed, words):
    weights, state = random_world(seed, words, BUCKET, REGISTERS, LINES)
    ours, theirs = both_steps(weights, state, bucket_tables(words), lookup_tensor(words, BUCKET))
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    distributions(ours, words)


@pytest.mark.parametrize("words", [2, 3, 16, 31, 64])
def test_structured_step_at_larger_words(words):
    for seed in range(3):
        weights, state = random_world(seed, words, words, 3, 4, examples=2)
        ours, theirs = both_steps(weights, state, all_tables(words), lookup_tensor(words))
        for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("bucket", [*range(4, 33, 4), *range(48, 129, 16)])
def test_arithmetic_is_exact_for_every_word_size(bucket):
    """On sharp words, outputs are one-hot to the last bit: errors would double with every add."""
    output = jax.jit(_output)
    rng = np.random.default_rng(bucket)
    names = [row.name for row in OPCODES if row.word is not None]
    count = 32 if bucket <= 32 else 8
    lower = 2 if bucket == 4 else bucket - (4 if bucket <= 32 else 16) + 1
    for words in range(lower, bucket + 1):
        pairs = rng.integers(0, words, (len(names), count, 2))
        f = np.zeros((len(names), count, len(OPCODES)), np.float32)
        expected = np.zeros((len(names), count), int)
        for i, name in enumerate(names):
            f[i, :, INDEX[name]] = 1
            expected[i] = lookup_table(words)[INDEX[name], pairs[i, :, 0], pairs[i, :, 1]]
        eye = np.eye(bucket, dtype=np.float32)
        memory = np.zeros((len(names), count, bucket, bucket), np.float32)
        opcode = {name: f[..., i, None] for name, i in INDEX.items()}
        got = output(
            opcode, eye[pairs[..., 0]], eye[pairs[..., 1]], memory, all_tables(words, bucket)
        )
        np.testing.assert_array_equal(got, eye[expected])


@pytest.mark.parametrize("controller", CONTROLLERS)
@given(small_machines, busy_programs(), seeds)
def test_zero_noise_rollout_is_the_interpreter(controller, machine, program, seed):
    memory = memories(seed, machine.words)
    soft = run_soft(
        packed(program, 0.0, seed), memory, bucket_tables(machine.words), HORIZON, machine.steps,
        controller,
    )  # fmt: skip
    soft = jax.device_get(soft)
    full = decode_rows(encode(program, LINES))  # the weights' padding is halts
    for e, cells in enumerate(memory[:, : machine.words].tolist()):
        want = run(full, cells, machine)
        eye = np.eye(BUCKET, dtype=np.float32)
        got = soft.state.memory[0, e, : machine.words]
        exactly = {"atol": 1e-20, "rtol": 0}  # not 0: ε is 1e-30
        np.testing.assert_allclose(got, eye[list(want.memory)], **exactly)
        np.testing.assert_allclose(soft.state.registers[0, e], eye[list(want.registers)], **exactly)
        assert float(soft.state.line[0, e, -1]) == pytest.approx(float(want.halted), abs=1e-20)
        assert float(soft.spent[0, e]) == want.steps


@pytest.mark.parametrize("controller", CONTROLLERS)
@given(small_machines, busy_programs(), seeds, st.floats(0.001, 3))
def test_every_state_of_a_noisy_rollout_is_a_distribution(
    controller, machine, program, seed, gamma
):
    memory = memories(seed, machine.words)
    weights, table = packed(program, gamma, seed), bucket_tables(machine.words)
    for steps in (1, machine.steps // 2, HORIZON):
        soft = run_soft(weights, memory, table, HORIZON, steps, controller)
        distributions(soft.state, machine.words)
        assert soft.spent.min() >= 0
        assert soft.spent.max() <= steps + 1e-4


def test_additions_do_not_amplify_rounding():
    """1 + 1, doubled a hundred times over: errors of 1e-7 would fill the word after 24 steps."""
    from bridge.program import parse_program

    program = parse_program("inc 1 1\nloop: add 1 1 1\ninc 1 1\njump 2 loop")
    soft = run_soft(packed(program, 0.0, 0), memories(0, 7), bucket_tables(7), 512, 400)
    assert soft.state.registers.max(-1).min() == 1


def test_a_halted_machine_keeps_its_state():
    weights, state = random_world(0, 8, BUCKET, REGISTERS, LINES)
    halted = jnp.zeros_like(state.line).at[..., -1].set(1)
    state = State(state.memory, state.registers, halted)
    after = step(weights, state, bucket_tables(8))
    for a, b in zip(jax.tree.leaves(after), jax.tree.leaves(state), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-7)


@pytest.mark.parametrize(
    ("rollout", "controller"),
    [(rollout, "logits"), (structured_rollout, "logits"), (rollout, "softmaxes")],
)
def test_rollout_and_own_derivative_are_those_of_the_reference(rollout, controller):
    """The rollout's VJP against automatic differentiation of the einsum machine, in the weights
    and in the first state, through memory, registers, pointer and steps spent."""
    weights, state = random_world(5, 8, BUCKET, REGISTERS, LINES)
    rng = np.random.default_rng(1)
    # Well conditioned: with next to nothing active, float32 says little of what is.
    line = jnp.asarray(rng.dirichlet(np.ones(LINES + 1), (2, 3)), np.float32)
    state = State(state.memory, state.registers, line)
    args = (bucket_tables(8), 6, 16, controller)
    run = rollout(weights, state, *args)
    expected = reference_rollout(weights, state, lookup_tensor(8), 6, controller=controller)
    for a, b in zip(jax.tree.leaves(run), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    lean = jax.tree.map(lambda x: rng.normal(size=x.shape).astype(np.float32), run)

    def score(run):
        return sum(jax.tree.leaves(jax.tree.map(lambda x, y: (x * y).sum(), run, lean)))

    @jax.jit
    def gradients(weights, state):
        own = jax.grad(lambda w, s: score(rollout(w, s, *args)), (0, 1))
        reference = jax.grad(
            lambda w, s: score(reference_rollout(w, s, lookup_tensor(8), 6, controller=controller)),
            (0, 1),
        )
        return own(weights, state), reference(weights, state)

    (own_weights, own_state), (weights, state) = gradients(weights, state)
    assert np.abs(weights).max() > 0.1
    np.testing.assert_allclose(own_weights, weights, atol=1e-6, rtol=1e-5)
    for a, b in zip(jax.tree.leaves(own_state), jax.tree.leaves(state), strict=True):
        # Distributions sum to 1: only how the gradient varies within one has a meaning.
        a, b = (x - x.mean(-1, keepdims=True) for x in (a, b))
        assert np.abs(b).max() > 0.1
        np.testing.assert_allclose(a, b, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("words", "controller"),
    [(2, "logits"), (3, "logits"), (5, "logits"), (16, "logits"), (33, "logits"),
     (128, "logits"), (2, "softmaxes"), (5, "softmaxes"), (33, "softmaxes")],
)  # fmt: skip
def test_gradients_are_finite_for_sharp_and_for_soft_weights(words, controller):
    @jax.jit
    def gradient(weights, memory):
        def surprise(w):
            state = start(memory, 2, 4)
            packed = unpack(w, 2).pack()
            end = rollout(packed, state, tables(words), 12, 16, controller).state
            return -jnp.log(end.memory[..., 0, -1] + 1e-6).sum()

        return jax.grad(surprise)(weights)

    rng = np.random.default_rng(words)
    memory = rng.integers(0, words, (1, 2, words))
    for scale in (1e-3, 1.0, 100.0, 1e5):
        weights = (scale * rng.normal(size=(1, 4, 24))).astype(np.float32)
        assert np.isfinite(gradient(weights, memory)).all()
