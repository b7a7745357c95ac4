"""Parts of the examples that are made in one way each."""

from __future__ import annotations

from itertools import accumulate

import pytest
from msgspec import structs

from bridge import verify
from bridge.term import Term
from synth.deduction.features import features
from synth.deduction.search import deduced
from synth.deduction.shown import after
from synth.deduction.split import split
from synth.deduction.vectors import Tally
from synth.deduction.wholes import wholes
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.engines.written import written
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of
from tests.synth.deduction.test_spliced import shown_of

TASKS = {
    "the other way round, else less": lambda xs: xs[::-1] if xs[0] < xs[-1] else xs[2:],
    "as it is, else the other way round": lambda xs: xs if xs[0] < xs[-1] else xs[::-1],
    "sums so far, else words": lambda xs: (
        [*accumulate(xs)] if xs[0] < xs[1] else [x + 7 for x in xs]
    ),
    "without the first, else each once": lambda xs: (
        xs[1:] if xs[0] < xs[1] else [*dict.fromkeys(xs)]
    ),
}


@pytest.mark.parametrize("name", TASKS)
def test_either_part_may_be_made_of_the_whole_list(name):
    spec = spec_of(TASKS[name], low=3, count=16)
    spec = structs.replace(spec, machine=structs.replace(spec.machine, lines=48))
    problem = resolve(spec)
    given = shown_by(problem)
    assert given is not None
    found = (written(problem, made) for made in split(Words(given, features(given), Tally(), 500)))
    right = next(candidate for candidate in found if candidate is not None)
    verdict = verify(right.program, spec.holdout, spec.machine)
    assert (verdict.passed, verdict.total) == (8, 8)


@pytest.mark.parametrize("least", [0, 1])
def test_wholes_are_right_where_they_say(least):
    given = shown_by(resolve(spec_of(lambda xs: sorted(xs)[::-1], least=least)))
    assert given is not None
    found = [*wholes(given)]
    assert any(whole.right.all() for whole in found)
    for whole in found:
        program = whole.program(given)
        assert program is not None
        then = after(given, Term("do", program))
        assert then is not None
        assert then.lists == whole.made
        assert whole.right.tolist() == [
            a == b for a, b in zip(whole.made, given.wanted, strict=True)
        ]


def test_one_of_two_ways_is_believed_before_a_word_of_each_place():
    """Most of these lists have as many elements that some word of the place and the length is right
    for all of them."""
    lists = (
        [4, 4, 4], [4, 4, 4, 2, 2, 2, 2, 4, 2], [6, 6, 6, 5, 6, 5], [8, 2, 1, 4, 7],
        [5, 3, 7, 8, 2, 9, 6, 4, 1], [4, 4, 4, 3], [1, 5, 3, 4, 2], [8, 8, 4, 4, 8, 8],
        [2, 8, 4, 7, 5], [3, 1, 1, 3, 3, 3, 3],
    )  # fmt: skip
    given = shown_of([(xs,) for xs in lists], without_one, "terminated")
    found = (statements for statements in deduced(given, Tally(), 5_000) if statements is not None)
    assert next(found)[-1].op == "if-zero"


def without_one(xs: list[int]) -> list[int]:
    return [xs[0], *xs[2:]] if xs[0] == xs[1] else [*xs[:2], *xs[3:]]
