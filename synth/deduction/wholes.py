"""What is made of a list as a whole, and takes nothing else: it sorted, reversed, each of its
elements once, or what a function makes of it that runs over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
from jaxtyping import Bool

from bridge.term import Term
from synth.deduction.calls.call import SCANS, Call, known
from synth.deduction.calls.programs import programs
from synth.deduction.features import statements
from synth.deduction.openings import each_once
from synth.deduction.shown import Shown

__all__ = ["Whole", "wholes"]

LIST: Final = Call("list")
SORTED: Final = Call("sort", (LIST,))


@dataclass(frozen=True)
class Whole:
    """A call that makes a list of the first one."""

    call: Call | None
    """None for each of its elements once."""
    made: tuple[tuple[int, ...], ...]
    """What it makes of each example."""
    right: Bool[np.ndarray, " examples"]
    """Where that is what is wanted."""

    def program(self, given: Shown) -> tuple[Term, ...] | None:
        """What does so."""
        if self.call is None:
            return statements(each_once(given))
        return next(programs(given, self.call), None)


def wholes(given: Shown) -> Iterator[Whole]:
    """All of them."""
    for call, made in _made(given):
        right = [own == ys for own, ys in zip(made, given.wanted, strict=True)]
        yield Whole(call, made, np.array(right))


def _made(given: Shown) -> Iterator[tuple[Call | None, tuple[tuple[int, ...], ...]]]:
    lists, b = given.lists, given.words
    yield Call("reverse", (LIST,)), tuple(xs[::-1] for xs in lists)
    up = tuple(tuple(sorted(xs)) for xs in lists)
    yield SORTED, up
    yield Call("reverse", (SORTED,)), tuple(xs[::-1] for xs in up)
    yield None, tuple(tuple(dict.fromkeys(xs)) for xs in lists)
    for function in known(tuple(SCANS), given.language)[:3]:

        def then(x: int, y: int, function=function) -> int:
            return int(function.values(b, np.array([x]), np.array([y]))[0])

        yield (
            Call("scan", (LIST,), function),
            tuple(tuple(accumulate(xs, then)) for xs in lists),
        )
