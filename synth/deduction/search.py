"""All hypotheses about the examples, from the list as it is and from what openings make of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bridge.term import Term
from synth.deduction.emitted import added, kept_and_mapped, mapped_among_others, repeated, severally
from synth.deduction.features import features
from synth.deduction.frames import framed, numbered
from synth.deduction.grown import doubled, generated
from synth.deduction.loops import filtered, loops, mapped, summed, told
from synth.deduction.moved import Moved
from synth.deduction.openings import openings
from synth.deduction.shown import Shown, after
from synth.deduction.vectors import Tally

__all__ = ["deduced", "opened"]

OPENING_WORK: Final = 2_000
"""As long as an opening takes to be run by the reference interpreter, so many words are tried."""


def deduced(given: Shown, tally: Tally, most: int) -> Iterator[tuple[Term, ...] | None]:
    """Statements that make of the lists what is wanted, so far as a hypothesis sees; None after
    each. Each tries so many expressions at most."""
    yield from numbered(given, tally, most)
    yield None
    yield from framed(given, tally, most)
    yield None
    yield from generated(given, tally, most)
    yield None
    for loop in loops(given, features(given), tally, most):
        for hypothesis in (mapped, filtered, summed, told, doubled):
            yield from hypothesis(loop)
            yield None
    if given.opened:
        return
    moved = Moved(given, features(given), tally, most)
    for among in (mapped_among_others, kept_and_mapped, repeated, severally, added):
        yield from among(moved)
        yield None


def opened(given: Shown, tally: Tally) -> Iterator[tuple[tuple[Term, ...], Shown]]:
    """What one opening makes of the lists, and what two make, one behind the other; each that is
    like one before is left out. Openings that are run are counted, too."""
    seen = {given.memory.tobytes()}
    level = [((), given)]
    for _ in range(2):
        following: list[tuple[tuple[Term, ...], Shown]] = []
        for before, state in level:
            for opening in openings(state):
                tally.tried += OPENING_WORK
                then = after(state, Term("do", opening))
                if then is not None and (key := then.memory.tobytes()) not in seen:
                    seen.add(key)
                    following.append(((*before, *opening), then))
                    yield following[-1]
        level = following
