"""The engine exhaustive, and what is known of a space that was searched whole."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import synth
from bridge import Example, Machine, Spec, verify
from bridge.program import decode_rows
from bridge.spec import Expect
from synth.discrete.edits import instructions_at
from synth.engines.exhaustive import useful_lines
from synth.solution import Result

SWAP = (Example(memory=(0, 1), expect=Expect(memory=(1, 0))),)


def solve(machine: Machine, examples=SWAP, engine="ladder", **search) -> synth.Solution:
    return synth.solve(Spec(machine=machine, examples=examples), engine=engine, **search)


@pytest.mark.parametrize("engine", ["ladder", "enumeration", "mcmc", "exhaustive", "tuning"])
def test_where_nothing_fits_it_is_said_at_once(engine):
    solution = solve(Machine(words=2, lines=1, registers=1), engine=engine)
    assert solution.result is Result.NO_PROGRAM
    assert not solution.solved
    assert solution.found_by is None
    assert solution.stats.terms == solution.stats.restarts == 0
    (note,) = solution.notes
    assert note.startswith("no program of this machine fits: ")


def test_a_program_of_a_small_machine_is_found():
    solution = solve(Machine(words=4, lines=4, registers=3), seconds=1_000)
    assert solution.found_by == "exhaustive"
    assert solution.examples.correct
    assert len(solution.program) == 3  # inc, write, write


def test_steps_bound_lines():
    assert [useful_lines(Machine(words=2, steps=s, lines=9)) for s in (1, 2, 3, 4)] == [1, 3, 7, 9]
    long = Machine(words=2, lines=64, registers=16, steps=2)
    assert solve(long).result is Result.NO_PROGRAM


def test_a_sketch_is_refuted_when_its_holes_are_filled():
    both = (*SWAP, Example(memory=(3,), expect=Expect(memory=(0, 3))))
    spec = Spec(machine=Machine(words=4), examples=both, sketch="inc 1 ?\n?")
    for engine in ("edits", "sat", "ladder"):
        assert synth.solve(spec, engine=engine).result is Result.NO_PROGRAM, engine


@settings(max_examples=15)
@given(st.data())
def test_it_refutes_nothing_that_there_is(data):
    """Against all programs of two lines, one by one."""
    machine = Machine(words=3, lines=2, registers=2, steps=data.draw(st.integers(1, 6)))
    words = st.integers(0, 2)
    memories = st.tuples(words, words)
    inputs = data.draw(st.lists(memories, min_size=1, max_size=3, unique=True))
    examples = tuple(Example(memory=m, expect=Expect(memory=data.draw(memories))) for m in inputs)
    pairs = itertools.product(*(instructions_at(line, 2, (0, 1), 13) for line in range(2)))
    every = map(decode_rows, map(np.array, pairs))
    exists = any(verify(program, examples, machine).correct for program in every)
    solution = solve(machine, examples, engine="exhaustive")
    assert solution.examples.correct == exists
    assert (solution.result is Result.NO_PROGRAM) == (not exists)


@pytest.mark.parametrize(
    ("registers", "result"), [(2, Result.NO_PROGRAM), (9, Result.BUDGET_EXHAUSTED)]
)
def test_a_solver_refutes_only_what_its_formula_holds(registers, result):
    """It names few registers where the machine has many."""
    machine = Machine(words=2, lines=6, registers=registers, steps=6)
    other = Example(memory=(0, 1), expect=Expect(memory=(0, 0)))
    assert solve(machine, (*SWAP, other), "sat", seconds=1_000).result is result
