"""What likelihoods are measured on: programs that fit, candidates that differ."""

from __future__ import annotations

from itertools import islice

import numpy as np

from backend.perception import make_tables
from benchmarks.likelihoods import suite
from benchmarks.likelihoods.__main__ import main
from benchmarks.likelihoods.programs import (
    MACHINE,
    PASSES,
    TASKS,
    candidates,
    lists,
    lowered,
    task,
)


def test_every_program_fits_the_machine():
    for text in (*TASKS.values(), *PASSES.values()):
        assert lowered(task(text)) is not None


def test_the_tasks_are_what_they_are_called():
    group = lists(3, range(12))
    want = {
        "sum": lambda xs: sum(xs) % 12, "max": max, "min": min, "count": len,
        "last": lambda xs: xs[-1], "parity of the sum": lambda xs: sum(xs) % 2,
        "alternating sum": lambda xs: (xs[2] - xs[1] + xs[0]) % 12,
        "product": lambda xs: np.prod(xs) % 12,
    }  # fmt: skip
    programs = [lowered(task(text)) for text in TASKS.values()]
    for name, table in zip(TASKS, make_tables(programs, group, MACHINE), strict=True):
        wanted = [want[name](row) for row in (group.all_readings() + 1).tolist()]
        assert group.answers[table.outcome[0], MACHINE.words - 1].tolist() == wanted, name


def test_candidates_differ_on_short_lists_and_are_always_the_same():
    found = list(candidates(20))
    groups = [lists(length, range(12)) for length in (2, 3)]
    tables = [make_tables([p for _, p in found], group, MACHINE) for group in groups]
    outcomes = {tuple(t.outcome.tobytes() for t in each) for each in zip(*tables, strict=True)}
    assert len(outcomes) == len(found) == 20
    assert [t for t, _ in islice(candidates(5), 5)] == [t for t, _ in found[:5]]


def test_how_programs_of_the_suite_are_trained_is_measured_once(tmp_path, capsys):
    argv = ["--tasks", "sum", "--lengths", "4", "5", "--out", str(tmp_path / "runs.jsonl")]
    assert suite.main(argv) == 0
    first = capsys.readouterr().out
    assert "table, 6,561" in first
    assert "structure" in first
    assert suite.main(argv) == 0
    assert capsys.readouterr().out == first


def test_a_part_that_there_is_not_is_refused(capsys):
    assert main(["everything"]) == 2
    assert "--parts everything: choose from candidates" in capsys.readouterr().err
