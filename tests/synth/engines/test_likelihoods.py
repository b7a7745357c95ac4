"""What is trained: the program, an equal that reads its list once, or the soft machine."""

from __future__ import annotations

from typing import cast

import pytest

from bridge.errors import LoweringError
from bridge.lowering.lower import lower
from bridge.term import Term, parse_term
from synth.engines import likelihoods
from synth.engines.likelihoods import REFUSED, Trained, trained_as
from synth.language import expand
from tests.pictures import MACHINE, lists

RANGE = (
    "(do (fold p a (greatest)) (assign p 0) (assign c (dec 0)) (fold p c (least)) "
    "(store 15 (sub a c)))"
)


def lowered(term: Term):
    try:
        return lower(cast("Term", expand(term)), MACHINE)
    except LoweringError:
        return None


def trained(text: str, *lengths: int) -> Trained | str:
    term = parse_term(text)
    program = lowered(term)
    assert program is not None
    groups = [lists(length, [3, 4]) for length in lengths]
    return trained_as(program, term, groups, MACHINE, lower=lowered)


def test_a_program_that_reads_its_list_once_is_trained_itself():
    found = trained("(do (fold p a (plus)) (store 15 a))", 2, 8)
    assert isinstance(found, Trained)
    assert (found.kinds, found.term) == (("table", "structure"), None)


@pytest.mark.parametrize("text", [
    RANGE,
    "(do (fold p a (plus)) (fold q c (greatest)) (store 15 (sub a c)))",
])  # fmt: skip
def test_of_one_that_reads_it_twice_an_equal_is_trained_that_reads_it_once(text):
    assert cast("Trained", trained(text, 3)).term is None  # few readings: a table will do
    found = trained(text, 3, 8)
    assert isinstance(found, Trained)
    assert found.kinds == ("table", "structure")
    assert found.term is not None
    assert [s.op for s in found.term.subterms() if isinstance(s, Term)].count("load") == 2
    assert found.likelihoods[1].cost < 9**8 / 10


def test_the_soft_machine_or_the_likeliest_words():
    soft = trained("(do (map p (fetch)) (store 15 (load q)))", 6)
    assert isinstance(soft, Trained)
    assert soft.kinds == ("soft machine",)
    bound = trained("(do (fold p q (plus)) (store 15 (load q)))", 6)
    assert isinstance(bound, Trained)
    assert bound.kinds == ("top words",)


def test_where_there_is_none_it_says_why(monkeypatch):
    monkeypatch.setattr(likelihoods, "_inexact", lambda *_: None)
    assert trained("(do (fold p q (plus)) (store 15 (load q)))", 9) == REFUSED
