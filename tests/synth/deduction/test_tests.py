"""Tests of an example: what they say holds, and no more are believed than examples can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.loading import convert_spec
from bridge.term import Term
from synth.deduction.features import Feature, features, used
from synth.deduction.shown import Shown
from synth.deduction.tests import FEWEST
from synth.deduction.tests import tests as found_tests
from synth.deduction.vectors import Tally, bits
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.language.semantics import TermState, evaluate
from synth.problem import resolve
from tests.synth.deduction.test_spliced import shown_of


def shown(lists: list[list[int]], numbers: list[int] | None = None) -> Shown:
    """A number and a list of each example."""
    numbers = numbers or [1] * len(lists)
    examples = [{"inputs": [n, xs], "output": xs[:1]} for n, xs in zip(numbers, lists, strict=True)]
    machine = {"words": 40, "instructions": "arithmetic", "registers": 8}
    spec = convert_spec({"machine": machine, "layout": "prefixed", "examples": examples})
    seen = shown_by(resolve(spec))
    assert seen is not None
    return seen


@pytest.mark.parametrize("layout", ["terminated", "prefixed"])
def test_what_loops_note_is_what_a_test_says(layout):
    rows = [[5, 1, 9, 8], [2, 3, 6], [7], [3, 3, 8, 2], [9, 6, 4, 1], [2, 2], [4, 8, 4, 6]]
    given = shown_of([(xs,) for xs in rows], lambda xs: xs, layout)
    noted = [test for test in found_tests(given, features(given), 1, 1) if test.more]
    assert len(noted) >= 5
    for test in noted:
        block = Term("do", (*used(given, [test.word], test.more), Term("store", (0, test.word))))
        for cells, holds in zip(given.memory.tolist(), test.holds.tolist(), strict=True):
            outcome = evaluate(block, cells, given.words, language=given.language)
            assert bool(outcome.memory[0]) == holds


lists = st.lists(st.integers(0, 9), min_size=1, max_size=6)


@given(st.lists(st.tuples(st.integers(1, 9), lists), min_size=4, max_size=9))
def test_a_test_holds_where_its_word_is_not_0_and_each_tells_otherwise(rows):
    given = shown([xs for _, xs in rows], [n for n, _ in rows])
    known = features(given)
    split, found = set[bytes](), [*found_tests(given, known, FEWEST, 1)]
    for test in found:
        for i, cells in enumerate(given.memory.tolist()):
            named = {f.name: int(f.values[i]) for f in (*known, *test.more)}
            state = TermState(cells, given.words, variables=named, language=given.language)
            assert bool(state.word(test.word)) == test.holds[i]
        assert 2 <= test.holds.sum() <= len(rows) - 2
        split |= {test.holds.tobytes(), (~test.holds).tobytes()}
    assert len(split) == 2 * len(found)


def test_what_is_believed_would_rarely_fit_by_chance():
    """Of seven examples 56 tests tell two or three from the others: six or seven bits, so those
    that tell less are believed only while few were tried."""
    rng = np.random.default_rng(0)
    values = rng.integers(0, 30, (13, 7)).astype(np.uint8)
    known = [Feature(name, 1, row) for name, row in zip("lnabcdefgijkh", values, strict=True)]
    found = [*found_tests(shown([[1 + i] for i in range(7)]), known, FEWEST, 1)]
    assert len(found) > 30
    for tried, test in enumerate(found, 1):
        assert tried * 2 ** -bits(test.holds) <= 1 / 2


def test_one_of_two_constants_is_no_word_within_a_branch():
    """There the test of the branch has been spent on few examples."""
    numbers = [1, 2, 3, 4] * 4
    seen = shown([[5, n % 7 + 1, 9] for n in range(16)], numbers)
    wanted = [17 if n > 2 else 13 for n in numbers]
    words = Words(seen, features(seen), Tally(), 10)
    assert words.find(wanted) is not None
    assert replace(words, by_two=False).find(wanted) is None


def test_the_last_element_is_likelier_to_be_meant_than_the_third():
    rows = [[5, 1, 9, 8], [2, 7, 3, 6, 9], [8, 3, 1, 2], [7, 9, 4, 5, 1], [3, 4, 6, 8]]
    seen = shown(rows)
    above = [xs[0] > xs[-1] for xs in rows]
    assert above == [xs[0] > xs[2] for xs in rows]
    found = next(
        t for t in found_tests(seen, features(seen), FEWEST, 1) if t.holds.tolist() == above
    )
    assert set(found.word.args) == {"l", Term("load", (seen.first,))}
