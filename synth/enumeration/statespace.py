"""The inner loop of enumeration, compiled: statements applied to states.

A *state* holds memory and variables on every example at once, so a statement is executed on all
examples, and two programs that lead to the same state are one: whatever follows behaves alike.
States are kept as the path that leads to them (parent and statement), and replayed when expanded.
Variables can be renamed, so states that differ by a permutation of variables count as one too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Int16, Int32, Int64, UInt8, UInt64

from bridge.batch import check_table, check_tests, run_code
from bridge.kernel import copy, inner, kernel
from bridge.tests import Tests
from synth.enumeration.judge import GOAL, judge
from synth.enumeration.shell import MAX_LINES, MAX_REGISTERS

__all__ = ["NO_STATEMENT", "Statements", "Store", "compose", "execute", "expand", "fingerprint"]
__all__ += ["insert", "insert_all", "make_scratch", "replay", "state_hash"]

NO_STATEMENT = -1
MAX_DEPTH = 16


class Statements(NamedTuple):
    """Code of statements, and of shells: statements with one blank line that a body replaces.
    Shell 0 is the blank alone: a statement that stands for itself."""

    code: np.ndarray  # i2[lines, 5], all statements behind one another
    offset: np.ndarray  # i4[statements + 1]
    shells: np.ndarray  # i2[shells, MAX_LINES, 5]
    shell_lines: np.ndarray  # i4[shells]
    shell_blank: np.ndarray  # i4[shells]: the blank's line


class Store(NamedTuple):
    """The states found, in the order found. State 0 is the start."""

    made: np.ndarray  # i4[capacity, 4]: the state before; the shell; the statement, or the
    # body's first; the body's second, or NO_STATEMENT
    score: np.ndarray  # i4[capacity]: 2 for each right cell, 1 for a wrong one rightly changed
    length: np.ndarray  # i8[1]: how many there are
    seen: np.ndarray  # u8[power of two]: hashes, open addressing; 0 is free


class Scratch(NamedTuple):
    """Room to work in: kernels make no arrays."""

    start: np.ndarray  # u1[examples, padded]: the state that is expanded
    start_registers: np.ndarray  # u1[examples, MAX_REGISTERS]
    memory: np.ndarray  # u1[examples, padded]: the state after a statement
    cells: np.ndarray  # u8[examples, padded / 8]: the same
    registers: np.ndarray  # u1[examples, MAX_REGISTERS]
    nothing: np.ndarray  # u1[examples, MAX_REGISTERS]: zeros
    code: np.ndarray  # i2[MAX_LINES, 5]
    path: np.ndarray  # i8[MAX_DEPTH]
    at: np.ndarray  # i8[examples, 2]


def make_scratch(examples: int, words: int) -> Scratch:
    """Room for so many examples."""
    padded = words + -words % 8
    memory = np.zeros((examples, padded), np.uint8)
    return Scratch(
        start=np.zeros_like(memory),
        start_registers=np.zeros((examples, MAX_REGISTERS), np.uint8),
        memory=memory,
        cells=memory.reshape(-1).view(np.uint64).reshape((examples, padded // 8)),
        registers=np.zeros((examples, MAX_REGISTERS), np.uint8),
        nothing=np.zeros((examples, MAX_REGISTERS), np.uint8),
        code=np.zeros((MAX_LINES, 5), np.int16),
        path=np.empty(MAX_DEPTH, np.int64),
        at=np.empty((examples, 2), np.int64),
    )


@inner
def compose(statements, shell, first, second, out):
    """Writes the code of a statement to `out`; its number of lines."""
    blank = statements.shell_blank[shell]
    body = statements.offset[first + 1] - statements.offset[first]
    if second >= 0:
        body += statements.offset[second + 1] - statements.offset[second]
    n = 0
    for line in range(statements.shell_lines[shell]):
        if line != blank:
            for column in range(5):
                out[n, column] = statements.shells[shell, line, column]
            if out[n, 4] > blank:
                out[n, 4] += body - 1
            n += 1
            continue
        for part in (first, second):
            if part >= 0:
                start = n
                for i in range(statements.offset[part], statements.offset[part + 1]):
                    for column in range(5):
                        out[n, column] = statements.code[i, column]
                    out[n, 4] += start
                    n += 1
    return n


@inner
def execute(tests, code, lines, memory, registers):
    """Runs it on every example, in place; whether all runs ended. Where they must, the rest is
    left after one that did not."""
    ended, words = True, tests.memory.shape[1]
    for e in range(memory.shape[0]):
        taken = run_code(code[:lines], memory[e, :words], registers[e], tests.table, tests.steps[e])
        if taken < 0:
            ended = False
            if tests.must_halt:
                break
    return ended


@inner
def mix(h):
    h ^= h >> np.uint64(31)
    h *= np.uint64(0x7FB5D329728EA185)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x81DADEF4BC2DD44D)
    return h ^ (h >> np.uint64(33))


@inner
def state_hash(cells, registers, variables):
    """Of memory (as 64-bit groups of cells) and of the *set* of variables' values; never 0."""
    prime = np.uint64(0x9E3779B97F4A7C15)
    h = np.uint64(1469598103934665603)
    for e in range(cells.shape[0]):
        for i in range(cells.shape[1]):
            h = (h ^ (h >> np.uint64(29)) ^ cells[e, i]) * prime
    total = mix(h)
    for v in range(variables):
        h = np.uint64(88172645463325252)
        for e in range(registers.shape[0]):
            h = (h ^ np.uint64(registers[e, v])) * prime
        total += mix(h)
    return total | np.uint64(1)


@inner
def insert(seen, h):
    """Adds a hash; whether it is new."""
    mask = np.uint64(seen.shape[0] - 1)
    i = (h >> np.uint64(1)) & mask
    while seen[i] != 0:
        if seen[i] == h:
            return False
        i = (i + np.uint64(1)) & mask
    seen[i] = h
    return True


@inner
def replay(tests, statements, store, scratch, state):
    """Executes the path to a state: `scratch.start` and `.start_registers` are it. Whether it could
    be: it isn't too long."""
    copy(tests.memory, scratch.start)
    copy(scratch.nothing, scratch.start_registers)
    depth = 0
    up = state
    while up > 0:
        scratch.path[depth] = up
        depth += 1
        up = store.made[up, 0]
    if depth == MAX_DEPTH:
        return False
    for i in range(depth - 1, -1, -1):
        made = store.made[scratch.path[i]]
        lines = compose(statements, made[1], made[2], made[3], scratch.code)
        execute(tests, scratch.code, lines, scratch.start, scratch.start_registers)
    return True


@kernel
def insert_all(seen, hashes):
    """Adds the hashes that are not 0."""
    if seen.shape[0] == 0 or seen.shape[0] & (seen.shape[0] - 1):
        raise ValueError("seen: a power of two of places expected")
    for h in hashes:
        if h != 0:
            insert(seen, h)


def expand(
    tests: Tests,
    variables: int,
    statements: Statements,
    store: Store,
    shell: int,
    states: tuple[int, int],
    firsts: tuple[int, int],
    seconds: tuple[int, int],
    may_fail: int,
    goals: Int64[np.ndarray, "most 7"],
) -> int:
    """Applies the statements `shell` × firsts × seconds to a range of states. Ranges are (from,
    to); seconds (−1, 0) means none. New states go to the store, which must have room.

    Returns the number of goals, the rows of `goals`: a state that is right, or is after a last
    `store` or `swap` (see `synth.enumeration.judge`), or is when a statement that does not end
    (shell, first, second) is cut off; −1 where there is none. What is right fails no more
    examples than may fail."""
    scratch = make_scratch(*tests.memory.shape)
    box = (shell, states, firsts, seconds)
    return _expand(tests, may_fail, variables, statements, store, scratch, box, goals)


@inner
def _check_scratch(tests, scratch, goals):
    """That there is room for the state of each example, and for goals."""
    examples, words = tests.memory.shape
    registers = examples, MAX_REGISTERS
    if scratch.memory.shape[0] != examples or scratch.memory.shape[1] < words:
        raise ValueError("scratch: memories [examples, words or more] expected")
    if scratch.start.shape != scratch.memory.shape:
        raise ValueError("scratch: memories that are alike expected")
    if scratch.registers.shape != registers or scratch.nothing.shape != registers:
        raise ValueError("scratch: registers [examples, MAX_REGISTERS] expected")
    if scratch.start_registers.shape != registers or scratch.cells.shape[0] != examples:
        raise ValueError("scratch: registers [examples, MAX_REGISTERS] expected")
    if scratch.at.shape != (examples, 2) or goals.shape[1] != GOAL:
        raise ValueError("scratch: at [examples, 2], goals [most, GOAL] expected")


@inner
def _check_ranges(statements, store, shell, states, firsts, seconds):
    """That states and statements are there, and room for what they make."""
    made, count = store.length[0], statements.offset.shape[0] - 1
    new = (states[1] - states[0]) * (firsts[1] - firsts[0]) * (seconds[1] - seconds[0])
    if states[0] < 0 or states[1] > made or shell < 0 or shell >= statements.shells.shape[0]:
        raise ValueError("expand: no such states, or no such shell")
    if firsts[0] < 0 or firsts[1] > count or seconds[0] < -1 or seconds[1] > count:
        raise ValueError("expand: no such statements")
    if made + new > min(store.made.shape[0], store.score.shape[0], store.seen.shape[0] - 1):
        raise ValueError("expand: the store has no room for what these may make")


@kernel
def _expand(tests, may_fail, variables, statements, store, scratch, box, goals):
    shell, states, firsts, seconds = box
    start, start_registers = scratch.start, scratch.start_registers
    memory, registers, code, at = scratch.memory, scratch.registers, scratch.code, scratch.at
    check_tests(tests, tests.memory.shape[1], tests.expect_registers.shape[1])
    _check_scratch(tests, scratch, goals)
    _check_ranges(statements, store, shell, states, firsts, seconds)
    n_goals = np.int64(0)
    for state in range(states[0], states[1]):
        if not replay(tests, statements, store, scratch, state):
            continue
        for first in range(firsts[0], firsts[1]):
            for second in range(seconds[0], seconds[1]):
                lines = compose(
                    statements, np.int32(shell), np.int32(first), np.int32(second), code
                )
                copy(start, memory)
                copy(start_registers, registers)
                if execute(tests, code, lines, memory, registers):
                    if not insert(store.seen, state_hash(scratch.cells, registers, variables)):
                        continue
                    new = store.length[0]
                    store.length[0] += 1
                    made = store.made[new]
                    made[0], made[1], made[2], made[3] = state, shell, first, second
                    what = new, 0, -1, -1
                elif tests.must_halt:
                    continue
                else:  # where it was cut off, it may be right
                    new, what = -1, (state, shell, first, second)
                score, n_goals = judge(
                    tests, may_fail, variables, memory, registers, at, goals, n_goals, *what
                )
                if new >= 0:
                    store.score[new] = score
    return n_goals


def fingerprint(
    code: Int16[np.ndarray, "lines 5"],
    offset: Int32[np.ndarray, " n+1"],
    memory: UInt8[np.ndarray, "states b"],
    registers: UInt8[np.ndarray, "states registers"],
    variables: int,
    table: UInt8[np.ndarray, "opcodes b b"],
    words: int,
    steps: int,
) -> UInt64[np.ndarray, " n"]:
    """A hash of what each statement does to the states given; 0 for one that ends on none of
    them."""
    hashes = np.zeros(len(offset) - 1, np.uint64)
    cells, own = np.empty_like(memory), np.empty_like(registers)
    _fingerprint(
        code, offset, memory, registers, variables, table, words, steps, cells, own, hashes
    )
    return hashes


@kernel
def _fingerprint(
    code, offset, memory, registers, variables, table, words, steps, cells, own, hashes
):
    prime = np.uint64(0x9E3779B97F4A7C15)
    check_table(table, words)
    if offset.shape[0] != hashes.shape[0] + 1 or code.shape[1] != 5:
        raise ValueError("fingerprint: code [lines, 5], offset [statements + 1] expected")
    if memory.shape != cells.shape or registers.shape != own.shape or memory.shape[1] < words:
        raise ValueError("fingerprint: memory and cells, registers and own must be alike")
    if registers.shape[0] != memory.shape[0] or variables > registers.shape[1]:
        raise ValueError("fingerprint: registers [states, variables or more] expected")
    for i in range(hashes.shape[0]):
        h = np.uint64(1469598103934665603)
        ended = False
        copy(memory, cells)
        copy(registers, own)
        for e in range(memory.shape[0]):
            lines = code[offset[i] : offset[i + 1]]
            if run_code(lines, cells[e, :words], own[e], table, steps) < 0:
                h = (h ^ np.uint64(977)) * prime
                continue
            ended = True
            for j in range(words):
                h = (h ^ (h >> np.uint64(29)) ^ np.uint64(cells[e, j])) * prime
            for j in range(variables):
                h = (h ^ (h >> np.uint64(29)) ^ np.uint64(own[e, j])) * prime
        if ended:
            hashes[i] = mix(h) | np.uint64(1)
