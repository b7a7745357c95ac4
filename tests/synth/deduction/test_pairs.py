"""Tests of two: what both say of elements is what the word of both says."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.term import Arg, Term
from synth.deduction.branches import branched
from synth.deduction.pairs import ElementTests, of_one, of_two
from synth.deduction.vectors import Expressions, Leaf, Tally
from synth.language import language_for
from synth.language.semantics import TermState

ARITHMETIC = language_for("arithmetic", by_lists=True)
X = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 1], np.uint8)
Y = np.array([5, 5, 5, 5, 2, 2, 2, 2, 9, 9, 9, 9], np.uint8)
TESTS = ElementTests.of(
    [Leaf("x", 1, X)],
    [Leaf("y", 1, Y), *(Leaf(k, 2, np.full(len(X), k, np.uint8)) for k in range(2, 9))],
)


@settings(max_examples=30, deadline=None)
@given(
    one=st.integers(0, len(TESTS.words) - 1),
    other=st.integers(0, len(TESTS.words) - 1),
    either=st.booleans(),
)
def test_the_word_tells_what_two_tests_do(one: int, other: int, either: bool):
    holds = TESTS.holds[[one, other]]
    chosen = holds.any(0) if either else holds.all(0)
    word = of_two(TESTS, np.ones(len(X), np.bool_), chosen, 100.0, Tally())
    assert word is not None
    said = [
        TermState([0], 16, variables={"x": int(x), "y": int(y)}, language=ARITHMETIC).word(word)
        for x, y in zip(X, Y, strict=True)
    ]
    assert {tuple(np.array(said) != 0)} <= {tuple(chosen), tuple(~chosen)}


def test_two_tests_must_tell_more_than_chance():
    chosen = TESTS.holds[0] & TESTS.holds[5]
    assert of_two(TESTS, np.ones(len(X), np.bool_), chosen, 3.0, Tally()) is None
    noise = np.arange(len(X)) % 3 == 1
    assert of_two(TESTS, np.ones(len(X), np.bool_), noise, 100.0, Tally()) is None


def test_likely_tests_come_first_and_are_preferred():
    """A word that costs less is held against elements first: of two joined, the ranks add up."""
    costs = [1 if "y" in word.subterms() else 2 for word in TESTS.words if word.op != "mod"]
    assert costs == sorted(costs)
    for one in range(0, 12, 2):
        for other in range(one + 2, 14, 2):
            both = TESTS.holds[one] & TESTS.holds[other]
            if both.any():
                tally = Tally()
                word = of_two(TESTS, np.ones(len(X), np.bool_), both, 100.0, tally)
                assert word is not None
                ranks = [[*TESTS.words].index(part) for part in _tests_in(word)]
                assert (ranks[0] + 2) * (ranks[1] + 2) <= (one + 2) * (other + 2)
                assert tally.tried > 0


def _tests_in(word: Arg) -> list[Arg]:
    """The two tests that are joined."""
    assert isinstance(word, Term)
    parts = [p.args[0] if isinstance(p, Term) and p.args[1] == 0 else p for p in word.args]
    return [*parts]


def test_each_test_is_there_once_and_its_opposite():
    rows = [row.tobytes() for row in TESTS.holds]
    assert len(rows) == len({*rows}) == len(TESTS.words)
    assert all(isinstance(word, Term) for word in TESTS.words)
    for i in range(0, len(rows), 2):
        assert (TESTS.holds[i] != TESTS.holds[i + 1]).all()


def test_a_remainder_is_told_alone():
    every, chosen = np.ones(len(X), np.bool_), X % 4 == 3
    word = of_one(TESTS, every, chosen, 100.0)
    assert word is not None
    said = [TermState([0], 16, variables={"x": int(x)}, language=ARITHMETIC).word(word) for x in X]
    assert [x != 0 for x in said] == chosen.tolist()
    assert of_one(TESTS, every, chosen, 4.0) is None  # as few bits tell it as choose it
    assert of_one(TESTS, every, np.arange(len(X)) == 9, 100.0) is None


def test_there_are_no_branches_where_no_more_words_may_be_tried():
    element, spent = Leaf("x", 1, np.arange(6, dtype=np.uint8)), Tally(most=0)
    expressions = Expressions([element], language_for("arithmetic"), 16, spent, 100)
    target = np.zeros(6, np.uint8)
    assert branched(expressions, ElementTests.none(6), target, spent) is None
