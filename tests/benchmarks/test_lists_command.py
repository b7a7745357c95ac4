"""`benchmarks.lists`: chooses by half and sample, runs, reports both halves with reasons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.lists import choose, main
from benchmarks.report.failures import WHY, how_far
from benchmarks.report.groups import Group
from benchmarks.report.halves import by_half
from benchmarks.suites.drawn.find import load_drawn
from benchmarks.suites.halves import half_of
from synth.engines.base import AMBIGUOUS


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def names(suite) -> list[str]:
    return [path.stem for path in suite.specs]


def test_halves_and_samples_are_chosen_by_name_and_seed():
    dev, test = (names(choose("classics", half, None, 0)) for half in ("dev", "test"))
    assert sorted(dev + test) == sorted(load_drawn("classics").tasks)
    assert {half_of(name) for name in dev} == {"dev"}
    one, same, other = (names(choose("classics", "test", 5, seed)) for seed in (0, 0, 1))
    assert one == same != other
    assert len(one) == 5
    assert {*one} < {*test}
    assert names(choose("classics", None, 99, 0)) == list(load_drawn("classics").tasks)


def test_with_zeros_it_is_a_suite_of_its_own():
    plain, zeros = (choose("classics", None, 1, 0, zeros=z) for z in (False, True))
    assert (plain.name, zeros.name) == ("classics", "classics.zeros")
    assert names(plain) == names(zeros)
    assert plain.specs[0].read_text() != zeros.specs[0].read_text()


def test_another_draw_has_other_examples_of_the_same_tasks():
    draws = [choose("classics", None, 2, 0, draw=draw) for draw in (0, 1, 2)]
    assert [suite.name for suite in draws] == ["classics", "classics.draw1", "classics.draw2"]
    assert names(draws[0]) == names(draws[1]) == names(draws[2])
    assert len({suite.specs[0].read_text() for suite in draws}) == 3


def test_draws_are_written_and_run_each(monkeypatch):
    wanted = []
    monkeypatch.setattr("benchmarks.lists.run_all", lambda jobs, *_: wanted.extend(jobs) or [])
    assert main(["clia", "--sample", "1", "--draws", "0:3", "--engines", "random"]) == 0
    assert [job.suite for job in wanted] == ["clia", "clia.draw1", "clia.draw2"]


def test_it_runs_reports_and_goes_on(capsys):
    argv = ["clia", "--half", "dev", "--sample", "1", "--engines", "random", "--seconds", "0.2"]
    assert main(argv) == 0
    said = capsys.readouterr().out
    assert "Verified, by half" in said
    assert "clia: 66 more are not posed" in said
    records = [json.loads(line) for line in Path("runs/lists.jsonl").read_text().splitlines()]
    assert [half_of(r["task"]) for r in records] == ["dev"]
    assert main(argv) == 0
    assert len(Path("runs/lists.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["lists"], "choose from classics"),
        (["--sample", "0"], "--sample 0: give a number above 0"),
        (["--seconds", "0"], "--seconds 0: give a number above 0"),
        (["--half", "both"], "--half"),
        (["--draws", "2:1"], "--draws 2:1: expected FROM:TO"),
        (["--engines", "enumerate"], "no engine 'enumerate': there are"),
    ],
)
def test_what_is_wrong_is_refused(argv, why, capsys):
    assert main(argv) == 2
    assert why in " ".join(capsys.readouterr().err.split())
    assert not Path("runs").exists()


def test_the_table_has_both_halves_and_the_reasons():
    def run(suite: str, task: str, result: str, state: str = "finished", **more) -> dict:
        return {
            "suite": suite, "task": task, "engine": "e", "result": result, "state": state,
            "found_by": "enumeration", "notes": [], "search_seconds": 30.1,
            "budget": {"seconds": 30.0}, "examples": {"passed": 6, "total": 10},
            "work": {"terms": 12_000, "programs": 5},
            "stages": {"starting": 9.5, "enumeration": 9.0, "mcmc": 2.0},
        } | more  # fmt: skip

    dev = [n for n in load_drawn("classics").tasks if half_of(n) == "dev"]
    test = [n for n in load_drawn("classics").tasks if half_of(n) == "test"]
    records = [
        *(run("classics", n, "verified") for n in dev[:4]),
        run("classics", test[0], "verified"),
        run("classics", test[1], "fits_examples"),
        run("classics", test[2], "not_found"),
        run("classics", test[3], "not_found", "timeout"),
        run("clia.zeros", "max2", "not_found", search_seconds=2.0, examples=None),
        run("clia.zeros", "max3", "not_found", "out_of_memory"),
        run("clia.zeros", "max4", "fits_examples", notes=[f"3 {AMBIGUOUS}, about as likely"]),
        run("table1", "inc", "verified"),
    ]
    rows = by_half(Group(1, "", records)).rows
    assert [row[0] for row in rows] == ["classics", "clia.zeros", "all"]
    assert rows[0][2:5] == ["4/4 (51-100 %)", "1/4 (5-70 %)", "75"]
    why = [dict(zip(WHY, map(int, row[5:]), strict=True)) for row in rows]
    assert why[0] == {"overfits": 1, "ambiguous": 0, "time up": 1, "ended": 0, "memory": 0,
                      "error": 1}  # fmt: skip
    assert {reason for reason, n in why[1].items() if n} == {"ambiguous", "ended", "memory"}
    assert why[2] == dict.fromkeys(WHY, 1)
    assert how_far(Group(1, "", records)).rows == [
        ["classics", "e", "1", "0", "0", "1", "12,000", "5", "enumeration 1"],
        ["clia.zeros", "e", "1", "1", "0", "0", "12,000", "5", "enumeration 1"],
    ]


def test_all_draws_of_a_task_are_one_observation():
    def run(suite: str, task: str, result: str = "verified") -> dict:
        return {"suite": suite, "task": task, "engine": "e", "result": result, "notes": [],
                "state": "finished", "search_seconds": 1.0, "found_by": "deduction"}  # fmt: skip

    dev = [n for n in load_drawn("classics").tasks if half_of(n) == "dev"][:4]
    draws = [run(suite, n) for suite in ("classics", "classics.draw1", "classics.draw12")
             for n in dev]  # fmt: skip
    (row,) = by_half(Group(1, "", draws)).rows
    assert row[:3] == ["classics", "e", "12/12 (51-100 %)"]  # of 4, not of 12
    assert row[4] == "–"
