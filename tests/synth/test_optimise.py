"""Answers are made quicker, and stay right; what rules alone do is proved."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest

import synth
from benchmarks.suites import ROOT
from bridge import SpecError, load_spec, parse_program, verify
from bridge.spec import Budget
from bridge.term import parse_term
from synth.egraph.worker import Worker
from synth.engines import Candidate, Checkpoint, Spent, Work
from synth.engines.rewriting import RewritingEngine
from synth.kept import SHOWN, keep_back
from synth.optimise import to_optimise
from synth.problem import resolve
from synth.search import main

MAP = load_spec(ROOT / "table1" / "map_inc.json")
INC = load_spec(ROOT / "table1" / "inc.json")
FEW = {"seconds": 60, "programs": 2_000}


@pytest.fixture(scope="module")
def optimised() -> synth.Solution:
    return synth.solve(MAP, optimise=True, **FEW)


def test_an_answer_is_made_quicker(optimised):
    assert optimised.result is synth.Result.VERIFIED
    assert optimised.found_by == "enumeration"
    assert optimised.optimised_by == "rewriting"
    steps = (*optimised.examples.steps, *optimised.holdout.steps)
    assert sum(steps) < 0.9 * sum(optimised.start_steps)
    assert isinstance(optimised.skeleton, synth.solution.Program)
    assert optimised.stats.stages.keys() >= {"enumeration", "rewriting", "edits"}


def test_saturation_and_extraction_have_their_share_of_the_time(optimised):
    stages = optimised.stats.stages
    assert stages["saturation"] > 0 < stages["extraction"]
    assert sum(stages.values()) == pytest.approx(optimised.stats.seconds, abs=0.05)


def test_one_process_saturates_in_all_rounds(monkeypatch):
    """Two programs one after the other, by a worker that stays."""
    asked = []
    saturate = Worker.saturate

    def noted(self, *given):
        asked.append(self._child.pid)
        return saturate(self, *given)

    monkeypatch.setattr(Worker, "saturate", noted)
    start = parse_program((ROOT / "table1" / "map_inc.asm").read_text())
    problem = to_optimise(replace(resolve(MAP), start=None), Candidate(start))
    other = parse_program("noop\n" + str(start))
    with Worker() as worker:
        engine, state = RewritingEngine(worker=worker, variants=2), {}
        for starts in ((), (other,)):
            told = engine(replace(problem, starts=starts, saved=state), Budget(), 0)
            state = next(event.state for event in told if isinstance(event, Checkpoint))
    assert len(asked) == 2
    assert len(set(asked)) == 1


def test_its_proof_leads_from_the_answer_before_to_it(optimised):
    assert optimised.rewritten_from == parse_term("(do (map p (succ)))")
    chain = optimised.explain()
    assert [step.rule.name for step in chain] == [step.rule for step in optimised.proof]
    assert optimised.proof[0].rule == "unfold/map"
    assert str(chain[-1].term) == str(optimised.term).removesuffix(")") + " (halt))"
    plain = optimised.to_json()
    assert plain["proof"][0]["rule"] == "unfold/map"
    assert plain["optimised_by"] == "rewriting"


def test_the_same_again(optimised):
    again = synth.solve(MAP, optimise=True, **FEW)
    assert again.program == optimised.program
    assert again.stats.programs == optimised.stats.programs


def test_the_command_says_so(tmp_path, capsys):
    spec = ROOT / "table1" / "map_inc.json"
    options = ["--optimise", "--programs", "2000", "--quiet", "--out", str(tmp_path / "run")]
    assert main([str(spec), *options]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "by enumeration, made quicker by rewriting" in shown
    assert "proved equal to the program before for every memory" in shown
    kept = json.loads((tmp_path / "run" / "solution.json").read_text())
    assert kept["proof"]


def test_what_is_quicker_on_the_examples_only_is_refused():
    """An engine that hands back the shown answers by heart; inputs drawn like the examples, and
    lists that are longer, tell."""
    start = parse_program((ROOT / "table1" / "map_inc.asm").read_text())
    told = []

    def unrolled(problem, budget, seed):
        """Right for lists of up to 6, quicker than the loop; and for all, slower."""
        lines = ["read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1"] * 3
        yield Spent("unrolled", Work(programs=1))
        told.append((yield Candidate(parse_program("\n".join([*lines, "end:"])))))

    few = tuple(e for e in MAP.examples if sum(map(bool, e.memory)) <= 3)
    spec = msgspec.structs.replace(
        MAP, objective="steps", start=str(start), oracle=str(start), examples=few
    )
    solution = synth.solve(spec, engine=unrolled)
    assert told == [False]
    assert solution.found_by == "start"
    assert any("fresh inputs, which refuted" in note for note in solution.notes)


def test_only_inputs_like_the_examples_are_timed():
    start = parse_program((ROOT / "table1" / "map_inc.asm").read_text())
    spec = msgspec.structs.replace(MAP, objective="steps", start=str(start), oracle=str(start))
    seen = keep_back(resolve(spec), seed=0).seen
    assert seen.wide == SHOWN
    assert len(seen.tests.memory) == len(MAP.examples) + 2 * SHOWN
    assert len(seen.timed.memory) == len(MAP.examples) + SHOWN


def test_a_start_in_assembly_is_rewritten_loops_and_all():
    start = (ROOT / "table1" / "map_inc.asm").read_text()
    spec = msgspec.structs.replace(MAP, objective="steps", start=start)
    solution = synth.solve(spec, engine=RewritingEngine(), seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    assert solution.found_by == "rewriting"
    assert solution.proof is not None
    assert (
        solution.examples.mean_steps
        < verify(parse_program(start), MAP.examples, MAP.machine).mean_steps
    )


def test_few_lines():
    """The unrolled program, shorter again."""
    start = (
        "\n".join(["read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1"] * 2)
        + """
loop: read 1 2
jump 2 end
inc 2 2
write 1 2
inc 1 1
jump 3 loop
end:
"""
    )
    spec = msgspec.structs.replace(MAP, objective="lines", start=start)
    solution = synth.solve(spec, **FEW | {"terms": 1_000})
    assert solution.result is synth.Result.VERIFIED
    assert len(solution.program) <= 6
    assert solution.start_steps


def test_lines_need_a_start():
    with pytest.raises(SpecError, match=r"\$\.objective: 'lines' adapts a correct program"):
        synth.solve(msgspec.structs.replace(MAP, objective="lines"))


def test_an_answer_that_cannot_be_quicker_stays():
    solution = synth.solve(INC, optimise=True, **FEW)
    assert solution.result is synth.Result.VERIFIED
    assert solution.found_by == "walks"
    assert solution.optimised_by is None
    assert not solution.start_steps
