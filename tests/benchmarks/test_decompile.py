"""The benchmark of decompiling: its terms are right, and it says what came of them."""

from __future__ import annotations

import json

import msgspec
import pytest

from benchmarks.decompile.__main__ import main
from benchmarks.decompile.terms import differing, load_terms, programs_of
from benchmarks.suites import ROOT, load_solved
from bridge import verify
from bridge.lowering.lower import lower
from bridge.term import parse_term
from synth.language import LANGUAGE, check_term, expand

KNOWN = {known.task: known for known in load_terms()}


@pytest.mark.parametrize("task", KNOWN)
def test_each_term_is_right_on_its_task(task):
    known, spec = KNOWN[task], load_solved(ROOT / f"{task}.json").spec
    check_term(known.term)
    roomy = msgspec.structs.replace(spec.machine, lines=250, registers=24)
    program = lower(expand(known.term), roomy)
    assert verify(program, (*spec.examples, *spec.holdout), roomy).correct


def test_programs_are_drawn_by_seed_and_mean_the_term():
    known = KNOWN["lists/sum"]
    programs = list(programs_of(known, range(2)))
    assert [kind for kind, _ in programs] == ["term", "equal", "equal", "written"]
    assert programs == list(programs_of(known, range(2)))
    for _, program in programs:
        assert differing(known, program, known.term, 200) == 0
    assert differing(known, programs[0][1], parse_term("(do (store p q))"), 200) > 100


def test_the_command_tells_costs_and_seconds(capsys, tmp_path):
    out = tmp_path / "read.jsonl"
    options = ["--tasks", "lists/sum", "--seeds", "0:1", "--memories", "50", "--out", str(out)]
    assert main(options) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["kind"] for row in rows] == ["term", "equal", "written"]
    cost = LANGUAGE.cost(KNOWN["lists/sum"].term, 16)
    assert [row["found"] for row in rows] == [cost] * 3
    assert "1/1 (21-100 %) at most the term's cost" in capsys.readouterr().out


def test_an_unknown_task_is_an_error(capsys):
    assert main(["--tasks", "lists/nothing"]) == 2
    assert "choose from" in capsys.readouterr().err
