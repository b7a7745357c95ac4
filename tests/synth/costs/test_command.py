"""`python -m synth.costs fit`, and searches with what it writes."""

from __future__ import annotations

import gzip
import json

import pytest

import synth
from bridge.loading import convert_spec
from synth.costs.command import main
from synth.costs.costs import Costs
from synth.costs.files import load_costs
from synth.costs.read import read_solved
from synth.runs.files import RunFolderError

RECORDS = [
    {"suite": "s", "task": "one", "result": "verified", "term": "(do (map p (succ)))"},
    {"suite": "s", "task": "one", "result": "verified", "term": "(do (map p (succ)))", "seed": 1},
    {"suite": "s", "task": "two", "result": "fits_examples", "term": "(do (map p (pred)))"},
    {"suite": "s", "task": "three", "result": "verified", "term": None},
    {"suite": "s", "task": "four", "result": "verified", "term": "(do (mine p))"},
]
SPEC = convert_spec(
    {
        "machine": {"words": 8, "registers": 4, "lines": 8},
        "examples": [
            {"memory": [5, 1, 3], "expect": {"memory": [6, 2, 4, 0]}},
            {"memory": [2, 4], "expect": {"memory": [3, 5, 0]}},
        ],
    }
)


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "runs" / "results.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(map(json.dumps, RECORDS)) + '\n{"cut of')
    return path


def test_terms_are_read_once_from_records_and_run_folders(results):
    zipped = results.with_name("more.jsonl.gz")
    zipped.write_bytes(gzip.compress(results.read_bytes()))
    solved = read_solved([results.parent])
    found = [(task, str(term)) for task, term in solved.terms]
    assert (found, solved.without) == ([("one", "(do (map p (succ)))")], 4)
    synth.solve(SPEC, engine="enumeration", terms=10_000, out=results.parent / "run")
    assert read_solved([results.parent / "run"]).terms
    assert len(read_solved([results.parent]).terms) == 2  # of another task, with nothing held out


def test_it_learns_and_the_search_uses_it(results, tmp_path, capsys):
    out = tmp_path / "costs.json"
    assert main(["fit", str(results), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "learned from 1 term, and 2 without" in said
    assert "fold" in said
    costs = load_costs(out)
    assert costs.own["map"] < costs.own["fold"]


def test_cheap_constructs_are_tried_sooner():
    dear = Costs(1, {"map": 6})
    spent = [
        synth.solve(SPEC, engine="enumeration", costs=costs, terms=50_000).stats.terms
        for costs in (None, dear)
    ]
    assert spent[0] < spent[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name run folders"),
        (["nowhere"], "nowhere: cannot be read: No such file"),
        (["empty.jsonl"], "empty.jsonl: nothing in it was solved"),
    ],
)
def test_bad_input_is_refused(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").write_text("")
    assert main(["fit", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "costs.json").exists()


def test_a_run_keeps_its_costs(tmp_path):
    file, other = tmp_path / "a.json", tmp_path / "b.json"
    file.write_text('{"unit": 2, "costs": {"map": 9, "map-to": 9, "walk": 9, "while": 9}}')
    other.write_text('{"unit": 2, "costs": {"map": 8}}')
    out = tmp_path / "run"
    first = synth.solve(SPEC, engine="enumeration", costs=file, terms=200, out=out)
    assert not first.solved
    with pytest.raises(RunFolderError, match=r"this run used the costs a\.json, not none: give"):
        synth.resume(out)
    with pytest.raises(RunFolderError, match=r"this run used the costs a\.json, not b\.json: give"):
        synth.resume(out, costs=other)
    again = file.rename(tmp_path / "c.json")  # a name is no matter
    assert synth.resume(out, costs=again, terms=400)[1].stats.terms > 200
