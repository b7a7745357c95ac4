"""The discrete engines, as engines: answers verified, best so far, budgets, starts."""

from __future__ import annotations

import msgspec
import pytest

import synth
from bridge import parse_program, verify
from synth.driver import Driver
from synth.engines.edits import EditsEngine
from synth.engines.sampling import MCMCEngine, RandomEngine
from synth.engines.sat import SATEngine
from synth.problem import resolve
from synth.sketch import load_sketch
from synth.solution import Result
from tests.cases import TABLE1

WRONG = str(TABLE1["map_dec"].program).replace("dec 2 2", "add 2 1 3")
DISCRETE = (EditsEngine(), MCMCEngine(), RandomEngine(), SATEngine())


@pytest.fixture(scope="module")
def map_dec():
    """The spec, with a program to start from that has two wrong lines."""
    start = WRONG.replace("jump 3 loop", "jump 2 loop")
    return msgspec.structs.replace(TABLE1["map_dec"].spec, start=start)


def driver_of(spec, engine, seconds: float = 60, seed: int = 0, **more) -> Driver:
    budget = msgspec.structs.replace(spec.search, seconds=seconds, terms=0, restarts=0)
    return Driver(resolve(spec), engine, budget, seed, **more)


def test_edits_adapt_the_start(map_dec):
    solution = synth.solve(map_dec, engine=EditsEngine(), seconds=1_000)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == "edits"
    assert solution.skeleton == parse_program(map_dec.start)
    assert solution.stats.programs > 0
    assert solution.stats.terms == 0


def test_edits_go_on_from_near_misses():
    solution = synth.solve(TABLE1["reduce"].spec, engine=EditsEngine(terms=15), seconds=1_000)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == "edits"
    assert solution.stats.terms == 15 + 8 * 15


def test_an_enumeration_that_succeeds_is_the_answer():
    solution = synth.solve(TABLE1["inc"].spec, engine=EditsEngine(), seconds=1_000)
    assert solution.found_by == "enumeration"


def test_a_sketch_is_filled():
    task = TABLE1["map_inc"]
    sketch = "; a loop\n" + str(task.program).replace("inc 2 2", "?").replace(
        "write 1 2", "write ? 2"
    )
    spec = msgspec.structs.replace(task.spec, sketch=sketch)
    driver = driver_of(spec, EditsEngine())
    answer = driver.run()
    assert answer is not None
    assert verify(answer.program, task.spec.holdout, task.spec.machine).correct
    assert driver.best == answer


@pytest.mark.parametrize("engine", [MCMCEngine(), RandomEngine()], ids=lambda e: e.name)
def test_holes_are_filled_by_chance(engine):
    spec = msgspec.structs.replace(TABLE1["inc"].spec, sketch="read 1 2\n?\nwrite 1 ?")
    solution = synth.solve(spec, engine=engine, seconds=1_000)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == engine.name
    sketch = load_sketch(spec)
    assert sketch is not None
    assert sketch.completed_by(solution.program)


def test_a_missing_line_is_added():
    text = "\n".join(line for line in WRONG.splitlines() if "add" not in line)
    spec = msgspec.structs.replace(TABLE1["map_dec"].spec, start=text)
    solution = synth.solve(spec, engine=EditsEngine(), seconds=1_000)
    assert solution.result is Result.VERIFIED
    assert len(solution.program) == 7


def test_mcmc_adapts_the_start():
    spec = msgspec.structs.replace(TABLE1["map_dec"].spec, start=WRONG)
    solution = synth.solve(spec, engine=MCMCEngine(), seconds=1_000)
    assert solution.found_by == "mcmc"
    assert solution.solved


def test_random_solves_what_is_easy():
    spec = msgspec.structs.replace(
        TABLE1["inc"].spec, examples=TABLE1["inc"].spec.examples[:1], holdout=()
    )
    solution = synth.solve(spec, engine=RandomEngine(), seconds=1_000)
    assert solution.found_by == "random"


@pytest.mark.parametrize("engine", DISCRETE, ids=lambda e: e.name)
def test_time_is_kept_and_the_best_so_far_offered(engine):
    """Nothing repairs a program of no-ops to parity soon. Time may end before there is any work;
    who interrupts waits for some."""
    spec = msgspec.structs.replace(TABLE1["parity"].spec, start="noop\n" * 12)
    timed = driver_of(spec, engine, seconds=0.2)
    ended = driver_of(spec, engine, 1_000, interrupted=lambda: ended.spent.programs > 0)
    for driver in (timed, ended):
        assert driver.run() is None
        assert driver.best is not None
    assert ended.spent.programs > 0


@pytest.mark.parametrize("engine", DISCRETE, ids=lambda e: e.name)
def test_an_interrupted_search_ends(engine, map_dec):
    driver = driver_of(map_dec, engine, interrupted=lambda: True)
    assert driver.run() is None
    assert driver.spent.programs == 0


@pytest.mark.parametrize("engine", DISCRETE, ids=lambda e: e.name)
def test_the_budget_of_programs_is_kept(engine):
    spec = msgspec.structs.replace(TABLE1["parity"].spec, start="noop\n" * 12)
    for programs in (0, 1, 3):
        solution = synth.solve(spec, engine=engine, programs=programs, seconds=1_000)
        assert solution.stats.programs == programs


@pytest.mark.parametrize(
    ("engine", "seed"), [(EditsEngine(), 0), (EditsEngine(), 1), (MCMCEngine(), 1)]
)
def test_the_same_seed_gives_the_same_answer(engine, seed, map_dec):
    spec = map_dec if engine.name == "edits" else msgspec.structs.replace(map_dec, start=WRONG)
    drivers = [driver_of(spec, engine, seed=seed) for _ in range(2)]
    answers = [driver.run() for driver in drivers]
    assert answers[0] is not None
    assert answers[0] == answers[1]
    assert drivers[0].spent.programs == drivers[1].spent.programs
