"""The discrete engines, as engines: answers verified, best so far, budgets, starts."""

from __future__ import annotations

import time
from dataclasses import replace

import msgspec
import pytest

import synth
from bridge import parse_program, verify
from synth.engines.edits import DISCRETE, EditsEngine, MCMCEngine, RandomEngine
from synth.run import Budget, Run
from synth.sketch import load_sketch
from synth.solution import Result
from tests.cases import TABLE1

WRONG = str(TABLE1["map_dec"].program).replace("dec 2 2", "add 2 1 3")


@pytest.fixture(scope="module")
def map_dec():
    """The spec, with a program to start from that has two wrong lines."""
    start = WRONG.replace("jump 3 loop", "jump 2 loop")
    return msgspec.structs.replace(TABLE1["map_dec"].spec, start=start)


def run_of(spec, seconds: float = 60, terms: int = 0, seed: int = 0) -> Run:
    return Run(spec, seed, Budget(seconds, terms, 0))


def test_edits_adapt_the_start(map_dec):
    solution = synth.solve(map_dec, engine=EditsEngine(), seconds=60)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == "edits"
    assert solution.skeleton == parse_program(map_dec.start)
    assert solution.stats.programs > 0
    assert solution.stats.terms == 0


def test_edits_go_on_from_near_misses():
    solution = synth.solve(TABLE1["reduce"].spec, engine=EditsEngine(terms=15), seconds=120)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == "edits"
    assert solution.stats.terms == 15 + 8 * 15


def test_an_enumeration_that_succeeds_is_the_answer():
    solution = synth.solve(TABLE1["inc"].spec, engine=EditsEngine(), seconds=60)
    assert solution.found_by == "enumeration"


def test_a_sketch_is_filled():
    task = TABLE1["map_inc"]
    sketch = "; a loop\n" + str(task.program).replace("inc 2 2", "?").replace(
        "write 1 2", "write ? 2"
    )
    spec = msgspec.structs.replace(task.spec, sketch=sketch)
    run = replace(run_of(spec), sketch=load_sketch(spec))
    answer = EditsEngine().search(run)
    assert answer is not None
    assert verify(answer.program, task.spec.holdout, task.spec.machine).correct
    assert run.best is not None
    assert run.best[0] == answer


@pytest.mark.parametrize("engine", [MCMCEngine(), RandomEngine()], ids=lambda e: e.name)
def test_holes_are_filled_by_chance(engine):
    spec = msgspec.structs.replace(TABLE1["inc"].spec, sketch="read 1 2\n?\nwrite 1 ?")
    solution = synth.solve(spec, engine=engine, seconds=60)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == engine.name
    sketch = load_sketch(spec)
    assert sketch is not None
    assert sketch.completed_by(solution.program)


def test_a_missing_line_is_added():
    text = "\n".join(line for line in WRONG.splitlines() if "add" not in line)
    spec = msgspec.structs.replace(TABLE1["map_dec"].spec, start=text)
    solution = synth.solve(spec, engine=EditsEngine(), seconds=60)
    assert solution.result is Result.VERIFIED
    assert len(solution.program) == 7


def test_mcmc_adapts_the_start():
    spec = msgspec.structs.replace(TABLE1["map_dec"].spec, start=WRONG)
    solution = synth.solve(spec, engine=MCMCEngine(), seconds=120)
    assert solution.found_by == "mcmc"
    assert solution.solved


def test_random_solves_what_is_easy():
    spec = msgspec.structs.replace(
        TABLE1["inc"].spec, examples=TABLE1["inc"].spec.examples[:1], holdout=()
    )
    solution = synth.solve(spec, engine=RandomEngine(), seconds=120)
    assert solution.found_by == "random"


@pytest.mark.parametrize("engine", DISCRETE, ids=lambda e: e.name)
def test_time_is_kept_and_the_best_so_far_offered(engine):
    """Nothing repairs a program of no-ops to parity in so short a time."""
    spec = msgspec.structs.replace(TABLE1["parity"].spec, start="noop\n" * 12)
    synth.solve(spec, engine=engine, seconds=0.01)  # loads numba, compiles
    run = run_of(spec, seconds=0.5)
    began = time.monotonic()
    assert engine.search(run) is None
    assert time.monotonic() - began < 0.5 + 0.5  # 0.3 s on a machine that is not shared
    assert run.stats.programs > 0
    assert run.best is not None


@pytest.mark.parametrize("engine", DISCRETE, ids=lambda e: e.name)
def test_an_interrupted_search_ends(engine, map_dec):
    run = replace(run_of(map_dec), interrupted=lambda: True)
    assert engine.search(run) is None
    assert run.stats.programs == 0


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("engine", [EditsEngine(), MCMCEngine()], ids=lambda e: e.name)
def test_the_same_seed_gives_the_same_answer(engine, seed, map_dec):
    spec = map_dec if engine.name == "edits" else msgspec.structs.replace(map_dec, start=WRONG)
    runs = [run_of(spec, seed=seed) for _ in range(2)]
    answers = [engine.search(run) for run in runs]
    assert answers[0] is not None
    assert answers[0] == answers[1]
    assert runs[0].stats.programs == runs[1].stats.programs
