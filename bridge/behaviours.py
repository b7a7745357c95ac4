"""Walks, compiled, over the distinct behaviours of a family of programs.

A family is a program in which some lines are *holes*, each with the set of instructions that may
stand there, and some more may be *edited* at will, a number of them at most. Nothing is decided
before it matters: a run that first comes to a hole splits the hole's set by what its instructions
do to the state at hand, and follows each part on its own; when it comes there again, the part is
split again. So programs that behave alike are executed once, prefixes of runs are shared, and
lines that no run reaches cost nothing, yet every program of the family is decided.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge.batch import HALT, JUMP, OUTPUTS, READ, WRITE
from bridge.kernel import kernel

__all__ = ["DONE", "FOUND", "PAUSED", "Family", "Walk", "advance", "new_walk"]

FIXED, EDITABLE, HOLE = 0, 1, 2
UNBOUND, ORIGINAL, CHANGED = 0, 1, 2
DONE, PAUSED, FOUND = 0, 1, 2

# Of the state of a walk: columns of `Walk.at`, and of a frame.
LINE, TAKEN, EXAMPLE, LEFT, LOW, HIGH, NEXT, FIRST = range(8)
DEPTH, RUNNING, EXECUTED, STEPS, SPLITS, BEST, LOST, MARK = range(4, 12)

# What an instruction may do: nothing, halt, jump to a label, set a register, set a cell.
NOTHING, ENDS, LABELS, REGISTERS = 0, 1, 2, 67
MAX_FRAMES = 1 << 15


class Family(NamedTuple):
    """The programs, and what they are tested on."""

    kind: np.ndarray  # u1[lines]: FIXED, EDITABLE or HOLE
    rows: np.ndarray  # u1[rows, 5]: the instructions for each line, one line behind another;
    # then the program (what stands in a hole is never looked at)
    offset: np.ndarray  # i4[lines + 1]: where a line's instructions begin
    source: np.ndarray  # i4[rows]: what an instruction puts in its register, −1 if nothing
    sources: np.ndarray  # u1[sources, 5]: instructions, all that differ in more than OUT
    memory: np.ndarray  # u1[examples, b]
    want: np.ndarray  # u1[examples, b]
    mask: np.ndarray  # bool[examples, b]
    want_registers: np.ndarray  # u1[examples, registers]
    mask_registers: np.ndarray  # bool[examples, registers]
    table: np.ndarray  # u1[opcodes, b, b]
    steps: int
    must_halt: bool
    edits: int  # the most lines that are edited
    cells: np.ndarray  # i8[examples]: cells checked in the examples before


class Walk(NamedTuple):
    """Where a walk is: the running state, and a frame for each split that it is within."""

    at: np.ndarray  # i8[12]: see the columns above
    weight: np.ndarray  # f8[3]: programs that behave like the running one; decided; found
    memory: np.ndarray  # u1[2, b]: of the run, and as it was at some earlier jump back
    registers: np.ndarray  # u1[2, registers]
    bound: np.ndarray  # u1[lines]: UNBOUND, ORIGINAL or CHANGED
    open: np.ndarray  # u1[lines]: 0 decided, 1 to be decided if edits are left, 2 to be decided
    row: np.ndarray  # i4[lines]: what stands in a line, or the first of what may
    low: np.ndarray  # i4[lines]: order[low:high] is what may still stand in a changed line
    high: np.ndarray  # i4[lines]
    order: np.ndarray  # i4[rows]: numbers of rows, a line's stay together
    ends: np.ndarray  # i4[rows]: where the part that begins here ends
    frames: np.ndarray  # i8[frames, 8]
    frame_weight: np.ndarray  # f8[frames]
    frame_memory: np.ndarray  # u1[frames, b]
    frame_registers: np.ndarray  # u1[frames, registers]
    counts: np.ndarray  # i4[effects]: 0 between splits
    scratch: np.ndarray  # i4[3, rows]
    values: np.ndarray  # u1[sources]
    ways: np.ndarray  # f8[edits + 1]
    best: np.ndarray  # u1[lines, 5]: a program with the most right cells (see `advance`)


def new_walk(family: Family) -> Walk:
    """At the beginning."""
    lines, rows = len(family.kind), int(family.offset[-1])
    words, registers = family.memory.shape[1], family.want_registers.shape[1]
    frames = min(rows + lines, len(family.memory) * family.steps, MAX_FRAMES) + 1
    at = np.zeros(12, np.int64)
    at[LEFT] = family.edits
    at[RUNNING] = 1
    at[BEST] = -1
    sizes = np.diff(family.offset)[family.kind == HOLE].astype(np.float64)
    memory = np.zeros((2, words), np.uint8)
    memory[0] = family.memory[0]
    return Walk(
        at, np.array([sizes.prod(), 0.0, 0.0]), memory, np.zeros((2, registers), np.uint8),
        np.zeros(lines, np.uint8), family.kind.copy(),
        np.arange(rows, rows + lines, dtype=np.int32),
        family.offset[:-1].copy(), family.offset[1:].copy(),
        np.arange(rows, dtype=np.int32), np.zeros(rows, np.int32),
        np.zeros((frames, 8), np.int64), np.zeros(frames),
        np.zeros((frames, words), np.uint8), np.zeros((frames, registers), np.uint8),
        np.zeros(REGISTERS + (registers + words) * words, np.int32),
        np.zeros((3, rows), np.int32), np.zeros(len(family.sources), np.uint8),
        np.zeros(family.edits + 1), family.rows[rows:].copy(),
    )  # fmt: skip


@kernel
def _effect(rows, i, memory, registers, table, line):
    """The number of what an instruction does to this state."""
    number = rows[i, 0]
    words = memory.shape[0]
    if number == HALT:
        return ENDS
    a = registers[rows[i, 1]]
    if number == JUMP:
        return LABELS + rows[i, 4] if a == 0 and rows[i, 4] != line + 1 else NOTHING
    if number == WRITE:
        value = registers[rows[i, 2]]
        if memory[a] == value:
            return NOTHING
        return REGISTERS + (registers.shape[0] + a) * words + value
    if not OUTPUTS[number]:
        return NOTHING
    value = memory[a] if number == READ else table[number, a, registers[rows[i, 2]]]
    out = rows[i, 3]
    return NOTHING if registers[out] == value else REGISTERS + out * words + value


@kernel
def _effects(family, walk, low, high, line):
    """scratch[0]: what the instructions order[low:high] do to the running state. Of many, first
    what each source yields."""
    memory, registers, order = walk.memory[0], walk.registers[0], walk.order
    rows, table, source, values = family.rows, family.table, family.source, walk.values
    sources, out = family.sources, walk.scratch
    words = memory.shape[0]
    many = high - low > 2 * sources.shape[0]
    if many:
        for i in range(sources.shape[0]):
            a = registers[sources[i, 1]]
            if sources[i, 0] == READ:
                values[i] = memory[a]
            else:
                values[i] = table[sources[i, 0], a, registers[sources[i, 2]]]
    for i in range(low, high):
        row = order[i]
        if many and source[row] >= 0:
            value = values[source[row]]
            target = rows[row, 3]
            changes = registers[target] != value
            out[0, i - low] = REGISTERS + target * words + value if changes else NOTHING
        else:
            out[0, i - low] = _effect(rows, row, memory, registers, table, line)


@kernel
def _split(family, walk, low, high, line):
    """Sorts order[low:high] into parts of one effect each; how many there are."""
    _effects(family, walk, low, high, line)
    order, ends, counts, scratch = walk.order, walk.ends, walk.counts, walk.scratch
    parts = 0
    for i in range(high - low):
        effect = scratch[0, i]
        if counts[effect] == 0:
            scratch[1, parts] = effect
            parts += 1
        counts[effect] += 1
    if parts > 1:
        begin = low
        for part in range(parts):
            effect = scratch[1, part]
            size = counts[effect]
            ends[begin] = begin + size
            counts[effect] = begin
            begin += size
        for i in range(low, high):
            scratch[2, i - low] = order[i]
        for i in range(high - low):
            effect = scratch[0, i]
            order[counts[effect]] = scratch[2, i]
            counts[effect] += 1
    elif parts == 1:
        ends[low] = high
    for part in range(parts):
        counts[scratch[1, part]] = 0
    return parts


@kernel
def _execute(rows, i, memory, registers, table, line):
    """Executes an instruction; the next line, or −1 at a halt."""
    number = rows[i, 0]
    if number == HALT:
        return np.int64(-1)
    a = registers[rows[i, 1]]
    if number == JUMP:
        return np.int64(rows[i, 4]) if a == 0 else line + 1
    if number == READ:
        registers[rows[i, 3]] = memory[a]
    elif number == WRITE:
        memory[a] = registers[rows[i, 2]]
    elif OUTPUTS[number]:
        registers[rows[i, 3]] = table[number, a, registers[rows[i, 2]]]
    return line + 1


@kernel
def _copy(source, i, target, j):
    for k in range(source.shape[1]):
        target[j, k] = source[i, k]


@kernel
def _same(bank):
    same = True
    for k in range(bank.shape[1]):
        same &= bank[0, k] == bank[1, k]
    return same


@kernel
def _right(family, example, memory, registers):
    """(right cells, wrong cells) of the final state."""
    want, mask = family.want, family.mask
    want_registers, mask_registers = family.want_registers, family.mask_registers
    right = wrong = 0
    for i in range(memory.shape[0]):
        if mask[example, i]:
            if memory[i] == want[example, i]:
                right += 1
            else:
                wrong += 1
    for i in range(registers.shape[0]):
        if mask_registers[example, i]:
            if registers[i] == want_registers[example, i]:
                right += 1
            else:
                wrong += 1
    return right, wrong


@kernel
def _write_program(family, walk, out):
    """The running program: of a part, the first instruction in the order of the family."""
    for line in range(out.shape[0]):
        row = walk.row[line]
        if family.kind[line] == HOLE or walk.bound[line] == CHANGED:
            row = walk.order[walk.low[line]]
            for i in range(walk.low[line] + 1, walk.high[line]):
                row = min(row, walk.order[i])
        for column in range(5):
            out[line, column] = family.rows[row, column]


@kernel
def _decided(family, walk):
    """How many programs behave like the running one: edits that are left may be anywhere that no
    run came to. (Elementary symmetric polynomials of the numbers of instructions there.)"""
    left = walk.at[LEFT]
    if left == 0:
        return walk.weight[0]
    ways = walk.ways
    ways[0] = 1
    for k in range(1, left + 1):
        ways[k] = 0
    for line in range(family.kind.shape[0]):
        if family.kind[line] == EDITABLE and walk.bound[line] == UNBOUND:
            size = family.offset[line + 1] - family.offset[line]
            for k in range(left, 0, -1):
                ways[k] += ways[k - 1] * size
    total = 0.0
    for k in range(left + 1):
        total += ways[k]
    return walk.weight[0] * total


@kernel
def _push(walk, line, taken, example, left, first):
    """A frame for the split at this line. Whether there was room."""
    depth = walk.at[DEPTH]
    if depth == walk.frames.shape[0]:
        return False
    frame = walk.frames[depth]
    frame[LINE] = line
    frame[TAKEN] = taken
    frame[EXAMPLE] = example
    frame[LEFT] = left
    frame[LOW] = walk.low[line]
    frame[HIGH] = walk.high[line]
    frame[NEXT] = walk.low[line]
    frame[FIRST] = first
    walk.frame_weight[depth] = walk.weight[0]
    _copy(walk.memory, 0, walk.frame_memory, depth)
    _copy(walk.registers, 0, walk.frame_registers, depth)
    walk.at[DEPTH] = depth + 1
    return True


@kernel
def _resume(family, walk):
    """Goes on with the next part of the innermost split. False if none is left anywhere."""
    at = walk.at
    lines = family.kind.shape[0]
    while at[DEPTH] > 0:
        depth = at[DEPTH] - 1
        frame = walk.frames[depth]
        line = frame[LINE]
        begin = frame[NEXT]
        if begin == frame[HIGH]:
            walk.low[line] = frame[LOW]
            walk.high[line] = frame[HIGH]
            walk.open[line] = 2
            if frame[FIRST]:
                walk.bound[line] = UNBOUND
                walk.open[line] = family.kind[line]
                walk.row[line] = family.offset[lines] + line
            at[DEPTH] = depth
            continue
        _copy(walk.frame_memory, depth, walk.memory, 0)
        _copy(walk.frame_registers, depth, walk.registers, 0)
        at[EXAMPLE] = frame[EXAMPLE]
        at[TAKEN] = frame[TAKEN]
        at[LEFT] = frame[LEFT]
        at[LINE] = line
        walk.weight[0] = walk.frame_weight[depth]
        if begin < 0:  # first of all, as it was
            walk.bound[line] = ORIGINAL
            walk.open[line] = 0
            frame[NEXT] = frame[LOW]
        else:
            end = walk.ends[begin]
            frame[NEXT] = end
            walk.bound[line] = CHANGED
            walk.low[line] = begin
            walk.high[line] = end
            walk.row[line] = walk.order[begin]
            walk.open[line] = 2 if end - begin > 1 else 0
            if not frame[FIRST] or family.kind[line] == HOLE:
                walk.weight[0] /= frame[HIGH] - frame[LOW]
            else:
                at[LEFT] -= 1
            walk.weight[0] *= end - begin
        return True
    return False


@kernel
def _begin(family, walk, example):
    """The start of a run on this example."""
    _copy(family.memory, example, walk.memory, 0)
    for i in range(walk.registers.shape[1]):
        walk.registers[0, i] = 0


@kernel
def _open(family, walk, line, taken, example, left):
    """Comes to a line that is not decided. 2 if all its instructions do the same, and there is
    nothing to decide yet; 0 if there is, and a frame for it; −2 if there is no room for one."""
    low, high = walk.low[line], walk.high[line]
    first = walk.bound[line] == UNBOUND
    parts = _split(family, walk, low, high, line)
    walk.at[SPLITS] += high - low
    if parts == 1 and not first:
        return 2
    if not _push(walk, line, taken, example, left, first):
        walk.at[LOST] += 1
        return -2
    if first and family.kind[line] == EDITABLE:
        walk.frames[walk.at[DEPTH] - 1, NEXT] = -1
    return 0


@kernel
def _follow(family, walk):
    """Runs on, up to the next split (then it returns 0, with a frame pushed) or to the end: 1 at
    a halt, −1 if it is cut off or is known to go round for ever, −2 if there is no room for a
    frame. Counts its work in `at`."""
    at = walk.at
    memory, registers = walk.memory[0], walk.registers[0]
    rows, table, open, row = family.rows, family.table, walk.open, walk.row
    must_halt, steps = family.must_halt, family.steps
    lines = open.shape[0]
    line, taken, example, left = at[LINE], at[TAKEN], at[EXAMPLE], at[LEFT]
    before = taken
    chosen = at[RUNNING] == 2
    backs = 0
    mark = 1
    ended = 2
    while ended == 2:
        if line >= lines:
            ended = 1
            break
        if taken == steps:
            ended = -1
            break
        if open[line] > 0 and (open[line] == 2 or left > 0) and not chosen:
            ended = _open(family, walk, line, taken, example, left)
            if ended != 2:
                break
        chosen = False
        taken += 1
        after = _execute(rows, row[line], memory, registers, table, line)
        if after < 0:
            ended = 1
        elif after <= line and must_halt:
            # A state that comes back comes back for ever: all holes in between are decided.
            if backs > 0 and at[MARK] == after and _same(walk.registers) and _same(walk.memory):
                ended = -1
            backs += 1
            if backs == mark:
                mark *= 2
                at[MARK] = after
                _copy(walk.memory, 0, walk.memory, 1)
                _copy(walk.registers, 0, walk.registers, 1)
        line = after
    at[STEPS] += taken - before
    at[LINE], at[TAKEN] = line, taken
    return ended


@kernel
def advance(family, walk, runs, work):
    """Goes on until a program passes every example (FOUND: it is in `walk.best`, and
    `weight[2]` says how many programs behave like it), so many runs have ended or so much work
    is done (PAUSED), or every program is decided (DONE).

    A run ends at the first example that it fails. `at[BEST]` is the most cells that came out
    right, those of later examples not counted; `walk.best` a program with so many."""
    at = walk.at
    last = at[EXECUTED] + runs
    most = at[STEPS] + at[SPLITS] + work
    while True:
        if at[RUNNING] == 0:
            if at[EXECUTED] >= last or at[STEPS] + at[SPLITS] >= most:
                return PAUSED
            if not _resume(family, walk):
                return DONE
            at[RUNNING] = 2
        ended = _follow(family, walk)
        at[RUNNING] = 0
        if ended == 0:
            if not _resume(family, walk):
                return DONE
            at[RUNNING] = 2
            continue
        example = at[EXAMPLE]
        score = family.cells[example]
        right = wrong = np.int64(0)
        if ended == -2 or (ended < 0 and family.must_halt):
            wrong = np.int64(1)
        else:
            right, wrong = _right(family, example, walk.memory[0], walk.registers[0])
        if wrong == 0 and example + 1 < family.memory.shape[0]:
            at[EXAMPLE] = example + 1
            at[LINE] = 0
            at[TAKEN] = 0
            at[RUNNING] = 1
            _begin(family, walk, example + 1)
            continue
        at[EXECUTED] += 1
        decided = _decided(family, walk)
        walk.weight[1] += decided
        if score + right > at[BEST] or wrong == 0:
            at[BEST] = score + right
            _write_program(family, walk, walk.best)
        if wrong == 0:
            walk.weight[2] = decided
            return FOUND
