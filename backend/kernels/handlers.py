"""What XLA calls: rollouts of many restarts, and the way back.

On the way, the state before every k-th step is kept. The derivative goes back k steps at a time:
it runs these again, keeping a record of each in a scratch that fits the cache, then walks back over
the records. That costs one more forward pass, and saves the way of all states through main memory.
"""

from typing import Final, NamedTuple

import numpy as np

from backend.kernels import layout, simd, xla
from backend.kernels.back import gather, step_back
from backend.kernels.extents import (
    plan_fits,
    refuse_plan,
    refuse_run,
    refuse_run_back,
    run_back_fits,
    run_fits,
)
from backend.kernels.simd import WIDTH
from backend.kernels.step import step
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
    sizes: layout.Sizes
    lookup: layout.Lookup


@inner
def _arrays(memory, registers, line):
    bucket = xla.extent(memory, 1)
    return Arrays(xla.address(memory), xla.address(registers), xla.address(line), bucket)


@inner
def _plan(plans, lookups, restart, arrays, r, lines, heads):
    at, size, tabled = xla.address(plans) + 12 * restart, arrays.bucket, xla.extent(lookups, 3)
    words = simd.int32_at(at + 4)
    address = xla.address(lookups) + 4 * restart * tabled * size * size
    lookup = layout.Lookup(address, size, tabled)
    sizes = layout.Sizes(words, (words + 3) // 4 * 4, r, lines, heads - 3 * r - lines - 1)
    return Plan(simd.int32_at(at), simd.int32_at(at + 8), sizes, lookup)


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
    source = simd.floats_at(array + 4 * block.first * form.stride)
    for i in range((form.rows + form.tile - 1) // form.tile * form.tile * form.n):
        bank[i] = simd.splat(0.0)
    for i in range(form.rows):
        at = i // form.tile * form.tile * form.n + i % form.tile
        for w in range(form.words):
            lanes = simd.collect(source, i * form.row + w, form.stride, block.lanes - 1)
            bank[at + w * form.tile] = lanes


@inner
def _store(bank, block, form, array):
    """The way back; beyond `words`, what the array held stays."""
    target = simd.floats_at(array + 4 * block.first * form.stride)
    for i in range(form.rows):
        at = i // form.tile * form.tile * form.n + i % form.tile
        for w in range(form.words):
            lanes = bank[at + w * form.tile]
            simd.deliver(lanes, target, i * form.row + w, form.stride, block.lanes - 1)


@inner
def _forms(bucket, sizes):
    """Of memory, registers and pointer."""
    words, n, r, lines, _ = sizes
    return (
        Form(words, bucket, words, bucket * bucket, 4, n),
        Form(r, bucket, words, r * bucket, 1, n),
        Form(1, 0, lines + 1, lines + 1, 1, lines + 1),
    )


@inner
def _load_state(arrays, block, sizes, state):
    """The state, or its cotangent, of some lanes, out of XLA's arrays."""
    memory, registers, line = _forms(arrays.bucket, sizes)
    banks = layout.parts(state, sizes)
    _load(arrays.memory, block, memory, banks.memory)
    _load(arrays.registers, block, registers, banks.registers)
    _load(arrays.line, block, line, banks.line)


@inner
def _store_state(state, block, sizes, arrays):
    memory, registers, line = _forms(arrays.bucket, sizes)
    banks = layout.parts(state, sizes)
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
    start, to = simd.floats_at(xla.address(source)), simd.floats_at(xla.address(target))
    _copy(start, xla.leading(source, 0), to)


@xla.handler
def run(frame):
    """weights, memory, registers, line, plans, lookups ->
    memory, registers, line, spent, kept, scratch"""
    if xla.only_metadata(frame):
        return 0
    if not run_fits(frame):
        return refuse_run(frame)
    weights, memory, registers = xla.operand(frame, 0), xla.operand(frame, 1), xla.operand(frame, 2)
    lines, heads = xla.extent(weights, 2), xla.extent(weights, 1)
    examples, r = xla.extent(memory, 3), xla.extent(registers, 2)
    kept, scratch = xla.result(frame, 4), xla.address(xla.result(frame, 5))
    blocks, states, kept_size = xla.extent(kept, 3), xla.extent(kept, 2), xla.extent(kept, 1)
    starts = _arrays(memory, registers, xla.operand(frame, 3))
    ends = _arrays(xla.result(frame, 0), xla.result(frame, 1), xla.result(frame, 2))
    _copy_buffer(memory, xla.result(frame, 0))
    _copy_buffer(registers, xla.result(frame, 1))
    rows = simd.floats_at(scratch)
    for restart in range(xla.leading(weights, 2)):
        plan = _plan(xla.operand(frame, 4), xla.operand(frame, 5), restart, starts, r, lines, heads)
        if not plan_fits(plan, starts.bucket, states, -1):
            return refuse_plan(frame)
        sizes = plan.sizes
        state = simd.bank_at(scratch + 4 * layout.weights_size(sizes))
        made = layout.results(state + layout.state_size(sizes), sizes)
        work = state + layout.record_size(sizes)
        source = simd.floats_at(xla.address(weights) + 4 * restart * lines * heads)
        _load_weights(source, lines, heads, rows)
        for i in range(blocks):
            block = Block(restart * examples + i * WIDTH, min(WIDTH, examples - i * WIDTH))
            _load_state(starts, block, sizes, state)
            spent = simd.splat(0.0)
            for t in range(plan.steps):
                if states > 0 and t % plan.every == 0:
                    place = (restart * blocks + i) * states + t // plan.every
                    target = simd.bank_at(xla.address(kept) + 4 * place * kept_size)
                    _copy(state, layout.state_size(sizes), target)
                spent += step(rows, plan.lookup, sizes, state, state, made, work)
            _store_state(state, block, sizes, ends)
            spents = simd.floats_at(xla.address(xla.result(frame, 3)) + 4 * block.first)
            simd.deliver(spent, spents, 0, 1, block.lanes - 1)
    return 0


@inner
def _run_back_block(rows, plan, kept, kept_size, dstate, dspent, work, dweights):
    """One vector of lanes, back from its cotangent `dstate` at the end to that at the start."""
    steps, every, sizes, lookup = plan
    record, state = layout.record_size(sizes), layout.state_size(sizes)
    records = work + layout.workspace_size(sizes)
    for i in range((steps + every - 1) // every - 1, -1, -1):
        count = min(every, steps - i * every)
        _copy(simd.bank_at(kept + 4 * i * kept_size), state, records)
        for t in range(count):
            now = records + t * record
            step(rows, lookup, sizes, now, now + record, layout.results(now + state, sizes), work)
        for t in range(count - 1, -1, -1):
            step_back(rows, lookup, sizes, records + t * record, dstate, dspent, work)
        gather(records, count, sizes, dweights)


@xla.handler
def run_back(frame):
    """weights, plans, lookups, kept, and cotangents of memory, registers, line, spent at the end ->
    those of weights, memory, registers, line at the start; scratch"""
    if xla.only_metadata(frame):
        return 0
    if not run_back_fits(frame):
        return refuse_run_back(frame)
    weights, kept = xla.operand(frame, 0), xla.operand(frame, 3)
    dmemory, dregisters, dline = xla.operand(frame, 4), xla.operand(frame, 5), xla.operand(frame, 6)
    lines, heads = xla.extent(weights, 2), xla.extent(weights, 1)
    examples, r = xla.extent(dmemory, 3), xla.extent(dregisters, 2)
    blocks, states, kept_size = xla.extent(kept, 3), xla.extent(kept, 2), xla.extent(kept, 1)
    ends = _arrays(dmemory, dregisters, dline)
    starts = _arrays(xla.result(frame, 1), xla.result(frame, 2), xla.result(frame, 3))
    _copy_buffer(dmemory, xla.result(frame, 1))
    _copy_buffer(dregisters, xla.result(frame, 2))
    scratch = xla.address(xla.result(frame, 4))
    rows = simd.floats_at(scratch)
    for restart in range(xla.leading(weights, 2)):
        plan = _plan(xla.operand(frame, 1), xla.operand(frame, 2), restart, ends, r, lines, heads)
        if not plan_fits(plan, ends.bucket, states, xla.extent(xla.result(frame, 4), 1)):
            return refuse_plan(frame)
        sizes = plan.sizes
        size = layout.weights_size(sizes)
        dweights = simd.bank_at(scratch + 4 * size)
        dstate = dweights + size
        work = dstate + layout.state_size(sizes)
        source = simd.floats_at(xla.address(weights) + 4 * restart * lines * heads)
        _load_weights(source, lines, heads, rows)
        for i in range(size):
            dweights[i] = simd.splat(0.0)
        for i in range(blocks):
            block = Block(restart * examples + i * WIDTH, min(WIDTH, examples - i * WIDTH))
            _load_state(ends, block, sizes, dstate)
            spents = simd.floats_at(xla.address(xla.operand(frame, 7)) + 4 * block.first)
            given = simd.first_lanes(block.lanes)
            dspent = given * simd.collect(spents, 0, 1, block.lanes - 1)
            for k in range(layout.state_size(sizes)):
                dstate[k] = given * dstate[k]
            states_kept = xla.address(kept) + 4 * (restart * blocks + i) * states * kept_size
            _run_back_block(rows, plan, states_kept, kept_size, dstate, dspent, work, dweights)
            _store_state(dstate, block, sizes, starts)
        target = simd.floats_at(xla.address(xla.result(frame, 0)) + 4 * restart * lines * heads)
        for i in range(lines):
            for h in range(heads):
                at = i * layout.controller_size(sizes) + h
                target[i * heads + h] = simd.total(dweights[at])
    return 0
