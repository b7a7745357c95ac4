"""`benchmarks.shares`: what shares of the budget solve, counted from runs of single engines."""

from __future__ import annotations

import json
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("matplotlib")

from benchmarks.shares import Needed, Setting, main, solved_within

RATES = (100.0, 1000.0)


def test_turns_are_counted_by_work():
    """The leader has 300 units when the companion, one for one from 100 on, has its 200."""
    task = Needed("t", 500.0, (200.0,))
    assert solved_within(task, Setting(100, (1.0,)), RATES) == pytest.approx(3 + 0.2)
    assert solved_within(task, Setting(100, (0.0,)), RATES) == pytest.approx(5)
    assert solved_within(task, Setting(100, (0.25,)), RATES) == pytest.approx(5 + 0.1)
    assert solved_within(Needed("t", 50.0, (9.0,)), Setting(100, (1.0,)), RATES) == 0.5
    assert solved_within(Needed("t", inf, (inf,)), Setting(0, (1.0,)), RATES) == inf


@given(st.floats(1, 1e7), st.floats(1, 1e7), st.floats(0, 4), st.integers(0, 10**6))
def test_a_companion_costs_at_most_its_turns(leader, companion, share, after):
    alone = solved_within(Needed("t", leader, (inf,)), Setting(after, (0.0,)), RATES)
    beside = solved_within(Needed("t", leader, (companion,)), Setting(after, (share,)), RATES)
    assert beside <= alone + share * max(0.0, leader - after) / RATES[1] + 1e-6


def record(task: str, engine: str, units: int, *, solved: bool) -> dict:
    return {
        "key": f"{task}/{engine}", "suite": "s", "task": task, "engine": engine, "seed": 0,
        "result": "verified" if solved else "not_found", "found_by": engine, "environment": {},
        "search_seconds": 10.0, "work": {"terms": units},
    }  # fmt: skip


def test_the_table_compares_with_what_is_shipped(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    records = [
        record("by_chains", "enumeration", 3_000_000, solved=False),
        record("by_chains", "mcmc", 1_500_000, solved=True),
        record("by_chains", "edits", 2_000_000, solved=False),
        *(record("deduced", engine, 1_000_000, solved=False)
          for engine in ("enumeration", "mcmc", "edits")),
        record("deduced", "deduction", 50, solved=True),
    ]  # fmt: skip
    path = tmp_path / "dev.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    assert main([str(path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "shipped" in said
    assert "1/1 (" in said  # what deduction solves says nothing of shares
    assert "0/1 (" in said
    path.write_text(json.dumps(records[0]) + "\n")
    assert main([str(path)]) == 2
    assert "no run of edits in the results" in capsys.readouterr().err
    assert main([]) == 2
