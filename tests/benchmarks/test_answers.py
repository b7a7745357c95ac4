"""Answers of two versions: what is compared, and that a run goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.answers import differences, main
from benchmarks.suites import ROOT

ONE = {"result": "verified", "program": "halt", "stats": {"seconds": 1.0}}


def test_clocks_are_not_compared():
    before = {"a": ONE, "b": ONE, "c": ONE}
    after = {"a": ONE | {"stats": {}}, "b": ONE | {"program": "noop"}, "d": ONE}
    assert list(differences(before, after)) == [
        ("b", "program: 'halt' → 'noop'"),
        ("c", "only in the first"),
        ("d", "only in the second"),
    ]


def test_the_same_version_gives_the_same_answers(tmp_path: Path, capsys):
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "inc.json").write_text((ROOT / "table1" / "inc.json").read_text())
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    checkout = str(Path(__file__).parents[2])
    for out in (one, other):
        arguments = ["--out", str(out), "--terms", "1500", "--checkout", checkout]
        assert main([str(specs), *arguments, "--engines", "enumeration"]) == 0
    assert [a["result"] for a in json.loads(one.read_text()).values()] == ["verified"]
    assert main(["--compare", str(one), str(other)]) == 0
    assert "answers that differ: 0 of 1" in capsys.readouterr().out
    other.write_text("{}")
    assert main(["--compare", str(one), str(other)]) == 1


def test_an_unknown_engine_is_refused_before_anything_runs(tmp_path: Path, capsys):
    out = tmp_path / "answers.json"
    assert main(["--out", str(out), "--engines", "", "enumerate"]) == 2
    assert "no engine 'enumerate': there are" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("text", [None, "no json"])
def test_other_files_are_refused(tmp_path: Path, text: str | None, capsys):
    path = tmp_path / "other.json"
    if text is not None:
        path.write_text(text)
    assert main(["--compare", str(path), str(path)]) == 2
    assert "other.json: no answers in it" in capsys.readouterr().err
