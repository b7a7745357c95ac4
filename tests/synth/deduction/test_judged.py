"""Booleans that a test of the whole list tells."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from bridge import verify
from synth.deduction.features import features
from synth.deduction.judged import judged
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import solved, spec_of

TESTS = {
    "less": lambda xs: xs[0] < xs[2],
    "not less": lambda xs: xs[-1] >= xs[1],
    "equal": lambda xs: xs[0] == xs[-1],
}


@pytest.mark.parametrize("name", TESTS)
def test_what_a_test_of_the_list_tells(name):
    spec = spec_of(lambda xs: int(TESTS[name](xs)), low=3, count=14)
    found = solved(spec)
    assert found is not None
    assert verify(found.program, spec.holdout, resolve(spec).machine).correct


def test_no_more_tests_are_tried_than_the_examples_can_tell():
    given = shown_by(resolve(spec_of(lambda xs: int(xs[0] < xs[2]), low=3, count=14)))
    assert given is not None
    words = Words(given, features(given), Tally(), 5_000)
    assert [*islice(judged(words), 1)]
    assert not [*judged(replace(words, given=replace(given, spent=10.0)))]
    assert not [*judged(replace(words, given=replace(given, opened=1)))]
