"""Pieces of a list: their bounds may cross, and lists may be shorter than those of the examples."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from synth.deduction.features import features
from synth.deduction.frames import framed
from synth.deduction.slices import sliced
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from tests.synth.deduction.test_spliced import LAYOUTS, made, rows_of, shown_of

PIECES: dict[str, tuple[Callable[..., list[int]], int]] = {
    "the last two": (lambda k, xs: xs[-2:], 2),
    "all but so many": (lambda k, xs: xs[: max(len(xs) - k, 0)], 5),
    "without the last two, and a word": (lambda k, xs: [*xs[: max(len(xs) - 2, 0)], 9], 3),
    "without so many, and the last two": (lambda k, xs: xs[k : max(len(xs) - 2, 0)], 1),
}
"""And the least length of the examples' lists."""


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", PIECES)
def test_bounds_end_where_the_list_does(name: str, layout: str) -> None:
    answer, low = PIECES[name]
    given = shown_of(rows_of(low, 30, 0), answer, layout)
    words = Words(given, features(given), Tally(), 20_000)
    statements = next(found for way in (sliced, framed) for found in way(words))
    shorter = shown_of(rows_of(0, 30, 1), answer, layout)
    assert made(statements, shorter) == [*shorter.wanted]
