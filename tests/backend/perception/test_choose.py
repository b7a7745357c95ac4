"""Each program gets the cheapest likelihood that is exact; the soft machine's only if it is."""

from __future__ import annotations

import numpy as np
import pytest

from backend.perception import Answers, choose
from backend.perception.choose import (
    exact_likelihood,
    exact_likelihoods,
    soft_likelihood,
    top_words,
)
from backend.perception.table import make_tables
from tests.pictures import MACHINE, lists, program, read_as

SUM = "(do (fold p a (plus)) (store 15 a))"
TWICE = "(do (fold p a (plus)) (store 15 (add a a)))"
PARITY = "(do (walk p (do (assign n (load p)) (times n (do (assign a (sub 1 a)))))) (store 15 a))"
RANGE = (
    "(do (fold p a (greatest)) (assign p 0) (assign c (dec 0)) (fold p c (least)) "
    "(store 15 (sub a c)))"
)
SORT = (
    "(do (walk q (do (assign p 0) (while (load (inc p)) (do (if-zero (sub (load p) "
    "(min (load p) (load (inc p)))) (do) (do (swap p (inc p)))) (assign p (inc p)))))))"
)
NONZERO = "(do (fold p q (plus)) (store 15 (min (load q) 1)))"  # of the cell that the sum is of


@pytest.mark.parametrize(("text", "length", "kind"), [
    (SUM, 2, "table"), (SUM, 8, "structure"), (PARITY, 3, "table"), (PARITY, 5, "structure"),
    (RANGE, 3, "table"),
])  # fmt: skip
def test_the_cheapest_exact_likelihood(text, length, kind):
    found = exact_likelihood(program(text), lists(length, [3, 4]), MACHINE)
    assert found is not None
    assert found.kind == kind


def test_none_is_affordable_for_a_program_that_carries_too_much():
    assert exact_likelihood(program(RANGE), lists(8, [3]), MACHINE) is None
    groups = [lists(2, [3]), lists(8, [3])]
    assert exact_likelihoods(program(RANGE), groups, MACHINE) is None


def test_a_dear_structure_gives_way_to_the_few_readings_that_lead_to_an_answer():
    group = lists(5, [3, 4], cells=range(5))
    dear = exact_likelihood(program(SORT), group, MACHINE, invert=False)
    found = exact_likelihood(program(SORT), group, MACHINE)
    assert dear is not None
    assert found is not None
    assert (dear.kind, found.kind) == ("structure", "inverse table")
    assert found.cost < dear.cost / 1000


def test_a_soft_machine_that_takes_seconds_is_not_tried(monkeypatch):
    monkeypatch.setattr(choose, "SLOWEST", 1_000)
    assert soft_likelihood(program(SUM), lists(4, [3]), MACHINE) is None


def test_the_likeliest_words_of_not_too_many_pictures():
    some = (top_words(program(SUM), lists(length, [3]), MACHINE) for length in (4, 8, 9))
    assert [one and one.kind for one in some] == ["top words", "top words", None]
    assert top_words(program(SUM), lists(8, [3]), MACHINE, execute=False) is None


def test_each_group_gets_its_own():
    groups = [lists(8, [3]), lists(2, [3]), lists(5, [3])]
    found = exact_likelihoods(program(SUM), groups, MACHINE)
    assert found is not None
    assert [each.kind for each in found] == ["structure", "table", "structure"]


@pytest.mark.parametrize(("text", "exact"), [
    (SUM, True), (NONZERO, True), (TWICE, False), (PARITY, False),
])  # fmt: skip
def test_the_soft_machine_counts_where_it_is_exact(text, exact):
    group = lists(4, [0, 1, 3, 12])
    soft = soft_likelihood(program(text), group, MACHINE)
    assert (soft is not None) == exact
    if soft is not None:
        (table,) = make_tables([program(text)], group, MACHINE)
        read, answers = read_as(4, 4), Answers.of(group)
        np.testing.assert_allclose(soft(read, answers), table(read, answers), atol=1e-5)
