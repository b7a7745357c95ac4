"""`benchmarks.ladder`: the ladder and the rungs that have a part in a task, compared in pairs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from benchmarks import ladder
from benchmarks.ladder import main, rungs_for
from benchmarks.report.groups import Group
from benchmarks.report.rungs import in_pairs, solved_by
from benchmarks.suites import ROOT
from bridge import load_spec
from bridge.loading import convert_spec
from synth.problem import resolve


def run(suite: str, task: str, engine: str, *, solved: bool, seed: int = 0) -> dict:
    return {
        "suite": suite, "task": task, "engine": engine, "seed": seed, "search_seconds": 1.0,
        "result": "verified" if solved else "not_found", "found_by": engine, "program": "halt",
    }  # fmt: skip


RECORDS = [
    *(run("s", name, "ladder", solved=name != "d") for name in "abcd"),
    *(run("s", name, "mcmc", solved=name in "ad") for name in "abcd"),
    *(run("t", name, "ladder", solved=False) for name in "ab"),
    *(run("t", name, "mcmc", solved=name == "a") for name in "ab"),
    run("t", "a", "divide", solved=False),
]


def test_what_each_solves_and_how_far_the_ladder_is_ahead():
    table = solved_by(Group(1, "", RECORDS))
    assert table.columns == ["engine", "s", "t", "all"]
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["ladder"][:2] == ["3/4", "0/2"]
    assert rows["mcmc"][:2] == ["2/4", "1/2"]
    assert rows["divide"] == ["0/4", "0/2", "0/6 (0-39 %)"]  # what it was not given, it lacks
    assert rows["ladder ahead of the best other by"] == ["+1", "-1", "+0"]


def test_pairs_and_what_was_lost():
    rows = {row[0]: row[1:] for row in in_pairs(Group(1, "", RECORDS)).rows}
    assert rows["mcmc"] == ["6", "1", "2", "2", "1", "1", "s/d, t/a"]
    assert rows["divide"] == ["1", "0", "0", "0", "1", "1", "–"]


def test_seeds_that_end_alike_are_one_observation():
    records = [
        run("s", "a", engine, solved=engine == "ladder", seed=seed)
        for seed in range(5)
        for engine in ("ladder", "mcmc")
    ]
    assert in_pairs(Group(1, "", records)).rows[0][1:6] == ["1", "0", "1", "0", "0"]


def test_a_rung_is_given_what_the_ladder_would_give_it():
    plain = rungs_for(resolve(load_spec(ROOT / "table1" / "map_inc.json")))
    assert plain == ["enumeration", "mcmc", "edits", "tuning"]
    numbers = [{"inputs": [x, 2], "output": x + 2} for x in range(4)]
    assert "divide" in rungs_for(resolve(convert_spec({"name": "n", "examples": numbers})))
    lists = [{"input": [x, x + 1, 3], "output": [x + 1, x + 2, 4]} for x in range(1, 5)]
    rungs = rungs_for(resolve(convert_spec({"name": "l", "examples": lists})))
    assert "deduction" in rungs
    assert "divide" not in rungs


def test_it_runs_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ladder, "rungs_for", lambda problem: ["random"])
    argv = ["anc", "--half", "dev", "--sample", "1", "--seconds", "0.2", "--jobs", "2"]
    assert main(argv) == 0
    said = capsys.readouterr().out
    assert "Verified, by engine and suite" in said
    assert "ladder ahead of the best other by" in " ".join(said.split())
    lines = Path("runs/ladder.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["engine"] for line in lines) == ["ladder", "random"]
    assert main(argv) == 0
    assert len(Path("runs/ladder.jsonl").read_text().splitlines()) == len(lines)
    assert main(["lisst"]) == 2
    assert main(["--sample", "0"]) == 2
