"""What stands around a piece: what is there already takes no evidence, and elements of other places
take all of it together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from synth.deduction.features import features
from synth.deduction.frames import framed
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from tests.synth.deduction.test_spliced import LAYOUTS, made, shown_of

FEW = ([4, 7, 2, 9, 3], [4, 8, 6, 1], [5, 3, 9, 2, 7, 8], [6, 1, 8, 5], [4, 9, 7, 2, 6])
LATER = ([9, 5, 3, 1, 2, 8], [1, 2, 3, 4])


ANSWERS: dict[str, Callable[[list[int]], list[int]]] = {
    "without the second": lambda xs: [xs[0], *xs[2:]],
    "one behind the first": lambda xs: [xs[0], 30, *xs[1:]],
    "the second and third exchanged": lambda xs: [xs[0], xs[2], xs[1], *xs[3:]],
    "the third behind": lambda xs: [*xs[:2], *xs[3:], xs[2]],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ANSWERS)
def test_few_examples_tell_what_stays_and_what_is_exchanged(name: str, layout: str) -> None:
    given, later = (
        shown_of([(xs,) for xs in rows], ANSWERS[name], layout) for rows in (FEW, (*LATER, *FEW))
    )
    given = replace(given, spent=6.0)
    statements = next(framed(Words(given, features(given), Tally(), 500)), None)
    assert statements is not None
    assert made(statements, later) == [*later.wanted]


def test_lists_of_one_length_do_not_tell_elements_from_their_order() -> None:
    """Of four elements each the list from its end on is four places."""
    rows = [([4, 7, 2, 9],), ([3, 8, 6, 1],), ([5, 3, 9, 2],)]
    given = replace(shown_of(rows, lambda xs: xs[::-1], "prefixed"), spent=1.0)
    assert next(framed(Words(given, features(given), Tally(), 500)), None) is None
