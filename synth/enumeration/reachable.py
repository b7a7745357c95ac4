"""The inner loop of enumeration over pictures, compiled: which states can explain the examples?

A state holds memory and variables for every reading of the pictures, so it *is* the table of a
program's outcomes. It can explain an example if some reading of the example's pictures leads to the
expected words; a goal explains enough of them, alone or with one last `store`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Int16, Int64, UInt64

from bridge.batch import check_tests, run_test
from bridge.kernel import inner, kernel
from bridge.readings import NO_ANSWER, Outcomes, find_answer, outcome_key
from bridge.tests import Tests
from synth.enumeration.expand import CUT_OFF, KNOWN, NOTHING, Box, apply_next, check_box, named
from synth.enumeration.judge import (
    CONSTANTS,
    FORMS,
    LAST_NONE,
    LAST_STORE,
    TRUTHS,
    completion,
)
from synth.enumeration.statespace import Scratch, Statements, Store, insert, mix

__all__ = ["Wanted", "expand_readings", "explain_programs"]


class Wanted(NamedTuple):
    """What the examples ask of a program, reading by reading."""

    outcomes: Outcomes
    row_layout: Int64[np.ndarray, " readings"]
    """The layout of each row of the tests; those of a layout are neighbours."""
    weight: Int64[np.ndarray, " answers"]
    """How many examples expect each answer."""
    layout_weight: Int64[np.ndarray, " layouts"]
    """How many examples have each layout."""
    least: int
    """The fewest examples that a goal explains."""
    one_cell: bool
    """Whether each layout checks exactly one memory cell, and no register: then a last `store` is
    tried."""
    outputs: int
    """How many registers are checked, whichever variables may end there,"""
    places: Int64[np.ndarray, " registers"]
    """and which of these each register is, from 0; −1 for none."""


@inner("void(i8[:,::1],i8,i8,i8,i8,i8,i8,i8,i8)")
def _note(goals, row, state, last, one, other, shell, first, second):
    """Writes down a goal."""
    goals[row, 0], goals[row, 1], goals[row, 2], goals[row, 3] = state, last, one, other
    goals[row, 4], goals[row, 5], goals[row, 6] = shell, first, second


@inner
def _are_distinct(choice, variables, outputs):
    """Whether the choice, of a variable for each output, takes none twice."""
    taken = 0
    for _ in range(outputs):
        bit = 1 << (choice % variables)
        if taken & bit:
            return False
        taken |= bit
        choice //= variables
    return True


@inner
def _key_of(wanted, variables, layout, memory, registers, choice):
    """As `outcome_key`, where chosen variables are in the checked registers: the one of the i-th is
    the choice's digit i, in base `variables`."""
    outcomes = wanted.outcomes
    key = outcomes.owner[layout]
    for i in range(outcomes.checked.shape[1]):
        output = outcomes.checked[layout, i]
        if output < 0:
            break
        if output < outcomes.words:
            word = memory[output]
        else:
            of = choice
            for _ in range(wanted.places[output - outcomes.words]):
                of //= variables
            word = registers[of % variables]
        key += outcomes.zobrist[output, word]
    return key


@inner
def _table_hash(wanted, words, variables, memory, registers, value, choice, seen, now):
    """A hash of the table, if it explains enough of the examples; else 0. With a `value` ≥ 0, that
    completion word is in the checked cell of each layout; else chosen variables are in the checked
    registers. `seen` is scratch: the answers met in this pass have the number `now` there."""
    outcomes = wanted.outcomes
    prime = np.uint64(0x9E3779B97F4A7C15)
    h = np.uint64(1469598103934665603)
    explained, left = 0, wanted.layout_weight.sum()
    for e in range(memory.shape[0]):
        layout = wanted.row_layout[e]
        if value >= 0:
            word = completion(words, variables, memory, registers, value, e)
            key = outcomes.owner[layout] + outcomes.zobrist[outcomes.checked[layout, 0], word]
        else:
            key = _key_of(wanted, variables, layout, memory[e], registers[e], choice)
        answer = find_answer(outcomes, key)
        if answer != NO_ANSWER and seen[answer] != now:
            seen[answer] = now
            explained += wanted.weight[answer]
        h = (h ^ (h >> np.uint64(29)) ^ key) * prime
        if e + 1 == memory.shape[0] or wanted.row_layout[e + 1] != layout:
            left -= wanted.layout_weight[layout]
            if explained + left < wanted.least:
                return np.uint64(0)
    return mix(h) | np.uint64(1)


@inner
def _is_address(wanted, words, variables, memory, registers, number):
    """Whether that completion word is the checked cell's address, for every reading."""
    for e in range(memory.shape[0]):
        cell = wanted.outcomes.checked[wanted.row_layout[e], 0]
        if completion(words, variables, memory, registers, number, e) != cell:
            return False
    return True


@inner
def _goals(wanted, variables, memory, registers, tables, seen, goals, n, words, end):
    """Appends the goals, of tables that are new, that a state is or a last store makes of it. `end`
    is (state, shell, first, second), as goals have them."""
    state, shell, first, second = end
    for choice in range(variables**wanted.outputs):
        if not _are_distinct(choice, variables, wanted.outputs):
            continue
        seen[-1] += 1
        h = _table_hash(wanted, words, variables, memory, registers, -1, choice, seen, seen[-1])
        if h != 0 and insert(tables, h):
            _note(goals, n, state, LAST_NONE, 0, 0, shell, first, second)
            n += 1
    if not wanted.one_cell or first >= 0:
        return n
    addresses = CONSTANTS + FORMS * variables
    for address in range(addresses):
        if _is_address(wanted, words, variables, memory, registers, address):
            for value in range(addresses + TRUTHS * variables):
                seen[-1] += 1
                h = _table_hash(
                    wanted, words, variables, memory, registers, value, 0, seen, seen[-1]
                )
                if h != 0 and insert(tables, h):
                    _note(goals, n, state, LAST_STORE, address, value, -1, -1, -1)
                    n += 1
            break
    return n


@inner
def _program_hash(tests, wanted, code, memory, registers, seen):
    """As `_table_hash`, of a program; it is executed layout by layout until it fails."""
    outcomes = wanted.outcomes
    prime = np.uint64(0x9E3779B97F4A7C15)
    h = np.uint64(1469598103934665603)
    explained, left = 0, wanted.layout_weight.sum()
    seen[-1] += 1
    now = seen[-1]
    for e in range(tests.memory.shape[0]):
        for i in range(registers.shape[0]):  # nothing is preloaded where memory holds pictures
            registers[i] = 0
        if run_test(tests, e, code, registers, memory, registers) < 0 and tests.must_halt:
            return np.uint64(0)
        layout = wanted.row_layout[e]
        key = outcome_key(outcomes, layout, memory, registers)
        answer = find_answer(outcomes, key)
        if answer != NO_ANSWER and seen[answer] != now:
            seen[answer] = now
            explained += wanted.weight[answer]
        h = (h ^ (h >> np.uint64(29)) ^ key) * prime
        if e + 1 == tests.memory.shape[0] or wanted.row_layout[e + 1] != layout:
            left -= wanted.layout_weight[layout]
            if explained + left < wanted.least:
                return np.uint64(0)
    return mix(h) | np.uint64(1)


@kernel
def _explain(tests, wanted, code, memory, registers, tables, seen, out):
    check_tests(tests, memory.shape[0], registers.shape[0])
    if code.shape[2] != 5 or out.shape[0] != code.shape[0]:
        raise ValueError("code [programs, lines, 5] expected, and a bit for each program")
    if wanted.row_layout.shape[0] != tests.memory.shape[0]:
        raise ValueError("a layout for each test expected")
    if seen.shape[0] != wanted.weight.shape[0] + 1:
        raise ValueError("seen: a number for each answer, and one more, expected")
    for p in range(code.shape[0]):
        h = _program_hash(tests, wanted, code[p], memory, registers, seen)
        out[p] = h != 0 and insert(tables, h)


def explain_programs(
    tests: Tests,
    wanted: Wanted,
    code: Int16[np.ndarray, "programs lines 5"],
    tables: UInt64[np.ndarray, " slots"],
    seen: Int64[np.ndarray, " answers+1"],
) -> Bool[np.ndarray, " programs"]:
    """Which programs can explain enough of the examples, and have a table that is none of `tables`,
    to which it is added: these must have twice as many slots as that may make them hold."""
    memory = np.empty(tests.memory.shape[1], np.uint8)
    registers = np.empty(tests.mask_registers.shape[1], np.uint8)
    out = np.empty(len(code), bool)
    _explain(tests, wanted, np.ascontiguousarray(code), memory, registers, tables, seen, out)
    return out


def expand_readings(
    tests: Tests,
    statements: Statements,
    store: Store,
    box: Box,
    cursor: Int64[np.ndarray, " 12"],
    most: int,
    scratch: Scratch,
    wanted: Wanted,
    tables: UInt64[np.ndarray, " slots"],
    seen: Int64[np.ndarray, " answers+1"],
    goals: Int64[np.ndarray, "most 7"],
) -> tuple[int, int]:
    """As `synth.enumeration.expand.expand`, but for the goals: each has a table that is none of
    `tables`, to which it is added."""
    arguments: Any = tests, statements, store, scratch, box, cursor, most
    return _expand(*arguments, wanted, tables, seen, goals)


@kernel
def _expand(tests, statements, store, scratch, box, cursor, most, wanted, tables, seen, goals):
    check_box(tests, statements, store, scratch, box, cursor, most)
    words, n, executed = tests.memory.shape[1], np.int64(0), np.int64(0)
    none = np.int64(-1)
    while executed < most:
        made = apply_next(tests, statements, store, scratch, box, cursor)
        if made == NOTHING:
            break
        executed += 1
        if made == KNOWN:
            continue
        end = store.length[0] - 1, np.int64(0), none, none
        if made == CUT_OFF:  # where it was cut off, it may be right
            end = cursor[4], cursor[5], cursor[6], cursor[7]
        n = _goals(
            wanted, named(box), scratch.memory, scratch.registers, tables, seen, goals, n,
            words, end
        )  # fmt: skip
    return n, executed
