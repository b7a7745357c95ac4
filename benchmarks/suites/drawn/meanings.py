"""List functions that references share. Places are counted from 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, pairwise

__all__ = ["cut", "cut_slice", "flat", "groups", "insert", "interleave", "neighbours", "replace",
           "runs", "segments", "swap", "unique"]  # fmt: skip


def flat(lists: Sequence[Sequence[int]]) -> list[int]:
    """The lists, one behind the other."""
    return [*chain.from_iterable(lists)]


def unique(xs: Sequence[int]) -> list[int]:
    """Each number once, where it first stands."""
    return list(dict.fromkeys(xs))


def groups(xs: Sequence[int], key: Callable[[int], int] = lambda x: x) -> list[list[int]]:
    """The numbers that have the same key, in one list each; in the order of their first ones."""
    found: dict[int, list[int]] = {}
    for x in xs:
        found.setdefault(key(x), []).append(x)
    return list(found.values())


def runs(xs: Sequence[int]) -> list[list[int]]:
    """The list, in pieces of equal numbers."""
    found: list[list[int]] = []
    for x in xs:
        if found and found[-1][0] == x:
            found[-1].append(x)
        else:
            found.append([x])
    return found


def segments(xs: Sequence[int], separator: int = 0) -> list[list[int]]:
    """The list, in pieces between separators; with k of these there are k + 1 pieces."""
    found: list[list[int]] = [[]]
    for x in xs:
        if x == separator:
            found.append([])
        else:
            found[-1].append(x)
    return found


def neighbours(xs: Sequence[int]) -> list[tuple[int, int]]:
    """Each number with the next one."""
    return list(pairwise(xs))


def interleave(xs: Sequence[int], ys: Sequence[int]) -> list[int]:
    """The first of each, the second of each, …; as far as the shorter one goes."""
    return [x for pair in zip(xs, ys, strict=False) for x in pair]


def insert(word: int, place: int, xs: Sequence[int]) -> list[int]:
    """The list with the word at that place."""
    return [*xs[: place - 1], word, *xs[place - 1 :]]


def replace(place: int, word: int, xs: Sequence[int]) -> list[int]:
    """The list with the word instead of the one at that place, if it is so long."""
    return [word if i == place else x for i, x in enumerate(xs, 1)]


def swap(first: int, second: int, xs: Sequence[int]) -> list[int]:
    """The list with the numbers of those places exchanged."""
    ys = list(xs)
    ys[first - 1], ys[second - 1] = ys[second - 1], ys[first - 1]
    return ys


def cut(place: int, xs: Sequence[int]) -> list[int]:
    """The list without the number at that place."""
    return cut_slice(place, place, xs)


def cut_slice(first: int, last: int, xs: Sequence[int]) -> list[int]:
    """The list without the numbers from that place to that one."""
    return [*xs[: first - 1], *xs[last:]]
