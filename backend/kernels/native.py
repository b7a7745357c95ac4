"""The rollout and its derivative as compiled kernels, for processors.

XLA calls them within its own compiled functions. One thread runs a call: devices, or chunks, are
what runs side by side. Each restart is computed alone, examples in vectors of WIDTH, so what comes
out does not depend on which restarts share a call.

On the way, the state before every k-th step is kept. The derivative goes back k steps at a time:
it runs these again, keeping a record of each in a scratch that fits the cache, then walks back over
the records. That costs one more forward pass, and saves the way of all states through main memory.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from backend.kernels.back import gather, step_back
from backend.kernels.simd import (
    WIDTH,
    bank_at,
    collect,
    deliver,
    first_lanes,
    floats_at,
    int32_at,
    splat,
    total,
)  # fmt: skip
from backend.kernels.step import (
    controller_size,
    record_size,
    state_size,
    step,
    workspace_size,
)  # fmt: skip
from backend.kernels.xla import (
    address,
    extent,
    handler,
    leading,
    only_metadata,
    operand,
    register,
    result,
)  # fmt: skip
from backend.machine import Run, State
from bridge.kernel import inner

__all__ = ["native_rollout"]

SCRATCH: Final = 1 << 19
"""Bytes of records between two kept states, where they are more than four: half a core's cache."""


NOTHING: Final = np.float32(0)


@inner
def _load_weights(source, lines, heads, weights):
    """Weights with rows and columns rounded up, the surplus 0."""
    size = (heads + 7) // 8 * 8
    for i in range((lines + 7) // 8 * 8):
        for h in range(size):
            given = i < lines and h < heads
            weights[i * size + h] = source[i * heads + h] if given else NOTHING


@inner
def _load(source, lanes, stride, rows, row, words, tile, n, target):
    """Lanes of arrays [rows, words] into a bank whose rows have n ≥ words entries and are stored
    in tiles of rows. Lanes that are not there are like the last."""
    for i in range((rows + tile - 1) // tile * tile * n):
        target[i] = splat(0.0)
    for i in range(rows):
        at = i // tile * tile * n + i % tile
        for w in range(words):
            target[at + w * tile] = collect(source, i * row + w, stride, lanes - 1)


@inner
def _store(source, lanes, stride, rows, row, words, tile, n, target):
    """The way back; beyond `words`, what the arrays held stays."""
    for i in range(rows):
        at = i // tile * tile * n + i % tile
        for w in range(words):
            deliver(source[at + w * tile], target, i * row + w, stride, lanes - 1)


@inner
def _load_state(memory, registers, line, first, lanes, bucket, words, n, r, lines, state):
    """The state, or its cotangent, of the lanes from `first`, out of XLA's arrays."""
    cells = bucket * bucket
    _load(floats_at(memory + 4 * first * cells), lanes, cells, words, bucket, words, 4, n, state)
    _load(
        floats_at(registers + 4 * first * r * bucket), lanes, r * bucket, r, bucket, words, 1, n,
        state + n * n,
    )  # fmt: skip
    _load(
        floats_at(line + 4 * first * (lines + 1)), lanes, lines + 1, 1, 0, lines + 1, 1, lines + 1,
        state + (n * n + r * n),
    )  # fmt: skip


@inner
def _store_state(state, first, lanes, bucket, words, n, r, lines, memory, registers, line):
    cells = bucket * bucket
    _store(state, lanes, cells, words, bucket, words, 4, n, floats_at(memory + 4 * first * cells))
    _store(
        state + n * n, lanes, r * bucket, r, bucket, words, 1, n,
        floats_at(registers + 4 * first * r * bucket),
    )  # fmt: skip
    _store(
        state + (n * n + r * n), lanes, lines + 1, 1, 0, lines + 1, 1, lines + 1,
        floats_at(line + 4 * first * (lines + 1)),
    )  # fmt: skip


@inner
def _copy(source, size, target):
    for i in range(size):
        target[i] = source[i]


@inner
def _copy_buffer(source, target):
    """A buffer of float32s."""
    x, y = floats_at(address(source)), floats_at(address(target))
    for i in range(leading(source, 0)):
        y[i] = x[i]


@handler
def _run(frame):
    """weights, memory, registers, line, plan -> memory, registers, line, spent, kept, scratch"""
    if only_metadata(frame):
        return 0
    weights, memory, registers = operand(frame, 0), operand(frame, 1), operand(frame, 2)
    lines, heads = extent(weights, 2), extent(weights, 1)
    examples, bucket, r = extent(memory, 3), extent(memory, 1), extent(registers, 2)
    kept, scratch = result(frame, 4), address(result(frame, 5))
    blocks, states, kept_size = extent(kept, 3), extent(kept, 2), extent(kept, 1)
    size = controller_size(r, lines)
    rows = floats_at(scratch)
    state = bank_at(scratch + 4 * size * ((lines + 7) // 8 * 8))
    _copy_buffer(memory, result(frame, 0))
    _copy_buffer(registers, result(frame, 1))
    for restart in range(leading(weights, 2)):
        plan = address(operand(frame, 4)) + 12 * restart
        steps, words, every = int32_at(plan), int32_at(plan + 4), int32_at(plan + 8)
        n = (words + 3) // 4 * 4
        p = state + state_size(n, r, lines)
        v1 = p + size
        work = v1 + 3 * n
        source = floats_at(address(weights) + 4 * restart * lines * heads)
        _load_weights(source, lines, heads, rows)
        for block in range(blocks):
            first = restart * examples + block * WIDTH
            lanes = min(WIDTH, examples - block * WIDTH)
            _load_state(
                address(memory), address(registers), address(operand(frame, 3)), first, lanes,
                bucket, words, n, r, lines, state,
            )  # fmt: skip
            spent = splat(0.0)
            for t in range(steps):
                if states > 0 and t % every == 0:
                    place = (restart * blocks + block) * states + t // every
                    target = bank_at(address(kept) + 4 * place * kept_size)
                    _copy(state, state_size(n, r, lines), target)
                v2, out = v1 + n, v1 + 2 * n
                spent += step(rows, state, state, p, v1, v2, out, work, n, words, r, lines)
            _store_state(
                state, first, lanes, bucket, words, n, r, lines,
                address(result(frame, 0)), address(result(frame, 1)), address(result(frame, 2)),
            )  # fmt: skip
            deliver(spent, floats_at(address(result(frame, 3)) + 4 * first), 0, 1, lanes - 1)
    return 0


@inner
def _run_back_block(rows, kept, kept_size, plan, dstate, dspent, work, records, dims, dweights):
    """One vector of lanes, back from its cotangent `dstate` at the end to that at the start."""
    steps, every = plan
    n, words, r, lines = dims
    record, state = record_size(n, r, lines), state_size(n, r, lines)
    for i in range((steps + every - 1) // every - 1, -1, -1):
        count = min(every, steps - i * every)
        _copy(bank_at(kept + 4 * i * kept_size), state, records)
        for t in range(count):
            now = records + t * record
            p = now + state
            v1 = p + controller_size(r, lines)
            v2, out = v1 + n, v1 + 2 * n
            step(rows, now, now + record, p, v1, v2, out, work, n, words, r, lines)
        for t in range(count - 1, -1, -1):
            now = records + t * record
            p = now + state
            v1 = p + controller_size(r, lines)
            v2, out = v1 + n, v1 + 2 * n
            step_back(rows, now, p, v1, v2, out, dstate, dspent, work, n, words, r, lines)
        gather(records, count, n, r, lines, dweights)


@handler
def _run_back(frame):
    """weights, plan, kept, and cotangents of memory, registers, line, spent at the end ->
    those of weights, memory, registers, line at the start; scratch"""
    if only_metadata(frame):
        return 0
    weights, kept = operand(frame, 0), operand(frame, 2)
    dmemory, dregisters, dline = operand(frame, 3), operand(frame, 4), operand(frame, 5)
    lines, heads = extent(weights, 2), extent(weights, 1)
    examples, bucket, r = extent(dmemory, 3), extent(dmemory, 1), extent(dregisters, 2)
    blocks, states, kept_size = extent(kept, 3), extent(kept, 2), extent(kept, 1)
    size = controller_size(r, lines)
    scratch = address(result(frame, 4))
    rows = floats_at(scratch)
    dweights = bank_at(scratch + 4 * size * ((lines + 7) // 8 * 8))
    dstate = dweights + size * ((lines + 7) // 8 * 8)
    _copy_buffer(dmemory, result(frame, 1))
    _copy_buffer(dregisters, result(frame, 2))
    for restart in range(leading(weights, 2)):
        plan = address(operand(frame, 1)) + 12 * restart
        steps, words, every = int32_at(plan), int32_at(plan + 4), int32_at(plan + 8)
        n = (words + 3) // 4 * 4
        work = dstate + state_size(n, r, lines)
        records = work + workspace_size(n, r, lines)
        source = floats_at(address(weights) + 4 * restart * lines * heads)
        _load_weights(source, lines, heads, rows)
        for i in range(size * ((lines + 7) // 8 * 8)):
            dweights[i] = splat(0.0)
        for block in range(blocks):
            first = restart * examples + block * WIDTH
            lanes = min(WIDTH, examples - block * WIDTH)
            _load_state(
                address(dmemory), address(dregisters), address(dline), first, lanes,
                bucket, words, n, r, lines, dstate,
            )  # fmt: skip
            spents = floats_at(address(operand(frame, 6)) + 4 * first)
            given = first_lanes(lanes)
            dspent = given * collect(spents, 0, 1, lanes - 1)
            for i in range(state_size(n, r, lines)):
                dstate[i] = given * dstate[i]
            _run_back_block(
                rows, address(kept) + 4 * (restart * blocks + block) * states * kept_size,
                kept_size, (steps, every), dstate, dspent, work, records,
                (n, words, r, lines), dweights,
            )  # fmt: skip
            _store_state(
                dstate, first, lanes, bucket, words, n, r, lines,
                address(result(frame, 1)), address(result(frame, 2)), address(result(frame, 3)),
            )  # fmt: skip
        target = floats_at(address(result(frame, 0)) + 4 * restart * lines * heads)
        for i in range(lines):
            for h in range(heads):
                target[i * heads + h] = total(dweights[i * size + h])
    return 0


FORWARD: Final = "skeletune_rollout"
BACKWARD: Final = "skeletune_rollout_back"
"""XLA's compiled code, kept on disk, calls these: operands that change in meaning but not in shape
need another name."""
register(FORWARD, _run)
register(BACKWARD, _run_back)


@dataclass(frozen=True)
class _Sizes:
    """What the kernels need for arrays of these sizes, in float32s but for `every`."""

    state: int
    run: int
    """The scratch of `_run`, and of `_run_back`:"""
    run_back: int
    every: int
    """How many steps lie between two kept states."""

    @staticmethod
    @functools.cache
    def of(bucket: int, r: int, lines: int, horizon: int) -> _Sizes:
        n = -(-bucket // 4) * 4
        state, record = state_size(n, r, lines) * WIDTH, record_size(n, r, lines) * WIDTH
        work = workspace_size(n, r, lines) * WIDTH
        rows = controller_size(r, lines) * -(-lines // 8) * 8
        every = min(horizon, max(4, SCRATCH // (4 * record)))
        back = rows * (1 + WIDTH) + state + work + (every + 1) * record
        return _Sizes(state, rows + record + work, back, every)


def _floats(*shape: int) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(shape, np.float32)


def _call_run(weights, state: State, words, steps, horizon: int, keep: bool):
    n, e, b, _ = state.memory.shape
    sizes = _Sizes.of(b, state.registers.shape[2], weights.shape[1], horizon)
    states = -(-horizon // sizes.every) if keep else 0
    plan = [jnp.asarray(x, jnp.int32) for x in (steps, words, sizes.every)]
    plan = jnp.broadcast_to(jnp.stack(plan), (n, 3))  # per restart: so it may be vmapped
    like = jax.tree.map(lambda x: _floats(*x.shape), (*jax.tree.leaves(state),))
    kept = _floats(n, -(-e // WIDTH), states, sizes.state)
    call = jax.ffi.ffi_call(
        FORWARD, (*like, _floats(n, e), kept, _floats(sizes.run)), vmap_method="broadcast_all"
    )
    memory, registers, line, spent, kept, _ = call(weights, *jax.tree.leaves(state), plan)
    return Run(State(memory, registers, line), spent), (weights, plan, kept)


@functools.partial(jax.custom_vjp, nondiff_argnums=(4,))
def native_rollout(
    weights: Float[Array, "n lines heads"],
    state: State,
    words: Int[Array, ""],
    steps: Int[Array, ""],
    horizon: int,
) -> Run:
    """`backend.rollouts.rollout` of float32s on the CPU, for 0 ≤ steps ≤ horizon. Words from
    `words` on have no probability; their cotangents are handed back as they come."""
    return _call_run(weights, state, words, steps, horizon, keep=False)[0]


def _forward(weights, state, words, steps, horizon):
    return _call_run(weights, state, words, steps, horizon, keep=True)


def _backward(horizon, residuals, cotangent: Run):
    weights, plan, kept = residuals
    leaves = jax.tree.leaves(cotangent)
    _, _, b, _ = cotangent.state.memory.shape
    sizes = _Sizes.of(b, cotangent.state.registers.shape[2], weights.shape[1], horizon)
    like = [_floats(*x.shape) for x in (weights, *jax.tree.leaves(cotangent.state))]
    call = jax.ffi.ffi_call(BACKWARD, (*like, _floats(sizes.run_back)), vmap_method="broadcast_all")
    dweights, memory, registers, line, _ = call(weights, plan, kept, *leaves)
    return dweights, State(memory, registers, line), None, None


native_rollout.defvjp(_forward, _backward)
