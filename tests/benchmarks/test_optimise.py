"""Answers to optimise: what the file holds is right."""

from __future__ import annotations

import json

import pytest

from benchmarks.optimise import answers
from benchmarks.optimise.answers import SUITES, Answer, load_answers
from benchmarks.suites import find_suites
from bridge import verify
from synth.problem import resolve

ANSWERS = load_answers()


def test_every_task_of_the_suites_has_an_answer() -> None:
    tasks = [f"{suite}/{path.stem}" for suite in SUITES for path in find_suites()[suite]]
    assert [answer.name for answer in ANSWERS] == tasks


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.name)
def test_answers_are_right(answer: Answer) -> None:
    spec = answer.spec
    verdict = verify(answer.program, (*spec.examples, *spec.holdout), spec.machine)
    assert verdict.correct
    if answer.term is not None:
        assert resolve(spec).lower(answer.term) == answer.program


def test_the_command_writes_what_the_loader_reads(tmp_path, monkeypatch) -> None:
    out = tmp_path / "answers.jsonl"
    monkeypatch.setattr(answers, "SUITES", ("repair",))
    monkeypatch.setattr(answers, "find_suites", lambda: {"repair": [_inc()]})
    assert answers.main(["--terms", "5000", "--out", str(out)]) == 0
    assert [row["term"] for row in map(json.loads, out.read_text().splitlines())] == [
        "(do (store p (inc (load p))))"
    ]
    assert load_answers(out)[0].task == "inc"


def test_a_file_without_answers_is_an_error(tmp_path, capsys) -> None:
    with pytest.raises(answers.UsageError, match=r"nothing\.jsonl: no answers in it"):
        load_answers(tmp_path / "nothing.jsonl")


def _inc():
    return next(path for path in find_suites()["table1"] if path.stem == "inc")
