"""The tasks; what two sources share stands here once, under the name of the first."""

from __future__ import annotations

from typing import Final

from benchmarks.suites.drawn.inputs import (
    apart,
    either,
    few,
    inputs,
    number,
    numbers,
)
from benchmarks.suites.drawn.meanings import flat, insert, runs, unique
from benchmarks.suites.drawn.suite import DrawnSuite
from benchmarks.suites.drawn.task import ListTask, nested

__all__ = ["SUITE"]

LIST: Final = either(numbers(1, 9, 0, 8), few(1, 30, 0, 8))
SOME: Final = either(numbers(1, 9, 1, 8), few(1, 30, 1, 8))
NUMBER: Final = number(1, 9)


def without_largest(xs: list[int]) -> list[int]:
    return [x for x in xs if x != max(xs)]


def swapped_pairs(xs: list[int]) -> list[int]:
    """The list, each two neighbours swapped; the empty one, as in Myth, if its length is odd."""
    return [] if len(xs) % 2 else flat([xs[i : i + 2][::-1] for i in range(0, len(xs), 2)])


def in_order(xs: list[int], x: int) -> list[int]:
    return xs if x in xs else sorted([*xs, x])


LAMBDA2: Final = {
    "add": ListTask(lambda xs, n: [x + n for x in xs], inputs(LIST, NUMBER)),
    "append": ListTask(lambda xs, x: [*xs, x], inputs(LIST, NUMBER)),
    "concat": ListTask(lambda xs, ys: xs + ys, inputs(LIST, LIST)),
    "dedup": ListTask(unique, inputs(few(1, 30, 0, 8))),
    "droplast": ListTask(lambda xs: xs[:-1], inputs(SOME)),
    "dropmax": ListTask(without_largest, inputs(SOME)),
    "dupli": ListTask(lambda xs: flat([[x, x] for x in xs]), inputs(LIST)),
    "evens": ListTask(lambda xs: [x for x in xs if x % 2 == 0], inputs(LIST)),
    "insertn": ListTask(
        lambda xs, n, x: insert(x, n + 1, xs), inputs(LIST, number(0, 8), NUMBER),
        lambda xs, n, x: n <= len(xs),
    ),
    "intersect": ListTask(
        lambda xs, ys: [x for x in xs if x in ys], inputs(apart(1, 12, 0, 8), apart(1, 12, 0, 8))
    ),
    "last": ListTask(lambda xs: xs[-1], inputs(SOME)),
    "length": ListTask(len, inputs(LIST)),
    "max": ListTask(lambda xs: max(xs, default=0), inputs(LIST)),
    "member": ListTask(lambda xs, x: x in xs, inputs(either(numbers(1, 9, 0, 8), few(1, 9, 0, 8)),
                                                     NUMBER)),
    "multfirst": ListTask(lambda xs: xs[:1] * len(xs), inputs(LIST)),
    "multlast": ListTask(lambda xs: xs[-1:] * len(xs), inputs(LIST)),
    "reverse": ListTask(lambda xs: xs[::-1], inputs(LIST)),
    "shiftl": ListTask(lambda xs: [*xs[1:], *xs[:1]], inputs(LIST)),
    "shiftr": ListTask(lambda xs: [*xs[-1:], *xs[:-1]], inputs(LIST)),
    "sum": ListTask(sum, inputs(numbers(1, 15, 0, 8))),
}  # fmt: skip

MYTH: Final = {
    "compress": ListTask(lambda xs: [run[0] for run in runs(xs)], inputs(few(1, 9, 0, 8, kinds=2))),
    "drop": ListTask(lambda xs, n: xs[n:], inputs(LIST, number(0, 9))),
    "even_parity": ListTask(
        lambda xs: sum(xs) % 2 == 0, inputs(lambda random: [x > 4 for x in LIST(random)])
    ),
    "hd": ListTask(lambda xs: xs[0] if xs else 0, inputs(LIST)),
    "inc": ListTask(lambda xs: [x + 1 for x in xs], inputs(LIST)),
    "nth": ListTask(lambda xs, n: xs[n] if n < len(xs) else 0, inputs(LIST, number(0, 8))),
    "pairwise_swap": ListTask(swapped_pairs, inputs(LIST)),
    "sort": ListTask(sorted, inputs(LIST)),
    "sorted_insert": ListTask(
        in_order, inputs(lambda random: sorted(apart(1, 20, 0, 7)(random)), number(1, 20))
    ),
    "take": ListTask(lambda xs, n: xs[:n], inputs(LIST, number(0, 9))),
    "tl": ListTask(lambda xs: xs[1:], inputs(LIST)),
    "nat_iseven": ListTask(lambda n: n % 2 == 0, inputs(number(0, 60))),
    "nat_max": ListTask(max, inputs(number(0, 60), number(0, 60))),
    "nat_pred": ListTask(lambda n: max(n - 1, 0), inputs(number(0, 60))),
    "nat_add": ListTask(lambda m, n: m + n, inputs(number(0, 49), number(0, 49))),
}

NESTED: Final = "lists of lists"
TREES: Final = "trees"
UNFIT: Final = {
    **dict.fromkeys(
        ("cprod", "dropmins", "flattenl", "incrs", "join", "largest_n", "sums", "list_concat"),
        NESTED,
    ),
    **dict.fromkeys(
        ("appendt", "count_leaves", "count_nodes", "flatten", "height", "incrt", "leaves", "maxt",
         "membert", "prependt", "replacet", "searchnodes", "selectnodes", "sumnodes", "sumt",
         "sumtrees", "tconcat", "tree_*"),
        TREES,
    ),
    **dict.fromkeys(("bool_band", "bool_bor", "bool_impl", "bool_neg", "bool_xor"),
                    "four inputs in all"),
    **dict.fromkeys(("list_fold", "list_filter", "list_map"), "a function as an input"),
    "arith": "expressions as an input",
}  # fmt: skip

TASKS: Final = LAMBDA2 | MYTH
QUADRATIC: Final = ("dedup", "intersect", "sort")
SUITE: Final = DrawnSuite("classics", TASKS | {n: nested(TASKS[n]) for n in QUADRATIC}, UNFIT)
