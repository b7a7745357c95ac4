"""Families of programs, and where a walk over their behaviours is (`synth.discrete.walk`).

A family is a program in which some lines are *holes*, each with the set of instructions that may
stand there, and some more may be *edited* at will, a number of them at most. Nothing is decided
before it matters: a run that first comes to a hole splits the hole's set by what its instructions
do to the state at hand, and follows each part on its own; when it comes there again, the part is
split again. So programs that behave alike are executed once, prefixes of runs are shared, and
lines that no run reaches cost nothing, yet every program of the family is decided.

What registers start with may be edited, too: the words that a register may start with are the
instructions of a *line before the program*, one for each register, which takes no step.

Several walks can share a family: where a run comes to its first edit, the parts are dealt out
between them, and what has no edit falls to the first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge.tests import Tests

__all__ = ["Family", "Walk", "new_walk"]

FIXED, EDITABLE, HOLE = 0, 1, 2
UNBOUND, ORIGINAL, CHANGED = 0, 1, 2

# Of the state of a walk: columns of `Walk.at`, and of a frame.
LINE, TAKEN, EXAMPLE, LEFT, LOW, HIGH, NEXT, FIRST = range(8)
DEPTH, RUNNING, EXECUTED, STEPS, SPLITS, BEST, LOST, MARK = range(4, 12)
SHARE, SHARES, DEALT = range(12, 15)

# What an instruction may do: nothing, halt, jump to a label, set a register, set a cell.
NOTHING, ENDS, LABELS, REGISTERS = 0, 1, 2, 67
MAX_FRAMES = 1 << 15


class Family(NamedTuple):
    """The programs, and what they are tested on. Lines before the program count as lines here, and
    as targets of jumps."""

    kind: np.ndarray  # u1[lines]: FIXED, EDITABLE or HOLE
    rows: np.ndarray  # u1[rows, 5]: the instructions for each line, one line behind another;
    # then the program (what stands in a hole is never looked at)
    offset: np.ndarray  # i4[lines + 1]: where a line's instructions begin
    source: np.ndarray  # i4[rows]: what an instruction puts in its register, −1 if nothing
    sources: np.ndarray  # u1[sources, 5]: instructions, all that differ in more than OUT
    tests: Tests
    edits: int  # the most lines that are edited
    before: np.ndarray  # i8[examples]: cells checked in the examples before
    first: np.ndarray  # u1[registers]: what registers start with, before these lines
    ahead: int  # how many lines stand before the program: rows (NOOP, 0, 0, register, word)


class Walk(NamedTuple):
    """Where a walk is: the running state, and a frame for each split that it is within."""

    at: np.ndarray  # i8[15]: see the columns above
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


def new_walk(family: Family, share: int = 0, shares: int = 1) -> Walk:
    """At the beginning of that share, from 0, of so many."""
    lines, rows = len(family.kind), int(family.offset[-1])
    words, registers = family.tests.memory.shape[1], family.tests.expect_registers.shape[1]
    steps = int((family.tests.steps + family.ahead).sum())
    frames = min(rows + lines, steps, MAX_FRAMES) + 1
    at = np.zeros(15, np.int64)
    at[[SHARE, SHARES, LEFT, RUNNING, BEST]] = share, shares, family.edits, 1, -1
    at[TAKEN] = -family.ahead
    sizes = np.diff(family.offset)[family.kind == HOLE].astype(np.float64)
    memory = np.zeros((2, words), np.uint8)
    memory[0] = family.tests.memory[0]
    first = np.zeros((2, registers), np.uint8)
    first[0] = family.first
    return Walk(
        at=at,
        weight=np.array([sizes.prod(), 0.0, 0.0]),
        memory=memory,
        registers=first,
        bound=np.zeros(lines, np.uint8),
        open=family.kind.copy(),
        row=np.arange(rows, rows + lines, dtype=np.int32),
        low=family.offset[:-1].copy(),
        high=family.offset[1:].copy(),
        order=np.arange(rows, dtype=np.int32),
        ends=np.zeros(rows, np.int32),
        frames=np.zeros((frames, 8), np.int64),
        frame_weight=np.zeros(frames),
        frame_memory=np.zeros((frames, words), np.uint8),
        frame_registers=np.zeros((frames, registers), np.uint8),
        counts=np.zeros(REGISTERS + (registers + words) * words, np.int32),
        scratch=np.zeros((3, rows), np.int32),
        values=np.zeros(len(family.sources), np.uint8),
        ways=np.zeros(family.edits + 1),
        best=family.rows[rows:].copy(),
    )
