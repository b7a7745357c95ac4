"""Constants that examples suggest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import synth
from bridge.loading import convert_spec
from bridge.spec import Example, Expect
from synth.costs.costs import SMALL, Costs
from synth.enumeration.constants import constants_of
from synth.enumeration.grammar import Grammar

cells = st.lists(st.integers(0, 15), max_size=4).map(tuple)
examples = st.lists(
    st.builds(Example, memory=cells, expect=st.builds(Expect, memory=cells)), max_size=4
)


@given(examples, st.booleans())
def test_they_are_what_the_examples_hold(some, by_lists):
    found = constants_of(some, by_lists)
    outputs = [set(e.expect.memory) for e in some]
    shown = set().union(*outputs, *(e.words for e in some))
    assert all(word > SMALL and word in shown for word in found)
    if some:
        assert all(word in found for word in set.intersection(*outputs) if word > SMALL)
    if by_lists:
        assert {*found} == {word for word in shown if word > SMALL}


def test_they_are_tried_at_their_cost():
    grammar = Grammar(16, 1, 64, costs=Costs(constants={9: 2, 12: 4}))
    for cost in range(1, 6):
        assert (9 in grammar.terms("Word", cost)) == (cost == 2)
        assert (12 in grammar.terms("Word", cost)) == (cost == 4)


def test_a_word_of_every_output_is_found():
    some = [{"memory": [x], "expect": {"memory": [9, x, 11]}} for x in (1, 4, 13)]
    held_out = [{"memory": [6], "expect": {"memory": [9, 6, 11]}}]
    machine = {"words": 16, "registers": 4, "lines": 24, "steps": 64}
    spec = convert_spec({"machine": machine, "examples": some, "holdout": held_out})
    solution = synth.solve(spec, engine="enumeration", terms=300_000, seconds=1_000)
    assert solution.result is synth.Result.VERIFIED


def test_lists_are_sorted():
    """By a construct that is there for examples that are lists."""
    some = [[5, 1, 4], [2, 9, 2, 7], [3], [8, 6], [1, 2, 3]]
    rows = [{"input": x, "output": sorted(x)} for x in some]
    machine = {"registers": 8, "lines": 32}
    spec = convert_spec({"machine": machine, "examples": rows[:-1], "holdout": rows[-1:]})
    solution = synth.solve(spec, engine="enumeration", terms=300_000, seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    assert solution.term is not None
    assert "sort" in str(solution.term)
    assert solution([9, 7, 8]) == [7, 8, 9]


def test_holes_are_filled_with_them():
    """A sketch's, too."""
    some = [{"memory": [x], "expect": {"memory": [9, x + 9]}} for x in (1, 4, 2)]
    machine = {"words": 16, "registers": 4, "lines": 24, "steps": 64}
    sketch = "(do (store 1 (add (load 0) (hole))) (store 0 (hole)))"
    spec = convert_spec({"machine": machine, "examples": some, "sketch": sketch})
    solution = synth.solve(spec, engine="enumeration", terms=2_000, seconds=1_000)
    assert solution.result is synth.Result.FITS_EXAMPLES
    assert str(solution.term) == sketch.replace("(hole)", "9")
