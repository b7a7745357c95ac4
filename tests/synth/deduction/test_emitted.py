"""What elements become, where others count."""

from __future__ import annotations

from synth.deduction.emitted import repeated
from synth.deduction.features import features
from synth.deduction.moved import Moved
from synth.deduction.vectors import Tally
from tests.synth.deduction.test_spliced import made, shown_of

LISTS = ([14, 38, 3, 38, 22], [11, 11, 5, 2], [21, 35, 9, 16], [3, 32, 7, 32], [27, 4, 30])


def test_equal_elements_may_be_written_side_by_side_where_others_are_left_out():
    """Of 3 nothing is written here, so that it doesn't show how much is written of either 38."""
    rows = [(xs,) for xs in LISTS]
    given = shown_of(rows, lambda xs: [x for x in xs for _ in range(x // 10)], "terminated")
    statements = next(repeated(Moved(given, features(given), Tally(), 20_000)))
    assert made(statements, given) == [*given.wanted]
