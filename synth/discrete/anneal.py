"""The kernels of `chains.py`: programs drawn at random, changed, executed and counted.

The cost of a program is its number of wrong cells over all tests; a run that must halt and does
not counts all its cells and one more. A chain proposes a change, executes it, and accepts it if
the cost rises by no more than −T log u; u is drawn first, so that the runs end as soon as the
bound is passed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge.batch import check_tests, count_wrong, run_test
from bridge.isa import slot_mask
from bridge.kernel import copy, inlined, inner, kernel, random_bits
from synth.discrete.split import copy_row

__all__ = ["Chain", "anneal", "sample"]

PRELOADS = 6
"""One proposal in so many is of what a register starts with, where that may change."""
SLOTS = slot_mask()


class Chain(NamedTuple):
    """One chain at work, and what it is to work on."""

    code: np.ndarray  # i2[lines, 5]
    begin: np.ndarray  # i2[lines, 5]: where it starts, if `length[1]` is not 0; -1 is a hole
    open: np.ndarray  # i8[n]: the lines that may change; all of them if there are none
    best: np.ndarray  # i2[lines, 5]
    length: np.ndarray  # i8[2]: of the program; of the one to begin with
    cost: np.ndarray  # i8[3]: now; least of all; least since the restart
    since: np.ndarray  # i8[2]: proposals since the last improvement; the most
    heat: np.ndarray  # f8[3]: the temperature; the coldest; the hottest
    rng: np.ndarray  # u8[1]
    spent: np.ndarray  # i8[2]: programs executed; machine steps
    memory: np.ndarray  # u1[b]
    registers: np.ndarray  # u1[registers]
    undo: np.ndarray  # i2[2, 5]
    opcodes: int  # that it draws from: the first ones
    first: np.ndarray  # u1[3, registers]: what registers start with; in `best`; in `begin`
    preload: np.ndarray  # i8[n]: the registers of which that may change, from 0


@inner
def _check(tests, chain):
    """That chain and tests are of one machine."""
    check_tests(tests, chain.memory.shape[0], chain.registers.shape[0])
    lines = chain.code.shape[0]
    rows = lines, 5
    if chain.code.shape != rows or chain.begin.shape != rows or chain.best.shape != rows:
        raise ValueError("chain: programs as rows [lines, 5] expected")
    if chain.first.shape != (3, chain.registers.shape[0]):
        raise ValueError("chain: a word for each register, of three programs, expected")
    if chain.undo.shape != (2, 5) or lines < max(1, chain.length[0], chain.length[1]):
        raise ValueError("chain: room for its program, and for two rows, expected")
    counts = chain.length.shape[0], chain.cost.shape[0], chain.since.shape[0], chain.spent.shape[0]
    if counts != (2, 3, 2, 2) or chain.heat.shape[0] != 3 or chain.rng.shape[0] != 1:
        raise ValueError("chain: its counts are not as many as they must be")
    if chain.opcodes < 1 or chain.opcodes > SLOTS.shape[0]:
        raise ValueError("chain: opcodes that there are expected")


@inner
def _below(rng, n):
    """Uniform in 0 … n − 1."""
    return np.int64((random_bits(rng) >> np.uint64(32)) * np.uint64(n) >> np.uint64(32))


@inner
def _unit(rng):
    """Uniform in (0, 1]."""
    return (np.float64(random_bits(rng) >> np.uint64(11)) + 1.0) * 2.0**-53


@inlined
def _cost(tests, chain, bound):
    """Wrong cells of its program; it stops where they are more than `bound`."""
    code, memory, registers, spent = chain.code, chain.memory, chain.registers, chain.spent
    wrong = 0
    spent[0] += 1
    for e in range(tests.memory.shape[0]):
        taken = run_test(tests, e, code, chain.first[0], memory, registers)
        spent[1] += taken if taken >= 0 else -1 - taken
        if taken < 0 and tests.must_halt:
            wrong += tests.cells[e] + 1
        else:
            wrong += count_wrong(tests, e, memory, registers)
        if wrong > bound:
            break
    return wrong


@inner
def _draw_operand(rng, code, line, slot, length, registers):
    code[line, 1 + slot] = _below(rng, length + 1) if slot == 3 else _below(rng, registers)


@inner
def _draw_line(rng, code, line, length, registers, opcodes):
    """A random instruction: its opcode uniformly, then its operands."""
    number = _below(rng, opcodes)
    code[line, 0] = number
    for slot in range(4):
        code[line, 1 + slot] = 0
        if SLOTS[number, slot]:
            _draw_operand(rng, code, line, slot, length, registers)


@inner
def _draw_program(chain):
    """A random program of random length; lines behind it are halts, as `begin` is then."""
    copy(chain.begin, chain.code)
    length = 1 + _below(chain.rng, chain.code.shape[0])
    chain.length[0] = length
    for line in range(length):
        _draw_line(chain.rng, chain.code, line, length, chain.registers.shape[0], chain.opcodes)
    for register in chain.preload:  # one in two starts at 0
        even = _below(chain.rng, 2) == 0
        chain.first[0, register] = 0 if even else _below(chain.rng, chain.memory.shape[0])


@inner
def _keep(chain, line):
    """Puts back what is no hole of the line, and makes an instruction of what comes out."""
    code = chain.code
    for column in range(5):
        if chain.begin[line, column] >= 0:
            code[line, column] = chain.begin[line, column]
    for slot in range(4):
        if not SLOTS[code[line, 0], slot]:
            code[line, 1 + slot] = 0


@inner
def _begin(chain):
    """Where it begins, holes filled at random, or else a random program."""
    if chain.length[1] == 0:
        _draw_program(chain)
        return
    length = chain.length[1]
    chain.length[0] = length
    copy(chain.begin, chain.code)
    copy_row(chain.first, 2, chain.first, 0)
    for line in chain.open:
        _draw_line(chain.rng, chain.code, line, length, chain.registers.shape[0], chain.opcodes)
        _keep(chain, line)


@inner
def _restart(tests, chain):
    """To where it begins, or to a random program; with a new temperature."""
    _begin(chain)
    chain.heat[0] = chain.heat[1] * (chain.heat[2] / chain.heat[1]) ** _unit(chain.rng)
    chain.since[0] = 0
    chain.cost[0] = _cost(tests, chain, np.int64(1 << 40))
    chain.cost[2] = chain.cost[0]
    _note_best(chain)


@inner
def _line(chain):
    """One of the lines that may change."""
    holes = chain.open.shape[0]
    if holes > 0:
        return chain.open[_below(chain.rng, holes)]
    return _below(chain.rng, chain.length[0])


@inner
def _note_best(chain):
    if chain.cost[0] < chain.cost[1]:
        chain.cost[1] = chain.cost[0]
        copy(chain.code, chain.best)
        copy_row(chain.first, 0, chain.first, 1)


@inlined
def _change(chain, one, other):
    """Changes the line `one`, or swaps it with `other`: a new opcode with the operands that it
    had, a new operand, a swap or a new instruction."""
    rng, code, length = chain.rng, chain.code, chain.length[0]
    registers, opcodes = chain.registers.shape[0], chain.opcodes
    if one != other:
        copy_row(chain.undo, 1, code, one)
        copy_row(chain.undo, 0, code, other)
        return
    move = _below(rng, 3)
    if move == 0:
        number = _below(rng, opcodes)
        for slot in range(4):
            if not SLOTS[number, slot]:
                code[one, 1 + slot] = 0
            elif not SLOTS[code[one, 0], slot]:
                _draw_operand(rng, code, one, slot, length, registers)
        code[one, 0] = number
    elif move == 1:
        slots = 0
        for slot in range(4):
            slots += SLOTS[code[one, 0], slot]
        if slots > 0:
            chosen = _below(rng, slots)
            for slot in range(4):
                if SLOTS[code[one, 0], slot]:
                    if chosen == 0:
                        _draw_operand(rng, code, one, slot, length, registers)
                    chosen -= 1
    else:
        _draw_line(rng, code, one, length, registers, opcodes)


@inner
def _bound(chain):
    """The highest cost that it accepts now."""
    return chain.cost[0] + np.int64(-chain.heat[0] * np.log(_unit(chain.rng)))


@inlined
def _accepts(tests, chain, bound):
    """Executes the program that it changed to; whether it stays."""
    cost = _cost(tests, chain, bound)
    chain.since[0] += 1
    if cost > bound:
        return False
    chain.cost[0] = cost
    if cost < chain.cost[2]:
        chain.cost[2] = cost
        chain.since[0] = 0
    _note_best(chain)
    return True


@inner
def _preload(tests, chain):
    """Proposes another word for a register to start with."""
    first = chain.first[0]
    register = chain.preload[_below(chain.rng, chain.preload.shape[0])]
    before = first[register]
    first[register] = _below(chain.rng, chain.memory.shape[0])
    if not _accepts(tests, chain, _bound(chain)):
        first[register] = before


@kernel
def anneal(tests, chain, programs, work):
    """Proposes until a program passes all, `programs` were executed or `work` steps done."""
    _check(tests, chain)
    last, most = chain.spent[0] + programs, chain.spent[1] + work
    while chain.cost[1] > 0 and chain.spent[0] < last and chain.spent[1] < most:
        if chain.cost[0] < 0 or chain.since[0] >= chain.since[1]:
            _restart(tests, chain)
            continue
        if chain.preload.shape[0] > 0 and _below(chain.rng, PRELOADS) == 0:
            _preload(tests, chain)
            continue
        one = _line(chain)
        other = _line(chain) if _below(chain.rng, 4) == 0 else one
        copy_row(chain.code, one, chain.undo, 0)
        copy_row(chain.code, other, chain.undo, 1)
        _change(chain, one, other)
        if chain.open.shape[0] > 0:
            _keep(chain, one)
            _keep(chain, other)
        bound = _bound(chain)
        if not _accepts(tests, chain, bound):
            copy_row(chain.undo, 1, chain.code, other)
            copy_row(chain.undo, 0, chain.code, one)


@kernel
def sample(tests, chain, programs, work):
    """The same, of independent programs: where the chain begins, holes filled at random, or else
    random programs."""
    _check(tests, chain)
    last, most = chain.spent[0] + programs, chain.spent[1] + work
    while chain.cost[1] > 0 and chain.spent[0] < last and chain.spent[1] < most:
        _begin(chain)
        chain.cost[0] = _cost(tests, chain, chain.cost[1] - 1)
        _note_best(chain)
