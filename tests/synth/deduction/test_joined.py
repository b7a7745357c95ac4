"""Passes over a list write what they say, wherever the list stands, in either layout."""

from __future__ import annotations

from itertools import compress, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.term import Term, parse_term
from synth.deduction.features import features
from synth.deduction.moved import Moved
from synth.deduction.passes import PLACE, Order, Pass, program
from synth.deduction.shown import after
from synth.deduction.vectors import Tally
from synth.engines.deduction import shown_by
from synth.language import check_term
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of

TESTS = (
    (None, lambda x, i: True),
    (parse_term("(less x 5)"), lambda x, i: x < 5),
    (parse_term("(mod x 2)"), lambda x, i: x % 2),
    (parse_term("(mod x 3)"), lambda x, i: x % 3),
    (Term("less", (PLACE, 2)), lambda x, i: i < 2),
)
ORDERS = (
    Order(),
    Order(down=True),
    *(Order(down, True, odd) for down in (False, True) for odd in (False, True)),
)
WORDS = (("x", lambda x: x), (parse_term("(inc x)"), lambda x: x + 1))


@st.composite
def passes(draw):
    """A pass, and what it makes of a list; or a word alone."""
    if draw(st.integers(0, 4)) == 0:
        return Pass((), 0, 7, order=None), lambda xs: [7]
    (test, holds), (word, value) = draw(st.sampled_from(TESTS)), draw(st.sampled_from(WORDS))
    order, opposite = draw(st.sampled_from(ORDERS)), draw(st.booleans()) and test is not None
    sorting = draw(st.sampled_from(("", "up", "down")))

    def made(xs):
        kept = [bool(holds(x, i)) != opposite for i, x in enumerate(xs)]
        every = [*zip(xs, kept, strict=True)]
        own = [*compress(*zip(*order.of(tuple(every)), strict=True))] if order.of(xs) else []
        own = [value(x) for x in own]
        return sorted(own, reverse=sorting == "down") if sorting else own

    return Pass((), 0, word, test, opposite, order, sorting), made


@pytest.mark.parametrize("least", [0, 1])
@given(st.lists(passes(), min_size=1, max_size=3))
@settings(max_examples=40)
def test_passes_write_what_they_say(least, several):
    shown = shown_by(resolve(spec_of(lambda xs: xs, least=least, low=0, count=4)))
    assert shown is not None
    loop = Moved(shown, features(shown), Tally(), 1)
    term = Term("do", program(loop, [own for own, _ in several]))
    check_term(term, language=shown.language)
    then = after(shown, term)
    assert then is not None
    for xs, ys in zip(shown.lists, then.lists, strict=True):
        wanted = [x for _, made in several for x in made(xs)]
        assert list(ys) == (wanted if shown.counted else [*takewhile(bool, wanted)])


def test_what_is_said_of_an_element_among_others_is_said_in_a_pass_behind_another():
    """And what passes note for themselves has other names."""
    shown = shown_by(resolve(spec_of(lambda xs: xs, least=0, count=4)))
    assert shown is not None
    loop = Moved(shown, features(shown), Tally(), 1)
    sorted_first = Pass((), 0, test=parse_term("(less x 7)"), sorting="up")
    second = Pass((), 0, order=Order(second=True))
    for part in loop.parts:
        word = Term("inc", (part.term,))
        passes = [sorted_first, second, Pass((), 0, word, sorting="down"), Pass((), 0, word)]
        then = after(shown, Term("do", program(loop, passes)))
        assert then is not None
        for xs, ys in zip(shown.lists, then.lists, strict=True):
            said = [(value + 1) % shown.words for value in part.of(xs)]
            wanted = [*sorted(x for x in xs if x < 7), *xs[::2], *sorted(said)[::-1], *said]
            assert list(ys) == wanted, part.name
