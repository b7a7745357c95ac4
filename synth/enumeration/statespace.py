"""States and what leads to them, compiled.

A *state* holds memory and variables on every example at once, so a statement is executed on all
examples, and two programs that lead to the same state are one: whatever follows behaves alike.
States are kept as the path that leads to them (parent and statement), and replayed when expanded.
Variables can be renamed, so states that differ by a permutation of variables count as one too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge.kernel import inlined, inner, kernel
from bridge.tests import Tests
from synth.enumeration.lanes import LANES, all_of, equal, put_row, row
from synth.enumeration.lockstep import run_lanes
from synth.enumeration.orders import MAX_VARIABLES, ORDERS
from synth.enumeration.sizes import MAX_LINES, MAX_REGISTERS

__all__ = ["NO_STATEMENT", "Scratch", "Statements", "Store", "alike", "compose", "copy_state"]
__all__ += ["execute", "insert", "insert_all", "lay_out", "make_scratch", "merge", "mix"]
__all__ += ["new_store", "rename", "replay", "state_hash", "with_room"]

NO_STATEMENT = -1
MAX_DEPTH = 16


class Statements(NamedTuple):
    """Statements, and shells: statements with one blank line that a body replaces. Each is a
    template with its variables renamed. Shell 0 is the blank alone: a statement that stands for
    itself."""

    code: np.ndarray  # i2[lines, 5], all templates behind one another
    offset: np.ndarray  # i4[templates + 1]
    template: np.ndarray  # i4[statements]
    uses: np.ndarray  # u1[statements]: the variables that it uses, in order (`orders.NUMBERS`)
    shell_code: np.ndarray  # i2[lines, 5], as `code`
    shell_offset: np.ndarray  # i4[shell templates + 1]
    shell_blank: np.ndarray  # i4[shell templates]: the blank's line in `shell_code`
    shell_template: np.ndarray  # i4[shells]
    shell_uses: np.ndarray  # u1[shells]


class Store(NamedTuple):
    """The states found, in the order found. State 0 is the start."""

    made: np.ndarray  # i4[capacity, 4]: the state before; the shell; the statement, or the
    # body's first; the body's second, or NO_STATEMENT
    score: np.ndarray  # i4[capacity]: 2 for each right cell, 1 for a wrong one rightly changed
    hash: np.ndarray  # u8[capacity]: of each state but the start
    length: np.ndarray  # i8[1]: how many there are
    seen: np.ndarray  # u8[power of two]: hashes, open addressing; 0 is free


class Scratch(NamedTuple):
    """Room to work in: kernels make no arrays.

    A *bank* holds a state as `run_lanes` takes it: for each LANES examples the cells of memory and
    behind them MAX_REGISTERS registers, of which the first are the variables. Where examples end,
    the last lanes repeat the last example."""

    first: np.ndarray  # u1[groups, words + registers, LANES]: the bank before any program
    start: np.ndarray  # u1[groups, words + registers, LANES]: the state that is expanded
    now: np.ndarray  # u1[groups, words + registers, LANES]: the state after a statement
    now_words: np.ndarray  # u8[groups, words + registers, LANES / 8]: the same
    memory: np.ndarray  # u1[examples, words]: a new state, example by example
    registers: np.ndarray  # u1[examples, MAX_REGISTERS]: its variables
    code: np.ndarray  # i2[MAX_LINES, 5]
    got: np.ndarray  # u1[1, LANES]; as the next two: see `run_lanes`
    taken: np.ndarray  # i4[LANES]
    before: np.ndarray  # u1[words + registers, LANES]
    path: np.ndarray  # i8[MAX_DEPTH]
    at: np.ndarray  # i8[examples, 2]
    usable: np.ndarray  # u1[orders]: which are worth a try (`expand._note_usable`)


def make_scratch(tests: Tests) -> Scratch:
    """Room for these examples."""
    examples, words = tests.memory.shape
    groups = -(-examples // LANES)
    lanes = np.minimum(np.arange(groups * LANES), examples - 1).reshape(groups, LANES)
    first = np.zeros((groups, words + MAX_REGISTERS, LANES), np.uint8)
    first[:, :words] = tests.memory[lanes].transpose(0, 2, 1)
    now = np.zeros_like(first)
    return Scratch(
        first=first,
        start=np.zeros_like(first),
        now=now,
        now_words=now.view(np.uint64),
        memory=np.zeros((examples, words), np.uint8),
        registers=np.zeros((examples, MAX_REGISTERS), np.uint8),
        code=np.zeros((MAX_LINES, 5), np.int16),
        got=np.zeros((1, LANES), np.uint8),
        taken=np.zeros(LANES, np.int32),
        before=np.zeros_like(first[0]),
        path=np.empty(MAX_DEPTH, np.int64),
        at=np.empty((examples, 2), np.int64),
        usable=np.empty(len(ORDERS), np.uint8),
    )


def new_store(capacity: int) -> Store:
    """The start alone, and room for more."""
    slots = 1 << int(2 * capacity - 1).bit_length()
    return Store(
        made=np.zeros((capacity, 4), np.int32),
        score=np.zeros(capacity, np.int32),
        hash=np.zeros(capacity, np.uint64),
        length=np.ones(1, np.int64),
        seen=np.zeros(slots, np.uint64),
    )


def with_room(store: Store, more: int) -> Store:
    """The same store, or a larger one, with room for so many more states."""
    needed = int(store.length[0]) + more
    if needed <= len(store.score):
        return store
    larger = new_store(2 * needed)
    for grown, array in zip(larger[:-1], store[:-1], strict=True):
        grown[: len(array)] = array
    insert_all(larger.seen, store.seen)
    return larger


@inlined
def rename(code, line, use, start, out, n):
    """Writes a line to out[n]: its variables renamed in that order, its jumps moved by `start`."""
    out[n, 0] = code[line, 0]
    for column in range(1, 4):
        register = code[line, column]
        out[n, column] = ORDERS[use, register] if 0 <= register < MAX_VARIABLES else register
    out[n, 4] = code[line, 4] + start


@inlined
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
    begin, blank = statements.shell_offset[around], statements.shell_blank[around]
    n = 0
    for line in range(begin, statements.shell_offset[around + 1]):
        if line != blank:
            rename(statements.shell_code, line, use, 0, out, n)
            if out[n, 4] > blank - begin:
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


@inlined
def execute(tests, scratch, lines, bank):
    """Runs the code at hand on every example, in place; whether all runs ended. Where they must,
    the rest is left after one that did not."""
    ended, words, must_halt = True, tests.memory.shape[1], tests.must_halt
    for g in range(bank.shape[0]):
        if not run_lanes(
            scratch.code, lines, bank[g], words, tests.table, tests.steps[0], must_halt,
            scratch.got, scratch.taken, scratch.before,
        ):  # fmt: skip
            ended = False
            if must_halt:
                break
    return ended


@inlined
def copy_state(source, target, words):
    """Memory and variables of a bank."""
    for g in range(source.shape[0]):
        for i in range(words + MAX_VARIABLES):
            put_row(target[g], i, row(source[g], i))


@inner
def alike(bank, one, other):
    """Whether two rows of a bank hold the same words."""
    same = True
    for g in range(bank.shape[0]):
        if not all_of(equal(row(bank[g], one), row(bank[g], other))):
            same = False
            break
    return same


@inlined
def lay_out(scratch):
    """Writes the state after a statement to `memory` and `registers`."""
    examples, words = scratch.memory.shape
    for e in range(examples):
        bank, lane = scratch.now[e // LANES], e % LANES
        for i in range(words):
            scratch.memory[e, i] = bank[i, lane]
        for v in range(MAX_VARIABLES):
            scratch.registers[e, v] = bank[words + v, lane]


@inner
def mix(h):
    h ^= h >> np.uint64(31)
    h *= np.uint64(0x7FB5D329728EA185)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x81DADEF4BC2DD44D)
    return h ^ (h >> np.uint64(33))


@inlined
def state_hash(scratch):
    """Of memory (as 64-bit groups of cells) and of the *set* of variables' values; never 0. Four
    sums at a time, which don't wait for each other."""
    prime = np.uint64(0x9E3779B97F4A7C15)
    h0 = h1 = h2 = h3 = np.uint64(1469598103934665603)
    v0 = v1 = v2 = v3 = np.uint64(88172645463325252)
    words = scratch.memory.shape[1]
    for g in range(scratch.now.shape[0]):
        bank = scratch.now_words[g]
        for i in range(0, words - 1, 2):
            h0 = (h0 ^ (h0 >> np.uint64(29)) ^ bank[i, 0]) * prime
            h1 = (h1 ^ (h1 >> np.uint64(29)) ^ bank[i, 1]) * prime
            h2 = (h2 ^ (h2 >> np.uint64(29)) ^ bank[i + 1, 0]) * prime
            h3 = (h3 ^ (h3 >> np.uint64(29)) ^ bank[i + 1, 1]) * prime
        if words % 2:
            h0 = (h0 ^ (h0 >> np.uint64(29)) ^ bank[words - 1, 0]) * prime
            h1 = (h1 ^ (h1 >> np.uint64(29)) ^ bank[words - 1, 1]) * prime
        for k in range(2):
            v0 = (v0 ^ (v0 >> np.uint64(29)) ^ bank[words, k]) * prime
            v1 = (v1 ^ (v1 >> np.uint64(29)) ^ bank[words + 1, k]) * prime
            v2 = (v2 ^ (v2 >> np.uint64(29)) ^ bank[words + 2, k]) * prime
            v3 = (v3 ^ (v3 >> np.uint64(29)) ^ bank[words + 3, k]) * prime
    total = mix(h0 ^ mix(h1 ^ mix(h2 ^ mix(h3))))
    return (total + mix(v0) + mix(v1) + mix(v2) + mix(v3)) | np.uint64(1)


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
    """Executes the path to a state: `scratch.start` is it. Whether it could be: it isn't too
    long."""
    copy_state(scratch.first, scratch.start, tests.memory.shape[1])
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
        execute(tests, scratch, lines, scratch.start)
    return True


@kernel
def merge(store, made, score, hashes, number):
    """Adds those of the states found elsewhere, in order, whose hashes are new; number[i], i8[n],
    is which state the i-th has become, or −1."""
    n, before = number.shape[0], store.length[0]
    if made.shape != (n, 4) or score.shape[0] != n or hashes.shape[0] != n:
        raise ValueError("merge: a row, a score and a hash for each state expected")
    room = min(store.made.shape[0], store.score.shape[0], store.hash.shape[0])
    if before + n > min(room, store.seen.shape[0] - 1):
        raise ValueError("merge: the store has no room for these states")
    for i in range(n):
        number[i] = -1
        if made[i, 0] < 0 or made[i, 0] >= before:
            raise ValueError("merge: states come from states before")
        if hashes[i] != 0 and insert(store.seen, hashes[i]):
            number[i] = new = store.length[0]
            for j in range(4):
                store.made[new, j] = made[i, j]
            store.score[new], store.hash[new] = score[i], hashes[i]
            store.length[0] += 1


@kernel
def insert_all(seen, hashes):
    """Adds the hashes that are not 0."""
    if seen.shape[0] == 0 or seen.shape[0] & (seen.shape[0] - 1):
        raise ValueError("seen: a power of two of places expected")
    for h in hashes:
        if h != 0:
            insert(seen, h)
