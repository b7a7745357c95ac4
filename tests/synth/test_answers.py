"""More answers than one: the cheapest programs that are right, and what of them is held out."""

from __future__ import annotations

import json

import msgspec
import pytest

import synth
from bridge import Example, Machine, Spec, parse_program, verify
from bridge.spec import Expect
from synth.answers import Answers
from synth.engines import Candidate
from synth.search import main


def example(before, after) -> Example:
    return Example(memory=before, expect=Expect(memory=after))


INC = Spec(
    machine=Machine(words=8, registers=3, lines=9),
    examples=(example((1,), (2,)),),
    holdout=(example((4,), (5,)), example((0,), (1,))),
)
"""One example: `memory[0] = 2` is right on it, too."""
WRONG_ON_4 = "\n".join(
    ["read 1 2", "inc 2 2", "dec 2 3", *["dec 3 3"] * 4, "jump 3 end", "write 1 2", "end:"]
)


def test_answers_are_the_cheapest_distinct_ones():
    answers = Answers(2)
    texts = ["inc 1 1\ninc 1 1\nhalt", "inc 1 1\nhalt", "noop\nhalt", "l: inc 1 1\nhalt", "halt"]
    for text in texts:
        answers.add(Candidate(parse_program(text)), steps=len(text))
    kept = [str(candidate.program) for candidate in answers]
    assert len(answers) == 2
    assert answers.full
    assert kept[0].strip() == "halt"
    quick = Answers(1, quick=True)
    quick.add(Candidate(parse_program("halt")), steps=3)
    quick.add(Candidate(parse_program("inc 1 1\nhalt")), steps=2)
    assert [str(c.program) for c in quick] == [str(parse_program("inc 1 1\nhalt"))]


@pytest.mark.parametrize("engine", ["enumeration", "edits", "sat", "ladder"])
def test_it_goes_on_after_the_first(engine, tmp_path):
    solution = synth.solve(
        INC, engine=engine, answers=4, seconds=1_000, terms=200_000, out=tmp_path
    )
    assert len(solution.answers) == 4
    assert len({str(answer.program) for answer in solution.answers}) == 4
    sizes = [len(answer.program) for answer in solution.answers]
    assert sizes == sorted(sizes)
    for answer in solution.answers:
        assert verify(answer.program, INC.examples, INC.machine) == answer.examples
        assert answer.examples.correct
        assert answer.passes == verify(answer.program, INC.holdout, INC.machine).correct
    right = [answer.program for answer in solution.answers if answer.passes]
    if right:
        assert solution.result is synth.Result.VERIFIED
        assert solution.program == right[0]
    saved = json.loads((tmp_path / "solution.json").read_text())
    assert [a["program"] for a in saved["answers"]] == [str(a.program) for a in solution.answers]
    assert [a["passes"] for a in saved["answers"]] == [a.passes for a in solution.answers]


def test_one_answer_is_the_first():
    one = synth.solve(INC, engine="enumeration")
    assert [answer.program for answer in one.answers] == [one.program]
    none = synth.solve(INC, engine="enumeration", terms=0)
    assert none.answers == ()


def test_fewer_than_wanted_is_said(tmp_path):
    def engine(problem, budget, seed):
        assert (yield Candidate(parse_program("read 1 2\ninc 2 2\nwrite 1 2"))) is False
        assert (yield Candidate(parse_program("halt"))) is False

    solution = synth.solve(INC, engine=engine, answers=3, out=tmp_path)
    assert solution.result is synth.Result.VERIFIED
    assert len(solution.answers) == 1
    assert "found 1 of 3 answers" in solution.notes
    _, again = synth.resume(tmp_path, engine=engine)
    assert again.answers == solution.answers


def test_every_answer_is_attacked_by_an_oracle():
    spec = msgspec.structs.replace(
        INC,
        examples=(example((1,), (2,)), example((6,), (7,))),
        holdout=(example((4,), (5,)),),
        oracle="read 1 2\ninc 2 2\nwrite 1 2",
    )

    def engine(problem, budget, seed):
        for text in (
            "read 1 2\ninc 2 2\nwrite 1 2",
            WRONG_ON_4,
            "noop\nread 1 2\ninc 2 2\nwrite 1 2",
        ):
            yield Candidate(parse_program(text))

    solution = synth.solve(spec, engine=engine, answers=2)
    assert [len(answer.program) for answer in solution.answers] == [3, 4]
    assert solution.examples.total == 3


def test_what_a_person_sees(tmp_path, capsys):
    path = tmp_path / "inc.json"
    path.write_bytes(msgspec.json.encode(INC))
    assert main([str(path), "--answers", "3", "--out", "none"]) in (0, 1)
    out = capsys.readouterr().out
    assert "answer 1" in out
    assert "FAILS: " in out
    assert main([str(path), "--answers", "0"]) == 2
