"""The inner loop of enumeration, compiled: statements applied to states, none twice.

A *state* holds memory and variables on every example at once, so a statement is executed on all
examples, and two programs that lead to the same state are one: whatever follows behaves alike.
Variables can be renamed, so states that differ by a permutation of variables count as one too, and
a statement that differs from another by variables that are alike in a state is not tried there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from jaxtyping import Int64

from bridge.batch import check_tests
from bridge.kernel import inlined, inner, kernel
from bridge.tests import Tests
from synth.enumeration.judge import GOAL, judge
from synth.enumeration.lanes import LANES
from synth.enumeration.orders import JOINED, LENGTHS, MAX_VARIABLES, ORDERS
from synth.enumeration.sizes import MAX_REGISTERS
from synth.enumeration.statespace import (
    Scratch,
    Statements,
    Store,
    alike,
    compose,
    copy_state,
    execute,
    insert,
    lay_out,
    replay,
    state_hash,
)

__all__ = ["CURSOR", "CUT_OFF", "KNOWN", "NEW", "NOTHING", "Box", "Expand", "Range"]
__all__ += ["apply_next", "check_box", "expand", "named"]

Range = tuple[int, int]
"""From, to."""

NOTHING, KNOWN, NEW, CUT_OFF = 0, 1, 2, 3
"""What `apply_next` says: nothing was executed; it led to a state that is known, or to a new one;
it did not end, and need not."""
CURSOR: Final = 12
"""Where the walk through a box is: the next state, shell, first and second; then the state at hand,
and the shell, first and second that were executed last; then the state, shell, first and second
before which it ends."""
_SKIPS: Final = 1_000_000
"""How many statements are passed over until the caller may look at the clock."""


class Box(NamedTuple):
    """The statements shells × firsts × seconds, each to be applied to each of the states."""

    used: int
    """How many variables the programs use that lead to these states."""
    variables: int
    """How many they use with the statement (none counts as one): others are left to other
    boxes."""
    states: Range
    shells: Range
    firsts: Range
    seconds: Range
    """(−1, 0) means none."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many there are of each."""
        return tuple(high - low for low, high in self[2:])

    @property
    def size(self) -> int:
        """How many pairs of a statement and a state."""
        return math.prod(self.shape)

    def cursor(self, place: int, end: int | None = None) -> Int64[np.ndarray, " 12"]:
        """The cursor that so many pairs have passed, of so many (by default, of all)."""
        here, there = map(self._pair, (place, self.size if end is None else end))
        return np.array([*here, -1, -1, -1, -1, *there], np.int64)

    def _pair(self, place: int) -> Sequence[int]:
        """The state, shell, first and second of that place."""
        if place >= self.size:
            where = (self.shape[0], 0, 0, 0)
        else:
            where = np.unravel_index(place, self.shape)
        return [int(low + at) for (low, _), at in zip(self[2:], where, strict=True)]

    def place(self, pair: Sequence[int] | Int64[np.ndarray, " n"]) -> int:
        """How many pairs come before that one, or before a cursor's next."""
        place = 0
        for at, (low, high) in zip(pair, self[2:], strict=False):
            place = place * (high - low) + int(at) - low
        return place


Expand = Callable[
    [Statements, Store, Box, Int64[np.ndarray, " 12"], int],
    tuple[Int64[np.ndarray, "goals 7"], int],
]
"""What applies statements to states, going on from a cursor until it is at its end, or so many are
executed: the goals met, and how many were (`expand`, its examples and its room for goals given)."""


@inner
def check_box(tests, statements, store, scratch, box, cursor, most):
    """That states and statements are there, and room for what they make."""
    check_tests(tests, tests.memory.shape[1], tests.expect_registers.shape[1])
    examples, words = tests.memory.shape
    bank = -(-examples // LANES), words + MAX_REGISTERS, LANES
    if examples == 0 or scratch.memory.shape != (examples, words):
        raise ValueError("scratch: memories [examples, words] expected")
    if scratch.registers.shape != (examples, MAX_REGISTERS):
        raise ValueError("scratch: registers [examples, MAX_REGISTERS] expected")
    if scratch.first.shape != bank or scratch.start.shape != bank or scratch.now.shape != bank:
        raise ValueError("scratch: banks [groups, words + MAX_REGISTERS, LANES] expected")
    if scratch.now_words.shape != (bank[0], bank[1], LANES // 8):
        raise ValueError("scratch: a bank as 64-bit words expected")
    if scratch.before.shape != bank[1:] or scratch.got.shape != (1, LANES):
        raise ValueError("scratch: room for one bank, and for a row, expected")
    if scratch.taken.shape[0] != LANES or scratch.usable.shape[0] != len(LENGTHS):
        raise ValueError("scratch: steps of all lanes, and all orders, expected")
    for e in range(examples):
        if tests.steps[e] != tests.steps[0]:
            raise ValueError("tests: runs that are cut off after as many steps expected")
    made, count = store.length[0], statements.template.shape[0]
    around = statements.shell_template.shape[0]
    states, shells, firsts, seconds = box.states, box.shells, box.firsts, box.seconds
    if statements.uses.shape[0] != count or statements.shell_uses.shape[0] != around:
        raise ValueError("statements: the order of variables of each expected")
    if states[0] < 0 or states[1] > made or shells[0] < 0 or shells[1] > around:
        raise ValueError("expand: no such states, or no such shells")
    if firsts[0] < 0 or firsts[1] > count or seconds[0] < -1 or seconds[1] > count:
        raise ValueError("expand: no such statements")
    if cursor.shape[0] != CURSOR or box.used < 0 or box.variables > MAX_VARIABLES:
        raise ValueError("expand: a cursor, and variables, expected")
    if cursor[0] < states[0] or cursor[1] < shells[0]:
        raise ValueError("expand: the cursor is not in the box")
    if cursor[2] < firsts[0] or cursor[3] < seconds[0]:
        raise ValueError("expand: the cursor is not in the box")
    room = min(store.made.shape[0], store.score.shape[0], store.hash.shape[0])
    if made + most > min(room, store.seen.shape[0] - 1):
        raise ValueError("expand: the store has no room for what these may make")


@inner
def named(box):
    """How many variables a last statement may name: those of the program, and one that is 0."""
    return min(box.variables + 1, MAX_VARIABLES)


@inner
def _note_usable(scratch, used, variables):
    """Notes which statements, by their order of variables, are worth a try in the state at hand: 1
    are those that use an earlier one of variables that hold the same words before a later one; 2
    those with which, besides, the program uses so many variables."""
    usable, words = scratch.usable, scratch.memory.shape[1]
    same = 0  # bit 4 v + w: whether w < v holds the same words
    for v in range(1, variables):
        for w in range(v):
            if alike(scratch.start, words + v, words + w):
                same |= 1 << (MAX_VARIABLES * v + w)
    for order in range(LENGTHS.shape[0]):
        seen, top, fits = 0, max(used, 1), True
        for k in range(LENGTHS[order]):
            v = ORDERS[order, k]
            earlier = (same >> (MAX_VARIABLES * v)) & ((1 << v) - 1)
            if earlier & ~seen:
                fits = False
            seen |= 1 << v
            top = max(top, v + 1)
        usable[order] = fits + (fits and top == variables)


@inlined
def _before(state, shell, one, other, cursor):
    """Whether that pair comes before the end of the walk."""
    if state != cursor[8]:
        return state < cursor[8]
    if shell != cursor[9]:
        return shell < cursor[9]
    if one != cursor[10]:
        return one < cursor[10]
    return other < cursor[11]


@inlined
def apply_next(tests, statements, store, scratch, box, cursor):
    """Goes to the next pair of statement and state that is worth a try, and executes it. Memory and
    registers of the scratch are what comes out, where that is new, or was cut off; a new state goes
    to the store."""
    states, shells, firsts, seconds = box.states, box.shells, box.firsts, box.seconds
    state, shell, one, other, at_hand = cursor[0], cursor[1], cursor[2], cursor[3], cursor[4]
    usable, found = scratch.usable, False
    for _ in range(_SKIPS):
        if state >= states[1] or not _before(state, shell, one, other, cursor):
            break
        skip = 3  # how many of the four go on to the next, from the last
        if state != at_hand:
            at_hand = state
            if replay(tests, statements, store, scratch, state):
                _note_usable(scratch, box.used, box.variables)
            else:
                usable[:] = 0
        order = statements.shell_uses[shell]
        if usable[order] > 0:
            skip = 2
            order = JOINED[order, statements.uses[one]]
            if usable[order] > 0:
                skip = 1
                if other >= 0:
                    order = JOINED[order, statements.uses[other]]
                found = usable[order] > 1
        if found:
            cursor[5], cursor[6], cursor[7] = shell, one, other
        other = other + 1 if skip < 2 else np.int64(seconds[1])
        if other >= seconds[1]:
            other = np.int64(seconds[0])
            one = one + 1 if skip < 3 else np.int64(firsts[1])
            if one >= firsts[1]:
                one = np.int64(firsts[0])
                shell += 1
                if shell >= shells[1]:
                    shell = np.int64(shells[0])
                    state += 1
        if found:
            break
    cursor[0], cursor[1], cursor[2], cursor[3], cursor[4] = state, shell, one, other, at_hand
    if not found:
        return NOTHING
    shell, one, other = np.int32(cursor[5]), np.int32(cursor[6]), np.int32(cursor[7])
    lines = compose(statements, shell, one, other, scratch.code)
    copy_state(scratch.start, scratch.now, tests.memory.shape[1])
    if not execute(tests, scratch, lines, scratch.now):
        if tests.must_halt:
            return KNOWN
        lay_out(scratch)
        return CUT_OFF
    h = state_hash(scratch)
    if not insert(store.seen, h):
        return KNOWN
    lay_out(scratch)
    new = store.length[0]
    made = store.made[new]
    made[0], made[1], made[2], made[3] = np.int32(at_hand), shell, one, other
    store.hash[new] = h
    store.length[0] += 1
    return NEW


def expand(
    tests: Tests,
    statements: Statements,
    store: Store,
    box: Box,
    cursor: Int64[np.ndarray, " 12"],
    most: int,
    scratch: Scratch,
    may_fail: int,
    goals: Int64[np.ndarray, "most 7"],
) -> tuple[int, int]:
    """Goes on with a box from the cursor, which moves, until it has executed `most`, has come to
    the cursor's end, or has passed over very many. New states go to the store, which must have
    room.

    Returns the number of goals, the rows of `goals`: a state that is right, or is after a last
    `store` or `swap` (see `synth.enumeration.judge`), or is when a statement that does not end
    (shell, first, second) is cut off; −1 where there is none. What is right fails no more
    examples than may fail. And how many were executed."""
    arguments: Any = tests, may_fail, statements, store, scratch, box, cursor, most, goals
    return _expand(*arguments)


@kernel
def _expand(tests, may_fail, statements, store, scratch, box, cursor, most, goals):
    check_box(tests, statements, store, scratch, box, cursor, most)
    if scratch.at.shape != (tests.memory.shape[0], 2) or goals.shape[1] != GOAL:
        raise ValueError("scratch: at [examples, 2], goals [most, GOAL] expected")
    n_goals = executed = np.int64(0)
    none = np.int64(-1)
    while executed < most:
        made = apply_next(tests, statements, store, scratch, box, cursor)
        if made == NOTHING:
            break
        executed += 1
        if made == KNOWN:
            continue
        new, what = store.length[0] - 1, (np.int64(0), none, none)
        if made == CUT_OFF:  # where it was cut off, it may be right
            new, what = cursor[4], (cursor[5], cursor[6], cursor[7])
        score, n_goals = judge(
            tests, may_fail, named(box), scratch.memory, scratch.registers, scratch.at, goals,
            n_goals, new, *what
        )  # fmt: skip
        if made == NEW:
            store.score[new] = score
    return n_goals, executed
