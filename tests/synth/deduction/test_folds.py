"""Folds: words that a loop carries and no example shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import groupby
from random import Random
from typing import Any

import pytest

from bridge import verify
from synth.deduction.features import features
from synth.deduction.folds import folded
from synth.deduction.loops import loops
from synth.deduction.vectors import Tally
from synth.engines.deduction import shown_by
from synth.engines.written import written
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of

FOLDS: dict[str, tuple[Callable[..., Any], dict[str, int]]] = {
    "of digits": (lambda k, xs: reduce(lambda a, x: a * k + x, xs, 0) % 40, {"numbers": 1}),
    "of doubled digits": (lambda xs: reduce(lambda a, x: 2 * a + 2 * x, xs, 0) % 40, {}),
    "from behind": (lambda xs: reduce(lambda a, x: (x - a) % 40, xs[::-1], 0), {}),
    "product": (lambda xs: reduce(lambda a, x: a * (x + 2), xs, 1) % 40, {"low": 0}),
    "longest run of odd ones": (
        lambda xs: max([len([*run]) for odd, run in groupby(xs, lambda x: x % 2) if odd] or [0]),
        {"count": 20},
    ),
}


def fits(answer: Callable[..., Any], **drawn: int):
    """Of the folds that are told by the examples, those that are right; and the spec."""
    spec = spec_of(answer, **drawn)
    problem = resolve(spec)
    given = shown_by(problem)
    assert given is not None
    (whole, *_) = loops(given, features(given), Tally(), 10_000)
    found = (written(problem, statements) for statements in folded(whole))
    return spec, [fit for fit in found if fit is not None]


@pytest.mark.parametrize(
    ("name", "least"), [*((name, 1) for name in FOLDS), ("of digits", 0), ("from behind", 0)]
)
def test_what_is_carried_is_found(name, least):
    answer, drawn = FOLDS[name]
    spec, (first, *_) = fits(answer, **drawn, least=least)
    verdict = verify(first.program, spec.holdout, spec.machine)
    assert (verdict.passed, verdict.total) == (8, 8)


def test_nothing_is_found_by_chance():
    noise = Random(0)
    assert not fits(lambda xs: noise.randint(1, 30), count=14)[1]
    assert not fits(lambda xs: noise.random() < 0.5, count=14)[1]


@pytest.mark.parametrize("answer", [lambda xs: xs, lambda xs: [*xs, 1]])
def test_lists_are_no_folds(answer):
    assert not fits(answer, low=2)[1]
