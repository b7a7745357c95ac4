"""Idioms of APL and J, functions of NumPy."""

from __future__ import annotations

from itertools import accumulate, pairwise
from operator import xor
from typing import Final

from benchmarks.suites.drawn.inputs import apart, either, few, inputs, mixed, number, numbers
from benchmarks.suites.drawn.meanings import flat
from benchmarks.suites.drawn.task import ListTask, nested
from benchmarks.suites.textbook.draws import (
    BITS,
    FEW,
    LISTS,
    SIGNED,
    SOME,
    of_list,
    of_list_and,
    rising,
)

__all__ = ["APL", "NUMPY"]


def in_base(n: int, digits: list[int]) -> int:
    """The number of these digits, the highest first."""
    return sum(x * n**i for i, x in enumerate(reversed(digits)))


def trimmed(xs: list[int]) -> list[int]:
    """The list without the zeros at both ends."""
    places = [i for i, x in enumerate(xs) if x]
    return xs[places[0] : places[-1] + 1] if places else []


APL: Final = {
    "grade_up": nested(of_list(lambda xs: sorted(range(len(xs)), key=xs.__getitem__))),
    "rank": nested(of_list(lambda xs: [sum(y < x for y in xs) for x in xs])),
    "not_equal_scan": of_list(lambda xs: [*accumulate(xs, xor)], BITS),
    "first_one": of_list(lambda xs: [int(x and not sum(xs[:i])) for i, x in enumerate(xs)], BITS),
    "where": of_list(lambda xs: [i for i, x in enumerate(xs, 1) if x], BITS),
    "where_replicate": of_list(
        lambda xs: flat([[i] * x for i, x in enumerate(xs, 1)]), numbers(0, 4, 1, 6)
    ),
    "base_value": ListTask(in_base, inputs(number(2, 9), numbers(0, 5, 1, 5))),
    "n_wise_sum": of_list(lambda xs: [sum(xs[i : i + 3]) for i in range(len(xs) - 2)],
                          either(LISTS, numbers(1, 20, 3, 8))),
    "nub_sieve": nested(of_list(lambda xs: [x not in xs[:i] for i, x in enumerate(xs)], FEW)),
    "index_of_self": nested(of_list(lambda xs: [xs.index(x) for x in xs], FEW)),
    "times_scan": of_list(lambda xs: [*accumulate(xs, lambda x, y: x * y)], numbers(1, 4, 0, 6)),
    "where_max": of_list(lambda xs: [i for i, x in enumerate(xs) if x == max(xs)], FEW),
    "is_permutation": nested(of_list(
        lambda xs: sorted(xs) == [*range(1, len(xs) + 1)],
        either(apart(1, 2, 2, 2), apart(1, 3, 3, 3), apart(1, 4, 4, 4), apart(1, 5, 5, 5),
               few(1, 4, 1, 4), numbers(1, 6, 2, 6)),
    )),
    "distance": of_list_and(lambda xs, n: [abs(x - n) for x in xs], number(1, 20)),
    "occurrences": nested(of_list(lambda xs: [xs.count(x) for x in xs], FEW)),
}  # fmt: skip

NUMPY: Final = {
    "clip": of_list_and(lambda xs, n: [min(max(x, 5), n) for x in xs], number(5, 20)),
    "diff": of_list(lambda xs: [y - x for x, y in pairwise(xs)], rising(SOME)),
    "abs_diff": of_list(lambda xs: [abs(y - x) for x, y in pairwise(xs)], SOME),
    "second_diff": of_list(
        lambda xs: [x - 2 * y + z for x, y, z in zip(xs, xs[1:], xs[2:], strict=False)],
        numbers(1, 20, 2, 8), bounds=SIGNED, signed=True
    ),
    "bincount": nested(
        of_list(lambda xs: [xs.count(i) for i in range(max(xs) + 1)], numbers(0, 7, 1, 8))
    ),
    "ptp": of_list(lambda xs: max(xs) - min(xs), SOME),
    "argmax": of_list(lambda xs: xs.index(max(xs)), either(SOME, FEW)),
    "greater": of_list_and(lambda xs, n: [x > n for x in xs], number(1, 15)),
    "trim_zeros": of_list(trimmed, mixed([0], numbers(1, 9, 1, 8), 0.5)),
    "repeat": of_list_and(lambda xs, n: flat([[x] * n for x in xs]), number(0, 5)),
    "tile": of_list_and(lambda xs, n: xs * n, number(0, 5)),
    "resize": of_list_and(
        lambda xs, n: [xs[i % len(xs)] for i in range(n)], number(0, 15), numbers(1, 30, 1, 6)
    ),
    "convolve_ones": of_list(
        lambda xs: [x + y for x, y in zip([0, *xs], [*xs, 0], strict=True)], SOME
    ),
    "dot_self": of_list(lambda xs: sum(x * x for x in xs), numbers(1, 6, 0, 5)),
    "dot_reversed": of_list(lambda xs: sum(x * y for x, y in zip(xs, xs[::-1], strict=True)),
                            numbers(1, 6, 0, 6)),
    "minimum_reversed": of_list(lambda xs: [*map(min, xs, xs[::-1])], SOME),
    "packbits": of_list(lambda xs: in_base(2, xs), numbers(0, 1, 1, 6)),
}  # fmt: skip
