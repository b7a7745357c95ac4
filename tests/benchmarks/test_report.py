"""Reports say what the records say, and nothing is compared that cannot be."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib")

from benchmarks.report.__main__ import main
from benchmarks.report.compare import compare
from benchmarks.report.groups import ReportError, groups
from benchmarks.report.queries import (
    attribution,
    by_steps,
    by_suite,
    by_task,
    repairs,
    unsolved,
)

HERE = {"source": "a", "python": "3", "cpu": "x", "cores": 2, "device": "cpu"}


def record(
    task: str, engine: str, seed: int, seconds: float | None, **changes: Any
) -> dict[str, Any]:
    """A run that was verified after so many seconds, or not at all."""
    solved = seconds is not None
    found = {
        "suite": "s", "task": task, "engine": engine, "seed": seed, "spec": "d",
        "budget": {"seconds": 10.0, "memory": 4.0, "cores": 1}, "state": "finished",
        "reason": None, "result": "verified" if solved else "not_found",
        "found_by": engine if solved else None, "examples": {"passed": 3, "total": 8},
        "holdout": {"passed": 1, "total": 4}, "steps": 3.0, "work": {"terms": 100},
        "search_seconds": seconds if solved else 10.0, "stages": {engine: seconds or 10.0},
        "program": f"set {seed}", "wall_seconds": 11.0, "peak_memory_mib": 50.0,
        "environment": HERE, **changes,
    }  # fmt: skip
    return {"key": str(hash(json.dumps(found))), **found}


RECORDS = [
    *(record("easy", "ladder", seed, 1.0 + seed) for seed in range(3)),
    *(record("hard", "ladder", seed, 8.0 if seed else None) for seed in range(3)),
    *(record("easy", "sat", seed, 4.0) for seed in range(3)),
    *(record("hard", "sat", seed, None) for seed in range(2)),
    record("hard", "sat", 2, None, state="timeout", reason="killed after 40 s"),
    record("over", "sat", 0, None, result="fits_examples"),
]


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    return path


def test_tables():
    (group,) = groups(RECORDS)
    rows = {row[1]: row for row in by_suite(group).rows}
    assert rows["ladder"][2] == "5/6 (24-99 %)"  # of two tasks
    assert rows["ladder"][4] == "3"  # the median of 1, 2, 3, 8, 8
    assert rows["sat"][2:4] == ["3/7 (10-84 %)", "1"]
    assert rows["sat"][-1] == "1"
    table = by_task(group, "s")
    assert ["hard", "2/3, 8 s", "0/3"] in table.rows
    assert ["over", "–", "0/1"] in table.rows
    assert ["ladder", "ladder", "5", "32"] in attribution(group).rows
    reasons = {(row[1], row[2]): row[4] for row in unsolved(group).rows}
    assert reasons["hard", "ladder"] == "best passes 3 of 8 examples"
    assert reasons["hard", "sat"] == "best passes 3 of 8 examples; timeout: killed after 40 s"
    assert reasons["over", "sat"] == "overfits: 1 of 4 held-out inputs right"


def test_starts_handed_back_and_late_answers_are_counted():
    records = [
        record("a", "ladder", 0, 1.0, steps=4.04),
        record("a", "ladder", 1, 1.0, steps=9.0, found_by="start"),
        record("b", "ladder", 0, 1.0, steps=9.0, found_by="start"),
        record("c", "ladder", 0, None),
        record("d", "ladder", 0, 11.5),
    ]
    (group,) = groups(records)
    (row,) = by_suite(group).rows
    assert row[2].startswith("2/5 ")
    assert row[9:11] == ["2", "1"]
    steps = [["s", "a", "4.0"], ["s", "b", "(9.0)"], ["s", "d", "3.0"]]
    assert by_steps(group).rows == steps
    reasons = {row[1]: row[4] for row in unsolved(group).rows}
    assert reasons["b"] == "the program to start from, as given"


def test_repairs_by_number():
    records = [record(f"inc.wrong.{n}.{i}", "ladder", 0, None if n + i > 3 else 1.0)
               for n in (1, 2, 3) for i in range(3)]  # fmt: skip
    (group,) = groups(records)
    ((change, table),) = repairs(group)
    assert change == "wrong"
    assert [row[1].split()[0] for row in table.rows] == ["3/3", "2/3", "1/3"]


def test_versions_machines_and_budgets_are_kept_apart():
    records = [
        record("t", "ladder", 0, 1.0),
        record("t", "ladder", 0, 1.0, environment=HERE | {"source": "b"}),
        record("t", "ladder", 0, 1.0, environment=HERE | {"cpu": "y"}),
        record("t", "ladder", 0, 1.0, budget={"seconds": 20.0, "memory": 4.0, "cores": 1}),
    ]
    assert [len(group.records) for group in groups(records)] == [1, 1, 1, 1]
    assert len(groups([records[0], records[0]])[0].records) == 1


def test_an_engine_that_was_renamed_is_shown_by_the_name_it_was_run_under():
    """`both` of before and `ladder` of now are of different sources: they do not share a table."""
    now = record("t", "ladder", 0, 1.0)
    before = record("t", "both", 0, 1.0, environment=HERE | {"source": "b"})
    assert [group.engines for group in groups([before, now])] == [["both"], ["ladder"]]
    with pytest.raises(ReportError, match="no run in common"):
        compare([before], [now], ("A", "B"))


def test_comparison_in_pairs():
    one = [record("t", "ladder", seed, 1.0) for seed in range(8)]
    other = [record("t", "ladder", seed, None if seed < 6 else 2.0) for seed in range(8)]
    (row,) = compare(one, other, ("A", "B")).rows
    # McNemar's exact p of 6 against 0: 2 / 2⁶
    assert row == ["ladder", "8", "2", "6", "0", "0", "0.031", "2", "0", "0.5"]


def test_versions_of_an_engine_are_kept_apart():
    records = [record("t", "mine.py", seed, 1.0, engine_source="ab"[seed]) for seed in (0, 1)]
    (group,) = groups(records)
    assert group.engines == ["mine.py @a", "mine.py @b"]
    (group,) = groups(records[:1])
    assert group.engines == ["mine.py"]
    twice = [records[0], record("t", "mine.py", 0, 2.0, engine_source="b")]
    with pytest.raises(ReportError, match="several runs of mine"):
        compare(twice, records, ("A", "B"))


def test_an_engine_without_chance_counts_once():
    one = [record("t", "sat", seed, 1.0 + seed, program="halt") for seed in range(3)]
    other = [record("t", "sat", seed, None) for seed in range(3)]
    (row,) = compare(one, other, ("A", "B")).rows
    assert row == ["sat", "1", "0", "1", "0", "0", "1", "0", "0", "1"]
    (row,) = compare(one, [r | {"search_seconds": 1.5} for r in one], ("A", "B")).rows
    assert row[-3:] == ["0", "1", "1"]  # a median of 2 s against one of 1.5 s


@pytest.mark.parametrize("change", [{"spec": "e"}, {"budget": {"seconds": 1.0}}])
def test_what_differs_is_not_compared(change):
    one, other = record("t", "ladder", 0, 1.0), record("t", "ladder", 0, 1.0, **change)
    with pytest.raises(ReportError, match="compare runs of the same"):
        compare([one], [other], ("A", "B"))
    with pytest.raises(ReportError, match="no run in common"):
        compare([one], [record("other", "ladder", 0, 1.0)], ("A", "B"))


def test_the_command_writes_a_report(tmp_path, capsys):
    repair = [record(f"inc.holes.{n}.0", "ladder", 0, 1.0, suite="repair") for n in (1, 2)]
    results = write(tmp_path / "r.jsonl", RECORDS + repair)
    again = tmp_path / "again"
    for out in (tmp_path / "report", again):
        assert main([str(results), "--out", str(out), "--compare", *[str(results)] * 2]) == 0
    assert "5/6" in capsys.readouterr().out
    markdown = (tmp_path / "report" / "report.md").read_text()
    assert "5/6" in markdown
    page = (tmp_path / "report" / "report.html").read_text()
    assert page == (again / "report.html").read_text()
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    titles = "Cactus plot", "Verified within a budget", "ladder against sat", "Repair by number"
    assert len(pictures) == len(titles)
    for picture, title in zip(pictures, titles, strict=True):
        assert title in picture
        ET.fromstring(picture)
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)
    assert {path.name for path in again.iterdir()} == {"report.md", "report.html"}


def test_heat_maps_lead_to_the_pages_of_runs(tmp_path):
    page = "pages/s.easy.ladder.1.html"
    records = [r | ({"page": page} if r["seed"] == 1 else {}) for r in RECORDS]
    (tmp_path / "results").mkdir()
    results = write(tmp_path / "results" / "r.jsonl", records)
    assert main([str(results), "--out", str(tmp_path / "report")]) == 0
    text = (tmp_path / "report" / "report.html").read_text()
    assert f'<a href="../results/{page}" title="seed 1">1</a>' in text
    assert re.search(r'<th scope="row">hard</th><td class="number" style="--p: 67">67', text)


def test_compressed_results_are_read(tmp_path, capsys):
    results = tmp_path / "r.jsonl.gz"
    results.write_bytes(gzip.compress(write(tmp_path / "r.jsonl", RECORDS).read_bytes()))
    for name in ("r.jsonl", "r.jsonl.gz"):
        assert main([str(tmp_path / name), "--out", str(tmp_path / name[2:])]) == 0
    one, other = (tmp_path / name / "report.md" for name in ("jsonl", "jsonl.gz"))
    assert one.read_text() == other.read_text()
    results.write_bytes(b"no")
    assert main([str(results)]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "name a file of results"),
        (["none.jsonl"], "cannot be read"),
        (["other.jsonl"], "name a file of results"),
        (["repair.jsonl"], "none of benchmarks.run"),
    ],
)
def test_bad_input(argv, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("other.jsonl").write_text("hello\n")
    foreign = {k: v for k, v in RECORDS[0].items() if k != "budget"}
    Path("repair.jsonl").write_text(json.dumps(foreign) + "\n")
    assert main(argv) == 2
    assert message in capsys.readouterr().err
