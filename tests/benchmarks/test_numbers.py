"""Functions of numbers that are drawn, and what comes of them."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import numbers
from benchmarks.command import UsageError
from benchmarks.suites.drawn.branches import KINDS, draw_function
from benchmarks.suites.halves import half_of
from bridge.spec import Budget
from bridge.sygus import as_spec
from synth.engines.divide import DivideEngine


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_seed_draws_one_function_of_which_each_input_is_part(seed):
    drawn = draw_function(Random(seed))
    assert drawn == draw_function(Random(seed))
    assert drawn.kind in KINDS
    assert all(name in drawn.body for name in drawn.inputs)
    assert drawn.body.count("(") == drawn.body.count(")")


def test_bounds_hold_a_number():
    drawn = next(
        drawn
        for drawn in (draw_function(Random(seed)) for seed in range(1000))
        if drawn.body == "(ite (< x y) y (ite (> x z) z x))"
    )
    for example in as_spec(drawn.problem, examples=10, held=20)["examples"]:
        x, y, z = example["inputs"]
        assert example["output"] == (y if x < y else min(x, z))


def test_tasks_are_drawn_by_the_seed_and_of_clia_only_those_of_dev():
    tasks = list(numbers.draw_tasks(3, 5, 1))
    assert tasks == list(numbers.draw_tasks(3, 5, 1))
    assert tasks[:3] != list(numbers.draw_tasks(3, 6, 1))[:3]
    kinds = [kind for kind, *_ in tasks]
    assert kinds[:3] != [numbers.CLIA] * 3
    of_clia = [name for kind, name, _ in tasks if kind == numbers.CLIA]
    assert len(of_clia) == len(kinds) - 3
    assert all(half_of(name.rpartition(" ")[0]) == "dev" for name in of_clia)


def test_an_answer_counts_where_it_is_right_on_what_is_held_out():
    rows = [[x, y] for x in range(6) for y in range(5)]
    spec = {
        "machine": {"instructions": "arithmetic", "words": 32, "lines": 32},
        "examples": [{"inputs": row, "output": max(row)} for row in rows[::3]],
        "holdout": [{"inputs": row, "output": max(row)} for row in rows[1::3]],
    }
    assert numbers.outcome_of(spec, DivideEngine(), Budget()) == "right"
    wrong = [{**example, "output": 31 - example["output"]} for example in spec["holdout"]]
    wrong_spec = spec | {"holdout": wrong}
    assert numbers.outcome_of(wrong_spec, DivideEngine(), Budget()) == "overfit"


def test_the_command_counts_by_kind_and_compares(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(numbers, "DivideEngine", lambda: lambda problem, budget, seed: iter(()))
    before = tmp_path / "before.json"
    numbers.numbers(n=4, seed=1, draws=1, out=before)
    assert set(json.loads(before.read_text()).values()) == {"nothing"}
    assert "0/4" in capsys.readouterr().out
    numbers.numbers(n=4, seed=1, draws=1, against=before)
    assert ": 0 gained, 0 lost: p = 1.000" in capsys.readouterr().out
    with pytest.raises(UsageError, match="--n 0"):
        numbers.numbers(n=0)
    with pytest.raises(UsageError, match="--against"):
        numbers.numbers(n=1, against=tmp_path / "none.json")
