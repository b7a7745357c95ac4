"""Counts as messages say them."""

import pytest

from bridge.counts import counted


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 held-out inputs"), (1, "1 held-out input"), (50_000, "50,000 held-out inputs")],
)
def test_of_one_there_is_no_plural(number, said):
    assert counted(number, "held-out input") == said
