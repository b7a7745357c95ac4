"""Candidates and nets trained together: the right program wins, by examples kept back."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from functools import cache
from typing import Any

import equinox as eqx
import jax
import numpy as np
import pytest

from backend.perception import make_tables
from backend.perception.nets import ConvNet, DenseNet, make_net
from backend.perception.race import (
    Contest,
    Entry,
    Schedule,
    _shortlist,
    make_course,
    polish,
    race,
    settle,
)
from backend.perception.runners import Runner
from backend.perception.training import Block
from bridge import Machine, parse_program
from bridge.images import ImageSet
from bridge.readings import group_examples

MACHINE = Machine(words=8, registers=4, lines=8, steps=20)
WORDS = (1, 2, 3)
READ = "read 1 1\ninc 3 3\nread 3 2\n"
FIRST, SUM, LAST, EQUAL = (
    parse_program(text)
    for text in (
        "halt",
        f"{READ}add 1 2 2\nwrite 4 2",
        f"{READ}write 4 2",
        f"{READ}add 2 1 2\nwrite 4 2",
    )
)
SHORT = Schedule((40, 40), 40)


def pictures(n: int = 120) -> tuple[ImageSet, np.ndarray]:
    """One of three pixels is bright; and which."""
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 3, n)
    pixels = (rng.random((n, 3)) * 0.6).astype(np.float32)
    pixels[np.arange(n), shown] += 0.4
    return ImageSet("image", pixels, WORDS), shown


@cache
def contest(wrong: int = 0) -> tuple[Contest, Any]:
    """Sums of two pictures; so many of the answers are those of other examples."""
    images, shown = pictures()
    rng = np.random.default_rng(1)
    index = np.zeros((160, 8), int)
    index[:, :2] = rng.integers(0, len(shown), (160, 2))
    which = np.full((160, 8), -1)
    which[:, :2] = 0
    expect, checked = np.zeros((160, 12), int), np.zeros((160, 12), bool)
    expect[:, 0], checked[:, 0] = shown[index[:, :2]].sum(1) + 2, True
    expect[:wrong, 0] = rng.permutation(expect[:wrong, 0])
    groups = group_examples(np.zeros((160, 8), int), which, index, expect, checked, [WORDS])
    course = make_course(groups, [images], noise=max(0.02, wrong / 160), seed=0)
    return Contest(course, (images,), make_net, 0, SHORT), groups


def run(steps: Generator[Any, None, Any]) -> tuple[Any, int]:
    """What it returns, and the gradient steps that it told of."""
    total = 0
    while True:
        try:
            total += next(steps).steps
        except StopIteration as end:
            return end.value, total


def entries(groups, *programs) -> list[Entry]:
    return [
        Entry(i, tuple(make_tables([p], group, MACHINE)[0] for group in groups))
        for i, p in enumerate(programs)
    ]


@pytest.mark.parametrize("wrong", [0, 48])
def test_the_right_program_wins(wrong):
    own, groups = contest(wrong)
    known, steps = run(race(entries(groups, FIRST, LAST, SUM), own))
    order, ties = settle(known)
    assert order[0].number == 2
    assert len({r.number for r in order}) == len(order) == 3
    assert ties == 1
    # 2 nets of each of 3 candidates; then again.
    assert steps == 6 * 80
    assert all(runner.steps == 80 for runner in order)


def test_the_same_seed_gives_the_same_race():
    own, groups = contest()
    one, other = (run(race(entries(groups, SUM, LAST), own))[0] for _ in range(2))
    assert [r.number for r in one] == [r.number for r in other]
    for a, b in zip(one, other, strict=True):
        assert (a.logs == b.logs).all()


def test_of_those_that_tie_the_cheapest_wins():
    own, groups = contest()
    order, ties = settle(run(race(entries(groups, LAST, EQUAL, SUM), own))[0])
    assert order[0].number == 1
    assert ties == 2


def runner(number: int, *logs: float) -> Runner:
    return Runner(number, Block((), (), ()), 1, np.array(logs))


def test_a_tie_is_within_two_standard_errors():
    best = runner(5, -0.1, -0.2, -0.3, -0.2)
    assert runner(3, -0.5, -0.1, -0.3, -0.2).ties_with(best)
    assert not runner(3, -1.1, -1.3, -1.2, -1.2).ties_with(best)
    order, ties = settle([best, runner(3, -0.5, -0.1, -0.3, -0.2), runner(1, *[-9.0] * 4)])
    assert ([r.number for r in order], ties) == ([3, 5, 1], 2)


def test_luck_in_training_is_no_difference():
    best = runner(5, *[-0.2] * 100)
    assert runner(3, *[-0.23] * 100).ties_with(best)  # 2 · 0.2 / √100
    assert not runner(3, *[-0.25] * 100).ties_with(best)


def test_steps_that_make_it_worse_are_taken_back():
    before, later = runner(5, -0.2, -0.4), Block((1,), (), ())
    worse, better = (
        before.trained(80, later, np.array(logs)) for logs in ([-1.0, -1.0], [0.0, -0.1])
    )
    assert (worse.steps, worse.state, worse.loss) == (81, before.state, before.loss)
    assert (better.steps, better.state, better.loss) == (81, later, 0.05)
    fresh = Runner(5, before.state).trained(80, later, np.array([-9.0, -9.0]))
    assert fresh.state is later


def test_cheap_ones_that_tie_stay_in_the_race():
    surely, perhaps = (-2.0, -2.1, -2.0, -1.9), (-0.1, -0.1, -0.1, -12.0)
    best = runner(9, *[-0.1] * 4), runner(8, *[-0.2] * 4)
    rest = runner(7, *surely), runner(6, *surely), runner(2, *perhaps), runner(1, *perhaps)
    short = _shortlist([*best, *rest], 4)
    assert [r.number for r in short] == [9, 8, 1, 2]


def test_those_of_a_race_before_go_on():
    own, groups = contest()
    before, _ = run(race(entries(groups, LAST, SUM)[1:], own))
    (late,) = (Entry(7, e.likelihoods) for e in entries(groups, FIRST))
    known, _ = run(race([late], own, again=before[:1]))
    order, _ = settle(known)
    assert [r.number for r in order] == [1, 7]
    assert order[0].steps > before[0].steps


def test_polishing_trains_on_all_examples():
    own, groups = contest()
    (entry,) = entries(groups, SUM)
    known, _ = run(race([entry], own))
    everything = make_course(groups, own.sets, noise=0.02, seed=0, keep=False)
    best, _ = run(polish(known[0], own, everything, entry.likelihoods))
    assert len(best.logs) == 160
    assert best.steps == known[0].steps + 40
    images, shown = pictures()
    (net,) = best.state.nets
    assert (np.asarray(jax.vmap(net)(images.pixels)).argmax(1) == shown).mean() > 0.9


def test_examples_are_kept_back_or_trained_on():
    own, _ = contest()
    train, kept = (int(data.examples[0].size) for data in (own.course.train, own.course.kept))
    assert (train, kept) == (120, 40)
    pairs = [
        {tuple(row) for row in np.asarray(data.examples[0].picture)[:n]}
        for data, n in ((own.course.train, train), (own.course.kept, kept))
    ]
    assert len(pairs[0] | pairs[1]) >= len(pairs[0]) + len(pairs[1]) - 3  # a few are drawn twice


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((7, 9, 3), ConvNet), ((28, 28), ConvNet), ((3, 1), DenseNet), ((8, 8, 40), DenseNet)],
)  # fmt: skip
def test_nets_for_pictures_of_any_shape(shape, kind):
    net = make_net(jax.random.key(0), shape, 5)
    assert isinstance(net, kind)
    assert jax.eval_shape(net, jax.ShapeDtypeStruct(shape, "float32")).shape == (5,)


def test_a_convolution_by_patches_is_a_convolution():
    net = ConvNet(jax.random.key(0), (6, 4), 3, channels=2, width=4)
    picture = np.random.default_rng(0).random((6, 4)).astype(np.float32)
    filters, hidden, out = (
        (np.asarray(layer.weight), np.asarray(layer.bias))
        for layer in (net.filters, net.hidden, net.out)
    )
    padded = np.pad(picture, 1)
    y = np.zeros((6, 4, 2))
    for i, j in np.ndindex(6, 4):
        y[i, j] = filters[0] @ padded[i : i + 3, j : j + 3].reshape(-1) + filters[1]
    y = np.maximum(y.reshape(3, 2, 2, 2, 2).max((1, 3)), 0).reshape(-1)
    y = np.maximum(hidden[0] @ y + hidden[1], 0)
    np.testing.assert_allclose(eqx.filter_jit(net)(picture), out[0] @ y + out[1], rtol=1e-4)


def test_many_candidates_are_screened():
    own, groups = contest()
    wrong, right = entries(groups, LAST, SUM)
    many = [Entry(i, wrong.likelihoods if i != 29 else right.likelihoods) for i in range(30)]
    schedule = replace(own.schedule, screen=40)
    known, steps = run(race(many, replace(own, simple=DenseNet, schedule=schedule)))
    assert known[0].number == 29
    assert len({runner.number for runner in known}) == 8
    assert steps == 30 * 40 + 24 * 40 + 8 * 40
