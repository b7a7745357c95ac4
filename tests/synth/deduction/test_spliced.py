"""Changes at one place: the statements make them on every example, where the words say, and on
others; a place that the examples hardly tell is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bridge.loading import convert_spec
from bridge.term import Term
from synth.deduction.features import features
from synth.deduction.shown import Shown
from synth.deduction.spliced import spliced
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.language.semantics import evaluate
from synth.problem import resolve

Row = Sequence[Any]
"""Numbers, then a list."""
MACHINE = {"words": 40, "registers": 8, "lines": 32, "steps": 512, "instructions": "arithmetic"}
LAYOUTS = ("terminated", "prefixed")


def shown_of(rows: Sequence[Row], answer: Callable[..., list[int]], layout: str) -> Shown:
    examples = [{"inputs": [*row], "output": answer(*row)} for row in rows]
    seen = shown_by(
        resolve(convert_spec({"machine": MACHINE, "layout": layout, "examples": examples}))
    )
    assert seen is not None
    return seen


def found_in(given: Shown) -> tuple[Term, ...] | None:
    return next(spliced(Words(given, tuple(features(given)), Tally(), 20_000)), None)


def made(statements: tuple[Term, ...], given: Shown) -> list[tuple[int, ...]]:
    """What they leave of each list."""
    made = []
    for memory, wanted in zip(given.memory.tolist(), given.wanted, strict=True):
        after = evaluate(Term("do", statements), memory, given.words, language=given.language)
        assert after.halted
        end = given.first + len(wanted)
        assert after.memory[given.first - 1 if given.counted else end] == given.counted * len(
            wanted
        )
        made.append(after.memory[given.first : end])
    return made


def rows_of(low: int, count: int, seed: int, numbers: int = 1) -> list[Row]:
    random = Random(seed)
    return [
        (
            *(random.randint(1, 5) for _ in range(numbers)),
            random.sample(range(1, 30), random.randint(low, 8)),
        )
        for _ in range(count)
    ]


def exchanged(xs: list[int], i: int, j: int) -> list[int]:
    """The list with these two elements in each other's place."""
    ys = [*xs]
    ys[i], ys[j] = xs[j], xs[i]
    return ys


CHANGES: dict[str, tuple[Callable[..., list[int]], int]] = {
    "one more": (lambda k, xs: [*xs[:k], 31, *xs[k:]], 5),
    "another one": (lambda k, xs: [*xs[:k], xs[k] + 1, *xs[k + 1 :]], 6),
    "one less, if there": (lambda k, xs: [*xs[:k], *xs[k + 1 :]], 3),
    "one less, counted from 1": (lambda k, xs: [*xs[: k - 1], *xs[k:]], 6),
    "a piece less": (lambda k, xs: [*xs[:k], *xs[k + 2 :]], 7),
    "two exchanged": (lambda k, xs: exchanged(xs, k - 1, len(xs) - 1), 6),
    "without the first, and two exchanged": (lambda k, xs: exchanged(xs[1:], 0, k), 7),
    "without the first, and one more": (lambda k, xs: [*xs[1:k], 31, *xs[k:]], 6),
    "without the first, and one less": (lambda k, xs: [*xs[1:k], *xs[k + 1 :]], 6),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CHANGES)
def test_the_change_is_made_on_these_examples_and_on_others(name: str, layout: str):
    answer, low = CHANGES[name]
    given = shown_of(rows_of(low, 12, 0), answer, layout)
    statements = found_in(given)
    assert statements is not None
    for some in (given, shown_of(rows_of(low, 12, 1), answer, layout)):
        assert made(statements, some) == [*some.wanted]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_where_nothing_is_left_out_the_place_is_behind_the_list(layout: str):
    """Of two numbers that are the same where an element goes the one that is beyond the others."""
    told = [(k, k, xs) for k, xs in rows_of(6, 12, 2)]
    rows = [*told, (0, 9, [3, 4, 5, 6]), (1, 8, [7, 2, 9])]
    given = shown_of(rows, lambda j, k, xs: [*xs[:k], *xs[k + 1 :]], layout)
    statements = found_in(given)
    assert statements is not None
    assert made(statements, given) == [*given.wanted]


def test_a_place_that_is_hardly_told_is_none():
    chance = Random(5)

    def drawn(k: int, xs: list[int]) -> list[int]:
        i = chance.randrange(len(xs))
        return [*xs[:i], *xs[i + 1 :]]

    assert found_in(shown_of(rows_of(6, 10, 3), drawn, "prefixed")) is None
    few = shown_of(rows_of(6, 3, 4), CHANGES["one less, if there"][0], "prefixed")
    assert found_in(few) is None
    many = shown_of(rows_of(6, 12, 0), CHANGES["one less, if there"][0], "prefixed")
    assert found_in(replace(many, spent=4.0)) is not None
    assert found_in(replace(many, spent=80.0)) is None  # one of so many openings fits by chance


def test_elements_that_are_not_equal_are_exchanged_everywhere():
    rows = rows_of(6, 12, 7)
    some = shown_of(rows, lambda k, xs: exchanged(xs, 0, k) if xs[1] > 12 else xs, "terminated")
    assert found_in(some) is None


def test_a_place_that_is_the_same_everywhere_is_a_constant():
    """Not a word of constants, of which there are many."""
    rows = [(k, [*range(9, 9 + k), *xs]) for k, xs in rows_of(8, 10, 6)]
    given = shown_of(rows, lambda k, xs: [*xs[:6], *xs[7:]], "terminated")
    statements = found_in(given)
    assert statements is not None
    assert statements[0] == Term("assign", ("p", 6 + given.first))


def test_places_counted_from_1_take_no_instruction_more():
    given = shown_of(rows_of(6, 12, 0), CHANGES["one less, counted from 1"][0], "terminated")
    statements = found_in(given)
    assert statements is not None
    assert statements[0] == Term("assign", ("p", Term("load", (0,))))


def test_lists_that_stay_tell_of_the_place_of_a_constant() -> None:
    """They end before it, or the constant stands there."""
    rows: list[Row] = [([9, 2, 2, 3, 9, 4],), ([7, 7, 8, 7, 9, 7, 3],)]
    rows += [(xs,) for xs in ([1, 2, 4], [4, 7, 9, 9, 5], [7, 4], [2, 8, 5, 3, 9, 33])]
    given = shown_of(rows, lambda xs: [33 if i == 5 else x for i, x in enumerate(xs)], "terminated")
    statements = found_in(given)
    assert statements is not None
    assert made(statements, given) == [*given.wanted]
    assert Term("assign", ("p", 5)) in statements
