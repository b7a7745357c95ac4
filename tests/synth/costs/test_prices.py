"""Statements come at what their parts cost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.term import Arg, Term
from synth.costs.costs import SIZES, SMALL, Costs
from synth.costs.files import LEAST, known_names
from synth.enumeration.grammar import Grammar
from synth.language import LANGUAGE

NAMES = {n: s for n, s in known_names().items() if n in LANGUAGE or n == "var" or n.isdigit()}


def price(term: Arg, sort: str, costs: Costs) -> int:
    """The sum of what the parts cost."""
    if isinstance(term, int):
        return costs.constant(term) if term <= SMALL else costs.constants[term]
    if isinstance(term, str):
        return costs.variable if sort == "Word" else costs.unit
    declared = LANGUAGE[term.op]
    given = zip(term.args, declared.written, strict=True)
    return costs.of(declared) + sum(price(arg, own, costs) for arg, own in given)


@st.composite
def some_costs(draw):
    names = draw(st.sets(st.sampled_from(sorted(NAMES)), max_size=6))
    own = {n: draw(st.integers(LEAST.get(NAMES[n], 1), 9)) for n in sorted(names)}
    return Costs(draw(st.integers(1, 3)), own, {5: draw(st.integers(1, 6))})


@settings(max_examples=25)
@given(some_costs())
def test_statements_come_at_what_their_parts_cost(costs):
    grammar = Grammar(8, 1, 64, distinct=False, costs=costs)
    for cost in range(1, 4 * costs.unit + 1):
        for statement in grammar.statements(cost):
            assert price(statement, "Stmt", costs) == cost


def test_scaled_sizes_change_no_order():
    sizes, scaled = (Grammar(8, 1, 64, costs=costs) for costs in (SIZES, Costs(3)))
    for cost in range(1, 5):
        assert scaled.statements(3 * cost) == sizes.statements(cost)
        assert scaled.statements(3 * cost + 1) == scaled.statements(3 * cost + 2) == []


def test_a_dear_construct_comes_later_than_one_that_does_the_same():
    """Of terms that behave alike the cheaper one is kept, whatever is asked for first."""
    costs = Costs(1, {"inc": 7})
    grammar = Grammar(8, 1, 64, costs=costs)
    found = [term for cost in range(9, 0, -1) for term in grammar.terms("Word", cost)]
    assert Term("inc", ("p",)) not in found
    assert Term("add", ("p", 1)) in found
