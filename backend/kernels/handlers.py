"""What XLA calls: rollouts of many restarts, and the way back.

On the way, the state before every k-th step is kept. The derivative goes back k steps at a time:
it runs these again, keeping a record of each in a scratch that fits the cache, then walks back over
the records. That costs one more forward pass, and saves the way of all states through main memory.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from backend.kernels.back import gather, step_back
from backend.kernels.layout import (
    Lookup,
    Sizes,
    controller_size,
    parts,
    record_size,
    results,
    state_size,
    workspace_size,
)
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
)
from backend.kernels.step import step
from backend.kernels.xla import (
    address,
    extent,
    handler,
    leading,
    only_metadata,
    operand,
    result,
)
from bridge.isa import TABLED
from bridge.kernel import inner

__all__ = ["run", "run_back"]

NOTHING: Final = np.float32(0)


class Arrays(NamedTuple):
    """The addresses of a state's arrays, lanes first, and the length of a word in them."""

    memory: int
    registers: int
    line: int
    bucket: int


class Block(NamedTuple):
    """The lanes that are computed together."""

    first: int
    lanes: int


class Form(NamedTuple):
    """Arrays [rows, row], `stride` apart, of which so many words matter, and how a bank stores
    them: n ≥ words for each row, in tiles of rows."""

    rows: int
    row: int
    words: int
    stride: int
    tile: int
    n: int


class Plan(NamedTuple):
    """What one restart is to do: so many steps; every so many, its state is kept."""

    steps: int
    every: int
    sizes: Sizes
    lookup: Lookup


@inner
def _plan(plans, lookups, restart, arrays, r, lines):
    at, size = address(plans) + 12 * restart, arrays.bucket
    words = int32_at(at + 4)
    lookup = Lookup(address(lookups) + 4 * restart * len(TABLED) * size * size, size)
    sizes = Sizes(words, (words + 3) // 4 * 4, r, lines)
    return Plan(int32_at(at), int32_at(at + 8), sizes, lookup)


@inner
def _load_weights(source, lines, heads, weights):
    """Weights with rows and columns rounded up, the surplus 0."""
    size = (heads + 7) // 8 * 8
    for i in range((lines + 7) // 8 * 8):
        for h in range(size):
            given = i < lines and h < heads
            weights[i * size + h] = source[i * heads + h] if given else NOTHING


@inner
def _load(array, block, form, bank):
    """Lanes of an array into a bank. Lanes that are not there are like the last."""
    source = floats_at(array + 4 * block.first * form.stride)
    for i in range((form.rows + form.tile - 1) // form.tile * form.tile * form.n):
        bank[i] = splat(0.0)
    for i in range(form.rows):
        at = i // form.tile * form.tile * form.n + i % form.tile
        for w in range(form.words):
            lanes = collect(source, i * form.row + w, form.stride, block.lanes - 1)
            bank[at + w * form.tile] = lanes


@inner
def _store(bank, block, form, array):
    """The way back; beyond `words`, what the array held stays."""
    target = floats_at(array + 4 * block.first * form.stride)
    for i in range(form.rows):
        at = i // form.tile * form.tile * form.n + i % form.tile
        for w in range(form.words):
            lanes = bank[at + w * form.tile]
            deliver(lanes, target, i * form.row + w, form.stride, block.lanes - 1)


@inner
def _forms(bucket, sizes):
    """Of memory, registers and pointer."""
    words, n, r, lines = sizes
    return (
        Form(words, bucket, words, bucket * bucket, 4, n),
        Form(r, bucket, words, r * bucket, 1, n),
        Form(1, 0, lines + 1, lines + 1, 1, lines + 1),
    )


@inner
def _load_state(arrays, block, sizes, state):
    """The state, or its cotangent, of some lanes, out of XLA's arrays."""
    memory, registers, line = _forms(arrays.bucket, sizes)
    banks = parts(state, sizes)
    _load(arrays.memory, block, memory, banks.memory)
    _load(arrays.registers, block, registers, banks.registers)
    _load(arrays.line, block, line, banks.line)


@inner
def _store_state(state, block, sizes, arrays):
    memory, registers, line = _forms(arrays.bucket, sizes)
    banks = parts(state, sizes)
    _store(banks.memory, block, memory, arrays.memory)
    _store(banks.registers, block, registers, arrays.registers)
    _store(banks.line, block, line, arrays.line)


@inner
def _copy(source, size, target):
    for i in range(size):
        target[i] = source[i]


@inner
def _copy_buffer(source, target):
    """A buffer of float32s."""
    _copy(floats_at(address(source)), leading(source, 0), floats_at(address(target)))


@handler
def run(frame):
    """weights, memory, registers, line, plans, lookups ->
    memory, registers, line, spent, kept, scratch"""
    if only_metadata(frame):
        return 0
    weights, memory, registers = operand(frame, 0), operand(frame, 1), operand(frame, 2)
    lines, heads = extent(weights, 2), extent(weights, 1)
    examples, bucket, r = extent(memory, 3), extent(memory, 1), extent(registers, 2)
    kept, scratch = result(frame, 4), address(result(frame, 5))
    blocks, states, kept_size = extent(kept, 3), extent(kept, 2), extent(kept, 1)
    starts = Arrays(address(memory), address(registers), address(operand(frame, 3)), bucket)
    ends = Arrays(
        address(result(frame, 0)), address(result(frame, 1)), address(result(frame, 2)), bucket
    )
    _copy_buffer(memory, result(frame, 0))
    _copy_buffer(registers, result(frame, 1))
    rows = floats_at(scratch)
    for restart in range(leading(weights, 2)):
        plan = _plan(operand(frame, 4), operand(frame, 5), restart, starts, r, lines)
        sizes = plan.sizes
        state = bank_at(scratch + 4 * controller_size(sizes) * ((lines + 7) // 8 * 8))
        made = results(state + state_size(sizes), sizes)
        work = state + record_size(sizes)
        source = floats_at(address(weights) + 4 * restart * lines * heads)
        _load_weights(source, lines, heads, rows)
        for i in range(blocks):
            block = Block(restart * examples + i * WIDTH, min(WIDTH, examples - i * WIDTH))
            _load_state(starts, block, sizes, state)
            spent = splat(0.0)
            for t in range(plan.steps):
                if states > 0 and t % plan.every == 0:
                    place = (restart * blocks + i) * states + t // plan.every
                    target = bank_at(address(kept) + 4 * place * kept_size)
                    _copy(state, state_size(sizes), target)
                spent += step(rows, plan.lookup, sizes, state, state, made, work)
            _store_state(state, block, sizes, ends)
            spents = floats_at(address(result(frame, 3)) + 4 * block.first)
            deliver(spent, spents, 0, 1, block.lanes - 1)
    return 0


@inner
def _run_back_block(rows, plan, kept, kept_size, dstate, dspent, work, dweights):
    """One vector of lanes, back from its cotangent `dstate` at the end to that at the start."""
    steps, every, sizes, lookup = plan
    record, state = record_size(sizes), state_size(sizes)
    records = work + workspace_size(sizes)
    for i in range((steps + every - 1) // every - 1, -1, -1):
        count = min(every, steps - i * every)
        _copy(bank_at(kept + 4 * i * kept_size), state, records)
        for t in range(count):
            now = records + t * record
            step(rows, lookup, sizes, now, now + record, results(now + state, sizes), work)
        for t in range(count - 1, -1, -1):
            step_back(rows, lookup, sizes, records + t * record, dstate, dspent, work)
        gather(records, count, sizes, dweights)


@handler
def run_back(frame):
    """weights, plans, lookups, kept, and cotangents of memory, registers, line, spent at the end ->
    those of weights, memory, registers, line at the start; scratch"""
    if only_metadata(frame):
        return 0
    weights, kept = operand(frame, 0), operand(frame, 3)
    dmemory, dregisters, dline = operand(frame, 4), operand(frame, 5), operand(frame, 6)
    lines, heads = extent(weights, 2), extent(weights, 1)
    examples, bucket, r = extent(dmemory, 3), extent(dmemory, 1), extent(dregisters, 2)
    blocks, states, kept_size = extent(kept, 3), extent(kept, 2), extent(kept, 1)
    ends = Arrays(address(dmemory), address(dregisters), address(dline), bucket)
    starts = Arrays(
        address(result(frame, 1)), address(result(frame, 2)), address(result(frame, 3)), bucket
    )
    _copy_buffer(dmemory, result(frame, 1))
    _copy_buffer(dregisters, result(frame, 2))
    scratch = address(result(frame, 4))
    rows = floats_at(scratch)
    for restart in range(leading(weights, 2)):
        plan = _plan(operand(frame, 1), operand(frame, 2), restart, ends, r, lines)
        sizes = plan.sizes
        size = controller_size(sizes)
        dweights = bank_at(scratch + 4 * size * ((lines + 7) // 8 * 8))
        dstate = dweights + size * ((lines + 7) // 8 * 8)
        work = dstate + state_size(sizes)
        source = floats_at(address(weights) + 4 * restart * lines * heads)
        _load_weights(source, lines, heads, rows)
        for i in range(size * ((lines + 7) // 8 * 8)):
            dweights[i] = splat(0.0)
        for i in range(blocks):
            block = Block(restart * examples + i * WIDTH, min(WIDTH, examples - i * WIDTH))
            _load_state(ends, block, sizes, dstate)
            spents = floats_at(address(operand(frame, 7)) + 4 * block.first)
            given = first_lanes(block.lanes)
            dspent = given * collect(spents, 0, 1, block.lanes - 1)
            for k in range(state_size(sizes)):
                dstate[k] = given * dstate[k]
            states_kept = address(kept) + 4 * (restart * blocks + i) * states * kept_size
            _run_back_block(rows, plan, states_kept, kept_size, dstate, dspent, work, dweights)
            _store_state(dstate, block, sizes, starts)
        target = floats_at(address(result(frame, 0)) + 4 * restart * lines * heads)
        for i in range(lines):
            for h in range(heads):
                target[i * heads + h] = total(dweights[i * size + h])
    return 0
