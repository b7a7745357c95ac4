"""Spans: what the first or the last element tells for which a test holds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import dropwhile, takewhile
from typing import Any

import pytest

from bridge import verify
from bridge.loading import convert_spec
from synth.deduction.features import features
from synth.deduction.loops import loops
from synth.deduction.spans import spans
from synth.deduction.vectors import Tally
from synth.engines.deduction import shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import solved, spec_of


def odd(x: int) -> bool:
    return x % 2 == 1


def above_four(x: int) -> bool:
    return x > 4


def from_behind(xs: list[int], function: Callable[..., Any], test: Callable[[int], bool]):
    return [*function(test, xs[::-1])][::-1]


def trimmed(k: int, xs: list[int]) -> list[int]:
    """The list without the elements at both ends that are at most k."""
    return from_behind([*dropwhile(lambda x: x <= k, xs)], dropwhile, lambda x: x <= k)


TASKS: dict[str, tuple[Callable[..., Any], dict[str, int]]] = {
    "before": (lambda xs: [*takewhile(odd, xs)], {"count": 14}),
    "from": (lambda xs: [*dropwhile(odd, xs)], {"count": 14}),
    "last ones": (lambda xs: from_behind(xs, takewhile, above_four), {"count": 14}),
    "all but the last ones": (lambda xs: from_behind(xs, dropwhile, odd), {"count": 14}),
    "trimmed": (trimmed, {"numbers": 1, "low": 3, "count": 20}),
    "by a number": (lambda k, xs: [*takewhile(lambda x: x > k, xs)], {"numbers": 1, "count": 14}),
    "place": (lambda xs: next((i for i, x in enumerate(xs) if x > 5), len(xs)), {"count": 14}),
    "place from 1": (
        lambda xs: next((i for i, x in enumerate(xs, 1) if x > 5), len(xs) + 1),
        {"count": 14},
    ),
    "place in a list": (
        lambda xs: [next((i for i, x in enumerate(xs, 1) if x == 5), len(xs) + 1)],
        {"count": 30, "low": 3},
    ),
    "element": (lambda xs: next((x for x in xs if x > 4), 0), {"low": 4, "count": 14}),
}


@pytest.mark.parametrize(
    ("name", "least"), [*((name, 1) for name in TASKS), ("before", 0), ("from", 0)]
)
def test_what_the_first_or_the_last_one_tells(name, least):
    answer, drawn = TASKS[name]
    spec = spec_of(answer, **drawn, least=least)
    found = solved(spec, 3_200_000)  # most are found after openings
    assert found is not None
    verdict = verify(found.program, spec.holdout, spec.machine)
    assert (verdict.passed, verdict.total) == (8, 8)


@pytest.mark.parametrize("answer", [len, lambda xs: xs[0] > 4, lambda xs: xs])
def test_what_no_element_ends_is_no_span(answer):
    """No element of any list is where the search would end; a truth value is no place."""
    given = shown_by(resolve(spec_of(answer, low=4)))
    assert given is not None
    (whole, *_) = loops(given, features(given), Tally(), 2_000)
    assert not [*spans(whole)]


def test_few_that_a_test_keeps_are_not_what_is_left_between_two_ends():
    lists = [
        [9, 58, 37, 50, 45], [54, 40, 48], [32, 39, 50, 9], [50, 45, 53, 59, 49, 58, 19, 53, 2],
        [46, 36, 12, 10], [56, 31, 40], [19, 55, 59, 50], [36, 41, 58, 45], [27, 24, 52],
    ]  # fmt: skip
    held = [[8, 30, 7, 50], [12, 3, 44, 31, 5, 40]]
    examples, holdout = (
        [{"input": xs, "output": [x for x in xs if x < 10]} for xs in some]
        for some in (lists, held)
    )
    sizes = {"words": 64, "registers": 8, "lines": 32, "steps": 1024}
    machine = {**sizes, "instructions": "arithmetic"}
    spec = convert_spec({"machine": machine, "examples": examples, "holdout": holdout})
    found = solved(spec, 3_200_000)
    assert found is not None
    assert verify(found.program, spec.holdout, resolve(spec).machine).correct
