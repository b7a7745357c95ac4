"""Stochastic search: what it says it found is so; budgets and seeds are kept."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge import AssemblyError, Example, Machine, Program, parse_program, verify
from bridge.spec import Expect
from bridge.tests import encode_examples
from synth.discrete.chains import CHAINS, mcmc, random_programs
from synth.sketch import Sketch
from tests.cases import TABLE1
from tests.programs import programs

MACHINE = Machine(words=8, registers=3, lines=4, steps=16)
EXAMPLES = [Example(memory=(x,), expect=Expect(memory=(x, x))) for x in (1, 4, 6)]
TESTS = encode_examples(EXAMPLES, MACHINE)
KINDS = [mcmc, random_programs]


@pytest.mark.parametrize("search", KINDS)
def test_what_is_found_passes(search):
    *_, result = search(TESTS, MACHINE, seed=0, budget=5_000_000)
    assert result.found is not None
    assert result.wrong == 0
    assert verify(result.found, EXAMPLES, MACHINE).correct
    assert result.executed < 5_000_000


@pytest.mark.parametrize("search", KINDS)
@pytest.mark.parametrize("budget", [0, 1, 1234, 20_000])
def test_the_budget_is_kept(search, budget):
    task = TABLE1["parity"]
    machine = task.spec.machine
    tests = encode_examples(task.spec.examples, machine)
    told = list(search(tests, machine, seed=3, budget=budget))
    result = told[-1]
    assert result.executed == budget
    assert result.found is None
    assert [each.executed for each in told] == sorted({each.executed for each in told})


@pytest.mark.parametrize("search", KINDS)
def test_the_seed_decides(search):
    task = TABLE1["fibonacci"]
    tests = encode_examples(task.spec.examples, task.spec.machine)

    def best(seed: int):
        return list(search(tests, task.spec.machine, seed=seed, budget=3000))[-1]

    assert best(1) == best(1)
    assert best(1).best != best(2).best


@pytest.mark.parametrize("search", KINDS)
@pytest.mark.parametrize("name", ["map_inc", "reduce_unhalting"])
def test_wrong_cells_are_counted_as_verify_does(search, name):
    task = TABLE1[name]
    machine = task.spec.machine
    tests = encode_examples(task.spec.examples, machine)
    *_, result = search(tests, machine, seed=0, budget=2000)
    verdict = verify(result.best, task.spec.examples, machine)
    if not machine.halt:
        assert verdict.cells_total - verdict.cells == result.wrong
    else:  # a run that does not halt costs one more
        assert 0 <= result.wrong - (verdict.cells_total - verdict.cells) <= verdict.total


def test_a_chain_begins_at_the_start():
    task = TABLE1["map_dec"]
    tests = encode_examples(task.spec.examples, task.spec.machine)
    *_, result = mcmc(tests, task.spec.machine, seed=0, start=task.program, budget=10)
    assert result.executed <= CHAINS
    assert result.found is not None
    assert result.found.bare() == task.program.bare()


def test_a_chain_repairs():
    task = TABLE1["map_dec"]
    wrong = parse_program(str(task.program).replace("dec 2 2", "dec 2 1"))
    tests = encode_examples(task.spec.examples, task.spec.machine)
    *_, result = mcmc(tests, task.spec.machine, seed=0, start=wrong, budget=5_000_000)
    assert result.found is not None
    assert verify(result.found, task.spec.examples, task.spec.machine).correct


def fill(search, sketch: Program, seed: int, budget: int, tests=TESTS, machine=MACHINE):
    given = {"start" if search is mcmc else "sketch": sketch}
    return search(tests, machine, seed=seed, budget=budget, **given)


@pytest.mark.parametrize("search", KINDS)
@pytest.mark.parametrize("budget", [0, 1, 2000])
@given(program=programs(registers=3, lines=4, holes=True), seed=st.integers(0, 2**32))
def test_nothing_but_the_holes_changes(search, budget, program: Program, seed):
    assume(program.has_hole)
    *_, result = fill(search, program, seed, budget)
    assert Sketch(program).completed_by(result.best)


@pytest.mark.parametrize("search", KINDS)
def test_holes_of_all_kinds_are_filled(search):
    task = TABLE1["map_inc"]
    sketch = parse_program(str(task.program).replace("inc 2 2", "?").replace("write 1", "write ?"))
    tests = encode_examples(task.spec.examples, task.spec.machine)
    *_, result = fill(search, sketch, 0, 2_000_000, tests, task.spec.machine)
    assert result.found is not None
    assert Sketch(sketch).completed_by(result.found)
    assert verify(result.found, task.spec.holdout, task.spec.machine).correct


def test_a_start_that_does_not_fit_is_an_error():
    with pytest.raises(AssemblyError, match="register"):
        next(mcmc(TESTS, MACHINE, seed=0, start=parse_program("inc 9 1")))


def test_an_empty_start_is_none():
    *_, result = mcmc(TESTS, MACHINE, seed=0, start=Program(()), budget=100)
    assert result.executed == 100


@pytest.mark.parametrize("search", KINDS)
def test_the_number_of_cores_changes_nothing(search, monkeypatch):
    results = []
    for cores in (1, 3):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        results.append(list(search(TESTS, MACHINE, seed=1, budget=100_000)))
    assert results[0] == results[1]
