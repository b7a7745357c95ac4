"""Neighbours, scans from behind, and how an element stands to the others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

import pytest

from bridge import verify
from synth.deduction.features import features
from synth.deduction.vectors import Tally
from synth.deduction.windows import windows
from synth.engines.deduction import shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import solved, spec_of


def threes(xs: list[int]) -> list[tuple[int, int, int]]:
    return [*zip(xs, xs[1:], xs[2:], strict=False)]


TASKS: dict[str, tuple[Callable[..., Any], dict[str, int]]] = {
    "sums from behind": (lambda xs: [sum(xs[i:]) % 40 for i in range(len(xs))], {"low": 0}),
    "least from behind": (lambda xs: [*accumulate(xs[::-1], min)][::-1], {"low": 0}),
    "sums of three": (lambda xs: [*map(sum, threes(xs))], {"low": 0}),
    "greatest of two": (lambda xs: [*map(max, pairwise(xs))], {"low": 0}),
    "in order": (lambda xs: sorted(xs) == xs, {"low": 0, "count": 20}),
    "sum over two": (lambda xs: sum(map(max, pairwise(xs))) % 40, {"low": 0}),
    "less ones": (lambda xs: [sum(y < x for y in xs) for x in xs], {"low": 0}),
    "greater ones before": (
        lambda xs: [sum(y > x for y in xs[:i]) for i, x in enumerate(xs)],
        {"count": 14},
    ),
}


@pytest.mark.parametrize(
    ("name", "least"), [*((name, 1) for name in TASKS), ("sums from behind", 0)]
)
def test_it_is_found(name, least):
    answer, drawn = TASKS[name]
    spec = spec_of(answer, **drawn, least=least)
    found = solved(spec, 2_000_000)
    assert found is not None
    verdict = verify(found.program, spec.holdout, spec.machine)
    assert (verdict.passed, verdict.total) == (8, 8)


@pytest.mark.parametrize("least", [0, 1])
def test_a_loop_over_neighbours_comes_as_often_as_it_says(least):
    spec = spec_of(lambda xs: xs, low=0, least=least, count=14)
    given = shown_by(resolve(spec))
    assert given is not None
    found = [*windows(given, features(given), Tally(), 1)]
    assert [loop.width for loop in found] == [2, 3]
    for loop in found:
        assert loop.counts == tuple(max(len(xs) - loop.width + 1, 0) for xs in given.lists)
        assert 0 in loop.counts
