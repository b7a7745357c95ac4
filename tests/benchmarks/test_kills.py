"""A few kills; `python -m benchmarks.kills` does a hundred, over all engines."""

from __future__ import annotations

import os

import pytest

from benchmarks.kills import RUNS, Kill, Run, answer_of, kill_once, table
from synth.engines import ENGINES


def test_every_engine_is_killed():
    """But for those that a ladder uses and that are over in a second."""
    over = {"rewriting", "deduction", "walks", "perception"}
    assert {run.engine for run in RUNS.values()} == ENGINES.keys() - over


@pytest.mark.parametrize(
    "run",
    [
        Run("enumeration", "table1/parity", {"terms": 15_000}),
        Run("mcmc", "table1/parity", {"programs": 1_500_000}),
    ],
    ids=lambda run: run.engine,
)
def test_a_killed_run_ends_as_if_nothing_had_been(run, tmp_path):
    expected = answer_of(run.command(tmp_path / "whole", 0), dict(os.environ))
    kill = kill_once(run, 0, 2.0, expected)
    assert (kill.same, kill.orphans, kill.files) == (True, 0, ())


def test_the_table():
    kills = {"a": [Kill(1.0, True, True, 0, ()), Kill(2.0, False, False, 1, ("x.tmp",))], "b": []}
    shown = table(kills)
    assert [list(column.cells) for column in shown.columns][:3] == [
        ["a", "b", "all"], ["2", "0", "2"], ["1", "0", "1"],
    ]  # fmt: skip
