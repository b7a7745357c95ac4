"""Walks, compiled, over the distinct behaviours of a family (`synth.discrete.behaviours`)."""

from __future__ import annotations

import numpy as np

from bridge.batch import check_tests, count_wrong, execute, start_test
from bridge.kernel import inlined, inner, kernel
from synth.discrete import behaviours as col
from synth.discrete.behaviours import CHANGED, EDITABLE, HOLE, ORIGINAL, UNBOUND
from synth.discrete.split import copy_row, is_back, split

__all__ = ["DONE", "FOUND", "PAUSED", "advance"]

DONE, PAUSED, FOUND = 0, 1, 2


@inner
def _check(family, walk):
    """That family and walk are of one program, and of one machine."""
    lines, words, registers = family.kind.shape[0], walk.memory.shape[1], walk.registers.shape[1]
    check_tests(family.tests, words, registers)
    frames, rows = walk.frames.shape[0], walk.order.shape[0]
    if walk.memory.shape[0] != 2 or walk.registers.shape[0] != 2 or walk.at.shape[0] != 15:
        raise ValueError("walk: two states, and 15 places of what it is at, expected")
    if walk.row.shape[0] != lines or walk.low.shape[0] != lines or walk.high.shape[0] != lines:
        raise ValueError("walk: not of as many lines as the family")
    if walk.bound.shape[0] != lines or walk.open.shape[0] != lines or walk.best.shape != (lines, 5):
        raise ValueError("walk: not of as many lines as the family")
    if family.offset.shape[0] != lines + 1 or family.rows.shape != (rows + lines, 5):
        raise ValueError("family: rows [instructions + lines, 5] expected")
    if walk.ends.shape[0] != rows or walk.scratch.shape != (3, rows):
        raise ValueError("walk: not of as many instructions as the family")
    if walk.frame_weight.shape[0] != frames or walk.frames.shape[1] != 8:
        raise ValueError("walk: frames [frames, 8] expected")
    if walk.frame_memory.shape != (frames, words) or walk.frame_registers.shape != (
        frames,
        registers,
    ):
        raise ValueError("walk: a state for each frame expected")
    if family.first.shape[0] != registers or family.ahead > lines:
        raise ValueError("family: a word for each register, and no more lines ahead, expected")
    if walk.values.shape[0] != family.sources.shape[0] or walk.ways.shape[0] <= family.edits:
        raise ValueError("walk: not of as many edits, or sources, as the family")
    if walk.counts.shape[0] < col.REGISTERS + (registers + words) * words:
        raise ValueError("walk: a count for each effect expected")


@inner
def _write_program(family, walk, out):
    """The running program: of a part, the first instruction in the order of the family."""
    for line in range(out.shape[0]):
        row = walk.row[line]
        if family.kind[line] == HOLE or walk.bound[line] == CHANGED:
            row = walk.order[walk.low[line]]
            for i in range(walk.low[line] + 1, walk.high[line]):
                row = min(row, walk.order[i])
        for column in range(5):  # of fixed length: twice as fast as `copy_row` here
            out[line, column] = family.rows[row, column]


@inner
def _decided(family, walk):
    """How many programs behave like the running one: edits that are left may be anywhere that no
    run came to. (Elementary symmetric polynomials of the numbers of instructions there.)"""
    left = walk.at[col.LEFT]
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


@inlined
def _push(walk, line, taken, example, left, first):
    """A frame for the split at this line. Whether there was room."""
    depth = walk.at[col.DEPTH]
    if depth == walk.frames.shape[0]:
        return False
    frame = walk.frames[depth]
    frame[col.LINE] = line
    frame[col.TAKEN] = taken
    frame[col.EXAMPLE] = example
    frame[col.LEFT] = left
    frame[col.LOW] = walk.low[line]
    frame[col.HIGH] = walk.high[line]
    frame[col.NEXT] = walk.low[line]
    frame[col.FIRST] = first
    walk.frame_weight[depth] = walk.weight[0]
    copy_row(walk.memory, 0, walk.frame_memory, depth)
    copy_row(walk.registers, 0, walk.frame_registers, depth)
    walk.at[col.DEPTH] = depth + 1
    return True


@inlined
def _resume(family, walk):
    """Goes on with the next part of the innermost split. False if none is left anywhere."""
    at = walk.at
    lines = family.kind.shape[0]
    while at[col.DEPTH] > 0:
        depth = at[col.DEPTH] - 1
        frame = walk.frames[depth]
        line = frame[col.LINE]
        begin = frame[col.NEXT]
        if begin == frame[col.HIGH]:
            walk.low[line] = frame[col.LOW]
            walk.high[line] = frame[col.HIGH]
            walk.open[line] = 2
            if frame[col.FIRST]:
                walk.bound[line] = UNBOUND
                walk.open[line] = family.kind[line]
                walk.row[line] = family.offset[lines] + line
            at[col.DEPTH] = depth
            continue
        copy_row(walk.frame_memory, depth, walk.memory, 0)
        copy_row(walk.frame_registers, depth, walk.registers, 0)
        at[col.EXAMPLE] = frame[col.EXAMPLE]
        at[col.TAKEN] = frame[col.TAKEN]
        at[col.LEFT] = frame[col.LEFT]
        at[col.LINE] = line
        walk.weight[0] = walk.frame_weight[depth]
        if begin < 0:  # first of all, as it was
            walk.bound[line] = ORIGINAL
            walk.open[line] = 0
            frame[col.NEXT] = frame[col.LOW]
        else:
            end = walk.ends[begin]
            frame[col.NEXT] = end
            first = frame[col.FIRST] and family.kind[line] == EDITABLE
            if first and frame[col.LEFT] == family.edits:
                at[col.DEALT] += 1
                if at[col.DEALT] % at[col.SHARES] != at[col.SHARE]:  # another walk's
                    continue
            walk.bound[line] = CHANGED
            walk.low[line] = begin
            walk.high[line] = end
            walk.row[line] = walk.order[begin]
            walk.open[line] = 2 if end - begin > 1 else 0
            if not frame[col.FIRST] or family.kind[line] == HOLE:
                walk.weight[0] /= frame[col.HIGH] - frame[col.LOW]
            else:
                at[col.LEFT] -= 1
            walk.weight[0] *= end - begin
        return True
    return False


@inlined
def _open(family, walk, line, taken, example, left):
    """Comes to a line that is not decided. 2 if all its instructions do the same, and there is
    nothing to decide yet; 0 if there is, and a frame for it; −2 if there is no room for one."""
    low, high = walk.low[line], walk.high[line]
    first = walk.bound[line] == UNBOUND
    parts = split(family, walk, low, high, line)
    walk.at[col.SPLITS] += high - low
    if parts == 1 and not first:
        return 2
    if not _push(walk, line, taken, example, left, first):
        walk.at[col.LOST] += 1
        return -2
    if first and family.kind[line] == EDITABLE:
        walk.frames[walk.at[col.DEPTH] - 1, col.NEXT] = -1
    return 0


@inlined
def _follow(family, walk):
    """Runs on, up to the next split (then it returns 0, with a frame pushed) or to the end: 1 at
    a halt, −1 if it is cut off or is known to go round for ever, −2 if there is no room for a
    frame. Counts its work in `at`."""
    at = walk.at
    memory, registers = walk.memory[0], walk.registers[0]
    rows, table, open, row = family.rows, family.tests.table, walk.open, walk.row
    must_halt, steps = family.tests.must_halt, family.tests.steps[at[col.EXAMPLE]]
    lines, ahead = open.shape[0], family.ahead
    line, taken, example, left = at[col.LINE], at[col.TAKEN], at[col.EXAMPLE], at[col.LEFT]
    before = taken
    chosen = at[col.RUNNING] == 2
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
        if line < ahead:
            registers[rows[row[line], 3]] = rows[row[line], 4]
            line += 1
            continue
        after = execute(rows, row[line], memory, registers, table, line)
        if after < 0:
            ended = 1
        elif after <= line and must_halt:
            # A state that comes back comes back for ever: all holes in between are decided.
            marked = backs > 0 and at[col.MARK] == after
            if marked and is_back(walk.registers) and is_back(walk.memory):
                ended = -1
            backs += 1
            if backs == mark:
                mark *= 2
                at[col.MARK] = after
                copy_row(walk.memory, 0, walk.memory, 1)
                copy_row(walk.registers, 0, walk.registers, 1)
        line = after
    at[col.STEPS] += taken - before
    at[col.LINE], at[col.TAKEN] = line, taken
    return ended


@kernel
def advance(family, walk, runs, work):
    """Goes on until a program passes every example (FOUND: it is in `walk.best`, and
    `weight[2]` says how many programs behave like it), so many runs have ended or so much work
    is done (PAUSED), or every program is decided (DONE).

    A run ends at the first example that it fails. `at[col.BEST]` is the most cells that came out
    right, those of later examples not counted; `walk.best` a program with so many."""
    at = walk.at
    _check(family, walk)
    last = at[col.EXECUTED] + runs
    most = at[col.STEPS] + at[col.SPLITS] + work
    while True:
        if at[col.RUNNING] == 0:
            if at[col.EXECUTED] >= last or at[col.STEPS] + at[col.SPLITS] >= most:
                return PAUSED
            if not _resume(family, walk):
                return DONE
            at[col.RUNNING] = 2
        ended = _follow(family, walk)
        at[col.RUNNING] = 0
        if ended == 0:
            if not _resume(family, walk):
                return DONE
            at[col.RUNNING] = 2
            continue
        example = at[col.EXAMPLE]
        tests, score = family.tests, family.before[example]
        right, wrong = np.int64(0), np.int64(1)
        if ended != -2 and (ended > 0 or not tests.must_halt):
            wrong = count_wrong(tests, example, walk.memory[0], walk.registers[0])
            right = tests.cells[example] - wrong
        if wrong == 0 and example + 1 < tests.memory.shape[0]:
            at[col.EXAMPLE] = example + 1
            at[col.LINE] = 0
            at[col.TAKEN] = -family.ahead
            at[col.RUNNING] = 1
            start_test(family.tests, example + 1, family.first, walk.memory[0], walk.registers[0])
            continue
        if at[col.LEFT] == family.edits and at[col.SHARE] > 0:  # without an edit: the first walk's
            continue
        at[col.EXECUTED] += 1
        decided = _decided(family, walk)
        walk.weight[1] += decided
        if score + right > at[col.BEST] or wrong == 0:
            at[col.BEST] = score + right
            _write_program(family, walk, walk.best)
        if wrong == 0:
            walk.weight[2] = decided
            return FOUND
