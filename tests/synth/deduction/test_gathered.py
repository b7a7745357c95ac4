"""Elements in another order are found as words of places, and by chance they are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from random import Random
from typing import Any

import msgspec
import pytest

from bridge import verify
from bridge.spec import Spec
from bridge.term import Term
from synth.deduction.features import features
from synth.deduction.gathered import gathered, gathered_by_two
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.engines.written import written
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of

MOST = 20_000


def half(xs: list[int]) -> int:
    return (len(xs) + 1) // 2


def woven(xs: list[int], ys: list[int]) -> list[int]:
    return [*chain.from_iterable(zip(xs, ys, strict=False))]


ORDERS: dict[str, tuple[Callable[..., Any], dict[str, int]]] = {
    "with its reverse": (lambda xs: woven(xs, xs[::-1]), {}),
    "its halves": (lambda xs: woven(xs, xs[len(xs) // 2 :]), {"low": 2}),
    "from both ends": (
        lambda xs: woven(xs[: half(xs)], [*xs[half(xs) :][::-1], 0])[: len(xs)],
        {"low": 2},
    ),
    "the second half first": (lambda xs: xs[half(xs) :] + xs[: half(xs)], {"low": 2}),
    "rotated": (lambda k, xs: xs[k % len(xs) :] + xs[: k % len(xs)], {"numbers": 1}),
    "there and back": (lambda xs: xs + xs[::-1][1:], {}),
    "each third": (lambda xs: xs[::3], {"count": 24}),
    "each half reversed": (lambda xs: xs[: half(xs)][::-1] + xs[half(xs) :][::-1], {"low": 2}),
    "the first half twice": (lambda xs: [x for x in xs[: half(xs)] for _ in "ab"], {}),
    "exchanged in pairs": (
        lambda xs: [*chain.from_iterable(xs[i : i + 2][::-1] for i in range(0, len(xs), 2))],
        {"low": 2},
    ),
}


def programs(spec: Spec) -> list[tuple[Term, ...]]:
    given = shown_by(resolve(spec))
    assert given is not None
    words = Words(given, features(given), Tally(), MOST)
    return [*gathered(words), *gathered_by_two(words)]


@pytest.mark.parametrize("least", [0, 1])
@pytest.mark.parametrize("name", ORDERS)
def test_an_order_is_found(name: str, least: int) -> None:
    answer, sizes = ORDERS[name]
    spec = spec_of(answer, least=least, **{"count": 16, **sizes})
    problem = resolve(spec)
    machine = msgspec.structs.replace(problem.machine, lines=64)
    first, *_ = programs(spec)
    fit = written(replace(problem, machine=machine), first)
    assert fit is not None
    assert verify(fit.program, spec.holdout, machine).correct


def test_an_order_by_chance_is_none() -> None:
    random = Random(1)
    shuffled = spec_of(lambda xs: random.sample(xs, len(xs)), low=2, count=6)
    assert not programs(shuffled)


def test_elements_that_are_no_elements_have_no_order() -> None:
    assert not programs(spec_of(lambda xs: [*xs, 11]))


def test_nothing_has_no_order() -> None:
    assert not programs(spec_of(lambda xs: [], low=0))
