"""Programs drawn from tuned weights: the right one is often near, before it is likeliest.

Numba, because thousands of draws per restart are worth it: executed, each costs a microsecond.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from jaxtyping import Bool, Float, Int, Int16

from backend.machine import head_sizes
from bridge.isa import slot_mask

__all__ = ["draw"]

USED = slot_mask().astype(np.uint8)


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
    """Per restart, programs that differ from `rows` (its likeliest) in one to three of the lines
    that are free, drawn there from its own softmaxes; with probability `uniform` a draw is
    uniform instead. What is frozen, or has no probability at all, is never drawn.
    """
    n, lines, _ = packed.shape
    edges = np.concatenate([[0], np.cumsum(head_sizes(registers, lines))])
    code = np.empty((n, samples, lines, 5), np.int16)
    _draw(
        np.exp(packed.astype(np.float32)),
        np.ascontiguousarray(rows, np.int16),
        np.ascontiguousarray(free),
        seeds.astype(np.uint64),
        edges.astype(np.int64),
        np.float32(uniform),
        code,
    )
    return code


@nb.njit(nb.uint64(nb.uint64[::1]), cache=True, nogil=True, inline="always")
def _next(state):
    """splitmix64: small, and each restart has its own stream."""
    state[0] += nb.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> nb.uint64(30))) * nb.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> nb.uint64(27))) * nb.uint64(0x94D049BB133111EB)
    return z ^ (z >> nb.uint64(31))


@nb.njit(nb.float32(nb.uint64[::1]), cache=True, nogil=True, inline="always")
def _unit(state):
    return nb.float32(_next(state) >> nb.uint64(40)) * nb.float32(1.0 / (1 << 24))


@nb.njit(
    nb.int64(nb.uint64[::1], nb.float32[::1], nb.boolean[::1], nb.int64, nb.float32),
    cache=True,
    nogil=True,
)
def _pick(state, probability, free, likeliest, uniform):
    """An index of the head; `likeliest` if the head is frozen."""
    size = probability.shape[0]
    if not free[likeliest]:
        return likeliest
    if _unit(state) < uniform:
        choices = 0
        for i in range(size):
            choices += free[i]
        skip = nb.int64(_unit(state) * choices)
        for i in range(size):
            if free[i]:
                if skip == 0:
                    return i
                skip -= 1
        return likeliest
    u = _unit(state)
    for i in range(size):
        u -= probability[i]
        if u < 0:
            return i
    return likeliest


@nb.njit(cache=True, nogil=True)
def _draw(probability, rows, free, seeds, edges, uniform, code):
    n, samples, lines, _ = code.shape
    state = np.empty(1, np.uint64)
    where = np.empty(lines, np.int64)
    for p in range(n):
        state[0] = seeds[p]
        count = 0
        for line in range(lines):
            if free[p, line].any():
                where[count] = line
                count += 1
        for s in range(samples):
            code[p, s] = rows[p]
            if count == 0:
                continue
            changes = min(count, 1 + nb.int64(_unit(state) * 3))
            for _ in range(changes):
                line = where[nb.int64(_unit(state) * count)]
                for head in range(5):
                    lo, hi = edges[head], edges[head + 1]
                    if head > 0 and not USED[code[p, s, line, 0], head - 1]:
                        code[p, s, line, head] = 0
                        continue
                    if head == 0:
                        likeliest = nb.int64(rows[p, line, 0])
                    else:
                        likeliest = lo * 0
                        best = probability[p, line, lo]
                        for i in range(lo + 1, hi):
                            if probability[p, line, i] > best:
                                best = probability[p, line, i]
                                likeliest = i - lo
                    code[p, s, line, head] = _pick(
                        state, probability[p, line, lo:hi], free[p, line, lo:hi], likeliest, uniform
                    )
