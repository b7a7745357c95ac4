"""The routines of the first source: functions of one list, some with a number k."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt, prod
from typing import Final

from benchmarks.suites.drawn.inputs import (
    Items,
    either,
    few,
    inputs,
    led,
    mixed,
    number,
    numbers,
)
from benchmarks.suites.drawn.meanings import cut, flat, replace
from benchmarks.suites.drawn.task import Bounds, ListTask, Value, anything

__all__ = ["TASKS"]

LISTS: Final = either(numbers(1, 9, 0, 8), numbers(1, 30, 0, 8), few(1, 20, 0, 8))
SOME: Final = either(numbers(1, 9, 1, 8), numbers(1, 30, 1, 8), few(1, 20, 1, 8))


def of_list(
    answer: Callable[[list[int]], Value],
    items: Items = LISTS,
    given: Callable[[list[int]], bool] = anything,
    bounds: Bounds | None = None,
) -> ListTask:
    """A function of one list."""
    return ListTask(answer, inputs(items), given, bounds or Bounds())


def long(shortest: int) -> Items:
    """Lists of so many elements or more."""
    return numbers(1, 20, shortest, shortest + 5)


def multiples(k: int) -> Items:
    """Lists of multiples of k; or of any numbers."""
    return either(lambda random: [k * x for x in numbers(1, 9, 1, 6)(random)], SOME)


def squares(longest: int = 6) -> Items:
    """Lists of squares; or of any numbers."""
    return either(lambda random: [x * x for x in numbers(1, 9, 1, longest)(random)], SOME)


def is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, isqrt(n) + 1))


PRIMES: Final = [n for n in range(100) if is_prime(n)]
PRIME_LISTS: Final = either(SOME, mixed(PRIMES, numbers(1, 60, 1, 6), 1.0),
                            mixed(PRIMES, SOME))  # fmt: skip


def with_k(name: str, ks: tuple[int, ...], make: Callable[[int], ListTask]) -> dict[str, ListTask]:
    """The tasks of a routine, one for each k."""
    return {f"{name}.{k}": make(k) for k in ks}


PLAIN: Final[dict[str, ListTask]] = {
    "count-head-in-tail": of_list(lambda xs: xs[1:].count(xs[0]), few(1, 20, 1, 8, kinds=2)),
    "dup": of_list(lambda xs: flat([[x, x] for x in xs])),
    "evens": of_list(lambda xs: [x for x in xs if x % 2 == 0]),
    "has-head-in-tail": of_list(lambda xs: xs[0] in xs[1:], few(1, 20, 1, 6, kinds=4)),
    "head": of_list(lambda xs: xs[0], SOME),
    "index-head": of_list(
        lambda xs: xs[xs[0]], led(1, 7, numbers(1, 30, 2, 8)), lambda xs: xs[0] < len(xs)
    ),
    "is-evens": of_list(lambda xs: all(x % 2 == 0 for x in xs), multiples(2)),
    "is-odds": of_list(
        lambda xs: all(x % 2 for x in xs),
        either(SOME, lambda random: [2 * x - 1 for x in SOME(random)]),
    ),
    "is-primes": of_list(lambda xs: all(is_prime(x) for x in xs), PRIME_LISTS),
    "is-squares": of_list(lambda xs: all(isqrt(x) ** 2 == x for x in xs), squares()),
    "keep-mod-head": of_list(
        lambda xs: [x for x in xs if x % xs[0] == 0], led(1, 5, numbers(1, 30, 1, 8)),
        lambda xs: xs[0] > 0,
    ),
    "keep-primes": of_list(lambda xs: [x for x in xs if is_prime(x)], PRIME_LISTS),
    "keep-squares": of_list(lambda xs: [x for x in xs if isqrt(x) ** 2 == x], squares(8)),
    "last": of_list(lambda xs: xs[-1], SOME),
    "len": of_list(len),
    "max": of_list(max, SOME),
    "min": of_list(min, SOME),
    "odds": of_list(lambda xs: [x for x in xs if x % 2]),
    "pop": of_list(lambda xs: xs[:-1], SOME),
    "product": of_list(prod, numbers(1, 6, 1, 5)),
    "remove-mod-head": of_list(
        lambda xs: [x for x in xs if x % xs[0]], led(2, 5, numbers(1, 30, 1, 8)),
        lambda xs: xs[0] > 0,
    ),
    "repeat-many": of_list(lambda xs: xs * xs[0], led(1, 4, numbers(1, 30, 1, 6))),
    "reverse": of_list(lambda xs: xs[::-1]),
    "sort": of_list(sorted),
    "sum": of_list(sum, numbers(1, 15, 0, 8)),
    "tail": of_list(lambda xs: xs[1:], SOME),
    "prime-largest-less-than": ListTask(
        lambda n: max(p for p in PRIMES if p < n), inputs(number(3, 99))
    ),
    "range": ListTask(lambda n: list(range(n)), inputs(number(0, 40)), bounds=Bounds(longest=40)),
}  # fmt: skip

PARAMETRIC: Final[dict[str, ListTask]] = {
    **with_k("add-k", (2, 5), lambda k: of_list(lambda xs: [x + k for x in xs])),
    **with_k("append-index-k", (2, 4), lambda k: of_list(lambda xs: [*xs, xs[k - 1]], long(k))),
    **with_k("append-k", (2, 5), lambda k: of_list(lambda xs: [*xs, k])),
    **with_k("identify-geq-k", (3, 5), lambda k: of_list(
        lambda xs: [x >= k for x in xs], numbers(1, 9, 0, 8))),
    **with_k("identify-is-mod-k", (2, 3), lambda k: of_list(lambda xs: [x % k == 0 for x in xs])),
    **with_k("identify-k", (3, 5), lambda k: of_list(
        lambda xs: [x == k for x in xs], mixed([k], LISTS))),
    **with_k("caesar-cipher-k-modulo-n.1", (4, 6), lambda n: of_list(
        lambda xs: [(x + 1) % n for x in xs], numbers(1, n - 1, 1, 8))),
    **with_k("count-k", (2, 5), lambda k: of_list(lambda xs: xs.count(k), mixed([k], LISTS))),
    **with_k("drop-k", (2, 4), lambda k: of_list(lambda xs: xs[k:], long(k))),
    **with_k("has-k", (2, 5), lambda k: of_list(lambda xs: k in xs, mixed([k], LISTS, 0.15))),
    **with_k("index-k", (2, 4), lambda k: of_list(lambda xs: xs[k - 1], long(k))),
    **with_k("is-mod-k", (3, 5), lambda k: of_list(
        lambda xs: all(x % k == 0 for x in xs), multiples(k))),
    **with_k("keep-eq-k", (2, 4), lambda k: of_list(
        lambda xs: [x for x in xs if x == k], mixed([k], LISTS))),
    **with_k("keep-gt-k", (2, 4), lambda k: of_list(
        lambda xs: [x for x in xs if x > k], numbers(1, 9, 0, 8))),
    **with_k("keep-mod-k", (2, 3), lambda k: of_list(lambda xs: [x for x in xs if x % k == 0])),
    **with_k("kth-largest", (2, 3), lambda k: of_list(
        lambda xs: sorted(xs, reverse=True)[k - 1], long(k))),
    **with_k("kth-smallest", (2, 3), lambda k: of_list(lambda xs: sorted(xs)[k - 1], long(k))),
    **with_k("modulo-k", (3, 5), lambda k: of_list(lambda xs: [x % k for x in xs])),
    **with_k("mult-k", (2, 3, 5), lambda k: of_list(
        lambda xs: [x * k for x in xs], numbers(1, 99 // k, 0, 8))),
    **with_k("pow-base-k", (2, 3), lambda k: of_list(
        lambda xs: [k**x for x in xs], numbers(0, 6 if k == 2 else 4, 1, 8))),
    **with_k("pow-k", (2, 3), lambda k: of_list(
        lambda xs: [x**k for x in xs], numbers(1, 9 if k == 2 else 4, 0, 8))),
    **with_k("prepend-index-k", (2, 3), lambda k: of_list(lambda xs: [xs[k - 1], *xs], long(k))),
    **with_k("prepend-k", (2, 5), lambda k: of_list(lambda xs: [k, *xs])),
    **with_k("remove-eq-k", (2, 3), lambda k: of_list(
        lambda xs: [x for x in xs if x != k], mixed([k], LISTS))),
    **with_k("remove-gt-k", (2, 3), lambda k: of_list(
        lambda xs: [x for x in xs if x <= k], numbers(1, 6, 0, 8))),
    **with_k("remove-index-k", (2, 4), lambda k: of_list(lambda xs: cut(k, xs), long(k))),
    **with_k("remove-mod-k", (2, 3), lambda k: of_list(lambda xs: [x for x in xs if x % k])),
    **with_k("repeat-k", (2, 3), lambda k: of_list(lambda xs: xs * k, numbers(1, 30, 0, 6))),
    **with_k("replace-all-with-index-k", (2, 3), lambda k: of_list(
        lambda xs: [xs[k - 1]] * len(xs), long(k))),
    **with_k("rotate-k", (1, 3), lambda k: of_list(lambda xs: [*xs[k:], *xs[:k]], long(k + 1))),
    **with_k("slice-k-n.2", (2, 3), lambda n: of_list(lambda xs: xs[1 : 1 + n], long(n + 2))),
    **with_k("take-k", (2, 4), lambda k: of_list(lambda xs: xs[:k], long(k))),
    **with_k("replace-index-k-with-n.2", (5,), lambda n: of_list(
        lambda xs: replace(2, n, xs), long(2))),
}  # fmt: skip

TASKS: Final = PLAIN | PARAMETRIC
