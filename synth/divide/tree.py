"""The cheapest decision tree that joins words, each right on some examples, by tests.

Sets of examples are bit masks. All sets are looked at, so the tree is the cheapest of its depth for
these words and tests (EUSolver, Alur et al. 2017, learns one greedily, by information gain).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from jaxtyping import Bool, Int64

__all__ = ["BRANCH", "MOST_EXAMPLES", "Branch", "Tree", "cheapest_by_mask", "masks_of", "trees"]

BRANCH: Final = 2
"""What a branch costs besides its test."""
MOST_EXAMPLES: Final = 12
"""Examples of which all sets can be looked at."""
_NEVER: Final = np.int64(1) << 40


@dataclass(frozen=True)
class Branch:
    """Where the test, a word by number, is not 0, one tree; else the other."""

    test: int
    then: Tree
    otherwise: Tree


Tree: TypeAlias = int | Branch
"""A word, by its number; or a branch."""


def masks_of(right: Bool[np.ndarray, "n examples"]) -> Int64[np.ndarray, " n"]:
    """Each row as a bit mask."""
    return right.astype(np.int64) @ (1 << np.arange(right.shape[1], dtype=np.int64))


def cheapest_by_mask(
    masks: Int64[np.ndarray, " n"], costs: Int64[np.ndarray, " n"]
) -> Int64[np.ndarray, " some"]:
    """The numbers of the cheapest of each mask, the cheaper first; the first among equals."""
    order = np.argsort(costs, kind="stable")
    first = np.sort(np.unique(masks[order], return_index=True)[1])
    return order[first]


def trees(
    examples: int,
    right: Int64[np.ndarray, " words"],
    right_costs: Int64[np.ndarray, " words"],
    tests: Int64[np.ndarray, " tests"],
    test_costs: Int64[np.ndarray, " tests"],
    depth: int,
) -> Iterator[tuple[int, Tree]]:
    """Trees for all examples, and what they cost: of each test at the top the cheapest of that
    depth, if there are any. Words are `right` on masks, `tests` are not 0 on masks."""
    size, full = 1 << examples, (1 << examples) - 1
    every = np.arange(size)
    word, least = _words(examples, right, right_costs)
    chosen = [np.full(size, -1)]
    below = least
    for _ in range(depth - 1):
        now, by = below.copy(), np.full(size, -1)
        for test, (mask, cost) in enumerate(zip(tests.tolist(), test_costs.tolist(), strict=True)):
            inside, outside = every & mask, every & ~mask
            total = below[inside] + below[outside] + (cost + BRANCH)
            better = (total < now) & (inside != 0) & (outside != 0)
            now[better], by[better] = total[better], test
        below = now
        chosen.append(by)

    def made(subset: int, level: int) -> Tree:
        while level and chosen[level][subset] < 0:
            level -= 1
        if level == 0:
            return int(word[subset])
        test = int(chosen[level][subset])
        inside = int(tests[test]) & subset
        return Branch(test, made(inside, level - 1), made(subset & ~inside, level - 1))

    for test, (mask, cost) in enumerate(zip(tests.tolist(), test_costs.tolist(), strict=True)):
        total = int(below[mask] + below[full & ~mask]) + cost + BRANCH
        if total < _NEVER:
            yield total, Branch(test, made(mask, depth - 1), made(full & ~mask, depth - 1))


def _words(
    examples: int, right: Int64[np.ndarray, " words"], costs: Int64[np.ndarray, " words"]
) -> tuple[Int64[np.ndarray, " sets"], Int64[np.ndarray, " sets"]]:
    """The cheapest word that is right on each set of examples, and maybe on more; and its cost."""
    size = 1 << examples
    every, word, least = np.arange(size), np.full(size, -1), np.full(size, _NEVER)
    for number in cheapest_by_mask(right, costs)[::-1].tolist():
        word[right[number]], least[right[number]] = number, costs[number]
    for bit in 1 << np.arange(examples):
        without = every[every & bit == 0]
        better = least[without | bit] < least[without]
        least[without[better]] = least[without[better] | bit]
        word[without[better]] = word[without[better] | bit]
    return word, least
