"""All hypotheses: each is heard, and none needs instructions that a machine lacks."""

from __future__ import annotations

import pytest

from bridge.loading import convert_spec
from bridge.spec import Budget
from synth.deduction.search import deduced
from synth.deduction.vectors import Tally
from synth.engines.deduction import DeductionEngine, shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of


def test_after_the_last_hypothesis_what_it_found_is_offered():
    """Two words of a place are the last: elements exchanged in pairs."""
    given = shown_by(resolve(spec_of(_in_pairs, low=2)))
    assert given is not None
    found = [*deduced(given, Tally(), 5_000)]
    assert any(found)
    assert found[-1] is None


def _in_pairs(xs: list[int]) -> list[int]:
    return [xs[i ^ 1] if i ^ 1 < len(xs) else xs[i] for i in range(len(xs))]


@pytest.mark.parametrize("layout", ["terminated", "prefixed"])
def test_instructions_without_comparisons_leave_it_without_their_tests(layout: str):
    """The paper's: nothing else may need them."""
    lists = [[3, 1, 3], [5, 6, 7, 6, 5], [2, 2], [9, 4, 8, 4], [1, 2, 3], [4, 4, 6]]
    for answer in (lambda xs: [x for x in xs if xs.count(x) == 1], lambda xs: xs.count(max(xs))):
        examples = [{"input": xs, "output": answer(xs)} for xs in lists]
        spec = convert_spec({"layout": layout, "examples": examples[:5], "holdout": examples[5:]})
        problem = resolve(spec)
        assert "less" not in problem.language
        assert [*DeductionEngine()(problem, Budget(terms=100_000), 0)]
