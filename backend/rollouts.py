"""Many steps of the differentiable machine, with a derivative of their own."""

from __future__ import annotations

import functools

import jax
import jax.extend
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from backend.machine import Run, State, Tables, act, head_sizes, mix, softmaxes, step

__all__ = ["rollout", "structured_rollout"]


def rollout(
    weights: Float[Array, "n lines heads"],
    state: State,
    table: Tables,
    steps: Int[Array | np.ndarray, ""] | int,
    horizon: int,
) -> Run:
    """Runs each program on its examples for `steps` ≤ `horizon` steps.

    Differentiable in weights and state, once and in reverse, at the cost of one more forward
    pass; it may be jitted and vmapped. Where JAX computes on the CPU alone, float32s go through
    compiled kernels (`backend.native`), all else through `structured_rollout`.
    """
    steps = jnp.minimum(steps, horizon)
    if _native(weights, state):
        from backend.native import native_rollout  # compiles, or loads, its kernels

        return native_rollout(weights, state, table.words, steps, horizon)
    return structured_rollout(weights, state, table, steps, horizon)


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
) -> Run:
    """`rollout` as XLA compiles it for any device: the reference of the kernels. Its derivative
    needs the memory of `horizon` states: pick chunks of restarts to fit."""
    return _rollout(weights, state, table, jnp.minimum(steps, horizon), horizon)


@functools.partial(jax.custom_vjp, nondiff_argnums=(4,))
def _rollout(weights, state, table, steps, horizon) -> Run:
    def body(_, run: Run) -> Run:
        return Run(step(weights, run.state, table), run.spent + _active(run.state.line))

    return jax.lax.fori_loop(0, steps, body, Run(state, jnp.zeros(state.line.shape[:-1])))


def _active(line: Float[Array, "*lanes lines+1"]) -> Float[Array, "*lanes"]:
    return line[..., :-1].sum(-1)


def _rollout_forward(weights, state, table, steps, horizon):
    def body(t, carry):
        run, past = carry
        past = jax.tree.map(lambda kept, now: kept.at[t].set(now), past, run.state)
        return Run(step(weights, run.state, table), run.spent + _active(run.state.line)), past

    past = jax.tree.map(lambda x: jnp.zeros((horizon, *x.shape), x.dtype), state)
    run = Run(state, jnp.zeros(state.line.shape[:-1]))
    run, past = jax.lax.fori_loop(0, steps, body, (run, past))
    return run, (weights, past, table, steps)


def _rollout_backward(horizon, residuals, cotangent: Run):
    """Goes back through time, computing each step once more from its saved start; what the
    weights get is gathered in one product at the end."""
    weights, past, table, steps = residuals
    sizes = head_sizes(past.registers.shape[-2], past.line.shape[-1] - 1)

    def interpret(state, logits):
        return act(state, softmaxes(logits, sizes), table)

    def body(i, carry):
        d_state, d_logits = carry
        t = steps - 1 - i
        state = jax.tree.map(lambda kept: kept[t], past)
        logits, mix_vjp = jax.vjp(lambda line: mix(weights, line), state.line)
        _, act_vjp = jax.vjp(interpret, state, logits)
        d_state, d = act_vjp(d_state)
        (d_line,) = mix_vjp(d)
        d_active = d_line.at[..., :-1].add(cotangent.spent[..., None])
        d_state = State(d_state.memory, d_state.registers, d_state.line + d_active)
        return d_state, d_logits.at[t].set(d)

    d_logits = jnp.zeros((*past.line.shape[:-1], weights.shape[-1]))
    d_state, d_logits = jax.lax.fori_loop(0, steps, body, (cotangent.state, d_logits))
    _, gather = jax.vjp(lambda w: jax.vmap(mix, (None, 0))(w, past.line), weights)
    return *gather(d_logits), d_state, None, None


_rollout.defvjp(_rollout_forward, _rollout_backward)
