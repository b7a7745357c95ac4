"""All tasks: routines, and those that DreamCoder adds so that its language grows."""

from __future__ import annotations

from math import isqrt
from typing import Final

from benchmarks.suites.drawn.inputs import few, inputs, mixed, number, numbers, one_of
from benchmarks.suites.drawn.meanings import flat
from benchmarks.suites.drawn.suite import DrawnSuite
from benchmarks.suites.drawn.task import Bounds, ListTask, nested
from benchmarks.suites.dreamcoder import routines
from benchmarks.suites.dreamcoder.routines import LISTS, SOME, of_list

__all__ = ["SUITE"]

SIGNED: Final = Bounds(-49, 49)
INDEX_AND_LIST: Final = inputs(number(1, 8), numbers(1, 30, 1, 8))


def booleans(shortest: int, longest: int):
    """A list of booleans."""
    words = numbers(0, 1, shortest, longest)
    return lambda random: [bool(x) for x in words(random)]


def swapped_pairs(xs: list[int]) -> list[int]:
    return flat([xs[i : i + 2][::-1] for i in range(0, len(xs), 2)])


def merged(x: int, xs: list[int]) -> list[int]:
    """x between the elements below it, in their order, and the others."""
    return [*(y for y in xs if y < x), x, *(y for y in xs if y >= x)]


def at_most_its_length(n: int, xs: list[int]) -> bool:
    return n <= len(xs)


ADDED: Final[dict[str, ListTask]] = {
    "take-every-other": of_list(lambda xs: xs[::2]),
    "countdown": ListTask(
        lambda n: list(range(n + 1, 1, -1)), inputs(number(0, 40)), bounds=Bounds(longest=40)
    ),
    "range-inclusive": ListTask(
        lambda n: list(range(n + 1)), inputs(number(0, 39)), bounds=Bounds(longest=40)
    ),
    "index-int": ListTask(
        lambda n, xs: xs[n], inputs(number(0, 7), numbers(1, 30, 1, 8)), lambda n, xs: n < len(xs)
    ),
    "1-index-int": ListTask(lambda n, xs: xs[n - 1], INDEX_AND_LIST, at_most_its_length),
    "take-int": ListTask(lambda n, xs: xs[:n], INDEX_AND_LIST, at_most_its_length),
    "drop-int": ListTask(lambda n, xs: xs[n:], INDEX_AND_LIST, at_most_its_length),
    "take-bool": ListTask(
        lambda n, xs: xs[:n], inputs(number(0, 8), booleans(1, 8)), at_most_its_length
    ),
    "drop-bool": ListTask(
        lambda n, xs: xs[n:], inputs(number(0, 8), booleans(1, 8)), at_most_its_length
    ),
    "append-constant-0": of_list(lambda xs: [*xs, 0]),
    "map-negation": ListTask(
        lambda xs: [-x for x in xs], inputs(numbers(-30, 30, 0, 8)), bounds=SIGNED, signed=True
    ),
    "zip-plus": ListTask(
        lambda xs, ys: [x + y for x, y in zip(xs, ys, strict=True)],
        inputs(numbers(1, 40, 1, 6), numbers(1, 40, 1, 6)), lambda xs, ys: len(xs) == len(ys),
    ),
    "zip-minus": ListTask(
        lambda xs, ys: [x - y for x, y in zip(xs, ys, strict=True)],
        inputs(numbers(1, 40, 1, 6), numbers(1, 40, 1, 6)), lambda xs, ys: len(xs) == len(ys),
        bounds=SIGNED, signed=True,
    ),
    "remove-0s": of_list(lambda xs: [x for x in xs if x], mixed([0], numbers(1, 9, 1, 8))),
    "remove-squares": of_list(
        lambda xs: [x for x in xs if isqrt(x) ** 2 != x], mixed([1, 4, 9, 16, 25], LISTS)
    ),
    "remove-over-1": of_list(lambda xs: [x for x in xs if x <= 1], mixed([1], LISTS)),
    "min2": ListTask(min, inputs(number(0, 30), number(0, 30))),
    "append-int": ListTask(
        lambda xs, ys: xs + ys, inputs(numbers(1, 30, 0, 6), numbers(1, 30, 0, 6))
    ),
    "append-bool": ListTask(lambda xs, ys: xs + ys, inputs(booleans(0, 6), booleans(0, 6))),
    "filter-geq": ListTask(
        lambda x, ys: [y for y in ys if y >= x], inputs(number(1, 12), numbers(1, 15, 0, 8))
    ),
    "filter-less": ListTask(
        lambda x, ys: [y for y in ys if y < x], inputs(number(1, 12), numbers(1, 15, 0, 8))
    ),
    "insert-into-sorted": ListTask(
        merged, inputs(number(1, 20), lambda random: sorted(numbers(1, 20, 0, 7)(random)))
    ),
    "insert-into-unsorted": ListTask(merged, inputs(number(1, 20), numbers(1, 20, 0, 7))),
    "sort-and-deduplicate": of_list(
        sorted, lambda random: list(dict.fromkeys(numbers(1, 20, 0, 8)(random)))
    ),
    "max-plus-1": of_list(lambda xs: max(xs) + 1, SOME),
    "range-max-plus-1": of_list(lambda xs: list(range(max(xs) + 1)), few(1, 19, 1, 6)),
    "pair-reverse": of_list(swapped_pairs, lambda random: LISTS(random) * one_of(random, (1, 2)),
                            lambda xs: len(xs) % 2 == 0),
    "reverse-duplicate": of_list(lambda xs: flat([[x, x] for x in reversed(xs)])),
}  # fmt: skip

UNFIT: Final = {
    "map-length": "lists of lists",
    "empty": "no input is drawn twice, and one list is empty",
    "fibonacci": "fewer than 30 inputs have a result below 100",
    "weird-count": "fewer than 30 inputs: the original has ten",
}

NESTED: Final = (
    "is-primes", "keep-primes", "prime-largest-less-than", "sort", "sort-and-deduplicate",
    "kth-largest.2", "kth-largest.3", "kth-smallest.2", "kth-smallest.3",
)  # fmt: skip
"""Those that sort, or divide each element by others."""

TASKS: Final = routines.TASKS | ADDED
SUITE: Final = DrawnSuite(
    "dreamcoder", TASKS | {name: nested(TASKS[name]) for name in NESTED}, UNFIT
)
