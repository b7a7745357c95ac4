"""What openings that no combinator does leave of the lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.term import Term
from synth.deduction.features import statements
from synth.deduction.openings import by_number, every_other, openings
from synth.deduction.shown import Shown, after
from synth.engines.deduction import shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of

Numbers = tuple[int, ...]

LEFT: dict[str, tuple[Callable[[Shown], str], Callable[[Numbers], Numbers]]] = {
    "once there": (
        lambda given: by_number(given, once=True),
        lambda xs: tuple(x for x in xs if xs.count(x) == 1),
    ),
    "several times there": (
        lambda given: by_number(given, once=False),
        lambda xs: tuple(x for x in xs if xs.count(x) > 1),
    ),
    "first, third, …": (lambda given: every_other(given, 0), lambda xs: xs[::2]),
    "second, fourth, …": (lambda given: every_other(given, 1), lambda xs: xs[1::2]),
}


@pytest.mark.parametrize("least", [0, 1])
@pytest.mark.parametrize("numbers", [0, 1])
@pytest.mark.parametrize("name", LEFT)
def test_what_is_left(name: str, numbers: int, least: int):
    spec = spec_of(lambda *of: of[-1], numbers=numbers, least=least, low=0, count=40)
    given = shown_by(resolve(spec))
    assert given is not None
    text, left = LEFT[name]
    opening = statements(text(given))
    then = after(given, Term("do", opening))
    assert then is not None
    assert then.lists == tuple(map(left, given.lists))
    assert opening in [*openings(given)]
