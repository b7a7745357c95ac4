"""Functions of numbers that nobody was shown, drawn by a seed, as SyGuS problems.

What they are made of is what conditional linear arithmetic has: the greatest and the least, numbers
held within bounds, how many numbers are above another, weighted sums, and branches of all these.
Every input occurs. Nothing here was chosen by what the search finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from benchmarks.suites.drawn.inputs import one_of
from benchmarks.suites.inputs import integer

__all__ = ["KINDS", "Drawn", "draw_function"]

LARGEST: Final = 12
"""Of the constants."""


@dataclass(frozen=True)
class Drawn:
    """A function, as the body of a SyGuS problem."""

    kind: str
    inputs: tuple[str, ...]
    body: str

    @property
    def problem(self) -> str:
        """The text of the `.sl` file."""
        names = " ".join(f"({name} Int)" for name in self.inputs)
        return "\n".join((
            "(set-logic LIA)",
            f"(synth-fun f ({names}) Int)",
            *(f"(declare-var {name} Int)" for name in self.inputs),
            f"(constraint (= (f {' '.join(self.inputs)}) {self.body}))",
            "(check-synth)",
        ))  # fmt: skip


def draw_function(random: Random) -> Drawn:
    """A function of two to four numbers that uses all of them; all kinds are as likely."""
    kind = one_of(random, tuple(KINDS))
    while True:
        inputs = tuple("xyzt"[: integer(random, 2, 4)])
        body = KINDS[kind](random, inputs)
        if all(name in body for name in inputs):
            return Drawn(kind, inputs, body)


def _constant(random: Random) -> str:
    return str(integer(random, 0, LARGEST))


def _word(random: Random, inputs: tuple[str, ...]) -> str:
    """A number as branches have it: mostly an input."""
    first, second = one_of(random, inputs), one_of(random, inputs)
    made = (first, first, first, f"(+ {first} {second})", f"(+ {first} {_constant(random)})")
    return one_of(random, (*made, _constant(random)))


def _test(random: Random, inputs: tuple[str, ...]) -> str:
    left, right = one_of(random, inputs), one_of(random, inputs)
    if left == right:
        right = _constant(random)
    left = one_of(random, (left, left, f"(+ {left} {one_of(random, inputs)})"))
    return f"({one_of(random, ('<', '<=', '>', '>=', '='))} {left} {right})"


def _branches(depth: int, random: Random, inputs: tuple[str, ...]) -> str:
    if depth == 0:
        return _word(random, inputs)
    parts = (_branches(depth - 1, random, inputs), _branches(0, random, inputs))
    return f"(ite {_test(random, inputs)} {' '.join(parts)})"


def _one(random: Random, inputs: tuple[str, ...]) -> str:
    return _branches(1, random, inputs)


def _two(random: Random, inputs: tuple[str, ...]) -> str:
    return _branches(2, random, inputs)


def _picked(random: Random, inputs: tuple[str, ...]) -> str:
    """The greatest or the least of all inputs, each of which may have something added."""
    order = one_of(random, ("<", ">"))
    plus = one_of(random, ("", _constant(random)))
    last = integer(random, 0, len(inputs) - 1)
    words = [f"(+ {x} {plus})" if plus and i == last else x for i, x in enumerate(inputs)]
    found, *others = words
    for word in others:
        found = f"(ite ({order} {found} {word}) {found} {word})"
    return found


def _within(random: Random, inputs: tuple[str, ...]) -> str:
    """A number, held within two bounds."""
    first, *bounds = inputs
    low = bounds[0]
    high = bounds[1] if len(bounds) > 1 else str(integer(random, 6, LARGEST))
    word = f"(+ {first} {bounds[2]})" if len(bounds) > 2 else first
    return f"(ite (< {word} {low}) {low} (ite (> {word} {high}) {high} {word}))"


def _count(random: Random, inputs: tuple[str, ...]) -> str:
    """How many of the inputs stand so to the last one, or to a constant."""
    *some, last = inputs
    if one_of(random, (True, False)):
        some, last = [*inputs], str(integer(random, 3, LARGEST))
    order = one_of(random, ("<", "<=", ">", "="))
    return f"(+ 0 {' '.join(f'(ite ({order} {x} {last}) 1 0)' for x in some)})"


def _sum(random: Random, inputs: tuple[str, ...]) -> str:
    weighted = (f"(* {integer(random, 1, 3)} {x})" for x in inputs)
    return f"(+ {' '.join(weighted)} {integer(random, 0, 3)})"


KINDS: Final[dict[str, Callable[[Random, tuple[str, ...]], str]]] = {
    "one branch": _one,
    "two branches": _two,
    "greatest, least": _picked,
    "within bounds": _within,
    "how many": _count,
    "weighted sum": _sum,
}
"""What draws the body, of the inputs."""
