"""Draws the specs of this suite: `python -m benchmarks.suites.lists.generate` rewrites them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.suites.inputs import (
    Cells,
    Expected,
    Recipe,
    answered,
    integer,
    several,
    write_specs,
)

__all__ = ["TASKS", "draw_spec", "main"]

FOLDER = Path(__file__).parent
SEED = 0
SIZES = (0, 1, 2, 2, 3, 3, 4, 4)
"""Lengths of lists in the examples."""
LONGER = (1, 2, 3, 4, 5, 6, 7)
"""Lengths of lists in the held-out inputs, over and over."""


def recipe(
    draw: Callable[[Random, int, int], Cells],
    answer: Callable[[Cells, int], Expected],
    words: int = 16,
    example_sizes: tuple[int, ...] = SIZES,
    holdout_sizes: tuple[int, ...] = LONGER,
) -> Recipe:
    """`draw` and `answer` as in `answered`; the size is the length of the list."""
    machine = {"words": words, "registers": 6, "lines": 16, "steps": 192}
    layout = answered(draw, answer)
    return Recipe(layout, machine, example_sizes, holdout_sizes, len(example_sizes))


# ------------------------------------------------------------ inputs


def one_list(below: int = 0) -> Callable[[Random, int, int], Cells]:
    """A list of words 1 … words − 1 − below, and the 0 behind it."""
    return lambda random, words, size: [*several(random, size, 1, words - 1 - below), 0]


def two_lists(random: Random, words: int, size: int) -> Cells:
    """A list, the 0 behind it, and another list of 0 to 3 elements, with its 0."""
    other = integer(random, 0, 3)
    return [*several(random, size, 1, words - 1), 0, *several(random, other, 1, words - 1), 0]


def k_and_list(random: Random, words: int, size: int) -> Cells:
    """k and a list, whose elements are as often above k as not."""
    k = integer(random, 1, words - 2)
    return [k, *several(random, size, 1, min(2 * k, words - 1)), 0]


def k_and_large_list(random: Random, words: int, size: int) -> Cells:
    """k and a list; in every second one, all elements are above k."""
    k = integer(random, 2, words // 2)
    low = k + 1 if integer(random, 0, 1) else 1
    return [k, *several(random, size, low, words - 1), 0]


def k_and_small_list(random: Random, words: int, size: int) -> Cells:
    """k and a list; in every second one, no element is above k."""
    k = integer(random, words // 4, words // 2)
    high = k if integer(random, 0, 1) else words - 1
    return [k, *several(random, size, 1, high), 0]


def addend_and_list(random: Random, words: int, size: int) -> Cells:
    """k and a list, whose elements + k are words still."""
    k = integer(random, 0, words // 2)
    return [k, *several(random, size, 1, words - 1 - k), 0]


def index_and_list(random: Random, words: int, size: int) -> Cells:
    """The index of an element, counted from 0, and the list."""
    return [integer(random, 0, size - 1), *several(random, size, 1, words - 1), 0]


def member_and_list(random: Random, words: int, size: int) -> Cells:
    """An element of a list with few different ones, and the list."""
    items = several(random, size, 1, 4)
    return [items[integer(random, 0, size - 1)], *items, 0]


def lists_side_by_side(random: Random, words: int, size: int) -> Cells:
    """The second list's address; the first list; the second, of the same length, further on."""
    gap = integer(random, 0, words // 2 - size - 5)
    items = several(random, 2 * size, 1, words // 2)
    items = [min(x, words // 2 - 1) for x in items]
    return [size + 2 + gap, *items[:size], 0, *[0] * gap, *items[size:], 0]


def target_and_list(random: Random, words: int, size: int) -> Cells:
    """The address of an empty place, and a list."""
    target = size + 2 + integer(random, 0, words - 3 * size - 4)
    return [target, *several(random, size, 1, words - 1), 0]


# ------------------------------------------------------------ answers


def pushed(items: Cells, words: int) -> Expected:
    """The items, each below the one before, from the last cell of memory down."""
    return [*[None] * (words - len(items)), *reversed(items)]


def concatenated(memory: Cells, words: int) -> Expected:
    return [*(x for x in memory if x), 0]


def last_index(memory: Cells, words: int) -> Expected:
    return [max(i for i, x in enumerate(memory) if i and x == memory[0])]


def beside(memory: Cells) -> list[tuple[int, int]]:
    """The pairs of elements of two lists side by side."""
    first = memory[1 : memory.index(0, 1)]
    return list(zip(first, memory[memory[0] :], strict=False))


def pairwise_sums(memory: Cells, words: int) -> Expected:
    return [None, *(x + y for x, y in beside(memory)), 0]


def interleaved(memory: Cells, words: int) -> Expected:
    return pushed([x for pair in beside(memory) for x in pair], words)


def doubled(memory: Cells, words: int) -> Expected:
    return [*[None] * memory[0], *(x for x in memory[1:-1] for _ in range(2)), 0]


PREDICATE: dict[str, Any] = {"example_sizes": (*SIZES, *(1, 2, 3, 4) * 4, *SIZES)}
"""An answer of one bit says little: four times as many examples."""

TASKS: dict[str, Recipe] = {
    "rev": recipe(one_list(), lambda m, b: pushed(m[:-1], b)),
    "map_inc": recipe(one_list(below=1), lambda m, b: [*(x + 1 for x in m[:-1]), 0]),
    "rev_map_inc": recipe(one_list(below=1), lambda m, b: pushed([x + 1 for x in m[:-1]], b)),
    "map_add_k": recipe(addend_and_list, lambda m, b: [None, *(x + m[0] for x in m[1:-1]), 0]),
    "sum": recipe(one_list(), lambda m, b: [*m[:-1], sum(m) % b]),
    "concat": recipe(two_lists, concatenated),
    "max": recipe(one_list(), lambda m, b: [*m[:-1], max(m)]),
    "len": recipe(one_list(), lambda m, b: [*m[:-1], len(m) - 1]),
    "pairwise_sum": recipe(
        lists_side_by_side, pairwise_sums, words=24
    ),
    "get_k": recipe(
        index_and_list, lambda m, b: [m[1 + m[0]]], example_sizes=(1, 2, 2, 3, 3, 4, 4, 4)
    ),
    "last_2": recipe(
        one_list(), lambda m, b: list[int | None](m[-3:-1]), example_sizes=(2, 2, 3, 3, 4, 4, 5, 5),
        holdout_sizes=(2, 3, 4, 5, 6, 7, 8),
    ),
    "rev_filter_gt_k": recipe(k_and_list, lambda m, b: pushed([x for x in m[1:] if x > m[0]], b)),
    "find_last_idx": recipe(
        member_and_list, last_index, example_sizes=(1, 2, 3, 3, 4, 4, 5, 5) * 2,
        holdout_sizes=(2, 3, 4, 5, 6, 7),
    ),
    "dup_2": recipe(target_and_list, doubled, words=28),
    "rev_interleave": recipe(
        lists_side_by_side, interleaved, words=32, holdout_sizes=(1, 2, 3, 4, 5, 6)
    ),
    "all_gt_k": recipe(
        k_and_large_list, lambda m, b: [int(min(m[1:-1], default=b) > m[0])], **PREDICATE
    ),
    "ex_gt_k": recipe(k_and_small_list, lambda m, b: [int(max(m[1:]) > m[0])], **PREDICATE),
}  # fmt: skip


def draw_spec(name: str, seed: int = SEED) -> dict[str, Any]:
    """The spec of that task, as plain dicts and lists."""
    return TASKS[name].spec(name, Random(f"lists/{name}/{seed}"))


def main(folder: Path = FOLDER) -> None:
    """Writes every spec into that folder."""
    write_specs(folder, map(draw_spec, TASKS))


if __name__ == "__main__":
    main()
