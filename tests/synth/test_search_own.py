"""The command with users' rules and engines: refused, asked for, and given again to go on."""

from __future__ import annotations

import json

from benchmarks.suites import ROOT
from synth.search import main
from tests.commands import run_json

EASY = ROOT / "table1" / "map_inc.json"


UNSOUND = """
from collections.abc import Iterable
from egglog import RewriteOrRule, rewrite, ruleset
from synth.language import Word, inc, max_

@ruleset
def wrong(x: Word, y: Word) -> Iterable[RewriteOrRule]:
    yield rewrite(inc(max_(x, y))).to(max_(inc(x), inc(y)))
"""


def test_an_unsound_ruleset_is_refused_unless_asked_for(capsys, tmp_path):
    rules = tmp_path / "mine.py"
    rules.write_text(UNSOUND)
    out = tmp_path / "run"
    assert main([str(EASY), "--rules", str(rules), "--out", str(out)]) == 2
    message = "rule wrong/1 is unsound: (inc (max ?x ?y)) → (max (inc ?x) (inc ?y))"
    assert message in capsys.readouterr().err
    assert not out.exists()
    code, found = run_json(capsys, EASY, "--rules", rules, "--unsound", "--out", out)
    assert code == 0
    assert found["notes"] == [message]
    # Going on with it asks for the same again, and never runs what a folder names.
    assert main(["--resume", str(out)]) == 2
    assert "give the same again, with --rules" in capsys.readouterr().err
    assert main(["--resume", str(out), "--rules", str(rules), "--unsound"]) == 0


def test_a_rule_that_cannot_be_judged_is_refused_unless_asked_for(capsys, tmp_path):
    rules = tmp_path / "mine.py"
    text = UNSOUND.replace("rewrite, ruleset", "eq, rewrite, ruleset")
    rules.write_text(text.replace("inc(y)))", "inc(y)), eq(x).to(inc(x)))"))
    assert main([str(EASY), "--rules", str(rules), "--out", str(tmp_path / "run")]) == 2
    assert "rule wrong/1 is unknown (only 0 cases were decided" in capsys.readouterr().err
    _, found = run_json(capsys, EASY, "--rules", rules, "--unsound", "--out", tmp_path / "run")
    assert found["notes"][0].startswith("rule wrong/1 is unknown (")


ENGINE = """
from synth.engines.ladder import EnumerationEngine

class Mine(EnumerationEngine):
    pass

mine = Mine(name="mine")
"""


def test_an_engine_of_a_file(capsys, tmp_path):
    path, out = tmp_path / "engine.py", tmp_path / "run"
    path.write_text(ENGINE)
    code, found = run_json(capsys, EASY, "--engine", f"{path}:mine", "--out", out)
    assert (code, found["found_by"]) == (0, "mine")
    assert main(["--resume", str(out)]) == 2  # a folder never names code to run
    said = capsys.readouterr().err
    assert said.startswith(f"error: {out}/run.json: $.engine: no engine 'mine': there are dedu")
    assert main(["--resume", str(out), "--engine", "edits"]) == 2
    assert capsys.readouterr().err == (
        f"error: {out}: this run used the engine mine, not edits: "
        "give the same again, with --engine\n"
    )
    assert main(["--resume", str(out), "--engine", str(path), "--quiet"]) == 0
    capsys.readouterr()
    described = json.loads((out / "run.json").read_text()) | {"engine": f"{path}:mine"}
    (out / "run.json").write_text(json.dumps(described))
    assert main(["--resume", str(out)]) == 2
    assert "is code: give it, with --engine" in capsys.readouterr().err


def test_a_spec_never_names_code(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("raise SystemExit(7)")
    spec = json.loads(EASY.read_text()) | {"rulesets": ["mine.py:wrong"]}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    assert main(["spec.json"]) == 2
    assert "only the name of an installed ruleset" in capsys.readouterr().err
