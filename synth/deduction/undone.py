"""What may be done to a whole list at the end, where what is wanted tells what was there before:
sums so far, each element more than once, the list and itself again, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from bridge.term import Term
from synth.deduction.features import statements
from synth.deduction.moved import Moved
from synth.deduction.passes import UP, Lists, Order, Pass, program
from synth.deduction.shown import Shown
from synth.deduction.vectors import Tally

__all__ = ["BITS", "Undone", "undone"]

BITS: Final = 3.0
"""It takes to choose one of them."""
MOST_TIMES: Final = 3


class Undone(NamedTuple):
    """What was there before, and what is done then."""

    wanted: Lists
    behind: tuple[Term, ...]


def undone(given: Shown) -> Iterator[Undone]:
    """All that may have been done, so far as the outputs say."""
    wanted = given.wanted
    loop = Moved(given, (), Tally(), 0)
    if all(x <= y for ys in wanted for x, y in pairwise(ys)) and _differ(wanted):
        steps = tuple(tuple(y - x for x, y in pairwise((0, *ys))) for ys in wanted)
        if given.counted or all(map(all, steps)):
            yield Undone(steps, statements(f"(assign x 0) {given.each(SUM)}"))
    for times in range(2, MOST_TIMES + 1):
        own = tuple(ys[::times] for ys in wanted)
        if wanted == tuple(tuple(y for y in ys for _ in range(times)) for ys in own):
            emitted = [*loop.emit("x")] * times
            yield Undone(own, loop.program(["x"], emitted))
    halves = tuple(ys[: len(ys) // 2] for ys in wanted)
    if _differ(wanted):
        for order in (Order(down=True), UP):
            if wanted == tuple((*ys, *order.of(ys)) for ys in halves):
                yield Undone(halves, program(loop, [Pass((), 0), Pass((), 0, order=order)]))


SUM: Final = "(assign x (add x (load p))) (store p x)"


def _differ(lists: Lists) -> bool:
    """Whether there are lists of more than one element that vary."""
    return any(len({*ys}) > 1 for ys in lists)
