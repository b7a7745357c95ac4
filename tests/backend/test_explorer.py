"""Programs drawn from weights."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import pytest

from backend.compiler import decode_packed
from backend.explorer import Starts, change, explore, free_lines, make_restarts
from bridge.isa import INDEX, slot_mask
from bridge.kernel import copy, kernel
from bridge.spec import Example, Expect, Machine
from bridge.tests import encode_examples

LINES, REGISTERS, WORDS = 6, 3, 4
SIZE = 13 + 3 * REGISTERS + LINES + 1


def world(seed, free_lines: Iterable[int] = range(LINES)):
    rng = np.random.default_rng(seed)
    packed = np.log(rng.dirichlet(np.full(SIZE, 0.3), (4, LINES)) + 1e-6).astype(np.float32)
    edges = np.cumsum([0, 13, REGISTERS, REGISTERS, REGISTERS, LINES + 1])
    for lo, hi in itertools.pairwise(edges):
        part = packed[..., lo:hi]
        packed[..., lo:hi] = part - np.log(np.exp(part).sum(-1, keepdims=True))
    free = np.zeros((4, LINES, SIZE), bool)
    free[:, list(free_lines)] = True
    return packed, decode_packed(packed, REGISTERS), free


def sample(packed, rows, free, seeds=(1, 2, 3, 4), samples=4000, uniform=0.1, starts=None):
    """Draws that set out from `rows`, not executed; of lines and, if `starts` are given, of what
    registers start with."""
    numbers, n = np.array(seeds, np.uint64), len(packed)
    zeros = np.zeros((n, REGISTERS), np.uint8)
    some = starts or Starts(np.zeros((n, REGISTERS, WORDS)), zeros, zeros.astype(bool))
    restarts = make_restarts(packed, rows, free, some, numbers, REGISTERS, uniform)
    code = np.empty((n, samples, LINES, 5), np.int16)
    first = np.empty((n, samples, REGISTERS), np.uint8)
    draw(restarts, code, first)
    return code if starts is None else (code, first)


@kernel
def draw(restarts, code, first):
    for p in range(code.shape[0]):
        count = free_lines(restarts.free[p], restarts.may[p], restarts.where)
        for s in range(code.shape[1]):
            copy(restarts.rows[p], code[p, s])
            for register in range(first.shape[2]):
                first[p, s, register] = restarts.first[p, register]
            if count:
                change(restarts, p, count, code[p, s], first[p, s])


def test_draws_are_valid_and_canonical():
    code = sample(*world(0))
    assert code[..., 0].min() >= 0
    assert code[..., 0].max() < 13
    assert code[..., 1:4].min() >= 0
    assert code[..., 1:4].max() < REGISTERS
    assert code[..., 4].max() <= LINES
    assert (code[..., 1:][~slot_mask()[code[..., 0]]] == 0).all()


def test_frozen_lines_stay_and_at_most_three_change():
    packed, rows, free = world(1, free_lines=[1, 2, 4, 5])
    changed = (sample(packed, rows, free) != rows[:, None]).any(-1)
    assert not changed[..., [0, 3]].any()
    assert changed[..., [1, 2, 4, 5]].any((0, 1)).all()
    assert changed.sum(-1).max() <= 3


def test_a_free_slot_alone_changes_alone():
    packed, rows, free = world(2)
    rows[:, 2] = [INDEX["add"], 0, 1, 2, 0]
    free[:] = False
    free[:, 2, 13 + REGISTERS : 13 + 2 * REGISTERS] = True  # the slot B of line 2
    packed[:, 2, : 13 + REGISTERS] = -50  # frozen heads may say anything that agrees with rows
    packed[:, 2, INDEX["add"]] = packed[:, 2, 13] = 0
    packed[:, 2, 13 + 2 * REGISTERS + 2] = 0
    code = sample(packed, rows, free)
    assert set(np.unique(code[:, :, 2, 2])) == set(range(REGISTERS))
    code[:, :, 2, 2] = rows[:, None, 2, 2]
    assert (code == rows[:, None]).all()


def test_draws_follow_the_weights():
    """A line that is always drawn: its opcodes come as its softmax says."""
    packed, rows, free = world(3, free_lines=[0])
    code = sample(packed, rows, free, samples=40_000, uniform=0.0)
    for n in range(4):
        frequency = np.bincount(code[n, :, 0, 0], minlength=13) / 40_000
        np.testing.assert_allclose(frequency, np.exp(packed[n, 0, :13]), atol=0.015)
    uniform = sample(packed, rows, free, samples=40_000, uniform=1.0)
    np.testing.assert_allclose(np.bincount(uniform[0, :, 0, 0]) / 40_000, 1 / 13, atol=0.015)


def test_what_registers_start_with_is_drawn_where_it_is_free():
    packed, rows, free = world(5, free_lines=[])
    chances = np.random.default_rng(0).dirichlet(np.ones(WORDS), (4, REGISTERS))
    may = np.zeros((4, REGISTERS), bool)
    may[:, 1] = True
    starts = Starts(chances.astype("f4"), np.full((4, REGISTERS), 3, np.uint8), may)
    code, first = sample(packed, rows, free, samples=40_000, uniform=0.0, starts=starts)
    assert (code == rows[:, None]).all()
    assert (first[..., [0, 2]] == 3).all()
    for n in range(4):
        frequency = np.bincount(first[n, :, 1], minlength=WORDS) / 40_000
        np.testing.assert_allclose(frequency, chances[n, 1], atol=0.015)


def test_each_restart_has_its_own_stream():
    packed, rows, free = world(4)
    code = sample(packed, rows, free)
    swapped = sample(packed[::-1], rows[::-1], free[::-1], seeds=(4, 3, 2, 1))
    np.testing.assert_array_equal(code, swapped[::-1])
    assert (sample(packed, rows, free, seeds=(5, 6, 7, 8)) != code).any()


@pytest.mark.parametrize("samples", [1, 500])
def test_the_number_of_threads_changes_nothing(samples):
    """Each restart finds what it finds alone: programs, cells, steps, draws."""
    packed, rows, free = world(6)
    machine = Machine(words=WORDS, registers=REGISTERS, lines=LINES, steps=12)
    examples = [Example(memory=(x, 1), expect=Expect(memory=(x + 1, None))) for x in range(3)]
    tests = encode_examples(examples, machine)
    zeros = np.zeros((4, REGISTERS), np.uint8)
    starts = Starts(np.zeros((4, REGISTERS, WORDS), "f4"), zeros, zeros.astype(bool))

    def explored(threads: int, some: slice = slice(None)):
        seeds, limits = np.arange(1, 5)[some], np.full(4, 1000)[some]
        return explore(
            packed[some], rows[some], free[some], Starts(*(a[some] for a in starts)), seeds, limits,
            tests, machine, samples=samples, uniform=0.1, registers=REGISTERS, threads=threads,
        )  # fmt: skip

    one = explored(1)
    assert one.executed.sum() > 4
    for threads in (2, 3, 8):
        for ours, theirs in zip(explored(threads), one, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    for p in range(4):
        for alone, together in zip(explored(2, slice(p, p + 1)), one, strict=True):
            np.testing.assert_array_equal(alone[0], together[p])
