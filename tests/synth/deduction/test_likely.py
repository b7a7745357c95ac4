"""What is likely is found where few examples tell it: counts by a test, elements between two, words
between two lists, larger constants, differences, numbers."""

from __future__ import annotations

from random import Random

import pytest

from bridge import verify
from bridge.loading import convert_spec
from synth.deduction.emitted import repeated
from synth.deduction.features import features
from synth.deduction.moved import Moved
from synth.deduction.vectors import Tally
from synth.engines.deduction import shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import solved, spec_of

TASKS = {
    "how many leave a remainder": (lambda xs: sum(x % 3 == 1 for x in xs), {}),
    "how many are greater": (lambda xs: sum(x > 4 for x in xs), {}),
    "between the ends": (
        lambda xs: [x for x in xs if min(xs[0], xs[-1]) < x < max(xs[0], xs[-1])],
        {"low": 4, "count": 30},
    ),
    "the extremes become their difference": (
        lambda xs: [max(xs) - min(xs) if x in (max(xs), min(xs)) else x for x in xs],
        {"low": 3, "count": 14},
    ),
    "all but one of some numbers": (
        lambda xs: [x for x in range(1, 9) if x != len(xs)],
        {"low": 0, "count": 14},
    ),
    "a word between": (lambda xs: [*xs, 5, *xs[::-1]], {}),
}


@pytest.mark.parametrize("name", TASKS)
def test_what_is_likely_is_found(name):
    answer, drawn = TASKS[name]
    spec = spec_of(answer, **drawn)
    found = solved(spec)
    assert found is not None
    verdict = verify(found.program, spec.holdout, spec.machine)
    assert (verdict.passed, verdict.total) == (8, 8)


def test_elements_are_repeated_as_words_of_larger_constants_say():
    random = Random(3)
    lists = [[random.randint(1, 99) for _ in range(random.randint(1, 5))] for _ in range(10)]
    examples = [{"input": xs, "output": [x for x in xs for _ in range(x // 20)]} for xs in lists]
    machine = {"words": 100, "instructions": "arithmetic"}
    given = shown_by(resolve(convert_spec({"machine": machine, "examples": examples})))
    assert given is not None
    assert [*repeated(Moved(given, features(given), Tally(), 20_000))]
