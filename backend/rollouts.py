"""Many steps of the differentiable machine, with a derivative of their own."""

import functools
from typing import Any, Final

import jax
import jax.extend
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from backend.machine import (
    Controller,
    Run,
    State,
    Tables,
    act,
    check_shapes,
    head_sizes_of,
    instruction,
    mix,
    softmaxes,
    step,
)

__all__ = ["plain_rollout", "rollout", "structured_rollout"]

MODES: Final = ("forward-mode", "cannot be differentiated", "Reverse-mode differentiation")
"""What JAX says of a mode in which it can't differentiate a rollout."""


def rollout(
    weights: Float[Array, "n lines heads"],
    state: State,
    table: Tables,
    steps: Int[Array | np.ndarray, ""] | int,
    horizon: int,
    controller: Controller = "logits",
) -> Run:
    """Runs each program on its examples for `steps` ≤ `horizon` steps.

    Differentiable in weights and state, once and in reverse, at the cost of one more forward
    pass (`plain_rollout` is in any mode); it may be jitted and vmapped. Where JAX computes on the
    CPU alone, float32s go through compiled kernels (`backend.kernels`), all else through
    `structured_rollout`: so does the controller "softmaxes", which the kernels don't know.

    Raises ValueError where shapes don't fit, TypeError for numbers that are neither floats nor
    cast to them, and in other modes of differentiation.
    """
    check_shapes(weights, state, table)
    weights, state = _floats((weights, state))
    steps = jnp.clip(steps, 0, horizon)
    try:
        if controller == "logits" and _native(weights, state):
            from backend.kernels import native_rollout  # compiles, or loads, its kernels

            return native_rollout(weights, state, table, steps, horizon)
        return structured_rollout(weights, state, table, steps, horizon, controller)
    except (TypeError, ValueError) as error:
        if any(mark in str(error) for mark in MODES):
            raise TypeError(
                "a rollout is differentiated in reverse mode only, and once: for forward mode and "
                "Hessians take plain_rollout, or make_model(..., kernels=False)"
            ) from error
        raise


def _floats(arrays: Any) -> Any:
    """As the widest floats among them, of 32 bits at least. Raises TypeError for complex ones."""
    leaves = jax.tree.leaves(arrays)
    dtype = jnp.result_type(jnp.float32, *leaves)
    if not jnp.issubdtype(dtype, jnp.floating):
        raise TypeError(f"{dtype}: distributions are of real numbers: give floats")
    return jax.tree.map(lambda x: jnp.asarray(x, dtype), arrays)


def plain_rollout(
    weights: Float[Array, "n lines heads"], state: State, table: Tables, steps: int
) -> Run:
    """`rollout`, as XLA differentiates it by itself: in any mode, any number of times. It takes a
    fixed number of steps, several times as long as `rollout`, and in reverse the memory of as many
    states. Raises as `rollout` does."""
    check_shapes(weights, state, table)
    weights, state = _floats((weights, state))

    @jax.checkpoint
    def body(run: Run, _: None) -> tuple[Run, None]:
        return _advance(weights, run, table, "logits"), None

    return jax.lax.scan(body, _begin(state), length=steps)[0]


def _native(weights: Array, state: State) -> bool:
    arrays = (weights, *jax.tree.leaves(state))
    only_cpu = set(jax.extend.backend.backends()) == {"cpu"}
    return only_cpu and all(jnp.result_type(x) == jnp.float32 for x in arrays)


def structured_rollout(
    weights: Float[Array, "n lines heads"],
    state: State,
    table: Tables,
    steps: Int[Array | np.ndarray, ""] | int,
    horizon: int,
    controller: Controller = "logits",
) -> Run:
    """`rollout` as XLA compiles it for any device: the reference of the kernels. Its derivative
    needs the memory of `horizon` states: pick chunks of restarts to fit. Raises ValueError where
    shapes don't fit."""
    check_shapes(weights, state, table)
    if controller == "softmaxes":
        sizes = head_sizes_of(weights, state.registers.shape[-2])
        weights = jnp.concatenate(softmaxes(weights, sizes), axis=-1)
    return _rollout(weights, state, table, jnp.minimum(steps, horizon), horizon, controller)


@functools.partial(jax.custom_vjp, nondiff_argnums=(4, 5))
def _rollout(rows, state, table, steps, horizon, controller) -> Run:
    def body(_, run: Run) -> Run:
        return _advance(rows, run, table, controller)

    return jax.lax.fori_loop(0, steps, body, _begin(state))


def _begin(state: State) -> Run:
    return Run(state, jnp.zeros(state.line.shape[:-1], state.line.dtype))


def _advance(rows, run: Run, table, controller) -> Run:
    active = run.state.line[..., :-1].sum(-1)
    return Run(step(rows, run.state, table, controller), run.spent + active)


def _rollout_forward(rows, state, table, steps, horizon, controller):
    def body(t, carry):
        run, past = carry
        past = jax.tree.map(lambda kept, now: kept.at[t].set(now), past, run.state)
        return _advance(rows, run, table, controller), past

    past = jax.tree.map(lambda x: jnp.zeros((horizon, *x.shape), x.dtype), state)
    run, past = jax.lax.fori_loop(0, steps, body, (_begin(state), past))
    return run, (rows, past, table, steps)


def _rollout_backward(horizon, controller, residuals, cotangent: Run):
    """Goes back through time, computing each step once more from its saved start; what the
    rows get is gathered in one product at the end."""
    rows, past, table, steps = residuals
    sizes = head_sizes_of(rows, past.registers.shape[-2])

    def interpret(state, mixed):
        return act(state, instruction(mixed, sizes, controller), table)

    def body(i, carry):
        d_state, d_mixed = carry
        t = steps - 1 - i
        state = jax.tree.map(lambda kept: kept[t], past)
        mixed, mix_vjp = jax.vjp(lambda line: mix(rows, line), state.line)
        _, act_vjp = jax.vjp(interpret, state, mixed)
        d_state, d = act_vjp(d_state)
        (d_line,) = mix_vjp(d)
        d_active = d_line.at[..., :-1].add(cotangent.spent[..., None])
        d_state = State(d_state.memory, d_state.registers, d_state.line + d_active)
        return d_state, d_mixed.at[t].set(d)

    d_mixed = jnp.zeros((*past.line.shape[:-1], rows.shape[-1]), rows.dtype)
    d_state, d_mixed = jax.lax.fori_loop(0, steps, body, (cotangent.state, d_mixed))
    _, gather = jax.vjp(lambda r: jax.vmap(mix, (None, 0))(r, past.line), rows)
    return *gather(d_mixed), d_state, None, None


_rollout.defvjp(_rollout_forward, _rollout_backward)
