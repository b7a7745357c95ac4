"""What draws lists and numbers: by `random()` alone, so that a seed draws the same for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from benchmarks.suites.drawn.task import Draw, Value
from benchmarks.suites.inputs import integer, several

__all__ = ["Items", "apart", "either", "ended", "few", "inputs", "led", "mixed", "near",
           "number", "numbers", "one_of", "places", "some_of"]  # fmt: skip

Items = Callable[[Random], list[int]]
Drawn = TypeVar("Drawn")


def one_of(random: Random, pool: Sequence[Drawn]) -> Drawn:
    """One of them, each as likely."""
    return pool[integer(random, 0, len(pool) - 1)]


def some_of(random: Random, count: int, low: int, high: int) -> list[int]:
    """So many different numbers of low … high, or all of them, in some order."""
    pool = list(range(low, high + 1))
    return [pool.pop(integer(random, 0, len(pool) - 1)) for _ in range(min(count, len(pool)))]


def inputs(*draws: Callable[[Random], Value]) -> Draw:
    """Inputs, each drawn by its own."""
    return lambda random: tuple(draw(random) for draw in draws)


def number(low: int, high: int) -> Callable[[Random], int]:
    """A number."""
    return lambda random: integer(random, low, high)


def numbers(low: int, high: int, shortest: int = 1, longest: int = 10) -> Items:
    """A list of such numbers; all lengths are as likely."""
    return lambda random: several(random, integer(random, shortest, longest), low, high)


def few(low: int, high: int, shortest: int = 1, longest: int = 10, kinds: int = 4) -> Items:
    """A list with at most that many different numbers, so that some are equal."""

    def draw(random: Random) -> list[int]:
        pool = some_of(random, kinds, low, high)
        return [one_of(random, pool) for _ in range(integer(random, shortest, longest))]

    return draw


def apart(low: int, high: int, shortest: int = 1, longest: int = 10) -> Items:
    """A list of different numbers."""
    return lambda random: some_of(random, integer(random, shortest, longest), low, high)


def near(spread: int, high: int = 99, shortest: int = 1, longest: int = 10) -> Items:
    """A list of numbers of 1 … high that lie at most `spread` apart."""

    def draw(random: Random) -> list[int]:
        low = integer(random, 1, high - spread)
        return numbers(low, low + spread, shortest, longest)(random)

    return draw


def mixed(words: Sequence[int], draw: Items, share: float = 0.35) -> Items:
    """Such a list, about that share of whose elements is replaced by one of `words`."""
    return lambda random: [
        one_of(random, words) if random.random() < share else x for x in draw(random)
    ]


def led(low: int, high: int, draw: Items) -> Items:
    """Such a list, whose first element is replaced by a number of that range."""
    return lambda random: [integer(random, low, high), *draw(random)[1:]]


def ended(low: int, high: int, draw: Items) -> Items:
    """Such a list, whose last element is replaced by a number of that range."""
    return lambda random: [*draw(random)[:-1], integer(random, low, high)]


def places(draw: Items, share: float = 0.4) -> Items:
    """Such a list, about that share of whose elements is their own place, counted from 1."""
    return lambda random: [
        i if random.random() < share else x for i, x in enumerate(draw(random), 1)
    ]


def either(*draws: Callable[[Random], Drawn]) -> Callable[[Random], Drawn]:
    """What one of them draws, each as often."""
    return lambda random: one_of(random, draws)(random)
