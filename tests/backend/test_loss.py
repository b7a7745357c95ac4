"""Eqs. 10-12 against their words, in NumPy."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from backend.loss import TINY, Targets, correctness, doubt, loss, right
from backend.machine import Run, State

RNG = np.random.default_rng(0)


def distributions(*shape):
    return jnp.asarray(RNG.dirichlet(np.ones(shape[-1]), shape[:-1]), np.float32)


STATE = State(distributions(2, 3, 4, 4), distributions(2, 3, 2, 4), distributions(2, 3, 6))
TARGETS = Targets(
    RNG.integers(0, 4, (3, 4)), RNG.integers(0, 2, (3, 4)).astype(np.float32),
    RNG.integers(0, 4, (3, 2)), np.array([[1, 0], [0, 0], [1, 1]], np.float32),
    np.array([1, 0, 0.5], np.float32), np.array([0.1, 0.2, 0.3], np.float32),
)  # fmt: skip


def test_correctness_is_masked_cross_entropy():
    got = correctness(STATE, TARGETS)
    for n in range(2):
        for e in range(3):
            want = -TARGETS.halted[e] * np.log(STATE.line[n, e, -1] + TINY)
            for bank in ("memory", "registers"):
                words, mask = getattr(TARGETS, bank), getattr(TARGETS, f"{bank}_mask")
                for k in range(words.shape[1]):
                    p = getattr(STATE, bank)[n, e, k, words[e, k]]
                    want -= mask[e, k] * np.log(p + TINY)
            np.testing.assert_allclose(got[n, e], want, rtol=1e-5)


def test_composite_adds_the_steps():
    spent = jnp.array([[1.0, 2, 3], [4, 5, 6]])
    got = loss(Run(STATE, spent), TARGETS)
    want = (correctness(STATE, TARGETS) + TARGETS.thrift * spent).mean(-1)
    np.testing.assert_allclose(got, want, rtol=1e-6)


def test_right_is_strict_where_the_mask_is_set():
    eye = jnp.eye(4)
    sharp = State(
        eye[TARGETS.memory][None], eye[TARGETS.registers][None], jnp.eye(6)[np.full((1, 3), 5)]
    )
    assert right(sharp, TARGETS).all()
    wrong = TARGETS.memory.copy()
    e, k = np.argwhere(TARGETS.memory_mask > 0)[0]
    wrong[e, k] = (wrong[e, k] + 1) % 4
    assert not right(sharp, TARGETS._replace(memory=wrong)).any()
    ignored = TARGETS.memory.copy()
    e, k = np.argwhere(TARGETS.memory_mask == 0)[0]
    ignored[e, k] = (ignored[e, k] + 1) % 4
    assert right(sharp, TARGETS._replace(memory=ignored)).all()
    running = State(sharp.memory, sharp.registers, jnp.eye(6)[np.full((1, 3), 2)])
    assert not right(running, TARGETS).any()
    assert right(running, TARGETS._replace(halted=np.zeros(3))).all()


def test_doubt_is_the_mean_entropy_of_what_is_free():
    sizes, rows = (3, 2, 4), [distributions(2, 5, size) for size in (3, 2, 4)]
    free = np.zeros((2, 5, 9), bool)
    free[0, 1, :2] = free[0, 4, 3:] = True  # a part of a head frees it
    got = doubt(jnp.log(jnp.concatenate(rows, -1)), free, sizes)
    heads = [rows[0][0, 1], rows[1][0, 4], rows[2][0, 4]]
    want = np.mean([-(head * np.log(head)).sum() for head in heads])
    np.testing.assert_allclose(got, [want, 0], rtol=1e-5)
