"""States and what leads to them, compiled.

A *state* holds memory and variables on every example at once, so a statement is executed on all
examples, and two programs that lead to the same state are one: whatever follows behaves alike.
States are kept as the path that leads to them (parent and statement), and replayed when expanded.
Variables can be renamed, so states that differ by a permutation of variables count as one too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge.batch import execute as step
from bridge.batch import run_code
from bridge.kernel import copy, inner, kernel
from synth.enumeration.orders import MAX_VARIABLES, ORDERS
from synth.enumeration.sizes import MAX_LINES, MAX_REGISTERS

__all__ = ["NO_STATEMENT", "Scratch", "Statements", "Store", "compose", "execute", "insert"]
__all__ += ["insert_all", "make_scratch", "mix", "rename", "replay", "state_hash"]

NO_STATEMENT = -1
MAX_DEPTH = 16
_PATIENCE = 48
"""Steps before it is asked whether a run will ever end: most have ended by then."""


class Statements(NamedTuple):
    """Statements, and shells: statements with one blank line that a body replaces. Each is a
    template with its variables renamed. Shell 0 is the blank alone: a statement that stands for
    itself."""

    code: np.ndarray  # i2[lines, 5], all templates behind one another
    offset: np.ndarray  # i4[templates + 1]
    template: np.ndarray  # i4[statements]
    uses: np.ndarray  # u1[statements]: the variables that it uses, in order (`orders.NUMBERS`)
    shells: np.ndarray  # i2[shell templates, MAX_LINES, 5]
    shell_lines: np.ndarray  # i4[shell templates]
    shell_blank: np.ndarray  # i4[shell templates]: the blank's line
    shell_template: np.ndarray  # i4[shells]
    shell_uses: np.ndarray  # u1[shells]


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
    start_words: np.ndarray  # u8[…]: both, as 64-bit words
    memory: np.ndarray  # u1[examples, padded]: the state after a statement
    registers: np.ndarray  # u1[examples, MAX_REGISTERS]
    words: np.ndarray  # u8[…]: both; memory is the first examples · padded / 8
    nothing: np.ndarray  # u1[examples, MAX_REGISTERS]: zeros
    code: np.ndarray  # i2[MAX_LINES, 5]
    before: np.ndarray  # u1[padded]: memory at a jump back; see `execute`
    registers_before: np.ndarray  # u1[MAX_REGISTERS]
    path: np.ndarray  # i8[MAX_DEPTH]
    at: np.ndarray  # i8[examples, 2]
    usable: np.ndarray  # u1[orders]: which are worth a try (`expand._note_usable`)


def make_scratch(examples: int, words: int) -> Scratch:
    """Room for so many examples."""
    padded = words + -words % 8

    def state() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        both = np.zeros(examples * (padded + MAX_REGISTERS) // 8, np.uint64)
        memory, registers = np.split(both.view(np.uint8), [examples * padded])
        return memory.reshape(examples, padded), registers.reshape(examples, MAX_REGISTERS), both

    start, now = state(), state()
    return Scratch(
        *start,
        *now,
        nothing=np.zeros((examples, MAX_REGISTERS), np.uint8),
        code=np.zeros((MAX_LINES, 5), np.int16),
        before=np.zeros(padded, np.uint8),
        registers_before=np.zeros(MAX_REGISTERS, np.uint8),
        path=np.empty(MAX_DEPTH, np.int64),
        at=np.empty((examples, 2), np.int64),
        usable=np.empty(len(ORDERS), np.uint8),
    )


@inner
def rename(code, line, use, start, out, n):
    """Writes a line to out[n]: its variables renamed in that order, its jumps moved by `start`."""
    out[n, 0] = code[line, 0]
    for column in range(1, 4):
        register = code[line, column]
        out[n, column] = ORDERS[use, register] if 0 <= register < MAX_VARIABLES else register
    out[n, 4] = code[line, 4] + start


@inner
def compose(statements, shell, first, second, out):
    """Writes the code of a statement to `out`; its number of lines."""
    offset = statements.offset
    around, use = statements.shell_template[shell], statements.shell_uses[shell]
    one, one_use = statements.template[first], statements.uses[first]
    body = offset[one + 1] - offset[one]
    other, other_use = one, one_use
    if second >= 0:
        other, other_use = statements.template[second], statements.uses[second]
        body += offset[other + 1] - offset[other]
    blank = statements.shell_blank[around]
    n = 0
    for line in range(statements.shell_lines[around]):
        if line != blank:
            rename(statements.shells[around], line, use, 0, out, n)
            if out[n, 4] > blank:
                out[n, 4] += body - 1
            n += 1
            continue
        start = n
        for i in range(offset[one], offset[one + 1]):
            rename(statements.code, i, one_use, start, out, n)
            n += 1
        start = n
        if second >= 0:
            for i in range(offset[other], offset[other + 1]):
                rename(statements.code, i, other_use, start, out, n)
                n += 1
    return n


@inner
def _same(one, other):
    same = True
    for i in range(one.shape[0]):
        if one[i] != other[i]:
            same = False
            break
    return same


@inner
def _run_to_end(code, memory, registers, table, steps, before, registers_before):
    """Runs it in place; whether it ends. That it never does is seen, mostly, long before the last
    step: where a jump back leads to a state that it led to before. Which one is compared is changed
    after 1, 2, 4, … jumps (Brent 1980), so that a cycle of any length is met."""
    line = np.int64(0)
    taken = jumps = 0
    line_before, power = np.int64(-1), 1
    while 0 <= line < code.shape[0]:
        if taken == steps:
            return False
        taken += 1
        to = step(code, line, memory, registers, table, line)
        if taken > _PATIENCE and 0 <= to <= line:
            if to == line_before and _same(registers, registers_before) and _same(memory, before):
                return False
            jumps += 1
            if jumps == power:
                power *= 2
                line_before = to
                for i in range(memory.shape[0]):
                    before[i] = memory[i]
                for i in range(registers.shape[0]):
                    registers_before[i] = registers[i]
        line = to
    return True


@inner
def execute(tests, scratch, lines, memory, registers):
    """Runs the code at hand on every example, in place; whether all runs ended. Where they must,
    the rest is left after one that did not."""
    ended, words, code = True, tests.memory.shape[1], scratch.code[:lines]
    for e in range(memory.shape[0]):
        cells, own = memory[e, :words], registers[e]
        if tests.must_halt:
            before, own_before = scratch.before[:words], scratch.registers_before
            if not _run_to_end(code, cells, own, tests.table, tests.steps[e], before, own_before):
                return False
        elif run_code(code, cells, own, tests.table, tests.steps[e]) < 0:
            ended = False
    return ended


@inner
def mix(h):
    h ^= h >> np.uint64(31)
    h *= np.uint64(0x7FB5D329728EA185)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x81DADEF4BC2DD44D)
    return h ^ (h >> np.uint64(33))


@inner
def state_hash(scratch):
    """Of memory (as 64-bit groups of cells) and of the *set* of variables' values; never 0. Four
    sums at a time, which don't wait for each other."""
    prime = np.uint64(0x9E3779B97F4A7C15)
    h0 = h1 = h2 = h3 = np.uint64(1469598103934665603)
    words, registers = scratch.words, scratch.registers
    examples, count = scratch.memory.shape[0], scratch.memory.size // 8
    fours = count - count % 4
    for i in range(0, fours, 4):
        h0 = (h0 ^ (h0 >> np.uint64(29)) ^ words[i]) * prime
        h1 = (h1 ^ (h1 >> np.uint64(29)) ^ words[i + 1]) * prime
        h2 = (h2 ^ (h2 >> np.uint64(29)) ^ words[i + 2]) * prime
        h3 = (h3 ^ (h3 >> np.uint64(29)) ^ words[i + 3]) * prime
    for i in range(fours, count):
        h0 = (h0 ^ (h0 >> np.uint64(29)) ^ words[i]) * prime
    total = mix(h0 ^ mix(h1 ^ mix(h2 ^ mix(h3))))
    h0 = h1 = h2 = h3 = np.uint64(88172645463325252)
    for e in range(examples):
        h0 = (h0 ^ np.uint64(registers[e, 0])) * prime
        h1 = (h1 ^ np.uint64(registers[e, 1])) * prime
        h2 = (h2 ^ np.uint64(registers[e, 2])) * prime
        h3 = (h3 ^ np.uint64(registers[e, 3])) * prime
    return (total + mix(h0) + mix(h1) + mix(h2) + mix(h3)) | np.uint64(1)


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
        execute(tests, scratch, lines, scratch.start, scratch.start_registers)
    return True


@kernel
def insert_all(seen, hashes):
    """Adds the hashes that are not 0."""
    if seen.shape[0] == 0 or seen.shape[0] & (seen.shape[0] - 1):
        raise ValueError("seen: a power of two of places expected")
    for h in hashes:
        if h != 0:
            insert(seen, h)
