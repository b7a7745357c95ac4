"""List functions that are drawn, and what comes of them."""

from __future__ import annotations

import json

import pytest

from benchmarks import compositions
from benchmarks.command import UsageError
from benchmarks.suites.drawn.compositions import KINDS
from benchmarks.suites.drawn.task import EXAMPLES, HELD_OUT
from bridge.loading import convert_spec


def test_a_seed_draws_functions_of_all_kinds_whose_specs_load():
    drawn = compositions.draw_functions(24, 3)
    again = compositions.draw_functions(24, 3)
    assert [one.spec() for one in drawn.values()] == [one.spec() for one in again.values()]
    assert drawn.keys() != compositions.draw_functions(24, 4).keys()
    assert {one.kind for one in drawn.values()} <= {*KINDS}
    assert len({one.kind for one in drawn.values()}) > 5
    for one in drawn.values():
        spec = convert_spec(one.spec())
        assert (len(spec.examples), len(spec.holdout)) == (EXAMPLES, HELD_OUT)
        outputs = [str(example["output"]) for example in one.spec()["examples"]]
        assert len({*outputs}) > 1


def test_the_command_counts_by_kind_and_compares(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(
        compositions, "DeductionEngine", lambda: lambda problem, budget, seed: iter(())
    )
    before = tmp_path / "before.json"
    compositions.compositions(n=4, seed=1, out=before)
    assert set(json.loads(before.read_text()).values()) == {"nothing"}
    assert "0/4" in capsys.readouterr().out
    compositions.compositions(n=4, seed=1, against=before)
    assert ": 0 gained, 0 lost: p = 1.000" in capsys.readouterr().out
    with pytest.raises(UsageError, match="--n 0"):
        compositions.compositions(n=0)
    with pytest.raises(UsageError, match="--against"):
        compositions.compositions(n=1, against=tmp_path / "none.json")
