"""What code does to a sample of states, compiled, as one number."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int16, Int32, UInt8, UInt64

from bridge.batch import check_table, run_code
from bridge.kernel import copy, kernel
from synth.enumeration.statespace import mix, rename

__all__ = ["fingerprint"]


def fingerprint(
    code: Int16[np.ndarray, "lines 5"],
    offset: Int32[np.ndarray, " pieces+1"],
    which: Int32[np.ndarray, " n"],
    uses: UInt8[np.ndarray, " n"],
    memory: UInt8[np.ndarray, "states b"],
    registers: UInt8[np.ndarray, "states registers"],
    variables: int,
    table: UInt8[np.ndarray, "opcodes b b"],
    steps: int,
) -> UInt64[np.ndarray, " n"]:
    """A hash of what pieces of code, each with its variables renamed in that order, do to the
    states given; 0 for one that ends on none of them."""
    hashes = np.zeros(len(which), np.uint64)
    cells, own = np.empty_like(memory), np.empty_like(registers)
    out = np.empty((max(np.diff(offset)), 5), np.int16)
    given = code, offset, which, uses, memory, registers, variables, table, steps
    _fingerprint(*given, cells, own, out, hashes)
    return hashes


@kernel
def _fingerprint(
    code, offset, which, uses, memory, registers, variables, table, steps, cells, own, out, hashes
):
    prime = np.uint64(0x9E3779B97F4A7C15)
    words = table.shape[1]
    check_table(table, words)
    if which.shape[0] != hashes.shape[0] or uses.shape[0] != hashes.shape[0] or code.shape[1] != 5:
        raise ValueError("fingerprint: code [lines, 5], one of its pieces for each hash, expected")
    if memory.shape != cells.shape or registers.shape != own.shape or memory.shape[1] < words:
        raise ValueError("fingerprint: memory and cells, registers and own must be alike")
    if registers.shape[0] != memory.shape[0] or variables > registers.shape[1]:
        raise ValueError("fingerprint: registers [states, variables or more] expected")
    for i in range(hashes.shape[0]):
        h = np.uint64(1469598103934665603)
        ended = False
        copy(memory, cells)
        copy(registers, own)
        lines = 0
        for line in range(offset[which[i]], offset[which[i] + 1]):
            rename(code, line, uses[i], 0, out, lines)
            lines += 1
        for e in range(memory.shape[0]):
            if run_code(out[:lines], cells[e, :words], own[e], table, steps) < 0:
                h = (h ^ np.uint64(977)) * prime
                continue
            ended = True
            for j in range(words):
                h = (h ^ (h >> np.uint64(29)) ^ np.uint64(cells[e, j])) * prime
            for j in range(variables):
                h = (h ^ (h >> np.uint64(29)) ^ np.uint64(own[e, j])) * prime
        if ended:
            hashes[i] = mix(h) | np.uint64(1)
