"""Objective `steps`: never worse than the start, right on examples and on fresh inputs."""

from __future__ import annotations

from contextlib import closing

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import synth
from benchmarks.suites import ROOT
from benchmarks.suites.anc.generate import draw_spec
from bridge import Machine, SpecError, load_spec, parse_program, run, verify
from bridge.loading import convert_spec
from bridge.spec import Budget, Example, Expect, Spec
from synth.engines import Candidate
from synth.engines.rewriting import RewritingEngine
from synth.problem import resolve
from synth.resuming import resume
from tests.programs import memories, programs

SWAP = load_spec(ROOT / "anc" / "swap_biased.json")
LIST_K = load_spec(ROOT / "anc" / "list_k_biased.json")
MACHINE = Machine(words=6, registers=3, lines=8, steps=40)


def spec_of(program, starts, machine=MACHINE) -> Spec:
    """What the program does, as a spec that asks for fewer steps."""
    examples = tuple(
        Example(memory=m, expect=Expect(memory=run(program, m, machine).memory)) for m in starts
    )
    return Spec(
        name="task", machine=machine, examples=examples, start=str(program), objective="steps"
    )


@pytest.mark.parametrize(("spec", "steps"), [(SWAP, 8), (LIST_K, 8)], ids=["swap", "list_k"])
def test_biased_tasks_take_fewer_steps(spec, steps):
    solution = synth.solve(spec, engine="edits", seed=0, seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    assert solution.found_by == "edits"
    assert solution.holdout.mean_steps == steps
    before = solution.to_json()["start_steps"]
    assert before is not None
    assert before["mean"] > solution.to_json()["steps"]["mean"] == steps


def test_the_straight_line_is_rewritten(tmp_path):
    """Known pointers: no reading of them; and the rungs that were climbed are noted down."""
    solution = synth.solve(SWAP, engine=RewritingEngine(), seconds=1_000)
    assert solution.found_by == "rewriting"
    assert solution.result is synth.Result.VERIFIED
    assert solution.program is not None
    assert solution.term is not None
    assert len(solution.program) < len(parse_program(str(SWAP.start)))


def test_the_straight_line_is_known_at_once():
    """Before a term is saturated: that of increment takes 11 steps for 39, with preloads."""
    spec = convert_spec(draw_spec("increment_biased", 0, preload=True))
    with closing(RewritingEngine()(resolve(spec), Budget(), 0)) as events:
        first = next(event for event in events if isinstance(event, Candidate))
    verdict = verify(first.program, spec.examples, spec.machine)
    assert verdict.correct
    assert max(verdict.steps) <= 16


def test_the_same_again():
    one, other = (synth.solve(LIST_K, engine="edits", seed=3, seconds=1_000) for _ in range(2))
    assert one.program == other.program
    assert one.stats.programs == other.stats.programs


def test_a_program_that_fits_only_what_is_shown_is_refused():
    """It adds 1 to memory[0] unless that is the one word that it wasn't shown."""
    start = parse_program("noop\nread 2 1\ninc 1 1\nwrite 2 1")
    told, shown = [], []

    def guess(problem, budget, seed):
        shown.extend(e.memory[0] for e in problem.examples)
        (missing,) = set(range(4)) - set(shown)
        lines = ["read 2 1", "move 1 3", *["dec 3 3"] * missing, "jump 3 end", "inc 1 1"]
        told.append((yield Candidate(parse_program("\n".join([*lines, "write 2 1", "end:"])))))

    spec = spec_of(start, [(i,) for i in range(4)])
    solution = synth.solve(spec, engine=guess)
    assert len(shown) == 3
    assert told == [False]
    assert solution.found_by == "start"
    assert any("refuted 1 program" in note for note in solution.notes)


def test_a_start_that_cannot_be_beaten_is_the_answer():
    solution = synth.solve(
        spec_of(parse_program("inc 1 1\nwrite 2 1"), [(4,), (2,)]), engine="edits", seconds=1_000
    )
    assert solution.found_by == "start"
    assert solution.program == parse_program("inc 1 1\nwrite 2 1")


@settings(max_examples=15)
@given(st.data())
def test_never_worse_than_the_start(data):
    program = data.draw(programs(registers=3, lines=6))
    starts = data.draw(st.lists(memories(6), min_size=1, max_size=8))
    spec = spec_of(program, starts)
    verdict = verify(program, spec.examples, spec.machine)
    if not verdict.correct:
        return  # it does not halt
    solution = synth.solve(spec, engine="edits", seconds=0.5)
    assert solution.examples.correct
    assert sum(solution.examples.steps) <= sum(verdict.steps)
    assert solution.start_steps == verdict.steps


def test_a_run_is_gone_on_with(tmp_path):
    cut = synth.solve(LIST_K, engine="edits", seed=0, seconds=1e-6, out=tmp_path / "run")
    assert cut.found_by == "start"
    _, solution = resume(tmp_path / "run", seconds=1_000)
    assert solution.holdout.mean_steps == 8
    _, again = resume(tmp_path / "run", seconds=1_000)  # nothing is left to do
    assert again.program == solution.program


def test_no_time_gives_the_start():
    solution = synth.solve(SWAP, seconds=1e-6)
    assert solution.program == parse_program(str(SWAP.start))
    assert solution.result is synth.Result.VERIFIED
    assert "cut short (starting): there may be better programs" in solution.notes


@pytest.mark.parametrize("engine", ["mcmc", "random", "sat"])
def test_any_engine_may_adapt(engine):
    """The quickest that it finds counts; what finds nothing quicker hands back the start."""
    solution = synth.solve(SWAP, engine=engine, seconds=1)
    assert solution.result is synth.Result.VERIFIED
    assert sum(solution.examples.steps) <= sum(solution.start_steps[: solution.examples.total])
    if solution.found_by == "start":
        assert "nothing better was found: this is the start" in solution.notes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": msgspec.UNSET}, "$.objective: 'steps' adapts a correct program: add"),
        ({"start": "halt"}, "$.start: fails $.examples[0]: mend it"),
        ({"sketch": "?"}, "$.sketch: with $.objective 'steps'"),
    ],
)
def test_what_cannot_be_adapted_is_refused(changes, message):
    with pytest.raises(SpecError) as error:
        synth.solve(msgspec.structs.replace(SWAP, **changes))
    assert str(error.value).startswith(message)
