"""List functions that nobody was shown, drawn by a seed.

What they are made of is what the public suites have in common: words of elements, tests, parts of
the list and changes at a place, orders, sums; one of these or two, one behind the other, or chosen
by a test. Some tests have no short program here (primes, squares, sums of digits), as in life.
Nothing was chosen by what the search finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Final

from benchmarks.suites.drawn.inputs import Items, few, inputs, near, numbers, one_of
from benchmarks.suites.drawn.meanings import cut, insert, replace, swap, unique
from benchmarks.suites.drawn.suite import MACHINE
from benchmarks.suites.drawn.task import DrawError, ListTask, nested
from benchmarks.suites.inputs import integer

__all__ = ["KINDS", "Drawn", "draw_list_function"]

Numbers = list[int]
LARGEST: Final = 12
"""Of the constants."""


@dataclass(frozen=True)
class Named:
    """A function, and what it is called."""

    name: str
    of: Callable[..., Any]


@dataclass(frozen=True)
class Drawn:
    """A function of a list, with what draws its inputs."""

    kind: str
    name: str
    task: ListTask

    def spec(self, seed: int = 0) -> dict[str, Any]:
        """The spec, with examples drawn by the seed. Raises DrawError."""
        drawn = self.task.spec(Random(f"{self.kind}/{self.name}/{seed}"))
        return {**drawn, "machine": MACHINE | drawn["machine"]}


def draw_list_function(random: Random) -> Drawn:
    """A function whose outputs vary, and are not all the inputs; all kinds are as likely."""
    while True:
        kind = one_of(random, tuple(KINDS))
        function = KINDS[kind](random)
        items = one_of(random, ITEMS)
        task = nested(ListTask(function.of, inputs(items), _defined(function)))
        drawn = Drawn(kind, function.name, task)
        try:
            examples = drawn.spec()["examples"]
        except DrawError:
            continue
        outputs = [example["output"] for example in examples]
        if outputs.count(outputs[0]) < len(outputs) - 1 and any(
            example["output"] != example["input"] for example in examples
        ):
            return drawn


ITEMS: Final[tuple[Items, ...]] = (
    numbers(0, 9, 3), numbers(1, 99, 3), numbers(1, 20, 2), few(1, 20, 3), near(9, shortest=3),
)  # fmt: skip


def _defined(function: Named) -> Callable[..., bool]:
    """Whether it has a value there."""

    def defined(xs: Numbers) -> bool:
        try:
            function.of(xs)
        except (IndexError, ValueError, ZeroDivisionError):
            return False
        return True

    return defined


# ------------------------------------------------------------ parts


def _constant(random: Random, low: int = 0) -> int:
    return integer(random, low, LARGEST)


def _of_list(random: Random) -> Named:
    """A number of a list, or a constant."""
    k, constant = integer(random, 2, 3), _constant(random)
    return one_of(random, (
        Named(f"{constant}", lambda xs: constant),
        Named(f"{constant}", lambda xs: constant),
        Named("head", lambda xs: xs[0]),
        Named("last", lambda xs: xs[-1]),
        Named(f"nth {k}", lambda xs: xs[k - 1]),
        Named("length", len),
        Named("max", max),
        Named("min", min),
    ))  # fmt: skip


def _test(random: Random) -> Named:
    """A test of an element x of xs."""
    n, k = _of_list(random), integer(random, 2, 5)
    rest = integer(random, 0, k - 1)
    return one_of(random, (
        Named(f"x < {n.name}", lambda x, xs: x < n.of(xs)),
        Named(f"x > {n.name}", lambda x, xs: x > n.of(xs)),
        Named(f"x != {n.name}", lambda x, xs: x != n.of(xs)),
        Named(f"x % {k} == {rest}", lambda x, xs: x % k == rest),
        Named("x is odd", lambda x, xs: x % 2 == 1),
        Named("x is once there", lambda x, xs: xs.count(x) == 1),
        one_of(random, (
            Named("x is prime", lambda x, xs: x > 1 and all(x % d for d in range(2, x))),
            Named("x is square", lambda x, xs: x >= 0 and round(x**0.5) ** 2 == x),
            Named(f"digits of x < {k + 3}", lambda x, xs: x // 10 + x % 10 < k + 3),
        )),
    ))  # fmt: skip


def _word(random: Random) -> Named:
    """A word of an element x of xs."""
    n, k = _of_list(random), integer(random, 2, 5)
    test, constant = _test(random), _constant(random, 1)
    return one_of(random, (
        Named(f"x + {n.name}", lambda x, xs: x + n.of(xs)),
        Named(f"x - {n.name}", lambda x, xs: x - n.of(xs)),
        Named(f"{n.name} - x", lambda x, xs: n.of(xs) - x),
        Named(f"x * {k}", lambda x, xs: x * k),
        Named(f"x * {k} + {constant}", lambda x, xs: x * k + constant),
        Named(f"x // {k}", lambda x, xs: x // k),
        Named(f"x % {k + 2}", lambda x, xs: x % (k + 2)),
        Named(f"max x {n.name}", lambda x, xs: max(x, n.of(xs))),
        Named(f"min x {n.name}", lambda x, xs: min(x, n.of(xs))),
        Named(
            f"if {test.name}: x + {constant}",
            lambda x, xs: x + constant if test.of(x, xs) else x,
        ),
        Named(f"if {test.name}: {n.name}", lambda x, xs: n.of(xs) if test.of(x, xs) else x),
    ))  # fmt: skip


# ------------------------------------------------------------ list to list


def _mapped(random: Random) -> Named:
    word = _word(random)
    return Named(f"map ({word.name})", lambda xs: [word.of(x, xs) for x in xs])


def _kept(random: Random) -> Named:
    test = _test(random)
    return Named(f"filter ({test.name})", lambda xs: [x for x in xs if test.of(x, xs)])


def _placed(random: Random) -> Named:
    """A part of the list, or a change at a place."""
    k, n, at = integer(random, 1, 4), _of_list(random), integer(random, 1, 3)
    return one_of(random, (
        Named(f"take {k}", lambda xs: xs[:k]),
        Named(f"drop {k}", lambda xs: xs[k:]),
        Named(f"last {k}", lambda xs: xs[-k:]),
        Named(f"without last {k}", lambda xs: xs[:-k]),
        Named(f"rotate {k}", lambda xs: xs[k:] + xs[:k]),
        Named(f"cons {n.name}", lambda xs: [n.of(xs), *xs]),
        Named(f"append {n.name}", lambda xs: [*xs, n.of(xs)]),
        Named(f"insert {n.name} at {at}", lambda xs: insert(n.of(xs), at, xs)),
        Named(f"replace {at} by {n.name}", lambda xs: replace(at, n.of(xs), xs)),
        Named(f"delete {at}", lambda xs: cut(at, xs)),
        Named(f"swap {at} and {at + k}", lambda xs: swap(at, at + k, xs)),
        Named("every other", lambda xs: xs[at % 2 :: 2]),
    ))  # fmt: skip


def _ordered(random: Random) -> Named:
    """The elements in an order, or each once, or more often."""
    k = integer(random, 2, 3)
    return one_of(random, (
        Named("reverse", lambda xs: xs[::-1]),
        Named("sort", sorted),
        Named("sort down", lambda xs: sorted(xs)[::-1]),
        Named("unique", unique),
        Named(f"each {k} times", lambda xs: [x for x in xs for _ in range(k)]),
        Named("and reversed", lambda xs: xs + xs[::-1]),
        Named("differences", lambda xs: [abs(x - y) for x, y in pairwise(xs)]),
        Named("sums so far", lambda xs: [sum(xs[: i + 1]) for i in range(len(xs))]),
    ))  # fmt: skip


def _list(random: Random) -> Named:
    return one_of(random, (_mapped, _kept, _placed, _ordered))(random)


# ------------------------------------------------------------ list to number, to boolean


def _number(random: Random) -> Named:
    test, word, n, k = _test(random), _word(random), _of_list(random), integer(random, 2, 4)
    return one_of(random, (
        Named("sum", sum),
        Named(f"sum of ({word.name})", lambda xs: sum(word.of(x, xs) for x in xs)),
        Named(f"count ({test.name})", lambda xs: sum(bool(test.of(x, xs)) for x in xs)),
        Named(f"max + {n.name}", lambda xs: max(xs) + n.of(xs)),
        Named("max - min", lambda xs: max(xs) - min(xs)),
        Named(f"nth {k}", lambda xs: xs[k - 1]),
        Named(f"nth {k} from the end", lambda xs: xs[-k]),
        Named(f"first ({test.name})", lambda xs: next(iter([x for x in xs if test.of(x, xs)]), 0)),
        Named(f"place of {n.name}", lambda xs: xs.index(n.of(xs)) + 1),
        Named("different ones", lambda xs: len({*xs})),
    ))  # fmt: skip


def _boolean(random: Random) -> Named:
    test, n, m = _test(random), _of_list(random), _of_list(random)
    return one_of(random, (
        Named(f"any ({test.name})", lambda xs: any(test.of(x, xs) for x in xs)),
        Named(f"all ({test.name})", lambda xs: all(test.of(x, xs) for x in xs)),
        Named(f"{n.name} < {m.name}", lambda xs: n.of(xs) < m.of(xs)),
        Named(f"{n.name} in", lambda xs: n.of(xs) in xs),
        Named("is sorted", lambda xs: xs == sorted(xs)),
        Named(f"sum < {n.name} * 4", lambda xs: sum(xs) < 4 * n.of(xs)),
        Named("is a set", lambda xs: len({*xs}) == len(xs)),
    ))  # fmt: skip


def _then(first: Named, second: Named) -> Named:
    return Named(f"{second.name} of {first.name}", lambda xs: second.of(first.of(xs)))


def _two(random: Random) -> Named:
    return _then(_list(random), _list(random))


def _two_then_number(random: Random) -> Named:
    return _then(_list(random), _number(random))


def _chosen(random: Random) -> Named:
    """One of two lists, as a test of the whole list says."""
    test, one, other = _boolean(random), _list(random), _list(random)
    name = f"if {test.name}: {one.name}, else {other.name}"
    return Named(name, lambda xs: (one if test.of(xs) else other).of(xs))


KINDS: Final[dict[str, Callable[[Random], Named]]] = {
    "each becomes a word": _mapped,
    "some are kept": _kept,
    "a part, a place": _placed,
    "an order": _ordered,
    "a number": _number,
    "a boolean": _boolean,
    "two steps": _two,
    "a step, a number": _two_then_number,
    "one or the other": _chosen,
}
"""What draws the function."""
