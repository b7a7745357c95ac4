"""Words of an example."""

from __future__ import annotations

from random import Random

from synth.deduction.features import features
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from tests.synth.deduction.test_spliced import shown_of


def test_half_of_a_difference_is_found():
    """Among more words than are tried where all constants are likely."""
    random, most = Random(1), 100_000
    rows = [(random.choices(range(1, 39), k=random.randint(2, 8)),) for _ in range(10)]
    given = shown_of(rows, lambda xs: [(max(xs) - min(xs)) // 2 + 1], "prefixed")
    found = (Words(given, features(given), Tally(), most, times=k).find(given.flat) for k in (1, 2))
    assert [word is not None for word in found] == [False, True]
