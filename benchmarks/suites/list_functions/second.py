"""The concepts c101 to c250, on numbers below 100."""

from __future__ import annotations

from dataclasses import replace as replaced
from itertools import accumulate
from math import prod
from typing import Final

from benchmarks.suites.drawn.inputs import (
    Items,
    either,
    ended,
    few,
    led,
    mixed,
    near,
    numbers,
    places,
)
from benchmarks.suites.drawn.meanings import (
    cut,
    cut_slice,
    flat,
    groups,
    insert,
    interleave,
    neighbours,
    replace,
    segments,
    unique,
)
from benchmarks.suites.list_functions.first import concept, has_place, has_slice

__all__ = ["CONCEPTS"]


def below_100(shortest: int = 1, longest: int = 10) -> Items:
    """Lists of numbers below 100; in every second one, some are equal."""
    return either(numbers(1, 99, shortest, longest), few(1, 99, shortest, longest))


def places_and_numbers(shortest: int = 2) -> Items:
    """Lists whose first two numbers and last one are small: they may be places."""
    return led(1, 9, ended(1, 9, either(numbers(1, 99, shortest), numbers(1, 9, shortest))))


def odd_places(xs: list[int]) -> list[int]:
    return xs[::2]


def even_places(xs: list[int]) -> list[int]:
    return xs[1::2]


def where(holds: list[bool]) -> list[int]:
    """The places, from 1, of what is true."""
    return [i for i, held in enumerate(holds, 1) if held]


def up_to(low: int, high: int, step: int = 1) -> list[int]:
    """The numbers from low to high, both included."""
    return list(range(low, high + 1, step))


def without_first(word: int, xs: list[int]) -> list[int]:
    return cut(xs.index(word) + 1, xs) if word in xs else xs


def turned(xs: list[int]) -> list[int]:
    """Each number in turn behind the list so far, reversed."""
    built: list[int] = []
    for x in xs:
        built = [*built[::-1], x]
    return built


def turned_to_the_front(xs: list[int]) -> list[int]:
    """Each number in turn before the list so far, reversed."""
    built: list[int] = []
    for x in xs:
        built = [x, *built[::-1]]
    return built


def rising(xs: list[int]) -> list[int]:
    """The first number, and each that is above the last one taken."""
    taken = xs[:1]
    for x in xs[1:]:
        if x > taken[-1]:
            taken.append(x)
    return taken


def filled(xs: list[int]) -> list[int]:
    """The list, with all numbers that lie between neighbours."""
    built = xs[:1]
    for a, b in neighbours(xs):
        built += range(a + 1, b + 1) if b > a else range(a - 1, b - 1, -1)
    return built


def ranged(xs: list[int]) -> list[int]:
    """For each number above the first, those from the first to it; the others stay."""
    return flat([up_to(xs[0], x) if x > xs[0] else [x] for x in xs])


def extremes_leveled(xs: list[int]) -> list[int]:
    low, high = min(xs), max(xs)
    return [high - low if x in (low, high) else x for x in xs]


def eights_at_ends(xs: list[int]) -> list[int]:
    return [8] * (xs[0] != 8) + xs + [8] * (xs[-1] != 8)


def last_is_short(xs: list[int]) -> bool:
    """Whether the list has as many numbers as the last one says."""
    return xs[-1] <= len(xs)


def ordered_slice(xs: list[int]) -> bool:
    return 1 <= xs[0] <= xs[1] <= len(xs)


def sum_of_unique(xs: list[int]) -> list[int]:
    total = sum(unique(xs))
    return [total, *unique(xs), total]


def sizes(xs: list[int]) -> list[int]:
    return [len(group) for group in groups(xs)]


def between_first_two(xs: list[int]) -> list[int]:
    low, high = sorted(xs[:2])
    return [x for x in xs if low < x < high]


def c211(xs: list[int]) -> list[int]:
    back, at = xs[::-1], len(xs) - 3
    return [*back[:at], *xs[3:5], *back[at:]]


ZEROS: Final = mixed([0], numbers(1, 99, 2), 0.25)


CONCEPTS: Final = {
    "c101": concept(lambda xs: [11, 19, 24, 33, 42, 5, 82, 0, 64, 9], below_100(0)),
    "c102": concept(lambda xs: xs, below_100(0)),
    "c103": concept(lambda xs: [len(xs)], below_100(0)),
    "c104": concept(lambda xs: [max(xs)], below_100(1)),
    "c105": concept(lambda xs: [xs[0], *xs[1:-1], *xs[1:]], below_100(2)),
    "c106": concept(sorted, below_100(0)),
    "c107": concept(unique, few(1, 99, 0)),
    "c108": concept(lambda xs: [sum(xs)], numbers(1, 30, 0, 6)),
    "c109": concept(lambda xs: [prod(xs)], numbers(1, 9, 0, 5)),
    "c110": concept(lambda xs: sorted(xs)[-3:], below_100(3)),
    "c111": concept(lambda xs: [max(xs)] * min(xs), led(1, 9, below_100(1))),
    "c112": concept(lambda xs: up_to(1, xs[-1]), ended(1, 15, below_100(1))),
    "c113": concept(lambda xs: [x for x in xs if xs[0] > x % 10], led(1, 9, below_100(1))),
    "c114": concept(lambda xs: [xs[-1], *xs], below_100(1)),
    "c115": concept(sum_of_unique, few(1, 20, 1, 8)),
    "c116": concept(lambda xs: [*xs[:0:-1], *xs], below_100(1)),
    "c117": concept(lambda xs: [*xs[3:], *xs[:3]], below_100(3)),
    "c118": concept(
        lambda xs: [*xs[xs[-1] :], *xs[: xs[-1]]], places_and_numbers(1), last_is_short
    ),
    "c119": concept(eights_at_ends, mixed([8], below_100(1), 0.4)),
    "c120": concept(lambda xs: [xs[0]], below_100(1)),
    "c121": concept(lambda xs: [xs[-1]], below_100(1)),
    "c122": concept(lambda xs: [xs[-2]], below_100(2)),
    "c123": concept(
        lambda xs: [xs[xs[-1] - 1]], places_and_numbers(1), lambda xs: 1 <= xs[-1] <= len(xs)
    ),
    "c124": concept(
        lambda xs: [xs[xs[xs[0] - 1] - 1]], mixed(range(1, 8), places_and_numbers(2), 0.7),
        lambda xs: 1 <= xs[0] <= len(xs) and 1 <= xs[xs[0] - 1] <= len(xs),
    ),
    "c125": concept(lambda xs: [x for x in xs if x // 10 == xs[0] // 10], near(25)),
    "c126": concept(lambda xs: xs[1:], below_100(1)),
    "c127": concept(lambda xs: xs[:-1], below_100(1)),
    "c128": concept(lambda xs: sorted(cut(3, xs[2:])), below_100(5)),
    "c129": concept(
        lambda xs: xs[1 + xs[0] : 2 + xs[1]], mixed([1, 2, 3, 4, 5], below_100(3), 0.6), has_slice
    ),
    "c130": concept(
        lambda xs: xs[1 : 1 + xs[0]], led(1, 9, below_100(1)), lambda xs: xs[0] < len(xs)
    ),
    "c131": concept(lambda xs: [x for x in xs if x // 10 % 2 == 0], below_100(0)),
    "c132": concept(lambda xs: cut(3, xs), below_100(3)),
    "c133": concept(lambda xs: cut_slice(2, 5, xs), below_100(5)),
    "c134": concept(
        lambda xs: cut_slice(xs[0], xs[1], xs), mixed([1, 2, 3, 4, 5, 6], below_100(2), 0.6),
        ordered_slice,
    ),
    "c135": concept(lambda xs: without_first(7, xs), mixed([7], below_100(1))),
    "c136": concept(lambda xs: without_first(max(xs), xs), below_100(1)),
    "c137": concept(lambda xs: [x for x in xs if x != 3], mixed([3], below_100(1))),
    "c138": concept(lambda xs: [x for x in xs if x != xs[0]], few(1, 99)),
    "c139": concept(lambda xs: [x for x in xs if x not in (min(xs), max(xs))], below_100(1)),
    "c140": concept(lambda xs: replace(2, 9, xs), below_100(2)),
    "c141": concept(
        lambda xs: replace(xs[0], xs[1], xs[2:]), led(1, 8, below_100(3)),
        lambda xs: 1 <= xs[0] <= len(xs) - 2,
    ),
    "c142": concept(lambda xs: flat([divmod(x, 10) for x in xs]), below_100(0)),
    "c143": concept(lambda xs: [min(xs) if x == max(xs) else x for x in xs], below_100(1)),
    "c144": concept(extremes_leveled, below_100(1)),
    "c145": concept(lambda xs: [xs[0]] * len(xs), below_100(1)),
    "c146": concept(lambda xs: [abs(a - b) for a, b in neighbours(xs)], below_100(1)),
    "c147": concept(lambda xs: flat([[x, i] for i, x in enumerate(xs, 1)]), below_100(0)),
    "c148": concept(lambda xs: flat([up_to(1, x) for x in xs]), numbers(1, 6, 0, 6)),
    "c149": concept(lambda xs: [xs[0] * x for x in xs[1:]], led(1, 6, numbers(1, 16))),
    "c150": concept(ranged, near(8, shortest=1, longest=5)),
    "c151": concept(lambda xs: flat([[x] * x for x in xs]), numbers(1, 5, 0, 7)),
    "c152": concept(lambda xs: [x // 10 * (x % 10) for x in xs], below_100(0)),
    "c153": concept(lambda xs: flat([[g[0], len(g)] for g in groups(xs)]), few(1, 99, 0)),
    "c154": concept(lambda xs: [x if x % 2 else 3 * x for x in xs], numbers(1, 33, 0)),
    "c155": concept(lambda xs: [i * x for i, x in enumerate(xs, 1)], numbers(1, 9, 0)),
    "c156": concept(lambda xs: [i + x for i, x in enumerate(xs[::-1], 1)], numbers(1, 89, 0)),
    "c157": concept(lambda xs: flat([[x, x % 2] for x in xs]), below_100(0)),
    "c158": concept(
        lambda xs: [int(i == x) for i, x in enumerate(xs, 1)], places(numbers(1, 10, 0))
    ),
    "c159": concept(lambda xs: [xs.count(i) for i in up_to(1, max(xs))], few(1, 9)),
    "c160": concept(lambda xs: [99 - x for x in xs], below_100(0)),
    "c161": concept(lambda xs: [x + len(xs) - i for i, x in enumerate(xs, 1)], numbers(1, 90, 0)),
    "c162": concept(lambda xs: [3 * x + 7 for x in xs], numbers(1, 30, 0)),
    "c163": concept(lambda xs: [2 * x - 10 for x in xs], numbers(5, 54, 0)),
    "c164": concept(lambda xs: [x // 4 + 5 for x in xs], below_100(0)),
    "c165": concept(lambda xs: [x for x in xs[::-1] if x % 2 == 0], below_100(0)),
    "c166": concept(lambda xs: sorted(unique(xs), key=lambda x: x % 10 + x // 10), below_100(0)),
    "c167": concept(lambda xs: [x for x in xs if x % 3 == 0], below_100(0)),
    "c168": concept(lambda xs: [x for x in up_to(1, 10) if x != len(xs)], below_100(0)),
    "c169": concept(
        lambda xs: [max(x for x in xs if x < max(xs))], below_100(2), lambda xs: len({*xs}) > 1
    ),
    "c170": concept(lambda xs: [xs[0], xs[-1]], below_100(1)),
    "c171": concept(lambda xs: list(accumulate(xs)), numbers(1, 19, 0, 8)),
    "c172": concept(lambda xs: list(accumulate(xs, lambda a, x: a * x)), numbers(1, 4, 0, 7)),
    "c173": concept(lambda xs: list(accumulate(xs, max)), below_100(0)),
    "c174": concept(lambda xs: xs[: len({*xs})], few(1, 99, 0)),
    "c175": concept(rising, below_100(1)),
    "c176": concept(lambda xs: [a + b for a, b in neighbours(xs)], numbers(1, 49)),
    "c177": concept(lambda xs: interleave(xs, xs[::-1]), below_100(0)),
    "c178": concept(lambda xs: [a for a, b in neighbours(xs) if b % 2 == 0], below_100(0)),
    "c179": concept(lambda xs: turned(sorted(xs, reverse=True)), below_100(0)),
    "c180": concept(lambda xs: turned(sorted(xs)), below_100(0)),
    "c181": concept(lambda xs: interleave(odd_places(xs), even_places(xs)[::-1]), below_100(0)),
    "c182": concept(lambda xs: xs[2::3], below_100(0)),
    "c183": concept(lambda xs: where([x == xs[0] for x in xs[1:]]), few(1, 99)),
    "c184": concept(lambda xs: [x for x in even_places(xs) if x % 2], below_100(0)),
    "c185": concept(lambda xs: [xs[0], sum(xs[1:-1]), xs[-1]], numbers(1, 30, 2, 7)),
    "c186": concept(lambda xs: [x for x in xs if x > xs[0]], below_100(1)),
    "c187": concept(lambda xs: [*xs, 0, *xs], numbers(1, 99, 0, 9)),
    "c188": concept(lambda xs: [int(x % 3 == 0) for x in xs], below_100(0)),
    "c189": concept(lambda xs: up_to(min(xs), max(xs)), near(12)),
    "c190": concept(lambda xs: up_to(xs[0], xs[-1], 2), near(20), lambda xs: xs[0] <= xs[-1]),
    "c191": concept(lambda xs: flat([[x] * (x // 10) for x in xs]), numbers(1, 59, 0, 7)),
    "c192": concept(lambda xs: [x // 10 for x in xs], below_100(0)),
    "c193": concept(lambda xs: sorted(xs)[1:-1], below_100(2)),
    "c194": concept(lambda xs: [len(xs), *xs[::-1], len(xs)], below_100(0)),
    "c195": concept(lambda xs: [xs[0], 23, 68, 42, 99, 71, xs[-1]], below_100(1)),
    "c196": concept(lambda xs: [17, 38, 82, *xs, 1, 55, 27], below_100(0)),
    "c197": concept(lambda xs: [xs.count(x) for x in xs], few(1, 99, 0)),
    "c198": concept(lambda xs: sorted({*xs}, reverse=True), below_100(0)),
    "c199": concept(lambda xs: interleave(up_to(1, len(xs)), sorted(xs)), below_100(0)),
    "c200": concept(lambda xs: sorted(x // 10 for x in xs), below_100(0)),
    "c201": concept(
        lambda xs: [x for x in xs if x > xs[0]] + [x for x in xs if x < xs[0]], below_100(1)
    ),
    "c202": concept(lambda xs: where([x % 2 == 0 for x in xs]), below_100(0)),
    "c203": concept(
        lambda xs: [min(xs) * i for i in up_to(1, len(xs))], led(1, 15, numbers(1, 99))
    ),
    "c204": concept(lambda xs: [a for a, b in neighbours(xs) if b == 0], ZEROS),
    "c205": concept(lambda xs: [prod(x for x in xs if x % 4 == 0)], numbers(1, 40, 0, 7)),
    "c206": concept(between_first_two, below_100(2)),
    "c207": concept(lambda xs: [a + b for a, b in zip(xs, xs[::-1], strict=True)],
                    numbers(1, 49, 0)),
    "c208": concept(lambda xs: xs[len(xs) - xs[-1] :], places_and_numbers(1), last_is_short),
    "c209": concept(lambda xs: insert(min(xs) + max(xs), 3, sorted(xs)), numbers(1, 60, 2)),
    "c210": concept(
        lambda xs: insert(xs[-1], xs[0], unique(xs)), led(1, 8, below_100(1)),
        lambda xs: 1 <= xs[0] <= len({*xs}) + 1,
    ),
    "c211": concept(c211, below_100(5)),
    "c212": concept(lambda xs: [*xs[:2], 3, 3, 3, *xs[2:]], below_100(2)),
    "c213": concept(lambda xs: sorted(xs)[:3], below_100(3)),
    "c214": concept(lambda xs: cut(xs[0], xs[1:]), led(1, 9, below_100(2)), has_place),
    "c215": concept(
        lambda xs: replace(xs[0], len(xs), xs[1:]), led(1, 9, below_100(2)), has_place
    ),
    "c216": concept(lambda xs: sorted(xs, key=lambda x: x // 10), below_100(0)),
    "c217": concept(lambda xs: sorted(xs, key=lambda x: x % 10), below_100(0)),
    "c218": concept(lambda xs: [x for x in xs[1:] if x == xs[0]], few(1, 99)),
    "c219": concept(lambda xs: xs[::-1][::2][::-1], below_100(0)),
    "c220": concept(lambda xs: [x * (3 if len(xs) % 2 else 2) for x in xs], numbers(1, 33, 0)),
    "c221": concept(lambda xs: [sum(x for x in xs if x % 2 == 0)], numbers(1, 40, 0, 7)),
    "c222": concept(lambda xs: [len(xs)] * len(xs), below_100(0)),
    "c223": concept(lambda xs: [x % 10 * 10 + x // 10 for x in xs], below_100(0)),
    "c224": concept(turned_to_the_front, below_100(0)),
    "c225": concept(lambda xs: xs[2:-2], below_100(4)),
    "c226": concept(lambda xs: xs[: -xs[-1] or None][xs[0] :],
                    led(1, 4, ended(1, 4, below_100(2)))),
    "c227": concept(lambda xs: unique(interleave(xs, xs[::-1])), below_100(0)),
    "c228": concept(lambda xs: [xs[:i].count(x) for i, x in enumerate(xs, 1)], few(1, 99, 0)),
    "c229": concept(
        lambda xs: xs[::-1][: xs[0]], led(1, 9, below_100(1)), lambda xs: xs[0] <= len(xs)
    ),
    "c230": concept(lambda xs: up_to(min(xs), max(xs), 2), near(20)),
    "c231": concept(lambda xs: sorted(sizes(xs)), few(1, 99, 0)),
    "c232": replaced(
        concept(lambda xs: [sum(xs) // len(xs)], numbers(1, 20, 1, 5)), words=112  # their sum, too
    ),
    "c233": concept(sizes, few(1, 99, 0)),
    "c234": concept(lambda xs: flat([group[1:] for group in groups(xs)]), few(1, 99, 0)),
    "c235": concept(filled, near(9, shortest=1, longest=5)),
    "c236": concept(lambda xs: [x // 2 for x in xs if x % 2 == 0], below_100(0)),
    "c237": concept(lambda xs: list(accumulate(unique(xs))), few(1, 25, 1)),
    "c238": concept(lambda xs: [x for x in xs if xs.count(x) == 1], few(1, 99, 0, kinds=6)),
    "c239": concept(lambda xs: [len(xs) - len({*xs})], few(1, 99, 0)),
    "c240": concept(lambda xs: [xs.count(len(xs))], few(2, 8, 2, 8, kinds=2)),
    "c241": concept(lambda xs: [sum(x % 2 == 0 for x in xs)], below_100(0)),
    "c242": concept(lambda xs: turned(sorted({*xs}, reverse=True)), below_100(0)),
    "c243": concept(lambda xs: [sum(x % 2 for x in xs)], below_100(0)),
    "c244": concept(lambda xs: [xs.count(3)], mixed([3], below_100(0))),
    "c245": concept(lambda xs: [xs[1:].count(xs[0])], few(1, 99, kinds=2)),
    "c246": concept(lambda xs: [len({*xs})], few(1, 99, 0, kinds=8)),
    "c247": concept(lambda xs: segments(xs)[0], ZEROS),
    "c248": concept(lambda xs: segments(xs)[-1], ZEROS),
    "c249": concept(lambda xs: [piece[0] for piece in segments(xs)], ZEROS,
                    lambda xs: all(segments(xs))),
    "c250": concept(lambda xs: flat([piece[::-1] for piece in segments(xs)]), ZEROS),
}  # fmt: skip
