"""Intervals and tests: against tabulated values, and what must always hold."""

from __future__ import annotations

from math import isclose
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.statistics import bootstrap, rate, sign_test, wilson

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_as_tabulated():
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)  # Wilson 1927
    assert wilson(0, 0) == (0.0, 1.0)


@given(counts)
def test_wilson_solves_its_equation(count):
    """The bounds are the rates from which the seen one is just z standard deviations away."""
    successes, n = count
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    for bound in {low, high} - {0.0, 1.0}:
        squared = (bound - successes / n) ** 2
        assert isclose(squared, 1.96**2 * bound * (1 - bound) / n, rel_tol=1e-6, abs_tol=1e-11)


@given(counts)
def test_wilson_is_symmetric_and_narrows(count):
    successes, n = count
    low, high = wilson(successes, n)
    mirrored = wilson(n - successes, n)
    assert isclose(mirrored[0], 1 - high, abs_tol=1e-12)
    assert isclose(mirrored[1], 1 - low, abs_tol=1e-12)
    more = wilson(2 * successes, 2 * n)
    assert more[1] - more[0] < high - low


def test_repetitions_do_not_narrow_an_interval():
    assert wilson(24, 30, units=10) == wilson(8, 10)
    assert rate(24, 30, 10) == "24/30 (49-94 %)"
    assert wilson(0, 0, units=0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="11 independent ones of 10"):
        wilson(8, 10, units=11)


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(ValueError, match=f"{successes} successes of {n}"):
        wilson(successes, n)


def test_sign_test_as_tabulated():
    assert sign_test(0, 0) == 1.0
    assert sign_test(5, 0) == 2 / 32
    assert sign_test(3, 2) == sign_test(2, 3) == 1.0
    assert isclose(sign_test(9, 1), 2 * 11 / 1024)


def test_rates_in_words():
    assert rate(8, 10) == "8/10 (49-94 %)"
    assert rate(0, 0) == "–"


def test_the_bootstrap_covers_a_mean():
    values = [0.0, 1.0] * 50
    low, high = bootstrap(values, mean)
    assert 0.37 < low < 0.43 < 0.57 < high < 0.63  # 0.5 ± 1.96 √(0.25 / 100)
    assert bootstrap(values, mean) == (low, high)
    assert bootstrap([2.0, 2.0], mean) == (2.0, 2.0)
