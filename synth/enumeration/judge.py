"""How right a state is, compiled: its score, and the goals it is or a last statement makes it.

The last statement, a `store` or a `swap`, has *completion words* for arguments; they are numbered,
and `synth.enumeration.search.completion_word` says which term a number stands for.
"""

from __future__ import annotations

import numpy as np

from bridge.kernel import inner

__all__ = ["CONSTANTS", "FORMS", "GOAL", "LAST_NONE", "LAST_STORE", "LAST_SWAP", "TRUTHS"]
__all__ += ["completion", "judge"]

CONSTANTS, FORMS, TRUTHS = 3, 6, 4
"""How many completion words there are: constants; then of each variable; then of each variable
such as are 1 or 0, and no addresses."""
LAST_NONE, LAST_STORE, LAST_SWAP = 0, 1, 2
BEYOND = -2
"""Stands for the wrong cells of an example that no last statement mends."""
GOAL = 7
"""Columns of a goal: state, last statement, its two arguments, shell, first, second."""


@inner
def _registers_wrong(tests, variables, registers):
    """The sum over expected registers of the fewest examples on which one variable is wrong."""
    total = 0
    for r in range(tests.expect_registers.shape[1]):
        least = registers.shape[0]
        for v in range(variables):
            wrong = 0
            for e in range(registers.shape[0]):
                if tests.mask_registers[e, r] and registers[e, v] != tests.expect_registers[e, r]:
                    wrong += 1
            least = min(least, wrong)
        total += least
    return total


@inner
def completion(words, variables, memory, registers, number, e):
    """The value of a completion word on an example: a constant 0 … 2; or of a variable v one of v,
    v + 1, v + 2, v − 1, memory[v], memory[v + 1]; or whether v, or memory[v], is 0 (1 or 0), or is
    not 0."""
    if number < CONSTANTS:
        return number % words
    number -= CONSTANTS
    if number < FORMS * variables:
        v = np.int64(registers[e, number // FORMS])
        form = number % FORMS
        if form < 3:
            return (v + form) % words
        if form == 3:
            return (v + words - 1) % words
        return np.int64(memory[e, (v + form - 4) % words])
    number -= FORMS * variables
    v = np.int64(registers[e, number // TRUTHS])
    form = number % TRUTHS
    if form > 1:
        v = np.int64(memory[e, v])
    return np.int64((v == 0) == (form % 2 == 0))


@inner
def _store_completes(tests, allowed, variables, memory, registers, at, address, value):
    """Whether the store mends the wrong cell of each example, or does no harm where none is, but
    for so many examples; with address −1: whether its value could."""
    failed = 0
    for e in range(memory.shape[0]):
        v = completion(tests.memory.shape[1], variables, memory, registers, value, e)
        fails = at[e, 0] == BEYOND or at[e, 1] >= 0
        if at[e, 0] >= 0 and v != tests.expect_memory[e, at[e, 0]]:
            fails = True
        if address >= 0 and not fails:
            a = completion(tests.memory.shape[1], variables, memory, registers, address, e)
            if at[e, 0] >= 0:
                fails = a != at[e, 0]
            elif tests.mask_memory[e, a] and tests.expect_memory[e, a] != v:
                fails = True
        failed += fails
        if failed > allowed:
            return False
    return True


@inner
def _swap_completes(tests, allowed, variables, memory, registers, at, one, other):
    """Whether the swap mends the wrong cells of each example and does no harm, but for so many."""
    failed = 0
    for e in range(memory.shape[0]):
        a = completion(tests.memory.shape[1], variables, memory, registers, one, e)
        b = completion(tests.memory.shape[1], variables, memory, registers, other, e)
        fails = at[e, 0] == BEYOND
        for i in range(2):
            if at[e, i] >= 0 and at[e, i] != a and at[e, i] != b:
                fails = True
        if tests.mask_memory[e, a] and tests.expect_memory[e, a] != memory[e, b]:
            fails = True
        if tests.mask_memory[e, b] and tests.expect_memory[e, b] != memory[e, a]:
            fails = True
        failed += fails
        if failed > allowed:
            return False
    return True


@inner("void(i8[:,::1],i8,i8,i8,i8,i8,i8,i8,i8)")
def _note(goals, row, state, last, one, other, shell, first, second):
    """Writes down a goal."""
    goals[row, 0], goals[row, 1], goals[row, 2], goals[row, 3] = state, last, one, other
    goals[row, 4], goals[row, 5], goals[row, 6] = shell, first, second


@inner
def judge(
    tests, may_fail, variables, memory, registers, at, goals, n_goals, state, shell, first, second
):
    """The state's score; goals that it is or that one last store or swap makes of it are appended:
    right on all examples but so many. A run that did not end is judged too: as the state before and
    the statement (`first` ≥ 0) cut off. `at` is scratch, i8[examples, 2]."""
    score = 0
    failed = several = many = 0  # examples with a wrong cell; with more than one; than two
    for e in range(memory.shape[0]):
        wrong = 0
        at[e, 0] = at[e, 1] = -1
        for i in range(tests.memory.shape[1]):
            if tests.mask_memory[e, i]:
                if memory[e, i] == tests.expect_memory[e, i]:
                    score += 2
                else:
                    at[e, wrong % 2] = i
                    wrong += 1
                    before = tests.memory[e, i]
                    if before != tests.expect_memory[e, i] and memory[e, i] != before:
                        score += 1
        failed += wrong > 0
        several += wrong > 1
        if wrong > 2:
            many += 1
            at[e, 0] = BEYOND
    registers_wrong = _registers_wrong(tests, variables, registers)
    score += 2 * (tests.mask_registers.sum() - registers_wrong)
    if many > may_fail or registers_wrong > may_fail:
        return score, n_goals
    if failed <= may_fail:
        if n_goals < goals.shape[0]:
            _note(goals, n_goals, state, LAST_NONE, 0, 0, shell, first, second)
            n_goals += 1
        if failed == 0:
            return score, n_goals
    if first >= 0:  # it never comes to a statement behind it
        return score, n_goals
    allowed = min(may_fail, failed - 1)  # a last statement that makes nothing better is none
    addresses = CONSTANTS + FORMS * variables
    for one in range(addresses + TRUTHS * variables):
        if several <= allowed and _store_completes(
            tests, allowed, variables, memory, registers, at, -1, one
        ):
            for address in range(addresses):
                if n_goals < goals.shape[0] and _store_completes(
                    tests, allowed, variables, memory, registers, at, address, one
                ):
                    _note(goals, n_goals, state, LAST_STORE, address, one, -1, -1, -1)
                    n_goals += 1
        if one < addresses:
            for other in range(one):
                if n_goals < goals.shape[0] and _swap_completes(
                    tests, allowed, variables, memory, registers, at, one, other
                ):
                    _note(goals, n_goals, state, LAST_SWAP, one, other, -1, -1, -1)
                    n_goals += 1
    return score, n_goals
