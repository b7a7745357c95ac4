"""The concepts c001 to c100: those of the first set, on digits, and twenty on numbers below 100."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.suites.drawn.inputs import (
    Items,
    apart,
    either,
    few,
    inputs,
    led,
    mixed,
    numbers,
)
from benchmarks.suites.drawn.meanings import cut, flat, insert, replace, swap
from benchmarks.suites.drawn.task import ListTask, anything

__all__ = ["CONCEPTS"]


def concept(
    answer: Callable[[list[int]], list[int]],
    items: Items,
    given: Callable[[list[int]], bool] = anything,
) -> ListTask:
    """A function of one list."""
    return ListTask(answer, inputs(items), given)


def digits(shortest: int = 1, longest: int = 10) -> Items:
    """Lists of digits; every second one has few different ones."""
    return either(numbers(1, 9, shortest, longest), few(1, 9, shortest, longest))


def below_100(shortest: int = 1, longest: int = 10) -> Items:
    """Lists of numbers below 100."""
    return numbers(1, 99, shortest, longest)


def equal_early(shortest: int, high: int = 9) -> Items:
    """Lists with few different elements, or with different ones."""
    return either(few(1, high, shortest, kinds=2), apart(1, high, shortest))


def slice_of(first: int, last: int, xs: list[int]) -> list[int]:
    return xs[first - 1 : last]


def fourth_or_second_swapped(xs: list[int]) -> list[int]:
    return swap(1, 4, xs) if xs[1] == xs[2] else swap(2, 3, xs)


def second_or_fourth_swapped(xs: list[int]) -> list[int]:
    return swap(2, 3, xs) if xs[1] > xs[2] else swap(1, 4, xs)


def without_two(xs: list[int], *, in_front: bool) -> list[int]:
    return xs[2:] if in_front else xs[:-2]


def third_to_the_front(xs: list[int]) -> list[int]:
    return [*xs[2:4], *xs[:2], *xs[4:]]


def ends_swapped(xs: list[int]) -> list[int]:
    return [xs[-1], *xs[1:-1], xs[0]]


def c039(xs: list[int]) -> list[int]:
    return [*xs, len(xs)] if len(xs) in (3, 9) else xs


def c040(xs: list[int]) -> list[int]:
    return [*xs, 3] if 3 in xs else [*xs, 9] if 9 in xs else xs


def c060(xs: list[int]) -> list[int]:
    return swap(3, 1, replace(4, 4, cut(6, xs[:7])))


def with_places(xs: list[int]) -> list[int]:
    return [x + i for i, x in enumerate(xs, 1)]


def has_place(xs: list[int]) -> bool:
    """Whether the first number is a place in the rest."""
    return 1 <= xs[0] < len(xs)


def has_slice(xs: list[int]) -> bool:
    """Whether the first two numbers are places in the rest, in order."""
    return 1 <= xs[0] <= xs[1] <= len(xs) - 2


FIRST: Final = {
    "c001": concept(lambda xs: [xs[2]], digits(3)),
    "c002": concept(lambda xs: xs[2:3], digits(0)),
    "c003": concept(lambda xs: [xs[6]], digits(7)),
    "c004": concept(lambda xs: xs[6:7], either(digits(0), digits(7))),
    "c005": concept(lambda xs: [xs[xs[0]]], digits(2), has_place),
    "c006": concept(lambda xs: xs[:2], digits(2)),
    "c007": concept(lambda xs: xs[:2], digits(0)),
    "c008": concept(lambda xs: xs[:6], digits(6)),
    "c009": concept(lambda xs: xs[:6], digits(0)),
    "c010": concept(lambda xs: xs[1 : 1 + xs[0]], digits(1), lambda xs: xs[0] < len(xs)),
    "c011": concept(lambda xs: slice_of(2, 4, xs), digits(4)),
    "c012": concept(lambda xs: slice_of(2, 4, xs), digits(0)),
    "c013": concept(lambda xs: slice_of(3, 7, xs), digits(7)),
    "c014": concept(lambda xs: slice_of(3, 7, xs), digits(0)),
    "c015": concept(lambda xs: slice_of(xs[0], xs[1], xs[2:]), digits(3), has_slice),
    "c016": concept(lambda xs: replace(2, 8, xs), digits(2)),
    "c017": concept(lambda xs: replace(2, 8, xs), digits(0)),
    "c018": concept(lambda xs: replace(6, 3, xs), digits(6)),
    "c019": concept(lambda xs: replace(6, 3, xs), digits(0)),
    "c020": concept(lambda xs: replace(1, xs[-1], xs), digits(1)),
    "c021": concept(lambda xs: insert(8, 2, xs), digits(1)),
    "c022": concept(lambda xs: insert(5, 2, xs), digits(1)),
    "c023": concept(lambda xs: insert(8 if len(xs) < 5 else 5, 2, xs), digits(1)),
    "c024": concept(lambda xs: insert(8 if xs[0] < 5 else 5, 2, xs), digits(1)),
    "c025": concept(lambda xs: cut(2, xs), digits(2)),
    "c026": concept(lambda xs: cut(3, xs), digits(3)),
    "c027": concept(lambda xs: cut(2 if xs[0] == xs[1] else 3, xs), equal_early(3)),
    "c028": concept(lambda xs: cut(2 if xs[0] > xs[1] else 3, xs), digits(3)),
    "c029": concept(lambda xs: xs[2:], digits(2)),
    "c030": concept(lambda xs: xs[:-2], digits(2)),
    "c031": concept(lambda xs: without_two(xs, in_front=xs[0] == xs[1]), equal_early(2)),
    "c032": concept(lambda xs: without_two(xs, in_front=xs[0] > xs[-1]), digits(2)),
    "c033": concept(lambda xs: swap(1, 4, xs), digits(4)),
    "c034": concept(lambda xs: swap(2, 3, xs), digits(3)),
    "c035": concept(fourth_or_second_swapped, equal_early(4)),
    "c036": concept(second_or_fourth_swapped, digits(4)),
    "c037": concept(lambda xs: [*xs, 3], digits(0)),
    "c038": concept(lambda xs: [*xs, 9], digits(0)),
    "c039": concept(c039, either(digits(0), digits(3, 3), digits(9, 9))),
    "c040": concept(c040, digits(1)),
    "c041": concept(lambda xs: [9], digits(0)),
    "c042": concept(lambda xs: [5, 2], digits(0)),
    "c043": concept(lambda xs: [8, 2, 7, 0, 3], digits(0)),
    "c044": concept(lambda xs: [1, 9, 4, 3, 2, 5, 8, 0, 4, 9], digits(0)),
    "c045": concept(lambda xs: xs, digits(0)),
    "c046": concept(lambda xs: [7, *xs], digits(0)),
    "c047": concept(lambda xs: [9, 6, 3, 8, 5, *xs], digits(0)),
    "c048": concept(lambda xs: xs[:1], digits(1)),
    "c049": concept(lambda xs: xs[1:], digits(1)),
    "c050": concept(lambda xs: [xs[0], *xs], digits(1)),
    "c051": concept(lambda xs: [xs[0]] * 5 + xs, digits(1)),
    "c052": concept(lambda xs: [xs[0]] * 10, digits(1)),
    "c053": concept(lambda xs: [xs[0]] * 2 + xs[2:], digits(2)),
    "c054": concept(lambda xs: [xs[2]] * 3 + xs[3:], digits(3)),
    "c055": concept(third_to_the_front, digits(4)),
    "c056": concept(lambda xs: cut(5, xs), digits(5)),
    "c057": concept(lambda xs: insert(4, 7, xs), digits(6)),
    "c058": concept(lambda xs: xs[7:], digits(7)),
    "c059": concept(lambda xs: swap(4, 8, xs), digits(8)),
    "c060": concept(c060, digits(7)),
    "c061": concept(lambda xs: [xs[-1]], digits(1)),
    "c062": concept(lambda xs: xs[:-1], digits(1)),
    "c063": concept(lambda xs: xs[1 + xs[0] :], led(1, 6, digits(2)), lambda xs: xs[0] < len(xs)),
    "c064": concept(lambda xs: xs[1:-1], digits(2)),
    "c065": concept(lambda xs: [9, *xs, 7], digits(0)),
    "c066": concept(lambda xs: [*xs[1:], xs[0]], digits(1)),
    "c067": concept(ends_swapped, digits(2)),
    "c068": concept(lambda xs: [*xs, 7, 3, 8, 4, 3], digits(0)),
    "c069": concept(lambda xs: [9, 3, 4, 0, *xs, 7, 2, 9, 1], digits(0)),
    "c070": concept(lambda xs: xs + xs, digits(0)),
    "c071": concept(lambda xs: [x + 2 for x in xs], digits(0)),
    "c072": concept(lambda xs: flat([[x, x] for x in xs]), digits(0)),
    "c073": concept(with_places, digits(0)),
    "c074": concept(lambda xs: [x for x in xs if x > 7], mixed([8, 9], digits(0))),
    "c075": concept(lambda xs: xs[::2], digits(0)),
    "c076": concept(lambda xs: [max(xs), xs[-1], len(xs), xs[0], min(xs)], digits(1)),
    "c077": concept(lambda xs: [len(xs)], digits(0)),
    "c078": concept(lambda xs: [max(xs)], digits(1)),
    "c079": concept(lambda xs: [sum(xs)], digits(0)),
    "c080": concept(lambda xs: xs[::-1], digits(0)),
}

LARGER: Final = {
    "c081": concept(lambda xs: [xs[2]], below_100(3)),
    "c082": concept(lambda xs: xs[2:3], below_100(0)),
    "c083": concept(lambda xs: [xs[6]], below_100(7)),
    "c084": concept(lambda xs: xs[6:7], either(below_100(0), below_100(7))),
    "c085": concept(lambda xs: [xs[xs[0]]], led(1, 9, below_100(2)), has_place),
    "c086": concept(lambda xs: swap(1, 4, xs), below_100(4)),
    "c087": concept(lambda xs: swap(2, 3, xs), below_100(3)),
    "c088": concept(fourth_or_second_swapped, equal_early(4, 99)),
    "c089": concept(second_or_fourth_swapped, below_100(4)),
    "c090": concept(lambda xs: [18, 42, 77, 20, 36], below_100(0)),
    "c091": concept(lambda xs: [81, 99, 41, 23, 22, 75, 68, 30, 24, 69], below_100(0)),
    "c092": concept(lambda xs: [92, 63, 34, 18, 55, *xs], below_100(0)),
    "c093": concept(lambda xs: [xs[0]] * 10, below_100(1)),
    "c094": concept(third_to_the_front, below_100(4)),
    "c095": concept(lambda xs: xs[1:-1], below_100(2)),
    "c096": concept(lambda xs: [98, *xs, 37], below_100(0)),
    "c097": concept(lambda xs: [11, 21, 43, 19, *xs, 7, 89, 0, 57], below_100(0)),
    "c098": concept(with_places, numbers(1, 89, 0)),
    "c099": concept(lambda xs: [x for x in xs if x > 49], below_100(0)),
    "c100": concept(lambda xs: xs[::-1], below_100(0)),
}

CONCEPTS: Final = FIRST | LARGER
