"""The compiled rollout is the structured one: values, gradients, and whatever JAX does to them."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernels import native, native_rollout
from backend.machine import PAPER, Run, State
from backend.rollouts import rollout, structured_rollout
from tests.backend.reference import lookup_tensor, reference_rollout
from tests.backend.worlds import (
    ALL,
    BUCKET,
    HORIZON,
    LINES,
    REGISTERS,
    all_tables,
    bucket_tables,
    random_world,
    seeds,
)


def world(seed, words, bucket, registers, lines, restarts=2, examples=3, opcodes=ALL):
    """As `random_world`, but well conditioned: with next to nothing active, float32 says little
    of what is."""
    weights, state = random_world(
        seed, words, bucket, registers, lines, restarts, examples, opcodes
    )
    rng = np.random.default_rng(seed)
    line = jnp.asarray(rng.dirichlet(np.ones(lines + 1), (restarts, examples)), np.float32)
    return weights, State(state.memory, state.registers, line)


@functools.partial(jax.jit, static_argnums=(0, 5))
def end_and_gradients(run, weights, state, table, lean, horizon, steps):
    """Where a rollout ends, and the gradients of `lean` times that."""

    def score(weights, state):
        end = run(weights, state, table, steps, horizon)
        return sum(jax.tree.leaves(jax.tree.map(lambda x, y: (x * y).sum(), end, lean))), end

    gradients, end = jax.grad(score, (0, 1), has_aux=True)(weights, state)
    return end, gradients


def compare(seed, words, bucket, registers, lines, examples, steps, horizon, opcodes=ALL):
    """The native rollout is the structured one in float64, within 1e-5, or three times as far as
    that moves when each weight and each number of the state moves by some roundings of float32."""
    weights, state = world(
        seed, words, bucket, registers, lines, examples=examples, opcodes=opcodes
    )
    table = all_tables(words, bucket, opcodes)
    rng = np.random.default_rng(seed)
    lean = jax.tree.map(
        lambda x: rng.normal(size=x.shape).astype(np.float32), Run(state, state.line[..., 0])
    )
    ours = end_and_gradients(rollout, weights, state, table, lean, horizon, steps)

    def exact(rounding: float):
        def moved(x):
            return x.astype(np.float64) * (1 + rounding * rng.normal(size=x.shape))

        given = *jax.tree.map(moved, (weights, state)), table, lean
        given = jax.tree.map(lambda x: x.astype(np.float64) if x.dtype == np.float32 else x, given)
        return jax.device_get(end_and_gradients(structured_rollout, *given, horizon, steps))

    with jax.enable_x64(True):
        true, *near = (exact(rounding) for rounding in (0, 2.0**-22, 2.0**-22))
    for a, b, *c in zip(*(jax.tree.leaves(x) for x in (ours, true, *near)), strict=True):
        if a.shape[-1] == bucket:  # words that only the bucket has mean nothing
            a, b, *c = (x[..., :words] for x in (a, b, *c))
        error = max(np.abs(x - b).max(initial=0) for x in c)
        np.testing.assert_allclose(a, b, atol=1e-5 * (1 + np.abs(b).max()) + 3 * error)


@given(seeds, st.integers(2, BUCKET), st.integers(0, HORIZON))
def test_it_is_the_structured_rollout(seed, words, steps):
    compare(seed, words, BUCKET, REGISTERS, LINES, 3, steps, HORIZON)


@pytest.mark.parametrize(
    ("words", "bucket", "registers", "lines", "examples", "steps"),
    [
        (2, 2, 1, 1, 1, 5),
        (3, 4, 2, 9, 8, 9),
        (7, 7, 5, 3, 17, 33),
        (13, 16, 6, 16, 16, 64),
        (31, 32, 3, 5, 9, 20),
        (33, 48, 4, 7, 4, 12),
        (64, 64, 2, 4, 2, 9),
        (128, 128, 2, 3, 9, 6),
    ],
)
def test_at_every_size(words, bucket, registers, lines, examples, steps):
    opcodes = ALL if bucket <= 16 else PAPER  # in all sizes, looking up takes a minute
    compare(words, words, bucket, registers, lines, examples, steps, steps + 3, opcodes)


@given(seeds, st.integers(2, BUCKET))
def test_it_is_the_einsum_of_eq_6(seed, words):
    weights, state = world(seed, words, BUCKET, REGISTERS, LINES)
    ours = both(weights, state, bucket_tables(words), lookup_tensor(words, BUCKET))
    for a, b in zip(*(jax.tree.leaves(run) for run in ours), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@jax.jit
def both(weights, state, table, tensor) -> tuple[Run, Run]:
    return rollout(weights, state, table, 6, 8), reference_rollout(weights, state, tensor, 6)


def test_a_restart_does_not_depend_on_what_runs_beside_it():
    """To the last bit, whatever the number of restarts in a call."""
    weights, state = world(0, 5, 8, 4, 8, restarts=5, examples=11)

    @jax.jit
    def gradient(weights, state):
        return jax.grad(lambda w: jnp.log(rollout(w, state, all_tables(5, 8), 9, 16).spent).sum())(
            weights
        )

    together = gradient(weights, state)
    for i in range(5):
        alone = gradient(weights[i : i + 1], jax.tree.map(lambda x, i=i: x[i : i + 1], state))
        np.testing.assert_array_equal(together[i : i + 1], alone)


def test_jit_vmap_and_grad_in_any_order():
    weights, state = world(1, 6, 6, 3, 4, restarts=4, examples=5)
    table = all_tables(6)

    def surprise(weights, state, steps):
        run = rollout(weights, state, table, steps, 8)
        return -jnp.log(run.state.memory[..., 0, 2] + 1e-6).sum()

    steps = jnp.array([1, 3, 5, 7])
    split = jax.tree.map(lambda x: x[:, None], (weights, state))
    batched = jax.vmap(jax.value_and_grad(surprise, (0, 1)))(*split, steps)
    jitted = jax.jit(jax.vmap(jax.value_and_grad(surprise, (0, 1))))(*split, steps)
    for i in range(4):
        one = jax.tree.map(lambda x, i=i: x[i], split)
        alone = jax.value_and_grad(surprise, (0, 1))(*one, steps[i])
        for results in (batched, jitted):
            here = jax.tree.map(lambda x, i=i: x[i], results)
            for a, b in zip(jax.tree.leaves(here), jax.tree.leaves(alone), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    # Weights shared, states batched.
    shared = jax.vmap(surprise, (None, 0, None))(split[0][0], split[1], 3)
    assert shared.shape == (4,)
    assert np.isfinite(shared).all()


def test_what_is_not_a_number_stays_in_its_restart_and_is_seen():
    weights, state = world(2, 6, 6, 3, 4, restarts=3, examples=5)
    for wrong in (np.nan, np.inf):
        spoilt = np.array(weights)
        spoilt[1, 2, 7] = wrong

        def ends(weights):
            run = rollout(weights, state, all_tables(6), 5, 8)
            return -jnp.log(run.state.memory[..., 0, 2] + 1e-6).sum(-1), run

        gradient, run = jax.jacrev(ends, has_aux=True)(spoilt)
        sound = [bool(np.isfinite(x).all()) for x in run.state.registers]
        assert sound == [True, False, True]
        assert np.isfinite(gradient[0, 0]).all()
        assert not np.isfinite(gradient[1, 1]).all()
        assert np.isfinite(gradient[2, 2]).all()


def test_other_types_of_numbers_go_the_other_way():
    """float64 is not what the kernels compute."""
    with jax.enable_x64(True):
        weights, state = jax.tree.map(lambda x: jnp.asarray(x, np.float64), world(3, 4, 4, 2, 3))
        run = rollout(weights, state, all_tables(4), 3, 4)
        assert run.spent.dtype == np.float64


@pytest.mark.usefixtures("unchecked_shapes")
def test_shapes_that_do_not_fit_are_named_before_any_kernel_runs():
    weights, state = world(4, 4, 4, 2, 3)
    for wrong in (
        State(state.memory[:, :2], state.registers, state.line),
        State(state.memory[..., :3, :], state.registers, state.line),
        State(state.memory, state.registers[:, :, :1], state.line),
        State(state.memory, state.registers[:1], state.line),
        State(state.memory[0], state.registers, state.line),
    ):
        for run in (rollout, native_rollout, structured_rollout):
            with pytest.raises(ValueError, match=r"memory \[.*registers \[.*don't fit each other"):
                run(weights, wrong, all_tables(4), 3, 4)


@pytest.mark.parametrize("restarts", [0, 2])
@pytest.mark.parametrize("examples", [0, 1])
def test_nothing_to_run(restarts, examples):
    weights, state = world(5, 4, 4, 2, 3, restarts=2, examples=1)
    weights = weights[:restarts]
    state = jax.tree.map(lambda x: x[:restarts, :examples], state)
    gradient = jax.grad(lambda w: rollout(w, state, all_tables(4), 3, 4).spent.sum())(weights)
    assert gradient.shape == weights.shape
    assert rollout(weights, state, all_tables(4), 3, 4).spent.shape == (restarts, examples)


def operands(b=4, r=2, lines=3, e=2, n=1):
    """Of the handler of `run`, and its results' shapes."""
    weights, state = world(6, b, b, r, lines, restarts=n, examples=e)
    room = native._room(b, r, lines, ALL, 4)
    plans = np.tile(np.array([3, b, room.every], np.int32), (n, 1))
    lookups = np.broadcast_to(all_tables(b).lookup, (n, *all_tables(b).lookup.shape))
    given = [weights, *jax.tree.leaves(state), plans, lookups]
    shapes = [x.shape for x in given[1:4]] + [(n, e), (n, 1, 1, room.state), (room.run,)]
    return given, shapes


def call_run(given, shapes):
    results = [jax.ShapeDtypeStruct(shape, np.float32) for shape in shapes]
    return jax.block_until_ready(jax.ffi.ffi_call("skeletune_rollout", results)(*given))


def test_the_handler_looks_at_the_extents_itself():
    """Whoever calls it: memory would be spoilt, and the process aborted."""
    call_run(*operands())
    for i in range(4):  # an operand of one lane more, or of another machine
        for sizes in ({"e": 3}, {"lines": 4}, {"r": 3}, {"b": 5}, {"n": 2}):
            given, shapes = operands()
            other = operands(**sizes)[0][i]
            if other.shape != given[i].shape:
                given[i] = other
                with pytest.raises(Exception, match="don't fit each other"):
                    call_run(given, shapes)
    for i in range(6):  # a result that is too small
        given, shapes = operands()
        shapes[i] = (*shapes[i][:-1], shapes[i][-1] - 1)
        with pytest.raises(Exception, match="don't fit each other"):
            call_run(given, shapes)
    given, shapes = operands()
    given[4] = given[4].astype(np.float32)
    with pytest.raises(Exception, match="don't fit each other"):
        call_run(given, shapes)


@pytest.mark.parametrize("plan", [(-1, 4, 4), (3, 0, 4), (3, 5, 4), (3, 4, 0), (9, 4, 4)])
def test_the_handler_looks_at_the_plan_itself(plan):
    given, shapes = operands()
    given[4] = np.array([plan], np.int32)
    with pytest.raises(Exception, match="out of range"):
        call_run(given, shapes)
