"""Functions of Haskell's Data.List, SRFI 1, Python's itertools and statistics."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import replace
from itertools import accumulate, dropwhile, pairwise, takewhile
from typing import Final

from benchmarks.suites.drawn.inputs import apart, either, few, inputs, mixed, number, numbers
from benchmarks.suites.drawn.meanings import flat, runs
from benchmarks.suites.drawn.task import ListTask, nested
from benchmarks.suites.textbook.draws import (
    FEW,
    LISTS,
    SIGNED,
    SMALL,
    SOME,
    even,
    holding,
    of_list,
    of_list_and,
    pairs,
    sometimes_holding,
)

__all__ = ["DATA_LIST", "ITERTOOLS", "SRFI_1", "STATISTICS"]

EVEN_START: Final = mixed([2, 4, 6, 8, 10, 12], LISTS, 0.6)


def delete(xs: list[int], x: int) -> list[int]:
    """The list without the first x, if there is one."""
    place = xs.index(x) if x in xs else len(xs)
    return xs[:place] + xs[place + 1 :]


def looked_up(table: list[int], key: int) -> int:
    """What follows the key where it first stands, in a list of keys, each followed by its value."""
    return table[2 * table[::2].index(key) + 1]


def without_key(table: list[int], key: int) -> list[int]:
    return flat([[k, v] for k, v in zip(table[::2], table[1::2], strict=True) if k != key])


def bits(n: int) -> list[int]:
    """The binary digits, the lowest first; none of 0."""
    return [n >> i & 1 for i in range(n.bit_length())]


def alternating(xs: list[int]) -> int:
    """x₁ − (x₂ − (x₃ − …))."""
    return sum(xs[::2]) - sum(xs[1::2])


DATA_LIST: Final = {
    "scanl": of_list(lambda xs: [*accumulate(xs, initial=0)], SMALL),
    "scanl1_max": of_list(lambda xs: [*accumulate(xs, max)]),
    "scanr1": of_list(lambda xs: [*accumulate(xs[::-1])][::-1], SMALL),
    "scanr1_min": of_list(lambda xs: [*accumulate(xs[::-1], min)][::-1]),
    "intersperse": of_list_and(lambda xs, n: flat([[n, x] for x in xs])[1:], number(1, 9)),
    "takeWhile_even": of_list(lambda xs: [*takewhile(even, xs)], EVEN_START),
    "dropWhile_less": of_list_and(
        lambda xs, n: [*dropwhile(lambda x: x < n, xs)], number(1, 15)
    ),
    "dropWhileEnd_even": of_list(
        lambda xs: [*dropwhile(even, xs[::-1])][::-1], lambda random: EVEN_START(random)[::-1]
    ),
    "break_at": ListTask(lambda xs, n: [*takewhile(lambda x: x != n, xs)], sometimes_holding(FEW)),
    "partition_even": of_list(lambda xs: sorted(xs, key=lambda x: x % 2)),
    "group_lengths": of_list(lambda xs: [len(run) for run in runs(xs)], few(1, 9, 0, 8, kinds=2)),
    "elemIndex": ListTask(
        lambda xs, n: xs.index(n), holding(either(FEW, SOME)), lambda xs, n: n in xs
    ),
    "elemIndices": ListTask(
        lambda xs, n: [i for i, x in enumerate(xs) if x == n], sometimes_holding(FEW)
    ),
    "findIndex_even": of_list(
        lambda xs: [*map(even, xs)].index(True), SOME, lambda xs: any(map(even, xs))
    ),
    "delete": ListTask(delete, sometimes_holding(FEW)),
    "zipWith_add_tail": of_list(lambda xs: [x + y for x, y in pairwise(xs)], SOME),
    "sortOn_negate": nested(of_list(lambda xs: sorted(xs, reverse=True))),
    "foldr_minus": of_list(alternating, SMALL, bounds=SIGNED, signed=True),
    "concatMap_replicate": of_list(
        lambda xs: flat([[x] * x for x in xs]), either(numbers(1, 4, 0, 6), few(1, 6, 0, 5))
    ),
    "zipWith_times_index": of_list(
        lambda xs: [i * x for i, x in enumerate(xs)], numbers(1, 14, 0, 8)
    ),
    "unfoldr_binary": ListTask(bits, inputs(number(0, 99))),
    "lookup": ListTask(
        looked_up, pairs(lambda random, table: table[::2]), lambda table, key: key in table[::2]
    ),
}  # fmt: skip

SRFI_1: Final = {
    "take_right": of_list_and(
        lambda xs, n: xs[len(xs) - n :], number(0, 8), given=lambda xs, n: n <= len(xs)
    ),
    "drop_right": of_list_and(
        lambda xs, n: xs[: len(xs) - n], number(0, 8), given=lambda xs, n: n <= len(xs)
    ),
    "append_reverse": of_list(lambda xs: xs[::-1] + xs),
    "count_less": of_list_and(lambda xs, n: sum(x < n for x in xs), number(1, 15)),
    "filter_map_half": of_list(lambda xs: [x // 2 for x in xs if even(x)]),
    "lset_adjoin": ListTask(
        lambda xs, n: xs if n in xs else [*xs, n], sometimes_holding(apart(1, 20, 0, 8))
    ),
    "delete_all": ListTask(lambda xs, n: [x for x in xs if x != n], sometimes_holding(FEW)),
    "unzip2": of_list(lambda xs: xs[::2] + xs[1::2]),
    "alist_delete": ListTask(
        without_key, pairs(lambda random, table: [*table[::2], *numbers(1, 9, 1, 3)(random)])
    ),
    "every_less": of_list_and(lambda xs, n: all(x < n for x in xs), number(3, 20)),
}  # fmt: skip

ITERTOOLS: Final = {
    "all_equal": of_list(
        lambda xs: len({*xs}) <= 1, either(few(1, 9, 1, 8, kinds=1), few(1, 9, 1, 5, kinds=2))
    ),
    "batched_sums": of_list(lambda xs: [sum(xs[i : i + 2]) for i in range(0, len(xs), 2)]),
    "islice_step": of_list_and(lambda xs, n: xs[::n], number(1, 4)),
    "sliding_max": of_list(
        lambda xs: [max(xs[i : i + 3]) for i in range(len(xs) - 2)],
        either(SOME, numbers(1, 20, 3, 8)),
    ),
}  # fmt: skip

STATISTICS: Final = {
    "mean": replace(of_list(lambda xs: sum(xs) // len(xs), SMALL, any), words=104),
    "median_low": nested(of_list(statistics.median_low, SOME)),
    "mode": nested(of_list(statistics.mode, few(1, 9, 1, 8))),
    "multimode": nested(of_list(statistics.multimode, few(1, 9, 0, 8))),
    "counter_values": nested(of_list(lambda xs: [*Counter(xs).values()], few(1, 9, 0, 8))),
}  # fmt: skip
