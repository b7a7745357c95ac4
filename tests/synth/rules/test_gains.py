"""What rulesets are worth on known answers."""

from __future__ import annotations

import pytest

from synth.rules import command, gained
from synth.rules.gains import Gain, gains, load_answers
from synth.rulesets import SHIPPED

FEW = ("anc/list_k_biased", "anc/access")


@pytest.fixture
def few(monkeypatch):
    """Only some of the answers are looked at."""
    answers = [answer for answer in load_answers() if answer.name in FEW]
    monkeypatch.setattr(gained, "load_answers", lambda language: answers)
    return answers


def test_the_answers_are_right():
    for answer in load_answers():
        program = answer.problem.lower(answer.term)
        assert program is not None, answer.name
        assert answer.problem.passes(program), answer.name


def test_a_shipped_ruleset_makes_loops_quicker(few):
    found = {g.name: g for g in gains([SHIPPED["unroll"]], few) if g is not None}
    assert found["anc/access"] == Gain("anc/access", 0)
    assert found["anc/list_k_biased"].matches > 0
    assert found["anc/list_k_biased"].ratio < 1


def test_it_is_shown(few, capsys):
    assert command.main(["show", "unroll"]) == 0
    said = capsys.readouterr().out
    assert "anc/list_k_biased" in said
    assert "1 quicker" in said


def test_it_takes_no_longer_than_it_may(few, capsys):
    assert command.main(["show", "unroll", "--within", "0"]) == 0
    assert "looked at 0 of 2 known answers; 0 s were over" in capsys.readouterr().out


def test_an_interrupt_shows_what_there_is(few, capsys, monkeypatch):
    def interrupted(*args, **options):
        yield Gain("anc/list_k_biased", 3, 100, 90)
        raise KeyboardInterrupt

    monkeypatch.setattr(gained, "gains", interrupted)
    assert command.main(["show", "unroll"]) == 130
    said = capsys.readouterr().out
    assert "0.90" in said
    assert "interrupted" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--words", "8"], "--words: no effect on known answers"),
        (["--first", "3"], "--first: no effect on known answers"),
        (["(do (halt))", "--within", "3"], "--within: no effect on a program"),
    ],
)
def test_options_without_effect_are_refused(arguments, said, capsys):
    assert command.main(["show", "unroll", *arguments]) == 2
    assert said in capsys.readouterr().err
