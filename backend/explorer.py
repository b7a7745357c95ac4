"""Programs drawn from tuned weights, executed: the right one is often near before it is likeliest.

Numba, because the host executes about a million programs a second: thousands of draws for each
restart cost less than the gradient steps between them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Int16, Int32

from backend.machine import head_sizes
from bridge.batch import Tests, step_machine
from bridge.isa import lookup_table, slot_mask
from bridge.kernel import inner, kernel
from bridge.spec import Machine

__all__ = ["Found", "draw", "explore"]

USED = slot_mask()


class Found(NamedTuple):
    """What exploration brought up, restart by restart."""

    code: Int16[np.ndarray, "n lines 5"]
    """The best program; the first that is right, where one is."""
    cells: Int32[np.ndarray, " n"]
    """The expected cells that it gets right (0 in an example that had to halt and did not)."""
    steps: Int32[np.ndarray, " n"]
    """The steps that it takes on all examples together."""
    drawn: Int32[np.ndarray, " n"]
    """After how many draws it came; 0: it is the likeliest program."""
    executed: Int32[np.ndarray, " n"]


def explore(
    packed: Float[np.ndarray, "n lines heads"],
    likeliest: Int16[np.ndarray, "n lines 5"],
    free: Bool[np.ndarray, "n lines heads"],
    seeds: Int[np.ndarray, " n"],
    limits: Int[np.ndarray, " n"],
    tests: Tests,
    machine: Machine,
    *,
    samples: int,
    uniform: float,
    registers: int,
) -> Found:
    """Per restart, executes the likeliest program and others near it, until one is right, and
    takes less steps, on all examples together, than the restart's limit. (A program that takes
    more counts as one cell short of right.)

    Each draw changes one to three of the lines that are free, by the restart's own softmaxes,
    or with probability `uniform` uniformly; what is frozen never changes. Every other draw sets
    out from the likeliest program, the rest climb: from the best program so far (equals count),
    by expected cells that come out right.
    """
    n, lines, _ = packed.shape
    code = np.ascontiguousarray(likeliest, np.int16)
    found = Found(code.copy(), *(np.zeros(n, np.int32) for _ in range(4)))
    restarts = (
        np.exp(packed.astype(np.float32)), code, np.ascontiguousarray(free), _streams(seeds),
        limits.astype(np.int64), *found,
    )  # fmt: skip
    shared = (
        _edges(registers, lines), np.float32(uniform), samples, machine.lines,
        tests.memory, tests.expect_memory, tests.mask_memory,
        tests.expect_registers, tests.mask_registers, lookup_table(machine.words),
        machine.steps, machine.halt, tests.cells, np.empty(machine.words, np.uint8),
        np.empty(machine.registers, np.uint8), np.empty((lines, 5), np.int16),
        np.empty(lines, np.int64),
    )  # fmt: skip
    _explore(*restarts, *shared)
    return found


def draw(
    packed: Float[np.ndarray, "n lines heads"],
    rows: Int16[np.ndarray, "n lines 5"],
    free: Bool[np.ndarray, "n lines heads"],
    seeds: Int[np.ndarray, " n"],
    *,
    samples: int,
    uniform: float,
    registers: int,
) -> Int16[np.ndarray, "n samples lines 5"]:
    """The draws of `explore` that set out from `rows`, not executed."""
    n, lines, _ = packed.shape
    code = np.empty((n, samples, lines, 5), np.int16)
    _draw(
        np.exp(packed.astype(np.float32)), np.ascontiguousarray(rows, np.int16),
        np.ascontiguousarray(free), _streams(seeds), _edges(registers, lines),
        np.float32(uniform), np.empty(lines, np.int64), code,
    )  # fmt: skip
    return code


def _streams(seeds: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(seeds.astype(np.uint64)[:, None])


def _edges(registers: int, lines: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(head_sizes(registers, lines))]).astype(np.int64)


@inner
def _unit(state):
    """A number in [0, 1). splitmix64: small, and each restart has its own stream."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float32(z >> np.uint64(40)) * np.float32(1.0 / (1 << 24))


@inner
def _pick(state, probability, free, uniform):
    """An index of the head; the likeliest if it is frozen."""
    likeliest = 0
    for i in range(1, probability.shape[0]):
        if probability[i] > probability[likeliest]:
            likeliest = i
    if not free[likeliest]:
        return likeliest
    if _unit(state) < uniform:
        choices = 0
        for i in range(free.shape[0]):
            choices += free[i]
        skip = np.int64(_unit(state) * choices)
        for i in range(free.shape[0]):
            if free[i]:
                if skip == 0:
                    return i
                skip -= 1
    u = _unit(state)
    for i in range(probability.shape[0]):
        u -= probability[i]
        if u < 0:
            return i
    return likeliest


@inner
def _free_lines(free, where):
    """Writes down where anything is free; in how many lines."""
    count = 0
    for line in range(free.shape[0]):
        for i in range(free.shape[1]):
            if free[line, i]:
                where[count] = line
                count += 1
                break
    return count


@inner
def _copy(source, target):
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            target[i, j] = source[i, j]


@inner
def _change(state, row, probability, free, where, count, edges, uniform):
    """Draws one to three free lines of the program anew."""
    for _ in range(1 + np.int64(_unit(state) * 3)):
        line = where[np.int64(_unit(state) * count)]
        for head in range(5):
            lo, hi = edges[head], edges[head + 1]
            if head > 0 and not USED[row[line, 0], head - 1]:
                row[line, head] = 0
            else:
                row[line, head] = _pick(state, probability[line, lo:hi], free[line, lo:hi], uniform)


@kernel
def _draw(probability, rows, free, state, edges, uniform, where, code):
    for p in range(code.shape[0]):
        count = _free_lines(free[p], where)
        for s in range(code.shape[1]):
            _copy(rows[p], code[p, s])
            if count:
                _change(state[p], code[p, s], probability[p], free[p], where, count, edges, uniform)


@inner
def _judge(
    code, start, want_m, mask_m, want_r, mask_r, table, steps, must_halt, total, enough,
    limit, memory, registers,
):  # fmt: skip
    """The expected cells that the program gets right, less than `enough` as soon as it is sure
    to get less; and the steps it takes."""
    wrong = 0
    spent = 0
    for e in range(start.shape[0]):
        for i in range(memory.shape[0]):
            memory[i] = start[e, i]
        for i in range(registers.shape[0]):
            registers[i] = 0
        taken = step_machine(code, memory, registers, table, steps)
        spent += taken if taken >= 0 else -1 - taken
        lost = taken < 0 and must_halt
        for i in range(memory.shape[0]):
            wrong += mask_m[e, i] and (lost or memory[i] != want_m[e, i])
        for i in range(registers.shape[0]):
            wrong += mask_r[e, i] and (lost or registers[i] != want_r[e, i])
        if total - wrong < enough:
            break
    if wrong == 0 and spent >= limit:
        wrong = 1
    return total - wrong, spent


@kernel
def _explore(
    probability, rows, free, state, limits, best, cells, steps_taken, drawn, executed,
    edges, uniform, samples, lines, start, want_m, mask_m, want_r, mask_r, table, steps,
    must_halt, total, memory, registers, one, where,
):  # fmt: skip
    for p in range(rows.shape[0]):
        count = _free_lines(free[p], where)
        _copy(rows[p], one)
        cells[p], steps_taken[p] = _judge(
            one[:lines], start, want_m, mask_m, want_r, mask_r, table, steps, must_halt, total,
            np.int64(0), limits[p], memory, registers,
        )  # fmt: skip
        executed[p] = 1
        if count == 0:
            continue
        for s in range(samples):
            if cells[p] == total:
                break
            climb = s % 2 == 1
            _copy(best[p] if climb else rows[p], one)
            _change(state[p], one, probability[p], free[p], where, count, edges, uniform)
            right, spent = _judge(
                one[:lines], start, want_m, mask_m, want_r, mask_r, table, steps, must_halt, total,
                cells[p] + (not climb), limits[p], memory, registers,
            )  # fmt: skip
            executed[p] += 1
            if right > cells[p] or (climb and right == cells[p]):
                _copy(one, best[p])
                cells[p] = right
                steps_taken[p] = spent
                drawn[p] = s + 1
