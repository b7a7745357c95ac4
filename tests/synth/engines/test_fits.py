"""Of several programs that are right on the examples, which one is believed."""

from __future__ import annotations

import pytest

import synth
from bridge import parse_program
from bridge.loading import convert_spec
from bridge.spec import Budget
from bridge.term import parse_term
from synth.driver import Driver
from synth.engines import Candidate, Checkpoint, Note, Spent, Work
from synth.engines.fits import Fits, choose
from synth.engines.rivals import tentative
from synth.problem import resolve
from synth.runs.files import Saved, read_file


def problem(*examples, **more):
    machine = {"words": 16, "registers": 4, "lines": 16}
    pairs = [{"memory": row, "expect": {"memory": out}} for row, out in examples]
    return resolve(convert_spec({"machine": machine, "examples": pairs, **more}))


def fits(*texts):
    return [Candidate(parse_program(text)) for text in texts]


DOUBLE_OR_MORE = ([2, 0], [4]), ([2, 7], [4])
"""2 becomes 4: doubled, or 2 more, or 4 whatever it was."""
DOUBLED = "read 1 2\nadd 2 2 2\nwrite 1 2"
TWO_MORE = "read 1 2\ninc 2 2\ninc 2 2\nwrite 1 2"
TWO_MORE_BY_4 = "read 1 2\ninc 2 2\ninc 2 2\ninc 2 2\ndec 2 2\nwrite 1 2"


def test_the_shortest_is_believed_and_said_to_be_in_doubt():
    given = problem(*DOUBLE_OR_MORE)
    chosen = choose(fits(TWO_MORE, DOUBLED), given)
    assert chosen.candidate.program == parse_program(DOUBLED)
    assert "2 different things fit the examples" in chosen.doubt
    assert "memory" in chosen.doubt


def test_nothing_is_tentative_where_an_oracle_judges():
    (fit,) = fits(DOUBLED)
    assert [event.tentative for event in tentative(problem(*DOUBLE_OR_MORE), fit)] == [True]
    judged = problem(*DOUBLE_OR_MORE, oracle=DOUBLED)
    assert [*tentative(judged, fit)] == []


def test_a_behaviour_is_as_likely_as_its_programs_together():
    many = [TWO_MORE, *(TWO_MORE.replace("2", r) for r in "34"), TWO_MORE + "\nhalt"]
    many += [f"read 1 {r}\ninc {r} {s}\ninc {s} {r}\nwrite 1 {r}" for r, s in ("23", "32", "43")]
    chosen = choose(fits(DOUBLED, *many), problem(*DOUBLE_OR_MORE))
    assert chosen.candidate.program == parse_program(TWO_MORE)


def test_what_litters_memory_is_believed_less():
    given = problem(([2, 0], [4]), ([3, 0], [5]))
    littering = "inc 1 2\nread 1 3\ninc 3 3\ninc 3 3\nwrite 1 3\nwrite 2 3"
    longer = TWO_MORE + "\ninc 2 2\ndec 2 2\nnoop"
    assert choose(fits(littering, longer), given).candidate.program == parse_program(longer)


def test_what_does_not_end_on_other_inputs_is_believed_less():
    given = problem(([2, 0], [4]), ([3, 0], [5]))
    endless = """
        read 1 2\ndec 2 3\ndec 3 3\njump 3 on\ndec 3 3\njump 3 on
        back:\njump 4 back
        on:\ninc 2 2\ninc 2 2\nwrite 1 2"""
    longer = TWO_MORE + "\nnoop" * 12
    assert choose(fits(endless, longer), given).candidate.program == parse_program(longer)


def test_alike_there_is_no_doubt():
    assert choose(fits(TWO_MORE, TWO_MORE_BY_4), problem(*DOUBLE_OR_MORE)).doubt == ""


@pytest.mark.parametrize(("inputs", "words"), [([[1, 2], [3]], 16), ([[], [4, 4, 4]], 32)])
def test_lists_are_drawn_as_lists(inputs, words):
    examples = [{"input": row, "output": row[::-1][:1] + row[1:]} for row in inputs]
    given = resolve(convert_spec({"machine": {"words": words, "lines": 16}, "examples": examples}))
    nothing, moved = fits("halt", "halt\ninc 1 1")
    assert choose([moved, nothing], given).candidate == nothing


def test_the_first_is_offered_at_once_and_the_driver_told_when_that_is_the_last():
    given = problem(*DOUBLE_OR_MORE)
    found = Fits(given)
    assert not found.due(0)
    first = parse_term("(do (store 0 (inc (inc (load 0)))))")
    (offered,) = found.add(first, 100)
    assert offered.tentative
    assert not found.due(100)
    list(found.add(parse_term("(do (store 0 (add (load 0) (load 0))))"), 200))
    assert not found.due(1_000_000)  # in doubt it goes on for as much again, once
    assert not found.due(1_999_999)
    assert found.due(2_000_000)
    events = list(found.settle())
    assert isinstance(events[0], Note)
    assert [event.tentative for event in events[1:]] == [False, False]
    assert events[1].term != first
    assert not found.due(3_000_000)


def test_what_was_tried_first_is_believed_where_it_is_known():
    doubled = "(do (store 0 (add (load 0) (load 0))))"
    two_more = "(do (store 0 (inc (inc (load 0)))))"
    for tried, believed in (((10, 1_000), two_more), ((1_000, 10), doubled), ((0, 0), doubled)):
        found = Fits(problem(*DOUBLE_OR_MORE))
        for text, n in zip((two_more, doubled), tried, strict=True):
            list(found.add(parse_term(text), 100, n))
        fits = [event for event in found.settle() if isinstance(event, Candidate)]
        assert fits[0].term == parse_term(believed)


def test_without_doubt_it_is_time_at_once():
    found = Fits(problem(*DOUBLE_OR_MORE))
    list(found.add(parse_term("(do (store 0 (inc (inc (load 0)))))"), 100))
    assert found.due(1_000_000)


def test_where_an_oracle_judges_each_is_offered():
    oracle = problem(*DOUBLE_OR_MORE, oracle=DOUBLED)
    found = Fits(oracle)
    assert list(found.add(parse_term("(do (store 0 4))"), 5)) == []
    assert found.due(5)
    assert [event.tentative for event in found.settle()] == [False]


def test_a_run_goes_on_where_a_better_one_was_looked_for(tmp_path):
    """It was cut off behind the first program that is right."""
    spec = convert_spec(
        {
            "machine": {"words": 16, "registers": 4, "lines": 16},
            "examples": [{"memory": [2], "expect": {"memory": [4]}}],
        }
    )

    def cut_off(problem, budget, seed):
        given = dict(problem.saved)
        if not given:
            yield Checkpoint({"begun": True})
            yield Candidate(parse_program(TWO_MORE), tentative=True)
            yield Checkpoint({"begun": True})
        yield Spent("looking", Work(programs=1))
        if given:
            yield Candidate(parse_program(DOUBLED))

    first = synth.solve(spec, engine=cut_off, out=tmp_path / "run")
    assert first.program == parse_program(TWO_MORE)
    saved = read_file(tmp_path / "run" / "checkpoint.json", Saved)
    assert saved.best is not None
    assert saved.best.tentative
    problem, budget = resolve(spec), Budget(seconds=1_000.0)
    driver = Driver(problem, cut_off, budget, 0)
    driver.resume(saved)
    answer = driver.run()
    assert answer is not None
    assert answer.program == parse_program(DOUBLED)
