"""Answers to optimise: what the file holds is right; how they are made quicker is measured."""

from __future__ import annotations

import json

import pytest

from benchmarks.optimise import __main__ as command
from benchmarks.optimise import answers, counters
from benchmarks.optimise.answers import SUITES, Answer, load_answers
from benchmarks.optimise.counters import sums
from benchmarks.optimise.measure import differing
from benchmarks.optimise.tasks import fresh_inputs, make_task
from benchmarks.suites import find_suites
from bridge import Machine, parse_program, verify
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


# ------------------------------------------------------------ the comparison


def test_a_task_with_long_lists_gets_the_machine_that_it_needs() -> None:
    answers = {answer.name: answer for answer in ANSWERS}
    task = make_task(answers["lists/rev"], "long")
    assert task is not None
    assert task.spec.machine.words == 64  # the list, and the reversed one
    assert min(len(e.memory) for e in task.spec.examples) > 20
    copied = make_task(answers["anc/copy"], "long")
    assert copied is not None
    assert copied.spec.machine.words == 64
    assert make_task(answers["table1/inc"], "long") is None
    assert sum(make_task(answer, "long") is not None for answer in ANSWERS) == 30


def test_fresh_inputs_are_none_of_the_specs() -> None:
    task = make_task(ANSWERS[-1], "short")
    assert task is not None
    fresh = fresh_inputs(task, 100)
    known = {e.memory for e in (*task.spec.examples, *task.spec.holdout)}
    assert len({e.memory for e in fresh}) == 100
    assert not known & {e.memory for e in fresh}
    assert verify(task.program, fresh, task.spec.machine).correct


def test_programs_that_differ_somewhere_are_told() -> None:
    machine = Machine(words=8, registers=3, lines=4)
    one, other = (parse_program(text) for text in ("inc 1 1\nwrite 2 1", "inc 1 1\nwrite 1 1"))
    assert differing(one, one, machine, 100) == 0
    assert differing(one, other, machine, 100) > 90


def test_the_command_measures_and_prints(tmp_path, capsys) -> None:
    out = tmp_path / "runs.jsonl"
    options = ["--tasks", "table1/reduce", "--arms", "rewriting", "--lists", "short"]
    assert command.main([*options, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "rewriting: 1/1 (21-100 %) quicker; 0 wrong on held-out, 0 on fresh inputs" in shown
    (record,) = map(json.loads, out.read_text().splitlines())
    assert record["after"] < record["before"]
    assert record["proof"]["differing"] == 0
    assert record["result"]["fresh"] == 1_000
    assert record["result"]["answer_wrong"] == 0


def test_sums_with_counters_are_found(capsys) -> None:
    """A pointer to a + i, and a test of n − i; but no sum of what was read."""
    program = parse_program(
        """
loop:
  sub 2 1 4
  jump 4 end
  add 3 1 4
  read 4 5
  add 5 3 6
  inc 1 1
  jump 7 loop
end:
  add 3 1 4
"""
    )
    assert [line for line, _ in sums(program)] == [0, 2]
    assert counters.main([]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("anc/dijkstra: 14: sub 8 4 6")
    assert "1 of 45 programs have sums with counters in a loop" in shown


def test_what_is_unknown_is_refused(capsys) -> None:
    assert command.main(["--arms", "mcmc"]) == 2
    assert "choose from edits, rewriting, both" in capsys.readouterr().err
