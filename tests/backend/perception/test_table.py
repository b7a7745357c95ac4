"""The likelihood by table is the sum over readings, written out."""

from __future__ import annotations

from itertools import product

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from backend.perception import Answers, make_tables
from bridge import Machine, parse_program, run
from bridge.readings import group_examples

MACHINE = Machine(words=8, registers=3, lines=8, steps=40)
WORDS = [(1, 2, 3), (0, 5)]
ADD = parse_program("inc 1 1\nread 1 2\nread 3 1\nadd 1 2 1\nwrite 3 1\nhalt")


def examples():
    """Pictures of both sets in cells 0 and 1; what is expected in cell 0 is 3 or 6."""
    which = np.full((2, 8), -1)
    which[:, :2] = [0, 1]
    expect, checked = np.zeros((2, 11), int), np.zeros((2, 11), bool)
    expect[:, 0], checked[:, 0] = (3, 6), True
    return group_examples(np.zeros((2, 8), int), which, which, expect, checked, WORDS)


def test_it_is_the_sum_over_readings():
    (group,) = examples()
    read = np.zeros((2, 2, 3), np.float32)
    rng = np.random.default_rng(0)
    for i, words in enumerate(WORDS):
        read[:, i, : len(words)] = rng.dirichlet(np.ones(len(words)), 2)
    (table,) = make_tables([ADD], group, MACHINE)
    found = eqx.filter_jit(table)(jnp.asarray(read), Answers.of(group))
    for e in range(2):
        wanted = sum(
            read[e, 0, WORDS[0].index(a)] * read[e, 1, WORDS[1].index(b)]
            for a, b in product(*WORDS)
            if run(ADD, [a, b], MACHINE).memory[0] == group.answers[group.answer[e], 0]
        )
        assert found[e] == pytest.approx(wanted, rel=1e-6)


def test_what_no_reading_leads_to_is_impossible():
    (group,) = examples()
    (table,) = make_tables([parse_program("halt")], group, MACHINE)
    read = jnp.full((2, 2, 3), 0.5).at[:, 0].set(1 / 3)
    assert table(read, Answers.of(group)).tolist() == pytest.approx([1 / 3, 0])
