"""The console script: a spec, or the name of a command."""

from __future__ import annotations

import json

import pytest

from benchmarks.suites import ROOT
from synth.skeletune import COMMANDS, main

EASY = str(ROOT / "table1" / "inc.json")


def test_a_spec_is_searched(capsys):
    assert main([EASY, "--out", "none", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == "verified"


def test_a_first_word_names_a_command(capsys):
    assert main(["rules", "explain", "(add 1 2)", "(add 2 1)"]) == 0
    assert "(add 2 1)" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_tells_of_each_command(name: str, capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert f"skeletune {name} " in said
    assert "--seconds" in said
    assert main([name, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_a_spec_may_have_the_name_of_a_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").write_text("{}")
    assert main(["./rules"]) == 2
    assert "rules" in capsys.readouterr().err
