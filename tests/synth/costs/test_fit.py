"""Costs from terms: what occurs often is cheap, and the mean of what occurs stays."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.term import parse_term
from synth.costs.costs import SIZES, Costs, size_of_own
from synth.costs.files import LEAST, UNIT, known_names
from synth.costs.fit import costs_from, count_uses, fit
from synth.language import FULL

NAMES = known_names()
uses = st.dictionaries(st.sampled_from(sorted(NAMES)), st.integers(0, 50), max_size=20)


def of_sort(costs: Costs, sort: str) -> dict[str, int]:
    return {name: cost for name, cost in costs.own.items() if NAMES[name] == sort}


@given(uses)
def test_what_occurs_more_often_costs_no_more(uses):
    costs = costs_from(uses)
    for sort in {*NAMES.values()}:
        own = of_sort(costs, sort)
        same_size = {n: c for n, c in own.items() if size_of_own(n, sort) == LEAST.get(sort, 1)}
        order = sorted(same_size, key=lambda n: (-uses.get(n, 0), same_size[n]))
        assert [same_size[n] for n in order] == sorted(same_size.values())


@given(uses)
def test_the_mean_cost_of_what_occurs_is_its_mean_size(uses):
    costs = costs_from(uses)
    for sort in {*NAMES.values()}:
        own, least = of_sort(costs, sort), LEAST.get(sort, 1)
        total = sum(uses.get(n, 0) for n in own)
        if total and min(own.values()) > least:  # none was raised to the least
            mean = sum(uses.get(n, 0) * c for n, c in own.items()) / total / UNIT
            size = sum(uses.get(n, 0) * size_of_own(n, sort) for n in own) / total
            assert mean == pytest.approx(size, abs=0.5 / UNIT + 1e-9)


@given(uses)
def test_sorts_without_uses_keep_their_sizes(uses):
    costs = costs_from(uses)
    for name, sort in NAMES.items():
        if not any(uses.get(n, 0) for n, s in NAMES.items() if s == sort):
            assert name not in costs.own
            if name in FULL:
                assert costs.of(FULL[name]) == UNIT * SIZES.of(FULL[name])


def test_uses_are_counted_where_they_were_paid_for():
    program = parse_term("(do (assign p (load q)) (walk p (do (store p 7))) (store (dec p) 2))")
    assert count_uses([program]) == Counter(
        {"var": 2, "assign": 1, "load": 1, "walk": 1, "store": 1}
    )


def test_a_construct_of_many_answers_is_cheaper():
    costs = fit(10 * [parse_term("(do (map p (succ)))")])
    assert costs.own["map"] < costs.own["fold"]
    assert costs.own["succ"] < costs.own["pred"]
