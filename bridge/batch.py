# pyright: basic
"""Programs on examples, compiled with numba; held equal to the reference interpreter by a property
test.

Programs are rows as `bridge.program.encode` makes them, without holes. Compiled code goes by the
extents of arrays, so kernels look at them first, whoever calls: they raise ValueError before they
touch anything.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int8, Int16, Int32, Int64, UInt8

from bridge.isa import HALT, JUMP, OUTPUTS, READ, WRITE, Slot, lookup_table
from bridge.kernel import inlined, inner, kernel
from bridge.program import Program, encode, first_words
from bridge.spec import Machine
from bridge.tests import Tests

__all__ = ["check_tests", "count_wrong", "execute", "run_batch", "run_code", "run_from"]
__all__ += ["run_programs", "run_test", "start_test", "step_machine", "which_fail"]
__all__ += ["which_pass"]


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


@inner
def check_tests(tests, words, registers):
    """That tests are those of a machine of so many words and registers."""
    examples = tests.memory.shape[0]
    memories, banks = (examples, words), (examples, registers)
    if tests.memory.shape != memories or tests.expect_memory.shape != memories:
        raise ValueError("tests: memories [examples, words] expected")
    if tests.mask_memory.shape != memories:
        raise ValueError("tests: a mask of memories [examples, words] expected")
    if tests.expect_registers.shape != banks or tests.mask_registers.shape != banks:
        raise ValueError("tests: registers [examples, registers], and their mask, expected")
    if tests.cells.shape[0] != examples or tests.steps.shape[0] != examples:
        raise ValueError("tests: cells and steps [examples] expected")
    check_table(tests.table, words)


@inner
def check_table(table, words):
    """That the table is that of instructions on so many words."""
    if table.shape[0] != len(OUTPUTS) or table.shape[1] != words or table.shape[2] != words:
        raise ValueError("table: [opcodes, words, words] expected")


@inner
def check_code(code):
    """That these are rows of instructions."""
    if code.shape[1] != 5:
        raise ValueError("code: programs as rows [lines, 5] expected")


@kernel
def step_machine(code, memory, registers, table, steps):
    """Runs one program in place; its number of steps, or −1 − steps if it did not halt."""
    check_code(code)
    check_table(table, memory.shape[0])
    return run_code(code, memory, registers, table, steps)


@inlined
def run_code(code, memory, registers, table, steps):
    """`step_machine` for kernels that have looked at the extents."""
    line = np.int64(0)
    taken = 0
    while 0 <= line < code.shape[0]:
        if taken == steps:
            return -1 - taken
        taken += 1
        line = execute(code, line, memory, registers, table, line)
    return taken


@inlined
def start_test(tests, example, first, memory, registers):
    """The state before a run; `first`, u1[registers], is what registers start with."""
    for i in range(memory.shape[0]):
        memory[i] = tests.memory[example, i]
    for i in range(registers.shape[0]):
        registers[i] = first[i]


@inlined
def run_test(tests, example, code, first, memory, registers):
    """Runs one program on an example, as `step_machine` does."""
    start_test(tests, example, first, memory, registers)
    return run_code(code, memory, registers, tests.table, tests.steps[example])


@inlined
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
    programs, examples, words = memory.shape
    check_table(table, words)
    if start.shape != (examples, words) or taken.shape != (programs, examples):
        raise ValueError(
            "run_batch: memories [examples, words], steps [programs, examples] expected"
        )
    if code.shape[0] != programs or code.shape[2] != 5 or registers.shape[:2] != taken.shape:
        raise ValueError("run_batch: code [programs, lines, 5], registers [programs, ...] expected")
    for p in range(code.shape[0]):
        for e in range(start.shape[0]):
            for i in range(start.shape[1]):
                memory[p, e, i] = start[e, i]
            taken[p, e] = run_code(code[p], memory[p, e], registers[p, e], table, steps)


def run_batch(
    code: Int16[np.ndarray, "programs lines 5"],
    memory: UInt8[np.ndarray, "examples b"],
    machine: Machine,
    first: UInt8[np.ndarray, "programs registers"] | None = None,
) -> tuple[
    UInt8[np.ndarray, "programs examples b"],
    UInt8[np.ndarray, "programs examples registers"],
    Int32[np.ndarray, "programs examples"],
    Bool[np.ndarray, "programs examples"],
]:
    """Final memories and registers, steps taken, and whether each run halted. `first` is what each
    program's registers start with; zeros by default. Raises ValueError where code or memory are
    not of that machine."""
    if memory.shape[1:] != (machine.words,) or code.shape[2:] != (5,):
        raise ValueError(
            f"code {list(code.shape)}, memory {list(memory.shape)}: give [programs, lines, 5] and "
            f"[examples, {machine.words}]"
        )
    most = (len(OUTPUTS), *3 * [machine.registers], 1 << 15)
    if (memory >= machine.words).any() or ((code < 0) | (code >= most)).any():
        raise ValueError(
            f"a word, an opcode or a register is out of range: {machine.words} words, "
            f"{len(OUTPUTS)} opcodes, {machine.registers} registers"
        )
    shape = (len(code), len(memory))
    out = np.empty((*shape, machine.words), np.uint8)
    registers = np.zeros((*shape, machine.registers), np.uint8)
    if first is not None:
        if first.shape != (len(code), machine.registers) or (first >= machine.words).any():
            raise ValueError(
                f"first {list(first.shape)}: give [{len(code)}, {machine.registers}], of words"
            )
        registers[:] = first[:, None]
    taken = np.empty(shape, np.int64)
    table = lookup_table(machine.words)
    _run_batch(np.ascontiguousarray(code), memory, table, machine.steps, out, registers, taken)
    return out, registers, np.where(taken < 0, -1 - taken, taken).astype(np.int32), taken >= 0


def run_programs(
    programs: Sequence[Program],
    memory: UInt8[np.ndarray, "examples b"],
    machine: Machine,
    lines: int | None = None,
):
    """`run_batch` of programs in so many lines; by default as many as the machine has."""
    lines = machine.lines if lines is None else lines
    code = [encode(program, lines) for program in programs]
    first = [first_words(program, machine.registers) for program in programs]
    shape = len(programs), lines, 1 + len(Slot)
    return run_batch(
        np.array(code, np.int16).reshape(shape),
        memory,
        machine,
        np.array(first, np.uint8).reshape(len(programs), machine.registers),
    )


def which_pass(
    programs: Sequence[Program], tests: Tests, machine: Machine, lines: int | None = None
) -> tuple[Bool[np.ndarray, " programs"], Int64[np.ndarray, " programs"]]:
    """Which programs pass all tests, and the steps that each takes on them together. They are run
    in so many lines: see `run_programs`."""
    wrong, steps = _which_fail(programs, tests, machine, lines)
    return np.asarray(~wrong.any(1)), steps.sum(1)


def which_fail(program: Program, tests: Tests, machine: Machine) -> Bool[np.ndarray, " examples"]:
    """On which tests the program is wrong."""
    return _which_fail([program], tests, machine, None)[0][0]


def _which_fail(
    programs: Sequence[Program], tests: Tests, machine: Machine, lines: int | None
) -> tuple[Bool[np.ndarray, "programs examples"], Int32[np.ndarray, "programs examples"]]:
    memory, registers, steps, halted = run_programs(programs, tests.memory, machine, lines)
    wrong = (tests.mask_memory & (memory != tests.expect_memory)).any(2)
    wrong |= (tests.mask_registers & (registers != tests.expect_registers)).any(2)
    if tests.must_halt:
        wrong |= ~halted
    return np.asarray(wrong), steps


@kernel
def _run_from(code, table, steps, memory, registers, ended):
    for i in range(memory.shape[0]):
        line = np.int64(0)
        taken = 0
        while 0 <= line < code.shape[0] and taken < steps:
            taken += 1
            line = execute(code, line, memory[i], registers[i], table, line)
        ended[i] = 0 if line < 0 else 1 if line >= code.shape[0] else -1


def run_from(
    code: Int16[np.ndarray, "lines 5"],
    memory: UInt8[np.ndarray, "states b"],
    registers: UInt8[np.ndarray, "states registers"],
    steps: int,
) -> Int8[np.ndarray, " states"]:
    """Runs one program from each of these states, in place; 1 where it ran past its last line, 0
    where it halted, −1 where it was cut off."""
    ended = np.empty(len(memory), np.int8)
    table = lookup_table(memory.shape[1])
    _run_from(np.ascontiguousarray(code), table, steps, memory, registers, ended)
    return ended
