"""A program that was found as a program is shown as a term, too."""

from __future__ import annotations

import synth
from bridge import parse_program
from bridge.term import parse_term
from synth.engines import Candidate
from tests.cases import TABLE1

TASK = TABLE1["map_inc"]


def program(problem, budget, seed):
    """An engine that knows the answer."""
    yield Candidate(TASK.program)


def nothing(problem, budget, seed):
    """An engine that knows none."""
    yield Candidate(parse_program("halt"))


def term(problem, budget, seed):
    """An engine whose answer is a term."""
    found = parse_term("(do (map p (succ)))")
    yield Candidate(problem.lower(found), found)


def test_a_program_is_read_as_a_term():
    solution = synth.solve(TASK.spec, engine=program)
    assert solution.solved
    assert solution.term is None
    assert solution.reading == parse_term("(do (map r1 (succ)))")
    assert solution.to_json()["reading"] == "(do (map r1 (succ)))"


def test_there_is_nothing_to_read_where_there_is_a_term_or_no_answer():
    for engine in (term, nothing):
        assert synth.solve(TASK.spec, engine=engine).reading is None
