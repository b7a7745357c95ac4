"""The forward pass is the sum over all readings, whatever the program; and it reaches further."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from jaxtyping import Bool

from backend.perception import Answers, Likelihood, Structure, make_structure, make_tables
from bridge import Machine, parse_program
from bridge.program import encode
from bridge.readings import Group, tabulate
from tests.pictures import DIGITS, MACHINE, lists, program, read_as, worlds

PARITY = "(do (walk p (do (assign n (load p)) (times n (do (assign a (sub 1 a)))))) (store 15 a))"
TASKS = {
    "sum": "(do (fold p a (plus)) (store 15 a))",
    "max": "(do (fold p a (greatest)) (store 15 a))",
    "min": "(do (assign a (dec 0)) (fold p a (least)) (store 15 a))",
    "alternating": "(do (fold p a (flip (minus))) (store 15 a))",
    "count": "(do (find p (id)) (store 15 p))",
    "last": "(do (find p (id)) (store 15 (load (dec p))))",
    "parity": PARITY,
    "backwards": "(do (find p (id)) (while p (do (assign p (dec p)) (assign a (add a (load p))))) "
    "(store 15 a))",
}


def accepts(found: Structure, group: Group) -> Bool[np.ndarray, "answers readings"]:
    """Whether each reading leads to each answer: the forward pass on readings that are certain."""
    read, layouts = group.all_readings(), group.answer_layout
    at = np.repeat(np.asarray(found.start)[layouts, None], len(read), 1)
    for layer, when in enumerate(np.asarray(found.when)):
        picture = np.asarray(found.order)[layouts[:, None], when[at]]
        word = read[np.arange(len(read)), picture]
        agreed = np.take_along_axis(np.asarray(found.agree), found.said[layer, at, word], 1)
        at = np.where((at >= 0) & agreed, found.child[layer, at, word], -1)
    return at == 0


@given(worlds())
def test_it_accepts_the_readings_that_lead_to_the_answer(world):
    machine, programs, groups, _ = world
    for each in programs:
        for group in (g for g in groups if g.sets):
            table = tabulate(encode(each, machine.lines)[None], group, machine)[0]
            found = make_structure(each, group, machine)
            assert found is not None
            numbers = np.arange(len(group.answers))[:, None]
            leads = table[group.answer_layout] == numbers
            assert (accepts(found, group) == leads).all()
            assert (found.reaches(group) == leads.any(1)).all()


@eqx.filter_jit
def value_and_slope(likelihood: Likelihood, read: jax.Array, answers: Answers):
    found, back = jax.vjp(lambda r: likelihood(r, answers), read)
    return found, back(jnp.ones_like(found).at[5].set(2.0))[0]


@pytest.mark.parametrize("name", TASKS)
def test_it_equals_the_table(name):
    group = lists(3, [*range(16)])
    read = read_as(16, 3)
    found = make_structure(program(TASKS[name]), group, MACHINE)
    (table,) = make_tables([program(TASKS[name])], group, MACHINE)
    answers = Answers.of(group)
    assert (found.reaches(group) == table.reaches(group)).all()
    mine, slope = value_and_slope(found, read, answers)
    wanted, wanted_slope = value_and_slope(table, read, answers)
    assert mine.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(mine, wanted, atol=1e-6)
    np.testing.assert_allclose(slope, wanted_slope, atol=1e-6)


@pytest.mark.parametrize("name", TASKS)
def test_of_eight_pictures_it_is_small_and_adds_up_to_one(name):
    group = lists(8, [*range(16)])
    found = make_structure(program(TASKS[name]), group, MACHINE)
    assert found is not None
    assert found.in_step
    assert found.child.shape[1] <= 16  # not 9⁸ = 43,046,721 readings
    if name == "sum":
        found, _ = value_and_slope(found, read_as(16, 8), Answers.of(group))
        assert found.sum() == pytest.approx(1, abs=1e-5)


def test_what_is_made_of_each_picture_alone_takes_a_state_a_layer():
    """Of map, reverse and the like, each cell's word is one factor."""
    for text in ("(do (map p (succ)))", "(do (find p (id)) (assign p (dec p)) (reverse q p))"):
        group = lists(8, [5], cells=range(8))
        found = make_structure(program(text), group, MACHINE)
        assert found is not None
        assert (np.asarray(found.child) >= 0).any(2).sum() == 8
        read = read_as(1, 8)
        wanted = read[:, :, DIGITS.index(4 if "map" in text else 5)].prod(1)
        np.testing.assert_allclose(found(read, Answers.of(group)), wanted, rtol=1e-5)


def test_cells_that_are_read_and_written_again_are_kept():
    """The sum is in memory; and its cell, not a register, is carried on."""
    text = "(do (assign q 15) (walk p (do (store q (add (load p) (load q))))))"
    (mine, other) = (
        make_structure(program(t), lists(8, [4]), MACHINE) for t in (text, TASKS["sum"])
    )
    for array in ("child", "said", "agree"):
        np.testing.assert_array_equal(getattr(mine, array), getattr(other, array))


@pytest.mark.parametrize("text", [
    "(do (fold p a (plus)) (assign p 0) (map p (succ)) (store 15 a))",
    "(do (fold p a (plus)) (store 15 (sub a (min 1 (load q)))))",
])  # fmt: skip
def test_of_a_cell_that_is_forgotten_it_is_known_what_it_may_hold(text):
    """No digit is 0: a second pass knows that without any one of them."""
    assert make_structure(program(text), lists(8, [4]), MACHINE) is not None


def test_a_program_that_reads_its_list_twice_carries_too_much():
    text = "(do (fold p a (plus)) (assign p 0) (fold p c (greatest)) (store 15 (sub a c)))"
    assert make_structure(program(text), lists(3, [4]), MACHINE) is not None
    assert make_structure(program(text), lists(8, [4]), MACHINE) is None


def test_runs_of_different_lengths_that_meet_are_told_apart_where_it_matters():
    """Of two runs to one state, only the shorter ends in time."""
    code = "read 1 2\nmin 2 3 2\njump 2 end\nnoop\nnoop\nend: halt"
    slow = code.replace("min 2 3 2", "dec 2 2")
    for steps in (4, 5, 6):
        machine = Machine(words=16, registers=8, lines=6, steps=steps)
        group = lists(1, [0])
        for each in map(parse_program, (code, slow)):
            found = make_structure(each, group, machine)
            table = tabulate(encode(each, 6)[None], group, machine)[0]
            assert found is not None
            assert (accepts(found, group) == (table == 0)).all()
