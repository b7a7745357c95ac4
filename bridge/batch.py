# pyright: basic
"""Many programs on all examples at once, compiled with numba; held equal to the reference
interpreter by a property test.

Programs are rows as `bridge.program.encode` makes them, without holes. Runs stop early: at a
halt, and (in `count_right`) at the first failing example if nobody asks for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba as nb
import numpy as np
from jaxtyping import Bool, Int16, Int32, UInt8

from bridge.isa import INDEX, OPCODES, lookup_table
from bridge.spec import Example, Machine

__all__ = ["Tests", "count_right", "encode_examples", "run_batch", "step_machine"]

HALT, READ, WRITE, JUMP = (INDEX[name] for name in ("halt", "read", "write", "jump"))
OUTPUTS = np.array([row.outputs for row in OPCODES])

_void, _i4, _i8, _bool = nb.void, nb.int32, nb.int64, nb.boolean
_code1, _code = nb.int16[:, ::1], nb.int16[:, :, ::1]
_words1, _words2, _words3 = nb.uint8[::1], nb.uint8[:, ::1], nb.uint8[:, :, ::1]
_mask = nb.boolean[:, ::1]
_table = nb.types.Array(nb.uint8, 3, "C", readonly=True)


@dataclass(frozen=True)
class Tests:
    """Examples as arrays. An expected word is checked where its mask is set."""

    __test__ = False  # not a test class for pytest

    memory: UInt8[np.ndarray, "examples b"]
    expect_memory: UInt8[np.ndarray, "examples b"]
    mask_memory: Bool[np.ndarray, "examples b"]
    expect_registers: UInt8[np.ndarray, "examples registers"]
    mask_registers: Bool[np.ndarray, "examples registers"]

    @property
    def cells(self) -> int:
        """The number of words that are checked."""
        return int(self.mask_memory.sum() + self.mask_registers.sum())


def encode_examples(examples: Sequence[Example], machine: Machine) -> Tests:
    """The examples as arrays."""
    n = len(examples)
    banks = {
        "memory": np.zeros((n, machine.words), np.uint8),
        "registers": np.zeros((n, machine.registers), np.uint8),
    }
    masks = {bank: np.zeros(array.shape, bool) for bank, array in banks.items()}
    memory = np.zeros((n, machine.words), np.uint8)
    for i, example in enumerate(examples):
        memory[i, : len(example.memory)] = example.memory
        for bank, index, word in example.cells():
            banks[bank][i, index] = word
            masks[bank][i, index] = True
    return Tests(memory, banks["memory"], masks["memory"], banks["registers"], masks["registers"])


@nb.njit(_i8(_code1, _words1, _words1, _table, _i8), nogil=True, cache=True)
def step_machine(code, memory, registers, table, steps):
    """Runs one program in place; its number of steps, or −1 − steps if it did not halt."""
    lines = code.shape[0]
    line = 0
    taken = 0
    while line < lines:
        if taken == steps:
            return -1 - taken
        taken += 1
        number = code[line, 0]
        if number == HALT:
            return taken
        a = registers[code[line, 1]]
        if number == JUMP:
            line = code[line, 4] if a == 0 else line + 1
            continue
        if number == READ:
            registers[code[line, 3]] = memory[a]
        elif number == WRITE:
            memory[a] = registers[code[line, 2]]
        elif OUTPUTS[number]:
            registers[code[line, 3]] = table[number, a, registers[code[line, 2]]]
        line += 1
    return taken


@nb.njit(
    _void(_code, _words2, _table, _i8, _words3, _words3, nb.int64[:, ::1]),
    nogil=True,
    cache=True,
)
def _run_batch(code, start, table, steps, memory, registers, taken):
    for p in range(code.shape[0]):
        for e in range(start.shape[0]):
            for i in range(start.shape[1]):  # loops compile ten times faster than slices
                memory[p, e, i] = start[e, i]
            taken[p, e] = step_machine(code[p], memory[p, e], registers[p, e], table, steps)


def run_batch(
    code: Int16[np.ndarray, "programs lines 5"],
    memory: UInt8[np.ndarray, "examples b"],
    machine: Machine,
) -> tuple[
    UInt8[np.ndarray, "programs examples b"],
    UInt8[np.ndarray, "programs examples registers"],
    Int32[np.ndarray, "programs examples"],
    Bool[np.ndarray, "programs examples"],
]:
    """Final memories and registers, steps taken, and whether each run halted."""
    shape = (len(code), len(memory))
    out = np.empty((*shape, machine.words), np.uint8)
    registers = np.zeros((*shape, machine.registers), np.uint8)
    taken = np.empty(shape, np.int64)
    table = lookup_table(machine.words)
    _run_batch(np.ascontiguousarray(code), memory, table, machine.steps, out, registers, taken)
    return out, registers, np.where(taken < 0, -1 - taken, taken).astype(np.int32), taken >= 0


@nb.njit(
    _void(
        _code,
        _words2,
        _words2,
        _mask,
        _words2,
        _mask,
        _table,
        _i8,
        _bool,
        _bool,
        _i4[::1],
        _i4[::1],
    ),
    nogil=True,
    cache=True,
)
def _count_right(
    code, start, want_m, mask_m, want_r, mask_r, table, steps, must_halt, early, cells, passed
):
    memory = np.empty(start.shape[1], np.uint8)
    registers = np.empty(want_r.shape[1], np.uint8)
    for p in range(code.shape[0]):
        cells[p] = 0
        passed[p] = 0
        for e in range(start.shape[0]):
            for i in range(memory.shape[0]):
                memory[i] = start[e, i]
            for i in range(registers.shape[0]):
                registers[i] = 0
            taken = step_machine(code[p], memory, registers, table, steps)
            right = 0
            wrong = 0
            if taken < 0 and must_halt:
                wrong = 1
            else:
                for i in range(memory.shape[0]):
                    if mask_m[e, i]:
                        if memory[i] == want_m[e, i]:
                            right += 1
                        else:
                            wrong += 1
                for i in range(registers.shape[0]):
                    if mask_r[e, i]:
                        if registers[i] == want_r[e, i]:
                            right += 1
                        else:
                            wrong += 1
            cells[p] += right
            if wrong == 0:
                passed[p] += 1
            elif early:
                break


def count_right(
    code: Int16[np.ndarray, "programs lines 5"],
    tests: Tests,
    machine: Machine,
    *,
    early: bool = False,
) -> tuple[Int32[np.ndarray, " programs"], Int32[np.ndarray, " programs"]]:
    """Per program: the expected cells that came out right (none of a run that had to halt and
    did not), and the examples passed. With `early`, a program's run stops at its first failing
    example: the counts are then lower bounds, but exact for programs that pass all."""
    cells = np.empty(len(code), np.int32)
    passed = np.empty(len(code), np.int32)
    _count_right(
        np.ascontiguousarray(code), tests.memory, tests.expect_memory, tests.mask_memory,
        tests.expect_registers, tests.mask_registers, lookup_table(machine.words),
        machine.steps, machine.halt, early, cells, passed,
    )  # fmt: skip
    return cells, passed
