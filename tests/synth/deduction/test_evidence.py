"""How much examples tell: less where a word is one of a few, and where bits were spent before; and
what follows for what is believed."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.loading import convert_spec
from synth.deduction.emitted import kept_and_mapped
from synth.deduction.evidence import CHOSEN, CONSTANT, evidence
from synth.deduction.features import MARGIN, cheapest, features
from synth.deduction.moved import Moved
from synth.deduction.search import opened
from synth.deduction.shown import Shown
from synth.deduction.vectors import Expressions, Leaf, Tally, bits
from synth.engines.deduction import shown_by
from synth.problem import Problem, resolve

MACHINE = {"words": 64, "instructions": "arithmetic", "registers": 8, "lines": 32}


def problem_of(rows: list[tuple[list[int], object]]) -> Problem:
    examples = [{"input": xs, "output": out} for xs, out in rows]
    return resolve(convert_spec({"machine": MACHINE, "examples": examples}))


def shown(lists: list[list[int]]) -> Shown:
    seen = shown_by(problem_of([(xs, xs[0]) for xs in lists]))
    assert seen is not None
    return seen


lists = st.lists(st.integers(1, 50), min_size=1, max_size=5)


@given(st.lists(lists, min_size=3, max_size=8), st.floats(0, 20), st.randoms())
def test_what_is_an_element_tells_no_more_than_which_one(rows, spent, random):
    given = shown(rows)
    wanted = [random.choice(xs) for xs in rows]
    found = evidence(given, wanted, range(len(rows)))
    if len({*wanted}) == 1:
        assert found == CONSTANT
        return
    which = sum(np.log2(len({*xs})) for xs in rows)
    assert found <= min(bits(wanted), which) + 1e-9
    assert found <= evidence(given, wanted) == bits(wanted)
    less = evidence(replace(given, spent=spent), wanted, range(len(rows)))
    assert less == pytest.approx(found - spent)


def test_one_that_is_no_element_costs_a_word_more():
    rows = [[5, 6], [7, 8], [9, 3], [4, 2], [1, 30], [11, 12]]
    wanted = [20, 7, 3, 2, 1, 12]
    told = evidence(shown(rows), wanted, range(6))
    assert told == pytest.approx(bits([0, 1, 1, 1, 1, 1]) + 5 + 6)  # 64 words
    assert told < bits(wanted)


def test_what_the_first_words_fit_is_not_believed_without_evidence():
    fives = np.full((4,), 5, np.uint8)
    words = Expressions([Leaf(5, 1, fives)], problem_of([([1], 1)] * 3).language, 64, Tally(), 100)
    assert cheapest(words, lambda values: (values == fives).all(1), MARGIN - 0.1) is None
    assert cheapest(words, lambda values: (values == fives).all(1), float(MARGIN)) == 5


def test_the_later_an_opening_the_less_is_told_of_what_follows():
    states = [state for _, state in islice(opened(shown([[3, 1, 2], [5, 4], [9, 8]]), Tally()), 9)]
    spent = [state.spent for state in states]
    assert spent == sorted({*spent})
    assert sum(2**-bits for bits in spent) < 1  # as of a code, however many there are


def test_where_nearly_all_stand_first_or_are_the_length_only_the_rest_tells():
    rows = [[k, *range(20, 22 + k), 40 + k] for k in range(3, 15)]
    given, every = shown(rows), range(12)
    firsts = [xs[0] for xs in rows]
    firsts[4], firsts[7] = rows[4][1], rows[7][2]
    lengths = [len(xs) for xs in rows]
    lengths[2] -= 1
    for wanted in (firsts, lengths):
        assert evidence(given, wanted, every) == pytest.approx(CHOSEN + CONSTANT)
        assert evidence(given, wanted) > 30
    products = [xs[0] * xs[0] % 64 for xs in rows]
    assert evidence(given, products, every) > 20


def test_a_test_that_leaves_out_a_single_element_is_told_by_little():
    rows = [[3, 9, 4], [8, 2, 6, 5], [7, 1], [9, 3, 8, 6, 1], [2, 5, 11, 4]]
    wanted = [[x + 1 for x in xs] for xs in rows]
    wanted[4] = [3, 12, 5]
    given = shown_by(problem_of([*zip(rows, wanted, strict=True)]))
    assert given is not None
    assert not [*kept_and_mapped(Moved(given, features(given), Tally(), 5_000))]
    wanted = [[x + 1 for x in xs if x % 2] for xs in rows]
    given = shown_by(problem_of([*zip(rows, wanted, strict=True)]))
    assert given is not None
    assert [*kept_and_mapped(Moved(given, features(given), Tally(), 5_000))]
