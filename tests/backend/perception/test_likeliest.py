"""Readings chosen: all that lead to an answer are exact; the likeliest few words are a bound."""

from __future__ import annotations

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.perception import Answers, Likelihood, Table, make_tables
from backend.perception.executed import execute_all
from backend.perception.inverse import LARGEST, make_inverse
from backend.perception.likeliest import TopWords, executed_words, tabulated_words
from bridge import Machine, Program
from bridge.interpreter import run
from bridge.program import encode
from bridge.readings import tabulate
from tests.pictures import MACHINE, lists, program, read_as
from tests.programs import memories, programs

SUM = "(do (fold p a (plus)) (store 15 a))"
SMALL = Machine(words=6, registers=3, lines=6, steps=20)
PAIRS = lists(2, [0, 1, 2, 3])
OUTCOMES = st.lists(st.integers(-1, 3), min_size=81, max_size=81)


def taking(bound: TopWords, words: int) -> TopWords:
    return replace(bound, words=tuple(min(words, size) for size in bound.words))


@eqx.filter_jit
def judged(likelihood: Likelihood, read: jax.Array) -> jax.Array:
    return likelihood(read, Answers.of(PAIRS))


@given(OUTCOMES, st.integers(0, 99))
def test_bounds_rise_to_the_sum_over_all_readings(outcomes: list[int], seed: int):
    outcome = np.array([outcomes], np.int32)
    read = np.random.default_rng(seed).dirichlet(np.full(9, 0.5), (4, 2)).astype(np.float32)
    table = Table(outcome, PAIRS.sizes)
    exact = judged(table, jnp.asarray(read))
    inverse = make_inverse(outcome, PAIRS.sizes, 4)
    assert inverse is not None
    assert (inverse.reaches(PAIRS) == table.reaches(PAIRS)).all()
    padded = np.zeros((4, 128, 2), np.uint8)
    padded[:, : inverse.ways.shape[1]] = inverse.ways
    np.testing.assert_allclose(judged(replace(inverse, ways=padded), read), exact, atol=1e-6)
    bound = tabulated_words(outcome, PAIRS)
    assert bound.words == (9, 9)
    np.testing.assert_allclose(judged(bound, read), exact, atol=1e-6)
    two, four = (np.asarray(judged(taking(bound, words), read)) for words in (2, 4))
    assert (two <= four + 1e-6).all()
    assert (four <= exact + 1e-6).all()


def test_what_is_executed_is_what_is_tabulated():
    total, read = program(SUM), read_as(4, 2)
    outcome = tabulate(encode(total, MACHINE.lines)[None], PAIRS, MACHINE)[0]
    bound = executed_words(total, PAIRS, MACHINE)
    assert bound is not None
    for words in (2, 4):
        found, wanted = (
            judged(taking(b, words), read) for b in (bound, tabulated_words(outcome, PAIRS))
        )
        np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_its_gradient_is_the_tables_where_it_is_exact():
    (table,) = make_tables([program(SUM)], PAIRS, MACHINE)
    outcome, read = np.asarray(table.outcome), read_as(4, 2)

    @eqx.filter_jit
    def slope(one: Likelihood) -> jax.Array:
        return jax.grad(lambda r: jnp.log(judged(one, r) + 1e-6).sum())(read)

    for other in (make_inverse(outcome, PAIRS.sizes, 4), tabulated_words(outcome, PAIRS)):
        assert other is not None
        np.testing.assert_allclose(slope(other), slope(table), rtol=1e-4)


@eqx.filter_jit
def executed(code: jax.Array, memory: jax.Array) -> tuple[jax.Array, jax.Array]:
    return execute_all(code, memory, SMALL)


@given(programs(registers=3, lines=6), st.lists(memories(6), min_size=1, max_size=4))
def test_xla_executes_as_the_interpreter_does(some: Program, starts: list[tuple[int, ...]]):
    memory = np.zeros((4, 6), np.uint8)
    for row, start in zip(memory, starts, strict=False):
        row[: len(start)] = start
    ends, halted = executed(jnp.asarray(encode(some, 6)), jnp.asarray(memory))
    for row, end, stopped in zip(memory.tolist(), ends, halted, strict=True):
        wanted = run(some, row, SMALL)
        assert end.tolist() == [*wanted.memory, *wanted.registers]
        assert stopped == wanted.halted


def test_where_too_many_readings_lead_to_an_answer_there_is_no_inverse():
    group = lists(4, [3])
    outcome = np.zeros((1, 9**4), np.int32)
    assert LARGEST < 9**4
    assert make_inverse(outcome, group.sizes, 1) is None


@pytest.mark.parametrize(("pictures", "words"), [(5, 3), (6, 2), (8, 2), (9, None)])
def test_as_many_words_as_can_be_executed(pictures: int, words: int | None):
    found = executed_words(program(SUM), lists(pictures, [3]), MACHINE)
    assert (None if found is None else found.words) == (words and pictures * (words,))
    if found is not None:
        assert found.caveat.startswith(f"the {words} likeliest words")
