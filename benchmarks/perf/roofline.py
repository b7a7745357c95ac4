"""What the machine at hand could do at most: measured peaks, and the least work of a step."""

from __future__ import annotations

import numba as nb
import numpy as np

from backend.kernels.simd import WIDTH, bank_at, splat
from backend.machine import PAPER, head_sizes
from benchmarks.perf.clock import fastest

__all__ = ["least_micros", "peak_bandwidth", "peak_flops"]

CHAINS, TURNS = 8, 5


@nb.njit
def _multiply_add(address, rounds):
    """Eight independent chains, as many as hide an instruction's latency."""
    x = bank_at(address)
    a, b = x[0], x[1]
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = splat(0.0)
    for _ in range(rounds):
        s0 = s0 * a + b
        s1 = s1 * a + b
        s2 = s2 * a + b
        s3 = s3 * a + b
        s4 = s4 * a + b
        s5 = s5 * a + b
        s6 = s6 * a + b
        s7 = s7 * a + b
    x[2] = (s0 + s1) + (s2 + s3) + ((s4 + s5) + (s6 + s7))


@nb.njit
def _copy(source, target, size, rounds):
    x, y = bank_at(source), bank_at(target)
    for _ in range(rounds):
        for i in range(size):
            y[i] = x[i]


def peak_flops() -> float:
    """Multiplications and additions of float32s per second, on one core."""
    array, rounds = np.full((3, WIDTH), 0.5, np.float32), 1_000_000
    seconds = fastest(lambda: _multiply_add(array.ctypes.data, rounds), TURNS)
    return 2 * CHAINS * WIDTH * rounds / seconds


def peak_bandwidth(size: int = 1 << 18) -> float:
    """Bytes read or written per second, on one core, copying between buffers of that many bytes
    (both together half a mebibyte: what lies in a core's own cache)."""
    source, target = np.ones(size // 4, np.float32), np.ones(size // 4, np.float32)
    vectors, rounds = size // (4 * WIDTH), 200
    seconds = fastest(lambda: _copy(source.ctypes.data, target.ctypes.data, vectors, rounds), TURNS)
    return 2 * size * rounds / seconds


def least_micros(words: int, registers: int, lines: int, flops: float, bandwidth: float) -> float:
    """µs that a lane-step, forward and backward, takes at least: the multiply-adds of eqs. 2-9,
    each once forward and twice backward; or the way of the states through the cache, written once
    and read once. Exponentials, divisions and what is computed twice count nothing."""
    heads = sum(head_sizes(registers, lines, PAPER))
    products = (
        lines * heads  # eq. 2
        + 2 * registers * words  # eq. 5
        + words**2  # eq. 6: one convolution
        + words**2  # read
        + words**2  # eq. 8
        + registers * words  # eq. 7
    )
    state = words**2 + registers * words + lines + 1
    return max(3 * 2 * products / flops, 2 * 4 * state / bandwidth) * 1e6
