"""Functions of numbers that nobody was shown, drawn by a seed, as SyGuS problems.

What they are made of is what conditional linear arithmetic has: the greatest and the least, numbers
held within bounds, how many numbers are above another, weighted sums, the first of several words
that passes a bound, pieces that one constant bounds, and branches of all these. Every input occurs.
Nothing here was chosen by what the search finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
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


def _total(random: Random, inputs: tuple[str, ...]) -> str:
    """A sum of some inputs, each once or twice, and maybe of a constant."""
    some = [x for x in inputs if one_of(random, (True, False))] or [one_of(random, inputs)]
    parts = [one_of(random, (x, x, f"(* 2 {x})")) for x in some]
    parts += one_of(random, ([], [], [str(integer(random, 1, 3))]))
    return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})"


def _sums(random: Random, inputs: tuple[str, ...]) -> str:
    """One of two or three sums, as a sum that is held against a constant says, or against another
    sum."""
    found = _total(random, inputs)
    for _ in range(integer(random, 1, 2)):
        order, left = one_of(random, ("<", "<=", ">", ">=")), _total(random, inputs)
        right = one_of(random, (_constant(random), _total(random, inputs)))
        found = f"(ite ({order} {left} {right}) {_total(random, inputs)} {found})"
    return found


def _first(random: Random, inputs: tuple[str, ...]) -> str:
    """The first that passes a bound, of the inputs or of the sums of neighbours; 0 or another word
    where none does."""
    order, bound = one_of(random, ("<", ">", ">=")), str(integer(random, 2, LARGEST))
    sums = tuple(f"(+ {x} {y})" for x, y in pairwise(inputs))
    found = one_of(random, ("0", bound, one_of(random, inputs)))
    for word in reversed(one_of(random, (inputs, sums))):
        found = f"(ite ({order} {word} {bound}) {word} {found})"
    return found


def _pieces(random: Random, inputs: tuple[str, ...]) -> str:
    """Pieces that one constant bounds: each input that is held against it chooses a word."""
    order, bound = one_of(random, ("<", "<=", ">", ">=")), str(integer(random, 2, LARGEST))
    found = _word(random, inputs)
    for x in inputs[: integer(random, 2, 3)]:
        found = f"(ite ({order} {x} {bound}) {_word(random, inputs)} {found})"
    return found


KINDS: Final[dict[str, Callable[[Random, tuple[str, ...]], str]]] = {
    "one branch": _one,
    "two branches": _two,
    "greatest, least": _picked,
    "within bounds": _within,
    "how many": _count,
    "weighted sum": _sum,
    "sums by a test": _sums,
    "first that passes": _first,
    "pieces": _pieces,
}
"""What draws the body, of the inputs."""
