# pyright: basic
"""Programs on examples, compiled with numba; held equal to the reference interpreter by a property
test.

Programs are rows as `bridge.program.encode` makes them, without holes.
"""

import numpy as np
from jaxtyping import Bool, Int16, Int32, UInt8

from bridge.isa import HALT, JUMP, OUTPUTS, READ, WRITE, lookup_table
from bridge.kernel import inner, kernel
from bridge.spec import Machine

__all__ = ["count_wrong", "execute", "run_batch", "run_test", "start_test", "step_machine"]


@inner
def execute(code, i, memory, registers, table, line):
    """Executes the instruction code[i], which stands in that line, in place; the next line, or −1
    at a halt."""
    number = code[i, 0]
    if number == HALT:
        return np.int64(-1)
    a = registers[code[i, 1]]
    if number == JUMP:
        return np.int64(code[i, 4]) if a == 0 else line + 1
    if number == READ:
        registers[code[i, 3]] = memory[a]
    elif number == WRITE:
        memory[a] = registers[code[i, 2]]
    elif OUTPUTS[number]:
        registers[code[i, 3]] = table[number, a, registers[code[i, 2]]]
    return line + 1


@kernel
def step_machine(code, memory, registers, table, steps):
    """Runs one program in place; its number of steps, or −1 − steps if it did not halt."""
    line = np.int64(0)
    taken = 0
    while 0 <= line < code.shape[0]:
        if taken == steps:
            return -1 - taken
        taken += 1
        line = execute(code, line, memory, registers, table, line)
    return taken


@inner
def start_test(tests, example, memory, registers):
    """The state before a run."""
    for i in range(memory.shape[0]):
        memory[i] = tests.memory[example, i]
    for i in range(registers.shape[0]):
        registers[i] = 0


@inner
def run_test(tests, example, code, memory, registers):
    """Runs one program on an example, as `step_machine` does."""
    start_test(tests, example, memory, registers)
    return step_machine(code, memory, registers, tests.table, tests.steps[example])


@inner
def count_wrong(tests, example, memory, registers):
    """How many expected cells of the final state are wrong."""
    wrong = 0
    for i in range(memory.shape[0]):
        wrong += tests.mask_memory[example, i] and memory[i] != tests.expect_memory[example, i]
    for i in range(registers.shape[0]):
        if tests.mask_registers[example, i]:
            wrong += registers[i] != tests.expect_registers[example, i]
    return wrong


@kernel
def _run_batch(code, start, table, steps, memory, registers, taken):
    for p in range(code.shape[0]):
        for e in range(start.shape[0]):
            for i in range(start.shape[1]):
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
