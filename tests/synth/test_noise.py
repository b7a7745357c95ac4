"""Specs of words in which some examples are wrong: the best program that passes enough is it."""

from __future__ import annotations

from math import comb

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import synth
from bridge import Example, Machine, Spec, SpecError, parse_program
from bridge.kernel import kernel
from bridge.loading import convert_spec
from bridge.spec import Expect
from bridge.tests import encode_examples
from synth.engines import Candidate, Refuted, Spent, Work
from synth.enumeration import judge
from synth.enumeration.search import most_among

MACHINE = Machine(words=64, registers=4, lines=8, steps=64)


def successors(words: range, wrong: tuple[int, ...] = ()) -> list[dict]:
    """What follows a word; of some it isn't that."""
    return [
        {"memory": [word], "expect": {"memory": [(word + 1 + 7 * (word in wrong)) % 64]}}
        for word in words
    ]


def spec_of(wrong: tuple[int, ...], **changes) -> Spec:
    raw = {
        "machine": msgspec.to_builtins(MACHINE),
        "examples": successors(range(10), wrong),
        "holdout": successors(range(12, 60)),
        **changes,
    }
    return convert_spec(raw)


INC = parse_program("read 1 2\ninc 2 2\nwrite 1 2")
ALMOST = parse_program("read 1 2\ninc 2 2\ninc 3 3\ninc 3 3\nmax 2 3 2\nwrite 1 2")  # not of 0


def test_a_wrong_example_hides_no_program():
    solution = synth.solve(spec_of((4,), accuracy=0.9))
    assert solution.result is synth.Result.GENERALISES
    assert solution.solved
    assert (solution.examples.passed, solution.holdout.passed) == (9, 48)
    assert solution.to_json()["holdout"]["interval"][0] == 0.9259
    assert synth.solve(spec_of((4,)), engine="enumeration", terms=3_000).found_by is None


def test_without_a_wrong_example_it_is_verified():
    solution = synth.solve(spec_of((), accuracy=0.9), engine="enumeration")
    assert solution.result is synth.Result.VERIFIED


def test_few_held_out_examples_show_little():
    """Of 9 of 9 the interval begins at 70 %."""
    few = spec_of((4,), accuracy=0.9, holdout=successors(range(12, 21)))
    solution = synth.solve(few, engine="enumeration")
    assert solution.result is synth.Result.FITS_EXAMPLES
    assert not solution.solved


def test_examples_may_contradict_each_other():
    examples = [*successors(range(10)), *successors(range(3, 4), (3,))]
    with pytest.raises(SpecError, match="contradicts"):
        synth.solve(spec_of((), examples=examples))
    assert synth.solve(spec_of((), examples=examples, accuracy=0.9)).solved


def test_the_best_of_twice_the_work_is_the_answer():
    replies = []

    def engine(problem, budget, seed):
        replies.append((yield Candidate(ALMOST)))
        yield Spent("a", Work(terms=9_000))
        yield Refuted("all were tried")
        replies.append((yield Candidate(INC)))
        replies.append((yield Candidate(ALMOST)))
        yield Spent("a", Work(terms=2_000))
        raise AssertionError

    solution = synth.solve(spec_of((4,), accuracy=0.5), engine=engine, terms=10**6)
    assert replies == [False, False, False]
    assert (solution.program, solution.found_by) == (INC, "engine")
    assert "no program passes all examples: all were tried" in solution.notes


@pytest.mark.parametrize(
    ("changes", "key"),
    [({"oracle": "halt"}, "oracle"), ({"objective": "steps", "start": "halt"}, "objective")],
)
def test_what_needs_every_example_to_be_right(changes, key):
    with pytest.raises(SpecError, match=rf"\$\.{key}: with it no example may be wrong"):
        spec_of((), accuracy=0.9, **changes)


@pytest.mark.parametrize(("drawn", "n", "marked"), [(16, 16, 3), (48, 100, 10), (5, 40, 39)])
def test_most_among_is_a_quantile(drawn: int, n: int, marked: int):
    most = most_among(drawn, n, marked)

    def beyond(k: int) -> float:
        ways = (comb(marked, i) * comb(n - marked, drawn - i) for i in range(k + 1, drawn + 1))
        return sum(ways) / comb(n, drawn)

    assert beyond(most) < 0.001
    assert most == 0 or beyond(most - 1) >= 0.001


judged = judge.judge


@kernel
def count_goals(tests, may_fail, variables, memory, registers, at, goals):
    """Writes down the goals of a state; how many there are."""
    return judged(tests, may_fail, variables, memory, registers, at, goals, 0, 7, 0, -1, -1)[1]


WORDS = st.lists(st.integers(0, 3), min_size=4, max_size=4)


@given(
    st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=5),
    st.integers(0, 3),
    st.lists(st.integers(0, 3), min_size=2, max_size=2),
)
def test_goals_fail_as_few_examples_as_they_may(rows, may_fail: int, registers):
    """Each goal of a state, its last statement executed; and if there is one that is right on
    enough, a goal is found."""
    machine, variables = Machine(words=4), 2
    tests = encode_examples(
        [
            Example(memory=tuple(before), expect=Expect(memory=tuple(after)))
            for before, _, after in rows
        ],
        machine,
    )
    memory = np.array([state for _, state, _ in rows], np.uint8)
    values = np.tile(np.array(registers, np.uint8), (len(rows), 1))
    goals = np.empty((4096, judge.GOAL), np.int64)
    at = np.empty((len(rows), 2), np.int64)
    n = count_goals(tests, may_fail, variables, memory, values, at, goals)

    def failed(last: int, one: int, other: int) -> int:
        wrong = 0
        for e, cells in enumerate(memory):
            a, b = (
                judge.completion.py_func(4, variables, memory, values, number, e)
                for number in (one, other)
            )
            cells = cells.copy()
            if last == judge.LAST_STORE:
                cells[a] = b
            elif last == judge.LAST_SWAP:
                cells[[a, b]] = cells[[b, a]]
            wrong += bool((cells != tests.expect_memory[e]).any())
        return wrong

    now = failed(judge.LAST_NONE, 0, 0)
    assert all(failed(*goal[1:4]) <= may_fail for goal in goals[:n])
    words = judge.CONSTANTS + judge.FORMS * variables
    best = min(
        failed(judge.LAST_STORE, one, other) for one in range(words) for other in range(words)
    )
    if now <= may_fail or best <= may_fail:
        assert n > 0
