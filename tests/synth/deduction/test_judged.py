"""Booleans that a test of the whole list tells, or one of its elements, or of neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from random import Random

import pytest

from bridge import verify
from synth.deduction.features import features
from synth.deduction.judged import judged
from synth.deduction.loops import Loop, loops
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import solved, spec_of

TESTS: dict[str, Callable[[list[int]], bool]] = {
    "less": lambda xs: xs[0] < xs[2],
    "not less": lambda xs: xs[-1] >= xs[1],
    "equal": lambda xs: xs[0] == xs[-1],
    "one that leaves a remainder": lambda xs: any(x % 5 == 3 for x in xs),
    "each less than a word": lambda xs: all(x < xs[0] for x in xs[1:]),
    "one greater than a word": lambda xs: any(x > xs[-1] for x in xs),
    "all alike": lambda xs: len({*xs}) == 1,
}


@pytest.mark.parametrize("name", TESTS)
def test_what_a_test_of_the_list_tells(name):
    spec = spec_of(lambda xs: int(TESTS[name](xs)), low=2 if "all" in name else 3, count=24)
    found = solved(spec)
    assert found is not None
    assert verify(found.program, spec.holdout, resolve(spec).machine).correct


def test_no_more_tests_are_tried_than_the_examples_can_tell():
    words, loop = asked(lambda xs: xs[0] < xs[2])
    assert [*islice(judged(words, [loop]), 1)]
    assert not [*judged(replace(words, given=replace(words.given, spent=10.0)), [loop])]
    assert not [*judged(replace(words, given=replace(words.given, opened=1)), [loop])]


def test_chance_is_rarely_believed():
    random, believed = Random(0), 0
    words, loop = asked(lambda xs: xs[0] < xs[2])
    for _ in range(100):
        wanted = tuple((random.getrandbits(1),) for _ in words.given.wanted)
        other = replace(words, given=replace(words.given, wanted=wanted))
        believed += any(True for _ in judged(other, [loop]))
    assert believed <= 15


def asked(answer: Callable[[list[int]], bool]) -> tuple[Words, Loop]:
    """Words of examples of such booleans, and the loop over their lists."""
    given = shown_by(resolve(spec_of(lambda xs: int(answer(xs)), low=3, count=14)))
    assert given is not None
    known, tally = features(given), Tally()
    return Words(given, known, tally, 5_000), next(loops(given, known, tally, 5_000))
