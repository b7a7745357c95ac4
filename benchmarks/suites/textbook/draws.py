"""What inputs of the suite are drawn from, and the two kinds of functions that most tasks are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from benchmarks.suites.drawn.inputs import (
    Items,
    apart,
    either,
    few,
    inputs,
    number,
    numbers,
    one_of,
)
from benchmarks.suites.drawn.task import Bounds, Draw, ListTask, Value, anything

__all__ = ["BITS", "FEW", "LISTS", "SIGNED", "SMALL", "SOME", "even", "holding", "of_list",
           "of_list_and", "pairs", "rising", "sometimes_holding"]  # fmt: skip

LISTS: Final = either(numbers(1, 9, 0, 8), numbers(1, 30, 0, 8), few(1, 20, 0, 8))
SOME: Final = either(numbers(1, 9, 1, 8), numbers(1, 30, 1, 8), few(1, 20, 1, 8))
SMALL: Final = either(numbers(1, 9, 0, 8), few(1, 12, 0, 8))
"""Whose sums are below 100."""
FEW: Final = few(1, 12, 1, 8)
BITS: Final = numbers(0, 1, 1, 8)
SIGNED: Final = Bounds(-49, 49)


def even(x: int) -> bool:
    return x % 2 == 0


def of_list(
    answer: Callable[[list[int]], Value],
    items: Items = LISTS,
    given: Callable[[list[int]], bool] = anything,
    bounds: Bounds | None = None,
    *,
    signed: bool = False,
) -> ListTask:
    """A function of one list."""
    return ListTask(answer, inputs(items), given, bounds or Bounds(), signed)


def of_list_and(
    answer: Callable[[list[int], int], Value],
    word: Callable[[Random], int],
    items: Items = LISTS,
    given: Callable[[list[int], int], bool] = anything,
) -> ListTask:
    """A function of a list and a number."""
    return ListTask(answer, inputs(items, word), given)


def rising(items: Items) -> Items:
    """Such a list, sorted."""
    return lambda random: sorted(items(random))


def holding(items: Items) -> Draw:
    """Such a list, which isn't empty, and one of its elements."""

    def draw(random: Random) -> tuple[Value, ...]:
        xs = items(random)
        return xs, one_of(random, xs)

    return draw


def sometimes_holding(items: Items) -> Draw:
    """Such a list and a number: in two of three draws one of its elements, or else of 1 … 20."""

    def draw(random: Random) -> tuple[Value, ...]:
        xs = items(random)
        return xs, one_of(random, xs) if xs and random.random() < 2 / 3 else number(1, 20)(random)

    return draw


def pairs(keys: Callable[[Random, list[int]], Sequence[int]]) -> Draw:
    """A table, up to six different keys, each followed by its value; and one of such keys."""

    def draw(random: Random) -> tuple[Value, ...]:
        values = numbers(1, 30, 1, 6)(random)
        names = apart(1, 9, len(values), len(values))(random)
        table = [x for pair in zip(names, values, strict=True) for x in pair]
        return table, one_of(random, keys(random, table))

    return draw
