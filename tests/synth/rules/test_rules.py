"""The command for rulesets."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from synth.rules.command import main

MINE = """
from egglog import *
from synth.language import *

@ruleset
def mine(x: Word, y: Word, a: Word, e: Word, d: Word, k: Block):
    yield rewrite(sub(x, y)).to(dec(sub(x, dec(y))))
    {more}
"""


@pytest.fixture
def mine(tmp_path):
    def write(more=""):
        path = tmp_path / "mine.py"
        path.write_text(MINE.replace("{more}", more))
        return str(path)

    return write


def test_sound_rules_pass(mine, capsys):
    assert main(["check", mine()]) == 0
    out = capsys.readouterr().out
    assert "(sub ?x ?y) → (dec (sub ?x (dec ?y)))" in out
    assert "1 rule: 0 unsound, 0 unknown" in out


def test_an_unsound_rule_is_shown_with_its_counterexample(mine, capsys):
    path = mine("yield rewrite(do(store(a, e), store(a, d), rest=k)).to(do(store(a, d), rest=k))")
    assert main(["check", path]) == 1
    out = capsys.readouterr().out
    assert "mine/2 is not sound:" in out
    assert "before  b = " in out
    assert "2 rules: 1 unsound, 0 unknown" in out


def test_a_rule_that_cannot_be_judged_has_an_exit_code_of_its_own(mine, capsys):
    path = mine("yield rewrite(inc(x)).to(x, eq(x).to(inc(x)))")
    assert main(["check", path]) == 4
    out = capsys.readouterr().out
    assert "mine/2 is unknown: only 0 cases were decided: its conditions hardly ever hold" in out
    assert "2 rules: 0 unsound, 1 unknown" in out
    assert main(["check", path, "--json"]) == 4
    found = json.loads(capsys.readouterr().out)["rules"]
    assert [r["sound"] for r in found] == [True, None]


def test_json_is_one_object(mine, capsys):
    assert main(["check", "--json", mine("yield rewrite(sub(x, y)).to(sub(y, x))")]) == 1
    found = json.loads(capsys.readouterr().out)["rules"]
    assert [r["sound"] for r in found] == [True, False]
    assert found[1]["counterexample"]["words"] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere.py:r"], "error: nowhere.py: no such file"),
        (["check", "arith", "--trials", "0"],
         'error: Invalid value "0" for --trials. Give a number from 1 to 1,000,000.'),
        (["explain", "(inc x)", "(dec x)", "--words", "1"],
         'error: Invalid value "1" for --words. Give a number from 2 to 256.'),
        (["explain", "(inc x)", "(dec x)", "--seconds", "nan"],
         'error: Invalid value "nan" for --seconds. Give a number from 0 to 1,000,000.'),
        (["explain", "(do " + "(noop) " * 200 + ")", "(do)"],
         "error: a program of more than 200 statements is not explained"),
        (["show", "arith", "(do)", "--first", "-1"],
         'error: Invalid value "-1" for --first. Give a number from 0 to 1,000.'),
        (["infer", "--name", "class"], "error: --name class: give a Python name"),
        (["explain", "(inc x", "(dec x)"], "error: term: 1 ')' missing at the end"),
        (["explain", "nowhere", "(dec x)"],
         "error: nowhere: neither a term in parentheses nor a file"),
        (["explain", "(frob x)", "(dec x)"], "error: (frob …): no such construct"),
    ],
)  # fmt: skip
def test_bad_input_is_exit_2(arguments, message, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip() == message


def test_explain_names_each_rule(capsys):
    assert main(["explain", "(load (sub (add x y) y))", "(load x)"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["    (load (sub (add x y) y))", "  = (load x)"]
    assert out[2].strip() == "arith/sub-after-add: (sub (add ?x ?y) ?y) → ?x"
    assert main(["explain", "(inc x)", "(dec x)"]) == 1
    assert "no chain found within" in capsys.readouterr().err


def test_terms_may_begin_with_comments_in_files_too(tmp_path, capsys):
    text = "; mine\n  (inc (dec x))"
    path = tmp_path / "v1:term.txt"
    path.write_text(text)
    assert main(["explain", text, "x"]) == 2  # a variable is no term in parentheses
    assert main(["explain", text, str(path)]) == 0
    assert main(["explain", text, "; (dec x)"]) == 2
    assert "neither a term in parentheses nor a file" in capsys.readouterr().err
    path.write_bytes(b"(inc \xff)")
    assert main(["explain", text, str(path)]) == 2
    assert "not UTF-8 text: invalid start byte at byte 5" in capsys.readouterr().err


def test_show_tells_what_a_ruleset_adds(mine, capsys, tmp_path):
    dot, svg, html = (tmp_path / f"e.{kind}" for kind in ("dot", "svg", "html"))
    files = ["--dot", str(dot), "--svg", str(svg), "--html", str(html)]
    assert main(["show", "refold", "(do (map p (succ)))", *files]) == 0
    out = capsys.readouterr().out
    assert "ended             saturated  saturated" in out
    assert "6 × refold/succ  (inc ?x) → (apply (succ) ?x)" in out
    assert "10 new programs:" in out
    root = ElementTree.parse(svg).getroot()
    rows = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"map p succ", "load p", "#0"} <= set(rows)
    assert any(row is not None and row.startswith("while #") for row in rows)
    assert dot.read_text().startswith("digraph {")
    assert "<svg" in html.read_text()


def test_where_nothing_can_draw_the_fix_is_told(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("synth.rules.draw.which", lambda name, path=None: None)
    arguments = ["show", "arith", "(do (store p (add x 0)))", "--svg", str(tmp_path / "e.svg")]
    assert main(arguments) == 2
    assert "pip install 'skeletune[draw]'" in capsys.readouterr().err


def test_show_takes_a_spec(capsys):
    assert main(["show", "arith", "benchmarks/suites/table1/inc.json"]) == 0
    assert "new programs:\n  (do (store p (add 1 (load p))))" in capsys.readouterr().out
