"""Engines: tuning solves what enumeration, cut off, does not; runs go on from checkpoints."""

from __future__ import annotations

import json
from random import Random

import msgspec
import numpy as np
import pytest
from egglog import rewrite, ruleset

import synth
from bridge import SpecError, parse_program, verify
from bridge.loading import convert_spec
from bridge.spec import Example, Expect
from bridge.term import Term
from synth.egraph.equivalents import without_noops
from synth.engines import (
    Candidate,
    Ladder,
    Rung,
    Spent,
    Work,
)
from synth.engines.edits import EditsEngine
from synth.engines.enumeration import EnumerationEngine
from synth.engines.tuning import TuningEngine
from synth.language import Word, check_term, dec, inc
from synth.named_engines import EngineError, engine_named
from synth.resuming import resume
from synth.solution import Result
from tests.cases import TABLE1

ENUMERATED_AND_TUNED = Ladder(correct=(Rung(EnumerationEngine()), Rung(TuningEngine())))


@pytest.fixture(scope="module")
def map_dec():
    return TABLE1["map_dec"].spec


@pytest.fixture(scope="module")
def minus_two():
    """Every element of a list two less: after 40 terms, enumeration is only near it."""
    random = Random(0)

    def example(length: int) -> dict:
        row = [random.randrange(3, 12) for _ in range(length)]
        return {"memory": row, "expect": {"memory": [*(x - 2 for x in row), 0]}}

    return convert_spec(
        {
            "machine": {"words": 12},
            "examples": [example(1 + i % 5) for i in range(8)],
            "holdout": [example(1 + i % 8) for i in range(24)],
        }
    )


@pytest.fixture(scope="module")
def tuned(minus_two, tmp_path_factory):
    """Enumeration is cut off before it comes to the answer, and no edits are tried."""
    out = tmp_path_factory.mktemp("tuned") / "run"
    return synth.solve(
        minus_two, engine=ENUMERATED_AND_TUNED, terms=40, seconds=1_000, out=out
    ), out


def test_tuning_completes_what_enumeration_began(minus_two, tuned):
    solution, _ = tuned
    assert solution.result is Result.VERIFIED
    assert solution.found_by == "tuning"
    assert solution.term is None
    assert solution.stats.terms == 40
    assert solution.stats.restarts > 0
    assert solution.stats.gradient_steps > 0
    assert solution.stats.soft <= solution.stats.restarts
    assert 0 < solution.stats.solved <= solution.stats.restarts
    check_term(solution.skeleton)
    assert verify(solution.program, minus_two.holdout, minus_two.machine).correct


def test_the_doubt_in_each_line_is_told(tuned):
    solution, _ = tuned
    assert len(solution.entropy) == len(solution.program)
    assert all(nats >= 0 for nats in solution.entropy)
    assert solution.to_json()["entropy"] == list(solution.entropy)


@pytest.fixture(scope="module")
def edited(minus_two):
    return synth.solve(minus_two, terms=40, seconds=1_000)


def test_the_cheapest_rung_that_leads_to_the_answer_is_named(edited):
    """What tuning completes, edits of a near miss do sooner."""
    assert edited.result is Result.VERIFIED
    assert edited.found_by == "edits"
    assert edited.entropy is None
    assert edited.stats.restarts == 0


def test_edits_keep_to_their_budget(minus_two):
    few = Rung(EditsEngine(), {"programs": 1000})
    engine = Ladder(correct=(Rung(EnumerationEngine()), few, Rung(TuningEngine())))
    solution = synth.solve(minus_two, engine=engine, terms=40, restarts=0, seconds=1_000)
    assert solution.result is Result.BUDGET_EXHAUSTED
    assert solution.stats.programs == 1000


@pytest.mark.parametrize("engine", ["ladder", "tuning"])
def test_the_program_to_adapt_is_the_first_start(engine, map_dec):
    start = str(TABLE1["map_dec"].program).replace("dec 2 2", "inc 2 2")
    spec = msgspec.structs.replace(map_dec, start=start)
    solution = synth.solve(spec, engine=engine, seconds=1_000)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == ("edits" if engine == "ladder" else "tuning")
    assert str(solution.skeleton) == str(parse_program(start))
    assert solution.stats.terms == 0


def test_contradictions_are_counted_and_never_verified(map_dec):
    memory, *_ = (e.memory for e in map_dec.examples if any(e.memory))
    wrong = Example(memory=memory, expect=Expect(memory=(memory[0],)))
    spec = msgspec.structs.replace(map_dec, examples=(*map_dec.examples, wrong, wrong))
    solution = synth.solve(spec, engine="ladder", terms=30, restarts=4, seconds=1_000)
    assert solution.contradictions == 2
    assert solution.result is Result.BUDGET_EXHAUSTED
    assert any("contradicts $.examples[" in note for note in solution.notes)
    with pytest.raises(SpecError, match=r"\$\.examples\[\d+\] contradicts \$\.examples"):
        synth.solve(spec)  # no engine is named: it is said before the search


def test_the_skeleton_is_explained(tuned):
    solution, _ = tuned
    check_term(solution.near_miss)
    steps = solution.explain()
    assert steps is not None
    if steps:
        assert steps[-1].term == Term("do", (*without_noops(solution.skeleton).args, Term("halt")))


def test_the_tuned_weights_are_kept(tuned):
    solution, out = tuned
    weights = np.load(out / "weights.npz")
    assert set(weights) == set(solution.weights)
    assert np.isfinite(weights["opcode"]).all()


def test_a_solution_is_a_model(minus_two, tuned):
    solution, _ = tuned
    example = minus_two.holdout[0]
    memory = np.zeros((minus_two.machine.words,), int)
    memory[: len(example.memory)] = example.memory
    model = solution.model()
    assert model.steps == max(*solution.examples.steps, *solution.holdout.steps)
    assert solution.model(steps=7).steps == 7
    final = model(np.eye(minus_two.machine.words, dtype=np.float32)[memory])
    words = np.asarray(final.memory).argmax(-1)
    assert all(words[i] == word for _, i, word in example.cells())


def test_what_is_done_is_not_done_again(tuned, tmp_path):
    """A run that goes on from its checkpoint ends as one that ran through."""
    solution, out = tuned
    saved = json.loads((out / "checkpoint.json").read_text())
    assert saved["engine"]["starts"]
    again = tmp_path / "run"
    again.mkdir()
    for name in ("spec.json", "run.json"):
        (again / name).write_text((out / name).read_text())
    before = saved | {"best": None, "answers": []}  # killed just before the answer
    (again / "checkpoint.json").write_text(json.dumps(before))
    _, resumed = resume(again, engine=ENUMERATED_AND_TUNED, seconds=1_000)
    assert resumed.program == solution.program
    assert resumed.skeleton == solution.skeleton
    assert resumed.stats.restarts == solution.stats.restarts


def test_an_interrupted_enumeration_is_done_again(minus_two, edited, tuned, tmp_path):
    polls = iter(range(10**9))
    stopped = synth.solve(
        minus_two, terms=40, out=tmp_path / "run", interrupted=lambda: next(polls) > 3
    )
    assert stopped.result is Result.INTERRUPTED
    _, solution = resume(tmp_path / "run", seconds=1_000)
    assert solution.program == edited.program
    assert solution.stats.terms == 40
    one, other = (
        json.loads((folder / "checkpoint.json").read_text())["engine"]["starts"]
        for folder in (tmp_path / "run", tuned[1])
    )
    assert one == other


def test_tuning_from_random_weights_reports_honestly(map_dec):
    solution = synth.solve(map_dec, engine="tuning", restarts=8, seconds=1_000)
    assert solution.stats.restarts == 8
    assert solution.stats.terms == 0
    assert solution.program is not None
    solved = verify(solution.program, map_dec.examples, map_dec.machine).correct
    assert (solution.found_by == "tuning") == solved
    assert (solution.result is Result.BUDGET_EXHAUSTED) == (not solved)


def test_registers_can_be_expected():
    rows = [([3, 4], [7]), ([1, 1], [2]), ([5, 0], [5]), ([2, 6], [0])]
    spec = convert_spec(
        {
            "machine": {"words": 8},
            "examples": [
                {"memory": before, "expect": {"registers": [None, *after]}}
                for before, after in rows
            ],
        }
    )
    solution = synth.solve(spec, engine="enumeration", seconds=1_000)
    assert solution.result is Result.FITS_EXAMPLES
    assert solution.solved


def test_a_ruleset_can_be_given_as_a_value(map_dec):
    @ruleset
    def mine(x: Word):
        yield rewrite(inc(dec(x))).to(x)

    solution = synth.solve(map_dec, rulesets=[mine], terms=15, restarts=4, seconds=1_000)
    assert solution.stats.skeletons == 1


def test_what_was_called_both_is_the_ladder(map_dec):
    assert engine_named("both") is engine_named("ladder")
    solution = synth.solve(map_dec, engine="both")
    assert solution.notes[0] == "the engine both is called ladder now"
    assert not synth.solve(map_dec).notes


def test_a_function_is_an_engine(map_dec):
    """Which is asked for no more once it has found something."""

    def lucky(problem, budget, seed):
        assert not hasattr(problem, "holdout")
        yield Candidate(parse_program("halt"))
        yield Spent("guessing", Work(programs=2))
        yield Candidate(TABLE1["map_dec"].program)
        raise AssertionError

    solution = synth.solve(map_dec, engine=lucky)
    assert solution.result is Result.VERIFIED
    assert solution.found_by == "lucky"
    assert solution.stats.programs == 2
    assert "guessing" in solution.stats.stages


def test_an_engine_that_overspends_is_ended(map_dec):
    def greedy(problem, budget, seed):
        while True:
            yield Spent("greed", Work(terms=7))

    solution = synth.solve(map_dec, engine=greedy, terms=20, seconds=1_000)
    assert solution.result is Result.BUDGET_EXHAUSTED
    assert solution.stats.terms == 21


def test_an_unknown_engine_is_an_error():
    with pytest.raises(EngineError, match="no engine 'magic': there are"):
        engine_named("magic")
