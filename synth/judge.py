"""How right a state is, compiled: its score, and the goals it is or a last `store` makes it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge.kernel import inner

__all__ = ["Problem", "judge"]


class Problem(NamedTuple):
    """The examples. Rows of memory are padded to a multiple of 8 cells."""

    memory: np.ndarray  # u1[examples, padded]
    want: np.ndarray  # u1[examples, padded]
    mask: np.ndarray  # bool[examples, padded]
    change: np.ndarray  # bool[examples, padded]: checked, and not right to begin with
    want_registers: np.ndarray  # u1[registers, examples]
    mask_registers: np.ndarray  # bool[registers, examples]
    table: np.ndarray  # u1[opcodes, b, b]
    words: int
    steps: int
    variables: int
    must_halt: bool
    register_cells: int  # how many are checked


@inner
def _registers_right(problem, registers):
    """The sum over expected registers of the most examples on which one variable is right."""
    total = 0
    for r in range(problem.want_registers.shape[0]):
        best = 0
        for v in range(problem.variables):
            right = 0
            for e in range(registers.shape[0]):
                if problem.mask_registers[r, e] and registers[e, v] == problem.want_registers[r, e]:
                    right += 1
            best = max(best, right)
        total += best
    return total


@inner
def _candidate(problem, memory, registers, word, e):
    """The value of a completion word on an example: a constant 0 … 2, or of a variable v one of
    v, v + 1, v − 1, memory[v]."""
    if word < 3:
        return word % problem.words
    v = registers[e, (word - 3) // 4]
    form = (word - 3) % 4
    if form == 0:
        return np.int64(v)
    if form == 1:
        return (v + 1) % problem.words
    if form == 2:
        return (v - 1) % problem.words
    return np.int64(memory[e, v])


@inner
def _completes(problem, memory, registers, at, address, value):
    """Whether the store hits the wrong cell of each example, or does no harm where none is."""
    for e in range(memory.shape[0]):
        a = _candidate(problem, memory, registers, address, e)
        if at[e] >= 0:
            if a != at[e]:
                return False
        elif problem.mask[e, a] and problem.want[e, a] != _candidate(
            problem, memory, registers, value, e
        ):
            return False
    return True


@inner("void(i8[:,::1],i8,i8,i8,i8,i8,i8,i8)")
def _note(goals, row, state, address, value, shell, first, second):
    """Writes down a goal."""
    goals[row, 0] = state
    goals[row, 1] = address
    goals[row, 2] = value
    goals[row, 3] = shell
    goals[row, 4] = first
    goals[row, 5] = second


@inner
def judge(problem, memory, registers, at, goals, n_goals, state, shell, first, second):
    """The state's score; goals that it is or that one store makes of it are appended. A run that
    did not end is judged too: as the state before and the statement (`first` ≥ 0) cut off."""
    score = 0
    most = 0
    for e in range(memory.shape[0]):
        wrong = 0
        at[e] = -1
        for i in range(problem.words):
            if problem.mask[e, i]:
                if memory[e, i] == problem.want[e, i]:
                    score += 2
                else:
                    wrong += 1
                    at[e] = i
                    if problem.change[e, i] and memory[e, i] != problem.memory[e, i]:
                        score += 1
        most = max(most, wrong)
    right = _registers_right(problem, registers)
    registers_done = right == problem.register_cells
    score += 2 * right
    if most > 1 or not registers_done:
        return score, n_goals
    if most == 0:
        if n_goals < goals.shape[0]:
            _note(goals, n_goals, state, -1, -1, shell, first, second)
            n_goals += 1
        return score, n_goals
    if first >= 0:  # it never comes to a store behind it
        return score, n_goals
    words = 3 + 4 * problem.variables
    for value in range(words):
        fits = True
        for e in range(memory.shape[0]):
            if at[e] >= 0:
                v = _candidate(problem, memory, registers, value, e)
                if v != problem.want[e, at[e]]:
                    fits = False
                    break
        if not fits:
            continue
        for address in range(words):
            if n_goals < goals.shape[0] and _completes(
                problem, memory, registers, at, address, value
            ):
                _note(goals, n_goals, state, address, value, -1, -1, -1)
                n_goals += 1
    return score, n_goals
