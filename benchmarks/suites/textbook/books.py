"""The Ninety-Nine Problems, and exercises of books on programs and algorithms."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import accumulate, combinations, pairwise
from typing import Final

from benchmarks.suites.drawn.inputs import apart, either, few, number, numbers
from benchmarks.suites.drawn.meanings import cut, flat, runs
from benchmarks.suites.drawn.task import ListTask, nested
from benchmarks.suites.textbook.draws import (
    BITS,
    FEW,
    LISTS,
    SIGNED,
    SMALL,
    SOME,
    holding,
    of_list,
    of_list_and,
    rising,
)

__all__ = ["BOOKS", "NINETY_NINE"]

PLACED: Final = either(numbers(1, 9, 2, 8), numbers(1, 30, 2, 8))


def bubbled(xs: list[int]) -> list[int]:
    """The list after one pass of bubble sort: the largest so far moves on."""
    largest = [*accumulate(xs, max)]
    return [*map(min, largest, xs[1:]), *largest[-1:]]


def ascents(xs: list[int]) -> list[int]:
    """How long the ascending run is that ends at each place."""
    lengths = [1]
    for x, y in pairwise(xs):
        lengths.append(lengths[-1] + 1 if x < y else 1)
    return lengths


def next_greater(xs: list[int]) -> list[int]:
    """For each number the next larger one behind it; 0 if there is none."""
    return [next((y for y in xs[i:] if y > x), 0) for i, x in enumerate(xs)]


def incremented(digits: list[int]) -> list[int]:
    """The next number of so many bits, the lowest first."""
    carries = [1, *accumulate(digits, min)]
    return [x ^ c for x, c in zip(digits, carries, strict=False)]


NINETY_NINE: Final = {
    "last_but_one": of_list(lambda xs: xs[-2], PLACED, lambda xs: len(xs) > 1),
    "palindrome": of_list(
        lambda xs: xs == xs[::-1],
        either(lambda random: (xs := numbers(1, 9, 0, 4)(random)) + xs[::-1],
               lambda random: (xs := numbers(1, 9, 1, 4)(random)) + xs[-2::-1], few(1, 9, 1, 4)),
    ),
    "run_length": of_list(
        lambda xs: flat([[len(run), run[0]] for run in runs(xs)]), few(1, 9, 0, 8, kinds=2)
    ),
    "decode": of_list(
        lambda xs: flat([[x] * n for n, x in zip(xs[::2], xs[1::2], strict=True)]),
        lambda random: flat([[number(1, 4)(random), x] for x in numbers(1, 9, 0, 5)(random)]),
    ),
    "drop_every": of_list_and(
        lambda xs, n: [x for i, x in enumerate(xs, 1) if i % n], number(2, 4)
    ),
    "remove_at": of_list_and(lambda xs, n: cut(n, xs), number(1, 8), SOME,
                             lambda xs, n: n <= len(xs)),
    "rotate": of_list_and(lambda xs, n: xs[n:] + xs[:n], number(0, 8), SOME,
                          lambda xs, n: n <= len(xs)),
}  # fmt: skip

BOOKS: Final = {
    "maximum_segment_sum": of_list(
        lambda xs: max(accumulate(xs, lambda best, x: max(best + x, x))), numbers(-9, 9, 1, 8),
        bounds=SIGNED, signed=True,
    ),
    "steep": replace(of_list(
        lambda xs: all(x > sum(xs[i:]) for i, x in enumerate(xs, 1)),
        either(SMALL, lambda random: [2 ** (i + 1) - number(1, 2)(random)
                                      for i in range(number(1, 6)(random))][::-1]),
    ), words=104),
    "plateau": of_list(lambda xs: max(map(len, runs(xs))), few(1, 9, 1, 8, kinds=2)),
    "longest_run_up": of_list(lambda xs: max(ascents(xs)), SOME),
    "leaders": nested(
        of_list(lambda xs: [x for i, x in enumerate(xs, 1) if x > max(xs[i:], default=0)])
    ),
    "records": of_list(lambda xs: [x for i, x in enumerate(xs) if x > max(xs[:i], default=0)]),
    "inversions": nested(of_list(lambda xs: sum(x > y for x, y in combinations(xs, 2)))),
    "inversion_table": nested(
        of_list(lambda xs: [sum(y > x for y in xs[:i]) for i, x in enumerate(xs)])
    ),
    "descents": of_list(lambda xs: sum(x > y for x, y in pairwise(xs))),
    "peaks": of_list(
        lambda xs: [y for x, y, z in zip(xs, xs[1:], xs[2:], strict=False) if x < y > z]
    ),
    "is_sorted": of_list(lambda xs: xs == sorted(xs), either(rising(LISTS), LISTS)),
    "dutch_flag": ListTask(
        lambda xs, n: sorted(xs, key=lambda x: (x > n) - (x < n)), holding(either(FEW, SOME))
    ),
    "second_largest": nested(of_list(lambda xs: sorted(xs)[-2], PLACED, lambda xs: len(xs) > 1)),
    "majority": nested(of_list(
        lambda xs: Counter(xs).most_common(1)[0][0],
        either(few(1, 9, 1, 7, kinds=2), few(1, 9, 3, 7, kinds=3)),
        lambda xs: 2 * Counter(xs).most_common(1)[0][1] > len(xs),
    )),
    "pair_with_sum": replace(nested(of_list_and(
        lambda xs, n: any(x + y == n for x, y in combinations(xs, 2)), number(2, 15),
        numbers(1, 9, 1, 6),
    )), words=24),
    "next_greater": nested(of_list(next_greater)),
    "greatest_rise": of_list(
        lambda xs: max(y - x for x, y in zip(accumulate(xs, min), xs, strict=True)), SOME
    ),
    "missing_number": replace(of_list(
        lambda xs: sum(range(len(xs) + 2)) - sum(xs),
        lambda random: apart(1, n := number(2, 9)(random), n - 1, n - 1)(random),
        lambda xs: len({*xs}) == len(xs) and all(xs),
    ), words=104),
    "derivative": of_list(lambda xs: [i * x for i, x in enumerate(xs)][1:], numbers(1, 14, 1, 8)),
    "increment_bits": of_list(incremented, BITS),
    "gray_code": of_list(lambda xs: [x ^ y for x, y in zip([0, *xs], xs, strict=False)], BITS),
    "bubble_pass": of_list(bubbled),
    "swap_ends": of_list(lambda xs: [xs[-1], *xs[1:-1], xs[0]], PLACED, lambda xs: len(xs) > 1),
    "fold_ends": of_list(
        lambda xs: [x + y for x, y in zip(xs[: len(xs) // 2], xs[::-1], strict=False)], LISTS
    ),
    "riffle": of_list(
        lambda xs: flat([*zip(xs[: len(xs) // 2], xs[len(xs) // 2 :], strict=True)]),
        lambda random: LISTS(random) * number(1, 2)(random), lambda xs: len(xs) % 2 == 0,
    ),
}  # fmt: skip
