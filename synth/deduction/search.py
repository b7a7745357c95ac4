"""All hypotheses about the examples, from the list as it is and from what openings make of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import log2
from typing import Final

from bridge.term import Term
from synth.deduction.backwards import scanned_back
from synth.deduction.counted import counted
from synth.deduction.emitted import added, kept_and_mapped, mapped_among_others, repeated, severally
from synth.deduction.features import Feature, features, used
from synth.deduction.folds import folded
from synth.deduction.frames import framed, numbered
from synth.deduction.further import told_further
from synth.deduction.gathered import gathered, gathered_by_two
from synth.deduction.grown import doubled, generated
from synth.deduction.halves import filtered_by_relation, mapped_to_sum
from synth.deduction.joined import joined
from synth.deduction.judged import judged
from synth.deduction.kept import filtered, filtered_by_two
from synth.deduction.loops import loops, mapped, summed, told
from synth.deduction.moved import Moved
from synth.deduction.openings import openings
from synth.deduction.ranged import ranged
from synth.deduction.shown import Shown, after
from synth.deduction.slices import sliced
from synth.deduction.spans import spans, trimmed
from synth.deduction.spliced import spliced
from synth.deduction.split import split
from synth.deduction.vectors import Tally
from synth.deduction.windows import windows
from synth.deduction.words import Words

__all__ = ["deduced", "opened", "recalled"]

OPENING_WORK: Final = 2_000
"""As long as an opening takes to be run by the reference interpreter, so many words are tried."""
PAST: Final = "0"
"""Behind the names of variables that hold what was so before an opening."""
SOON: Final = 4_000
"""Expressions of an example that are tried before loops are."""
LIKELY: Final = 2
"""So many times more are tried with small constants: half of a difference is one of the later."""


def deduced(
    given: Shown, tally: Tally, most: int, first: Shown | None = None
) -> Iterator[tuple[Term, ...] | None]:
    """Statements that make of the lists what is wanted, so far as a hypothesis sees; None after
    each. Each tries so many expressions at most. After an opening they may use what can be said of
    the lists as they were `first`."""
    known = features(given)
    if first is not None:
        known += remembered(first, known)
    words = Words(given, known, tally, most, times=1 if given.opened else LIKELY)
    soon = replace(words, most=min(most, SOON), times=1)
    each = [*loops(given, known, tally, most)]
    neighbours = [] if given.opened else [*windows(given, known, tally, most)]
    yield from judged(words, (*neighbours[:1], *each[:1]))
    yield None
    yield from numbered(words)
    yield None
    for hypothesis in (framed, sliced, spliced, generated):
        yield from hypothesis(soon)
        yield None
    if not given.is_number:
        yield from split(words)
        yield None
    for loop in each:
        became = [*mapped(loop)]
        yield from became
        yield None
        if not (became or given.opened):
            yield from mapped_to_sum(loop)
            yield None
        spanned = [*spans(loop)]
        yield from spanned
        yield None
        kept = [*filtered(loop)]
        yield from kept
        yield None
        if not kept:
            ends = [*trimmed(loop)]
            yield from ends
            yield None
            if not spanned and not ends:
                by_two = [*filtered_by_two(loop)]
                yield from by_two
                yield None
                if not (by_two or given.opened):
                    yield from filtered_by_relation(loop)
                    yield None
        for over in (counted, summed, told if given.opened else folded, doubled):
            yield from over(loop)
            yield None
        yield from scanned_back(loop)
        yield None
    for loop in neighbours:
        for over in (partial(mapped, by_two=False), summed):
            yield from over(loop)
            yield None
    moved = Moved(given, known, tally, most)
    yield from kept_and_mapped(moved)
    yield None
    yield from joined(soon, moved)
    yield None
    if given.is_number:
        yield from split(words)
        yield None
    yield from gathered(words)
    yield None
    if given.opened:
        yield from gathered_by_two(words)
        yield None
        return
    for hypothesis in (framed, sliced, spliced, generated, ranged):
        yield from hypothesis(words)
        yield None
    for among in (mapped_among_others, repeated, severally, added):
        yield from among(moved)
        yield None
    yield from told_further(words)
    yield from gathered_by_two(words)
    yield None


def remembered(first: Shown, known: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """What can be said of the lists as they were first in a few steps, where that is another word
    now; the variables are assumed to hold it."""
    now = {feature.values.tobytes() for feature in known}
    return tuple(
        Feature(old.name, old.cost + 1, old.values)
        for old in features(first, PAST)[:4]
        if old.values.tobytes() not in now
    )


def recalled(first: Shown, words: Iterable[Term]) -> tuple[Term, ...]:
    """The statements, before an opening, for what these words remember."""
    return used(first, words, features(first, PAST))


def opened(given: Shown, tally: Tally) -> Iterator[tuple[tuple[Term, ...], Shown]]:
    """What one opening makes of the lists, and what two make, one behind the other; each that is
    like one before is left out. Openings that are run are counted, too."""
    seen = {given.memory.tobytes()}
    level = [((), given)]
    for _ in range(2):
        following: list[tuple[tuple[Term, ...], Shown]] = []
        for before, state in level:
            for opening in openings(state):
                if tally.left < OPENING_WORK:
                    return
                tally.tried += OPENING_WORK
                then = after(state, Term("do", opening))
                if then is not None and (key := then.memory.tobytes()) not in seen:
                    seen.add(key)
                    then = replace(then, opened=len(seen), spent=2 * log2(1 + len(seen)))
                    following.append(((*before, *opening), then))
                    yield following[-1]
        level = following
