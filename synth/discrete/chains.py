"""Stochastic search over whole programs, compiled: Metropolis chains as in STOKE (Schkufza 2013),
and programs drawn at random. Baselines, and what helps where no few edits do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from bridge.program import Program, decode_rows, encode, first_words
from bridge.spec import Machine
from bridge.tests import Tests
from synth.discrete.anneal import Chain, anneal, sample

__all__ = ["Sampled", "mcmc", "random_programs"]

WORK = 2_000_000
"""Machine steps between two looks at the clock: some hundredths of a second."""
CHAINS = 4
"""How many there are at once, on as many threads as there are cores; the same everywhere, as the
answer depends on it."""
STALL = 5_000
"""Proposals without a better program after which a chain starts afresh."""
UNLIMITED = np.iinfo(np.int64).max >> 1
COLDEST, HOTTEST = 0.1, 2.0
"""Temperatures, in wrong cells: each restart draws one in between, log-uniformly."""


@dataclass(frozen=True)
class Sampled:
    """What came of a stochastic search so far."""

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


def mcmc(
    tests: Tests,
    machine: Machine,
    *,
    seed: int,
    start: Program | None = None,
    budget: int = UNLIMITED,
) -> Iterator[Sampled]:
    """Metropolis chains, `CHAINS` at once and one after another, each from `start` or else from a
    random program, with a temperature of its own. If `start` has holes, these are filled, and
    nothing else of it changes.

    Yields what came of it so far, several times a second: whoever has enough stops asking. It ends
    when a program passes all tests or `budget` programs were executed. The course depends on
    nothing but the arguments, not on the number of threads either. Raises AssemblyError if `start`
    does not fit the machine.
    """
    return _search(anneal, tests, machine, seed, start, budget)


def random_programs(
    tests: Tests,
    machine: Machine,
    *,
    seed: int,
    sketch: Program | None = None,
    budget: int = UNLIMITED,
) -> Iterator[Sampled]:
    """Random programs of random length, or the sketch with its holes filled at random, until one
    passes all tests; see `mcmc`."""
    return _search(sample, tests, machine, seed, sketch, budget)


def _search(
    kernel: Callable[[Tests, Chain, int, int], None],
    tests: Tests,
    machine: Machine,
    seed: int,
    start: Program | None,
    budget: int,
) -> Iterator[Sampled]:
    seeds = np.random.SeedSequence(seed).generate_state(CHAINS, np.uint64)
    chains = [new_chain(machine, own, start) for own in seeds]
    # In rounds, so that the answer does not depend on which thread comes first.
    with ThreadPoolExecutor(min(CHAINS, os.cpu_count() or 1)) as pool:
        while True:
            executed, steps = (sum(int(chain.spent[i]) for chain in chains) for i in range(2))
            best = min(chains, key=lambda chain: int(chain.cost[1]))
            program, wrong = decode_rows(best.best, best.first[1]), int(best.cost[1])
            yield Sampled(program if wrong == 0 else None, program, wrong, executed, steps)
            if executed >= budget or wrong == 0:
                return
            shares = [(budget - executed + i) // CHAINS for i in reversed(range(CHAINS))]
            list(pool.map(kernel, repeat(tests), chains, shares, repeat(WORK // CHAINS)))


def new_chain(machine: Machine, seed: np.uint64, start: Program | None) -> Chain:
    """A chain that has not begun. Raises AssemblyError if it cannot begin with `start`."""
    begin = encode(Program(()), machine.lines)
    length = 0
    if start is not None and len(start):
        start.check(machine)
        begin, length = encode(start, machine.lines), len(start)
    code = np.maximum(begin, 0)
    holes = np.flatnonzero((begin < 0).any(1))
    first = first_words(Program(()) if start is None else start, machine.registers)
    varied = machine.registers * machine.preload * (not len(holes))
    return Chain(
        code=code,
        begin=begin,
        open=holes,
        best=code.copy(),
        length=np.array([0, length], np.int64),
        cost=np.array([-1, UNLIMITED, 0], np.int64),
        since=np.array([0, STALL], np.int64),
        heat=np.array([0.0, COLDEST, HOTTEST]),
        rng=np.array([seed]),
        spent=np.zeros(2, np.int64),
        memory=np.zeros(machine.words, np.uint8),
        registers=np.zeros(machine.registers, np.uint8),
        undo=np.zeros((2, 5), np.int16),
        opcodes=machine.opcodes,
        first=np.stack([first] * 3),
        preload=np.arange(varied),
    )
