"""What elements become, where others count."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Final

import pytest

from bridge.term import Term
from synth.deduction.emitted import added, kept_and_mapped, mapped_among_others, repeated
from synth.deduction.features import features
from synth.deduction.moved import Moved
from synth.deduction.shown import Shown, after
from synth.deduction.vectors import Tally
from tests.synth.deduction.test_spliced import made, shown_of

LISTS = ([14, 38, 3, 38, 22], [11, 11, 5, 2], [21, 35, 9, 16], [3, 32, 7, 32], [27, 4, 30])


def test_equal_elements_may_be_written_side_by_side_where_others_are_left_out():
    """Of 3 nothing is written here, so that it doesn't show how much is written of either 38."""
    rows = [(xs,) for xs in LISTS]
    given = shown_of(rows, lambda xs: [x for x in xs for _ in range(x // 10)], "terminated")
    statements = next(repeated(Moved(given, features(given), Tally(), 20_000)))
    assert made(statements, given) == [*given.wanted]


ALIKE: Final = (
    [3, 3, 8, 3, 5, 5], [7, 2, 2, 7], [9, 9, 9, 1, 4], [6, 1, 1, 6, 6, 6], [4, 8, 8], [5, 2, 5],
)  # fmt: skip
Numbers = list[int]
RUNS: dict[str, Callable[[Numbers], Numbers]] = {
    "sizes of runs": lambda xs: [len([*run]) for _, run in groupby(xs)],
    "element and size": lambda xs: [y for x, run in groupby(xs) for y in (x, len([*run]))],
    "the second of each run": lambda xs: [x for x, run in groupby(xs) if len([*run]) > 1],
    "element and occurrences": lambda xs: [y for x in {}.fromkeys(xs) for y in (x, xs.count(x))],
    "there twice": lambda xs: [x for x in xs if xs.count(x) == 2],
}


def are_right(statements: tuple[Term, ...], given: Shown) -> bool:
    then = after(given, Term("do", statements))
    return then is not None and then.lists == given.wanted


@pytest.mark.parametrize("name", RUNS)
def test_what_equal_elements_become(name: str):
    given = shown_of([(xs,) for xs in ALIKE], RUNS[name], "terminated")
    loop = Moved(given, features(given), Tally(), 20_000)
    assert any(are_right(found, given) for found in kept_and_mapped(loop))


def test_how_often_each_element_occurs():
    given = shown_of([(xs,) for xs in ALIKE], lambda xs: [xs.count(x) for x in xs], "prefixed")
    assert are_right(
        next(mapped_among_others(Moved(given, features(given), Tally(), 20_000))), given
    )


def test_the_longest_run():
    rows = [*ALIKE, [7, 7, 7, 7, 7], [4, 4, 6, 6, 6, 6], [1, 2], [8, 8, 8, 8, 3, 8]]
    sizes = RUNS["sizes of runs"]
    given = shown_of([(xs,) for xs in rows], lambda xs: [max(sizes(xs))], "prefixed")
    assert are_right(next(added(Moved(given, features(given), Tally(), 20_000))), given)
