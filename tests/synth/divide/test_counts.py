"""How many inputs stand so to a word."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import synth
from bridge.loading import convert_spec
from synth.divide.counts import counts
from synth.language import LANGUAGE as PAPERS
from synth.language import language_for
from synth.language.semantics import TermState

WORDS = 16
LANGUAGE = language_for("arithmetic")


@given(st.lists(st.tuples(*[st.integers(0, 8)] * 3), min_size=2, max_size=6))
def test_counts_have_the_values_that_they_mean_and_are_right_on_half(rows):
    inputs = np.array(rows, np.uint8).T
    wanted = (inputs[:2] < inputs[2]).sum(0)
    found = list(counts(inputs, wanted, LANGUAGE))
    assert ((0, 1), "below", 2, False) in found
    for one in found[::5]:
        values = one.values(inputs, WORDS)
        assert 2 * (values == wanted).sum() >= len(rows)
        terms = (TermState([*row], WORDS, language=LANGUAGE).word(one.term()) for row in rows)
        assert values.tolist() == list(terms)


def test_without_comparisons_there_are_none():
    inputs = np.array([[1, 5], [2, 3], [4, 4]], np.uint8)
    assert not list(counts(inputs, np.array([2, 1]), PAPERS))


def test_how_many_are_below_the_last_is_found_whatever_they_are():
    rows = np.random.default_rng(0).integers(0, 20, (30, 5)).tolist()
    examples = [{"inputs": row, "output": sum(x < row[-1] for x in row[:-1])} for row in rows]
    given = convert_spec(
        {
            "machine": {"instructions": "arithmetic", "lines": 32},
            "examples": examples[:10],
            "holdout": examples[10:],
        }
    )
    solution = synth.solve(given, engine="divide", seconds=1_000, terms=60_000)
    assert solution.result is synth.Result.VERIFIED
