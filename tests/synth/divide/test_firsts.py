"""The first of several words that passes a bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.term import Term
from synth.divide.firsts import First, firsts
from synth.divide.values import Values
from synth.language import language_for
from synth.language.semantics import evaluate

WORDS = 32
LANGUAGE = language_for("arithmetic")
ORDER = st.sampled_from(["below", "above", "same", "at most", "at least"])


def values_of(*rows):
    values = Values(np.array(rows, np.uint8).T.copy(), WORDS, LANGUAGE, {7: 3, 9: 3})
    for cost in (1, 2):
        sum(values.grow(cost))
    return values


@given(
    st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=3),
    st.sampled_from(["", "add", "sub", "max", "min"]),
    ORDER,
    st.tuples(st.booleans(), st.integers(0, 3)),
    st.booleans(),
)
def test_its_statements_make_its_values(rows, form, order, to, places):
    values = values_of(*rows)
    constant, number = to
    own = tuple(i for i in range(4) if constant or i != number)
    first = First(own, form, order, 3 * number if constant else number, constant, places, 2)
    # "at least" is "less than that plus 1", which wraps around at the greatest word
    assume(order != "at least" or (first.rows(values) < WORDS - 1).all())
    made = first.values(values).tolist()
    block = Term("do", first.statements(0, values.term(2)))
    for row, word in zip(rows, made, strict=True):
        memory = [*row, *[0] * (WORDS - 4)]
        assert evaluate(block, memory, WORDS, language=LANGUAGE).memory[0] == word


ROWS = [(3, 4, 8), (9, 2, 1), (0, 7, 1), (5, 1, 0), (0, 2, 11), (1, 2, 3), (6, 8, 2)]


@pytest.mark.parametrize("form", ["", "add"])
@pytest.mark.parametrize("places", [True, False])
def test_it_is_found_and_right(form, places):
    values = values_of(*ROWS)
    meant = First((0, 1, 2), form, "above", 7, True, places)
    wanted = meant.values(values).astype(np.int64)
    found = [*firsts(values, wanted)]
    assert found
    for one in found:
        assert (one.values(values) == wanted).all()
    alike = [one for one in found if (one.form, one.order, one.constant) == (form, "above", True)]
    assert 7 in [one.number for one in alike]
    assert len(alike) <= 2  # of the constants that tell the same words apart


def test_it_costs_what_is_said():
    values = values_of(*ROWS)
    costs = [
        First((0, 1, 2), form, order, number, constant, False).cost(values)
        for form, order, number, constant in [
            ("", "above", 7, True), ("add", "above", 7, True), ("", "above", 2, True),
            ("", "at most", 3, False),
        ]
    ]  # fmt: skip
    other = int(values.costs[0])
    assert costs == [2 + 1 + bound + own + 1 + other for bound, own in [(3, 3), (3, 4), (2, 3),
                                                                         (1, 4)]]  # fmt: skip


def test_one_word_alone_or_seldom_is_none():
    values = values_of(*ROWS)
    once = np.where(np.arange(len(ROWS)) == 4, 11, 0)  # an example alone tells no order
    assert not [one for one in firsts(values, once) if one.constant]
    assert not [*firsts(values_of(*((x,) for x, *_ in ROWS)), np.array([x for x, *_ in ROWS]))]


def test_of_bounds_that_tell_the_same_words_apart_a_round_one_is_likely():
    rows = [(12, 18, 3), (4, 9, 19), (12, 3, 12), (20, 1, 12), (2, 12, 30)]  # none from 13 to 17
    values = values_of(*rows)
    wanted = First((0, 1, 2), "", "above", 14, True, False).values(values).astype(np.int64)
    found = [one for one in firsts(values, wanted) if one.constant and one.order == "above"]
    assert found[0].number == 15
