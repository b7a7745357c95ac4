"""Rules from nothing: sound, few, and enough for what is shipped."""

from __future__ import annotations

import pytest

from bridge.errors import SkeletuneError
from synth.egraph.graph import TermGraph, read_rules
from synth.rules.command import main
from synth.rules.infer import _as_term as as_term
from synth.rules.infer import infer
from synth.rules.rule import pattern_vars
from synth.rules.soundness import check_ruleset
from synth.rulesets import SHIPPED


def test_the_laws_of_shipped_arithmetic_are_found():
    ruleset = infer()
    rules = read_rules(ruleset)
    assert len(rules) <= 60
    assert all(v.sound for v in check_ruleset(ruleset))
    laws = [
        (as_term(r.left), as_term(r.right))
        for r in read_rules(SHIPPED["arith"])
        if all(s.sort == "Word" for s in pattern_vars(r.left, r.right))
    ]
    assert len(laws) >= 35
    graph = TermGraph(64)
    for law in laws:
        for term in law:
            graph.add(term)
    graph.saturate([ruleset, SHIPPED["constants"]], nodes=60_000, seconds=1_000)
    assert [law for law in laws if not graph.same(*law)] == []


def test_the_command_writes_a_file_that_check_accepts(tmp_path, capsys):
    path = tmp_path / "found.py"
    arguments = ["infer", "min", "max", "--variables", "2", "--size", "3", "--out", str(path)]
    assert main(arguments) == 0
    assert (
        "# (min x y) = (min y x)\n    yield rewrite(min_(x, y)).to(min_(y, x))" in path.read_text()
    )
    assert main(["check", str(path)]) == 0
    assert "0 unsound, 0 unknown" in capsys.readouterr().out


def test_only_words_can_be_inferred():
    with pytest.raises(SkeletuneError, match="while: rules are inferred for words of one or two"):
        infer(["while"])
    assert main(["infer", "--size", "99"]) == 2
