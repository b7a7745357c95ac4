"""How a search went: little is kept, what matters is."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.suites import ROOT
from bridge import load_spec
from synth import solve
from synth.engines.base import Work
from synth.resuming import resume
from synth.runs.folder import RunFolder
from synth.runs.history import MOST, History, Recorded


@given(
    st.lists(st.tuples(st.floats(0.001, 100), st.integers(0, 3)), max_size=50), st.integers(1, 60)
)
def test_it_stays_small_and_in_order(steps, often):
    history, now, work = History(), 0.0, Work()
    for more, cells in steps * often:
        now, work = now + more, work.plus(Work(terms=5))
        history.add(now, f"stage {cells}", cells, 9, work)
    points = history.recorded({}).points
    assert len(points) < MOST
    assert [p.seconds for p in points] == sorted(p.seconds for p in points)
    assert [p.terms for p in points] == sorted(p.terms for p in points)


def test_a_turn_is_kept_however_soon_it_comes():
    history = History()
    for i, (stage, cells) in enumerate([("a", 1), ("a", 1), ("a", 2), ("b", 2)]):
        history.add(i / 1000, stage, cells, 3, Work())
    assert [(p.stage, p.cells) for p in history.points] == [("a", 1), ("a", 2), ("b", 2)]


def test_a_run_records_what_it_counts(tmp_path):
    spec = load_spec(ROOT / "table1" / "map_inc.json")
    solution = solve(spec, engine="enumeration", out=tmp_path / "run")
    written = msgspec.json.decode((tmp_path / "run" / "history.json").read_bytes(), type=Recorded)
    assert written == solution.history
    assert sum(told.get("terms", 0) for told in written.stages.values()) == solution.stats.terms
    assert written.points[-1].terms == solution.stats.terms
    assert written.points[-1].cells == written.cells == solution.examples.cells_total


def test_a_run_that_goes_on_goes_on_with_it(tmp_path):
    spec = load_spec(ROOT / "anc" / "bubble_sort.json")
    solve(spec, engine="enumeration", out=tmp_path / "run", terms=5_000)
    with RunFolder.open(tmp_path / "run")[0] as folder:
        before = folder.last_history()
    _, solution = resume(tmp_path / "run", terms=20_000)
    history = solution.history
    assert history is not None
    assert history.points[: len(before.points)] == tuple(before.points)
    assert history.points[-1].seconds > before.points[-1].seconds
    assert history.stages["enumeration"]["terms"] >= before.stages["enumeration"]["terms"]


@pytest.mark.parametrize("text", ["", "{", '{"points": 3}'])
def test_a_damaged_one_is_none(tmp_path, text):
    solve(load_spec(ROOT / "table1" / "inc.json"), out=tmp_path / "run")
    (tmp_path / "run" / "history.json").write_text(text)
    with RunFolder.open(tmp_path / "run")[0] as folder:
        assert folder.last_history() == History()
