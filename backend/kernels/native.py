"""The rollout and its derivative as compiled kernels, for processors.

XLA calls them within its own compiled functions. One thread runs a call: devices, or chunks, are
what runs side by side. Each restart is computed alone, examples in vectors of WIDTH, so what comes
out does not depend on which restarts share a call.
"""

import functools
from dataclasses import dataclass
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from backend.kernels import layout
from backend.kernels.handlers import run, run_back
from backend.kernels.simd import WIDTH
from backend.kernels.xla import register
from backend.machine import Run, State, Tables, check_shapes, head_sizes_of

__all__ = ["native_rollout"]

SCRATCH: Final = 1 << 19
"""Bytes of records between two kept states, where they are more than four: half a core's cache."""

FORWARD: Final = "skeletune_rollout"
BACKWARD: Final = "skeletune_rollout_back"
"""XLA's compiled code, kept on disk, calls these: operands that change in meaning but not in shape
need another name."""
register(FORWARD, run)
register(BACKWARD, run_back)


@dataclass(frozen=True)
class _Room:
    """What the kernels need for arrays of these sizes, in float32s but for `every`."""

    state: int
    run: int
    """The scratch of `run`, and of `run_back`:"""
    run_back: int
    every: int
    """How many steps lie between two kept states."""


@functools.cache
def _room(bucket: int, r: int, lines: int, opcodes: int, horizon: int) -> _Room:
    sizes = layout.Sizes(bucket, -(-bucket // 4) * 4, r, lines, opcodes)
    state, record = layout.state_size(sizes) * WIDTH, layout.record_size(sizes) * WIDTH
    work = layout.workspace_size(sizes) * WIDTH
    rows = layout.weights_size(sizes)
    every = max(1, min(horizon, max(4, SCRATCH // (4 * record))))
    back = rows * (1 + WIDTH) + state + work + (every + 1) * record
    return _Room(state, rows + record + work, back, every)


def _floats(*shape: int) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(shape, np.float32)


def _call_run(weights, state: State, table: Tables, steps, horizon: int, keep: bool):
    check_shapes(weights, state, table)
    n, e, b, _ = state.memory.shape
    r = state.registers.shape[2]
    room = _room(b, r, weights.shape[1], head_sizes_of(weights, r)[0], horizon)
    states = -(-horizon // room.every) if keep else 0
    plan = jnp.stack([jnp.asarray(x, jnp.int32) for x in (steps, table.words, room.every)])
    # Per restart: so they may be vmapped.
    plans, lookups = (jnp.broadcast_to(x, (n, *x.shape)) for x in (plan, table.lookup))
    leaves = jax.tree.leaves(state)
    like = (_floats(*x.shape) for x in leaves)
    kept = _floats(n, -(-e // WIDTH), states, room.state)
    call = jax.ffi.ffi_call(
        FORWARD, (*like, _floats(n, e), kept, _floats(room.run)), vmap_method="broadcast_all"
    )
    memory, registers, line, spent, kept, _ = call(weights, *leaves, plans, lookups)
    return Run(State(memory, registers, line), spent), (weights, plans, lookups, kept)


@functools.partial(jax.custom_vjp, nondiff_argnums=(4,))
def native_rollout(
    weights: Float[Array, "n lines heads"],
    state: State,
    table: Tables,
    steps: Int[Array, ""],
    horizon: int,
) -> Run:
    """`backend.rollouts.rollout` of float32s on the CPU, for 0 ≤ steps ≤ horizon. Words from
    `table.words` on have no probability; their cotangents are handed back as they come. Raises
    ValueError where shapes don't fit."""
    return _call_run(weights, state, table, steps, horizon, keep=False)[0]


def _forward(weights, state, table, steps, horizon):
    return _call_run(weights, state, table, steps, horizon, keep=True)


def _backward(horizon, residuals, cotangent: Run):
    weights, *given = residuals
    memory, registers, *_ = leaves = jax.tree.leaves(cotangent)
    r = registers.shape[2]
    room = _room(memory.shape[2], r, weights.shape[1], head_sizes_of(weights, r)[0], horizon)
    like = [_floats(*x.shape) for x in (weights, *jax.tree.leaves(cotangent.state))]
    call = jax.ffi.ffi_call(BACKWARD, (*like, _floats(room.run_back)), vmap_method="broadcast_all")
    dweights, memory, registers, line, _ = call(weights, *given, *leaves)
    return dweights, State(memory, registers, line), None, None


native_rollout.defvjp(_forward, _backward)
