"""Specs of lists, from end to end: what comes in as lists goes out as lists."""

from __future__ import annotations

import html
import json
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

import synth
from bridge import parse_program
from bridge.lists import Layout
from bridge.loading import convert_spec
from synth.counterexamples import attack, draw_lists
from synth.page import read_page, render
from synth.problem import resolve
from synth.search import main
from synth.shown import called, show_examples

INCREASED: dict[str, Any] = {
    "name": "increased",
    "examples": [
        {"input": [3, 1, 4], "output": [4, 2, 5]},
        {"input": [], "output": []},
        {"input": [5, 5], "output": [6, 6]},
    ],
    "holdout": [{"input": [2, 7, 1, 8], "output": [3, 8, 2, 9]}],
}
ORACLE = "loop: read 1 2\njump 2 end\ninc 2 2\nwrite 1 2\ninc 1 1\njump 3 loop\nend:"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, synth.Solution]:
    folder = tmp_path_factory.mktemp("runs") / "run"
    return folder, synth.solve(convert_spec(INCREASED), out=folder)


def test_a_solution_is_a_function_of_lists(run):
    _, solution = run
    assert solution.result is synth.Result.VERIFIED
    assert solution([3, 1, 4]) == [4, 2, 5]
    assert solution(np.array([9])) == [10]
    assert solution(()) == []
    for inputs, why in (
        (([3], [1]), "2 inputs: give 1"),
        ((3,), "3: give a list"),
        (("31",), r"\['3', '1'\]: give a list"),
        (([1.5],), r"\[1.5\]: give a list"),
        (([16],), "16 is no word of the machine: give 0 to 15"),
        (([1] * 16,), "17 cells are needed, there are 16"),
        (([1, 0],), "0 ends a list"),
    ):
        with pytest.raises(ValueError, match=why):
            solution(*inputs)


def test_memory_has_no_inputs():
    raw = {"machine": {"words": 8}, "examples": [{"memory": [1], "expect": {"memory": [1]}}]}
    with pytest.raises(ValueError, match="examples are memory, not inputs: use run"):
        synth.solve(convert_spec(raw))([1])


def test_what_is_told_and_kept_are_lists(run):
    folder, solution = run
    told = solution.to_json()
    assert told["lists"] == {
        "layout": "terminated", "words": 16, "signed": False, "inputs": ["list"], "output": "list",
    }  # fmt: skip
    assert told["shown"][0] == {
        "at": "$.holdout[0]", "inputs": [[2, 7, 1, 8]], "wanted": [3, 8, 2, 9],
        "got": [3, 8, 2, 9], "passed": True,
    }  # fmt: skip
    assert [shown["at"] for shown in told["shown"][1:]] == ["$.examples[0]", "$.examples[1]"]
    kept = json.loads((folder / "spec.json").read_text())
    assert [kept["examples"], kept["holdout"]] == [INCREASED["examples"], INCREASED["holdout"]]
    assert kept["layout"] == "terminated"
    assert json.loads((folder / "solution.json").read_text()) == told
    loaded = synth.load_solution(folder)
    assert loaded.to_json() == told
    assert loaded([1, 1]) == [2, 2]


def test_the_page_of_a_run_shows_lists(run):
    folder, _ = run
    page = html.unescape(render(read_page(folder)))
    assert "held out 1: [2, 7, 1, 8]" in page
    assert "[2, 7, 1, 8] -> [3, 8, 2, 9]" in page


def test_a_run_is_gone_on_with(tmp_path: Path):
    spec = convert_spec(INCREASED)
    cut = synth.solve(spec, engine="enumeration", terms=3, out=tmp_path / "run")
    assert cut.result is synth.Result.BUDGET_EXHAUSTED
    again, solution = synth.resume(tmp_path / "run", terms=1000)
    assert again == spec
    assert solution.result is synth.Result.VERIFIED
    assert solution([1]) == [2]


def test_what_fails_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(INCREASED))
    assert main([str(path), "--terms", "3", "--engine", "enumeration", "--out", "none"]) == 1
    shown = capsys.readouterr().out
    assert "lists     terminated; 16 words and cells, at most 144 steps" in shown
    assert "fails     [2, 7, 1, 8] -> [2, 7, 1, 8], not [3, 8, 2, 9]: $.holdout[0]" in shown
    assert "runs      [] -> []" in shown


def test_booleans_and_negative_numbers_are_printed_as_such():
    raw = {
        "examples": [{"inputs": [-3, 2], "output": True}, {"inputs": [1, 0], "output": True}],
        "holdout": [{"inputs": [0, 5], "output": True}],
        "signed": True,
    }
    solution = synth.solve(convert_spec(raw), engine="enumeration")
    assert solution(-2, 1) is True
    assert str(solution.shown[1]) == "-3, 2 -> true"
    assert str(solution.shown[0]) == "0, 5 -> true"


def test_some_examples_may_be_wrong():
    drawn = [[1 + (7 * i + 3 * j) % 9 for j in range(1 + i % 4)] for i in range(80)]
    rows = [{"input": x, "output": [v + 1 for v in x]} for x in drawn]
    wrong = {"input": [1, 1], "output": [2, 7]}
    raw = {"examples": [*rows[:10], wrong], "holdout": rows[10:], "accuracy": 0.9}
    solution = synth.solve(convert_spec(raw), engine="enumeration")
    assert solution.result is synth.Result.GENERALISES
    assert str(solution.shown[-1]) == "[1, 1] -> [2, 2], not [2, 7]: $.examples[10]"


def test_an_answer_is_made_quicker_on_lists():
    rows = [{"input": [n] * (n % 4), "output": [n + 1] * (n % 4)} for n in range(1, 9)]
    raw = {"examples": rows, "start": ORACLE, "objective": "steps"}
    solution = synth.solve(convert_spec(raw), engine="edits", programs=2000)
    assert solution.solved
    assert solution([3, 3]) == [4, 4]


def test_a_program_without_an_end_gives_nothing():
    spec = convert_spec(INCREASED)
    endless = parse_program("loop: jump 1 loop")
    assert {shown.got for shown in show_examples(spec, endless, spec.examples)} == {None}
    assert isinstance(spec.lists, Layout)
    with pytest.raises(ValueError, match=r"no output for \[1\]: .* within 144 steps"):
        called(endless, spec.lists, spec.machine, [[1]])
    full = parse_program("inc 2 2\nloop: write 1 2\ninc 1 1\njump 1 end\njump 3 loop\nend:")
    assert show_examples(spec, full, spec.examples)[-1].got is None


@pytest.mark.parametrize("layout", ["terminated", "prefixed"])
def test_oracles_draw_lists_that_are_lists(layout: str):
    rows = [{"inputs": [2, [3, 1]], "output": 1}, {"inputs": [5, [4]], "output": 4}]
    problem = resolve(convert_spec({"examples": rows, "layout": layout}))
    assert problem.lists is not None
    drawn = list(islice(draw_lists(problem.lists, problem.examples, Random(0)), 50))
    assert len({e.words for e in drawn}) == len(drawn) > 20
    for example in drawn:
        number, items = problem.lists.inputs_in(example.words) or ()
        assert isinstance(items, list)
        assert 2 <= number <= 5
        assert len(items) in (1, 2)
        assert all(1 <= item <= 4 for item in items)
        assert problem.lists.memory((number, items)) == example.memory


def test_counterexamples_are_lists():
    problem = resolve(convert_spec({**INCREASED, "oracle": ORACLE}))
    first_only = parse_program("read 1 2\ninc 2 2\nwrite 1 2")
    *_, (found, _) = attack(problem, first_only, "0")
    assert found is not None
    assert problem.lists is not None
    (given,), wanted = problem.lists.values(found.words, found.expect.memory)
    assert isinstance(given, list)
    assert wanted == [x + 1 for x in given]
    spec = convert_spec(INCREASED)
    (shown,) = show_examples(spec, first_only, (*spec.examples, found))[-1:]
    assert (shown.at, shown.inputs, shown.passed) == ("counterexample 1", (given,), False)
