"""Stochastic search over whole programs, compiled: Metropolis chains as in STOKE (Schkufza 2013),
and programs drawn at random. Baselines, and what helps where no few edits do.

The cost of a program is its number of wrong cells over all tests; a run that must halt and does
not counts all its cells and one more. A chain proposes a change, executes it, and accepts it if
the cost rises by no more than −T log u; u is drawn first, so that the runs end as soon as the
bound is passed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

import numpy as np

from bridge.batch import Tests, step_machine
from bridge.errors import AssemblyError
from bridge.isa import OPCODES, lookup_table, slot_mask
from bridge.kernel import inner, kernel
from bridge.program import Program, decode_rows, encode
from bridge.spec import Machine

__all__ = ["Sampled", "mcmc", "random_programs"]

WORK = 2_000_000
"""Machine steps between two looks at the clock: some hundredths of a second."""
CHAINS = 4
"""How many there are at once, on as many threads as there are cores; the same everywhere, as the
answer depends on it."""
STALL = 5_000
"""Proposals without a better program after which a chain starts afresh."""
COLDEST, HOTTEST = 0.1, 2.0
"""Temperatures, in wrong cells: each restart draws one in between, log-uniformly."""
SLOTS = slot_mask()
OPS = len(OPCODES)


class Trials(NamedTuple):
    """What programs are tested on."""

    memory: np.ndarray  # u1[examples, b]
    want: np.ndarray  # u1[examples, b]
    mask: np.ndarray  # bool[examples, b]
    want_registers: np.ndarray  # u1[examples, registers]
    mask_registers: np.ndarray  # bool[examples, registers]
    cells: np.ndarray  # i8[examples]: cells checked
    table: np.ndarray  # u1[opcodes, b, b]
    steps: int
    must_halt: bool


class Chain(NamedTuple):
    """One chain at work, and what it is to work on."""

    code: np.ndarray  # i2[lines, 5]
    begin: np.ndarray  # i2[lines, 5]: where it starts, if `length[1]` is not 0
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


@dataclass(frozen=True)
class Sampled:
    """What came of a stochastic search."""

    found: Program | None
    """One that passes all tests."""
    best: Program
    """One with the fewest wrong cells."""
    wrong: int
    """How many these are."""
    executed: int
    """Programs executed."""
    steps: int
    """Machine steps taken."""


@inner
def _random(rng):
    """SplitMix64."""
    rng[0] += np.uint64(0x9E3779B97F4A7C15)
    z = rng[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inner
def _below(rng, n):
    """Uniform in 0 … n − 1."""
    return np.int64((_random(rng) >> np.uint64(32)) * np.uint64(n) >> np.uint64(32))


@inner
def _unit(rng):
    """Uniform in (0, 1]."""
    return (np.float64(_random(rng) >> np.uint64(11)) + 1.0) * 2.0**-53


@inner
def _cost(trials, code, memory, registers, bound, spent):
    """Wrong cells of a program; it stops where they are more than `bound`."""
    wrong = 0
    spent[0] += 1
    for e in range(trials.memory.shape[0]):
        for i in range(memory.shape[0]):
            memory[i] = trials.memory[e, i]
        for i in range(registers.shape[0]):
            registers[i] = 0
        taken = step_machine(code, memory, registers, trials.table, trials.steps)
        spent[1] += taken if taken >= 0 else -1 - taken
        if taken < 0 and trials.must_halt:
            wrong += trials.cells[e] + 1
        else:
            for i in range(memory.shape[0]):
                if trials.mask[e, i] and memory[i] != trials.want[e, i]:
                    wrong += 1
            for i in range(registers.shape[0]):
                if trials.mask_registers[e, i] and registers[i] != trials.want_registers[e, i]:
                    wrong += 1
        if wrong > bound:
            break
    return wrong


@inner
def _draw_operand(rng, code, line, slot, length, registers):
    code[line, 1 + slot] = _below(rng, length + 1) if slot == 3 else _below(rng, registers)


@inner
def _draw_line(rng, code, line, length, registers):
    """A random instruction: its opcode uniformly, then its operands."""
    number = _below(rng, OPS)
    code[line, 0] = number
    for slot in range(4):
        code[line, 1 + slot] = 0
        if SLOTS[number, slot]:
            _draw_operand(rng, code, line, slot, length, registers)


@inner
def _draw_program(chain):
    """A random program of random length; lines behind it are halts."""
    lines = chain.code.shape[0]
    length = 1 + _below(chain.rng, lines)
    chain.length[0] = length
    for line in range(lines):
        if line < length:
            _draw_line(chain.rng, chain.code, line, length, chain.registers.shape[0])
        else:
            for column in range(5):
                chain.code[line, column] = 0


@inner
def _restart(trials, chain):
    """To where it begins, or to a random program; with a new temperature."""
    if chain.length[1] > 0:
        chain.length[0] = chain.length[1]
        for line in range(chain.code.shape[0]):
            for column in range(5):
                chain.code[line, column] = chain.begin[line, column]
    else:
        _draw_program(chain)
    chain.heat[0] = chain.heat[1] * (chain.heat[2] / chain.heat[1]) ** _unit(chain.rng)
    chain.since[0] = 0
    chain.cost[0] = _cost(
        trials, chain.code, chain.memory, chain.registers, np.int64(1 << 40), chain.spent
    )
    chain.cost[2] = chain.cost[0]
    _note_best(chain)


@inner
def _note_best(chain):
    if chain.cost[0] < chain.cost[1]:
        chain.cost[1] = chain.cost[0]
        for line in range(chain.code.shape[0]):
            for column in range(5):
                chain.best[line, column] = chain.code[line, column]


@inner
def _change(chain, one, other):
    """Changes the line `one`, or swaps it with `other`: a new opcode with the operands that it
    had, a new operand, a swap or a new instruction."""
    rng, code, length = chain.rng, chain.code, chain.length[0]
    registers = chain.registers.shape[0]
    if one != other:
        for column in range(5):
            code[one, column] = chain.undo[1, column]
            code[other, column] = chain.undo[0, column]
        return
    move = _below(rng, 3)
    if move == 0:
        number = _below(rng, OPS)
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
        _draw_line(rng, code, one, length, registers)


@kernel
def _anneal(trials, chain, programs, work):
    """Proposes until a program passes all, `programs` were executed or `work` steps done."""
    last, most = chain.spent[0] + programs, chain.spent[1] + work
    while chain.cost[1] > 0 and chain.spent[0] < last and chain.spent[1] < most:
        if chain.cost[0] < 0 or chain.since[0] >= chain.since[1]:
            _restart(trials, chain)
            continue
        one = _below(chain.rng, chain.length[0])
        other = _below(chain.rng, chain.length[0]) if _below(chain.rng, 4) == 0 else one
        for column in range(5):
            chain.undo[0, column] = chain.code[one, column]
            chain.undo[1, column] = chain.code[other, column]
        _change(chain, one, other)
        bound = chain.cost[0] + np.int64(-chain.heat[0] * np.log(_unit(chain.rng)))
        cost = _cost(trials, chain.code, chain.memory, chain.registers, bound, chain.spent)
        chain.since[0] += 1
        if cost > bound:
            for column in range(5):
                chain.code[other, column] = chain.undo[1, column]
                chain.code[one, column] = chain.undo[0, column]
            continue
        chain.cost[0] = cost
        if cost < chain.cost[2]:
            chain.cost[2] = cost
            chain.since[0] = 0
        _note_best(chain)


@kernel
def _sample(trials, chain, programs, work):
    """The same, of independent random programs."""
    last, most = chain.spent[0] + programs, chain.spent[1] + work
    while chain.cost[1] > 0 and chain.spent[0] < last and chain.spent[1] < most:
        _draw_program(chain)
        chain.cost[0] = _cost(
            trials, chain.code, chain.memory, chain.registers, chain.cost[1] - 1, chain.spent
        )
        _note_best(chain)


def mcmc(
    tests: Tests,
    machine: Machine,
    *,
    seed: int,
    start: Program | None = None,
    budget: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    report: Callable[[int], None] = lambda executed: None,
) -> Sampled:
    """Metropolis chains, `CHAINS` at once and one after another, each from `start` or else from a
    random program, with a temperature of its own.

    It ends when a program passes all tests, `budget` programs were executed (as many as it takes
    if None) or `stop()` is true (asked several times a second, as `report` is told how many were
    executed). The course depends on nothing but the arguments, not on the number of threads
    either. Raises AssemblyError if `start` does not fit the machine or has a hole.
    """
    return _search(_anneal, tests, machine, seed, start, budget, stop, report)


def random_programs(
    tests: Tests,
    machine: Machine,
    *,
    seed: int,
    budget: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    report: Callable[[int], None] = lambda executed: None,
) -> Sampled:
    """Random programs of random length, until one passes all tests; see `mcmc`."""
    return _search(_sample, tests, machine, seed, None, budget, stop, report)


def _search(
    kernel: Callable[[Trials, Chain, int, int], None],
    tests: Tests,
    machine: Machine,
    seed: int,
    start: Program | None,
    budget: int | None,
    stop: Callable[[], bool],
    report: Callable[[int], None],
) -> Sampled:
    trials = Trials(
        tests.memory, tests.expect_memory, tests.mask_memory,
        tests.expect_registers, tests.mask_registers,
        (tests.mask_memory.sum(1) + tests.mask_registers.sum(1)).astype(np.int64),
        lookup_table(machine.words), machine.steps, machine.halt,
    )  # fmt: skip
    seeds = np.random.SeedSequence(seed).generate_state(CHAINS, np.uint64)
    chains = [new_chain(machine, own, start) for own in seeds]
    most = np.iinfo(np.int64).max >> 1 if budget is None else budget
    executed = 0
    best = chains[0]
    # In rounds, so that the answer does not depend on which thread comes first.
    with ThreadPoolExecutor(min(CHAINS, os.cpu_count() or 1)) as pool:
        while executed < most and best.cost[1] > 0 and not stop():
            shares = [(most - executed + i) // CHAINS for i in reversed(range(CHAINS))]
            list(pool.map(kernel, repeat(trials), chains, shares, repeat(WORK // CHAINS)))
            executed = sum(int(chain.spent[0]) for chain in chains)
            best = min(chains, key=lambda chain: int(chain.cost[1]))
            report(executed)
    wrong, steps = int(best.cost[1]), sum(int(chain.spent[1]) for chain in chains)
    program = decode_rows(best.best)
    return Sampled(program if wrong == 0 else None, program, wrong, executed, steps)


def new_chain(machine: Machine, seed: np.uint64, start: Program | None) -> Chain:
    """A chain that has not begun. Raises AssemblyError if it cannot begin with `start`."""
    begin = encode(Program(()), machine.lines)
    length = 0
    if start is not None and len(start):
        start.check(registers=machine.registers, lines=machine.lines)
        if start.has_hole:
            raise AssemblyError("a chain cannot start from a program with a hole (?): fill it")
        begin, length = encode(start, machine.lines), len(start)
    return Chain(
        begin.copy(), begin, begin.copy(), np.array([0, length], np.int64),
        np.array([-1, np.iinfo(np.int64).max >> 1, 0], np.int64),
        np.array([0, STALL], np.int64), np.array([0.0, COLDEST, HOTTEST]),
        np.array([seed]), np.zeros(2, np.int64),
        np.zeros(machine.words, np.uint8), np.zeros(machine.registers, np.uint8),
        np.zeros((2, 5), np.int16),
    )  # fmt: skip
