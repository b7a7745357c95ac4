"""What a program may do to its list behind the part that is deduced, and what that part must then
make: the list from its end on, unsorted, without the word at one of its ends, or as what is done to
a whole list found it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bridge.term import Term
from synth.deduction.calls.found import found
from synth.deduction.calls.fused import sorted_in_place
from synth.deduction.calls.memory import Memory
from synth.deduction.calls.programs import programs
from synth.deduction.features import MARGIN, statements
from synth.deduction.openings import turned
from synth.deduction.shown import FEWEST, Shown
from synth.deduction.spliced import pushed
from synth.deduction.undone import BITS, undone
from synth.deduction.vectors import Tally, bits
from synth.deduction.words import Words

__all__ = ["Closing", "closings", "composed", "enough_for"]

COMPOSED: Final = 15
"""Bits of compositions where something is done behind them."""
WORD: Final = "end"
"""The variable that holds the word at one end, of the list as it was at first."""


@dataclass(frozen=True)
class Closing:
    """What is done before the part that is deduced, what that part is to make, and what is done
    then."""

    before: tuple[Term, ...]
    given: Shown
    behind: tuple[Term, ...]


def closings(words: Words) -> Iterator[Closing]:
    """Those that may be behind."""
    given = words.given
    if given.is_number or not any(given.wanted):
        return
    for start in (True, False):
        if (ended := _ended(words, start=start)) is not None:
            yield ended
    for down in (False, True):
        if (before := _unsorted(given, down=down)) is not None:
            yield Closing((), before, statements(sorted_in_place(Memory(given), 0, down=down)))
    wanted = tuple(ys[::-1] for ys in given.wanted)
    if wanted != given.wanted:
        yield Closing((), _wants(given, wanted), statements(turned(given)))
    for own in undone(given):
        before = replace(_wants(given, own.wanted), spent=given.spent + BITS)
        if own.wanted != given.lists:  # else one call does it
            yield Closing((), before, own.behind)


def _wants(given: Shown, wanted: Sequence[tuple[int, ...]]) -> Shown:
    return replace(given, wanted=tuple(wanted), opened=given.opened + 1)


def _ended(words: Words, *, start: bool) -> Closing | None:
    """A word of the example is put in front of the list, or behind."""
    given = words.given
    rest = [ys[1:] if start else ys[:-1] for ys in given.wanted]
    if not all(given.wanted) or not any(rest):
        return None
    word = words.find([ys[0] if start else ys[-1] for ys in given.wanted])
    if word is None:
        return None
    before = *words.used([word]), Term("assign", (WORD, word))
    if start:
        text = f"(assign p {given.first}) (assign x {WORD}) {pushed(given)}"
        text += "" if given.counted else "(store p 0)"
    else:
        text = f"{given.to_end()} (store p {WORD}) (assign p (inc p)) {given.closed('p')}"
    return Closing(before, _wants(given, rest), statements(text))


def _unsorted(given: Shown, *, down: bool) -> Shown | None:
    """What is sorted then, if that is some of the first list's elements, in their order; of the
    examples where equal ones don't leave it open. None where that are too few."""
    rows: list[int] = []
    wanted: list[tuple[int, ...]] = []
    for i, (xs, ys) in enumerate(zip(given.lists, given.wanted, strict=True)):
        left = Counter(xs)
        left.subtract(ys)
        if list(ys) != sorted(ys, reverse=down) or min(left.values(), default=0) < 0:
            return None
        if not any(left[y] for y in ys):
            rows.append(i)
            wanted.append(tuple(x for x in xs if not left[x]))
    some = _wants(replace(given, memory=given.memory[rows]), wanted)
    as_it_was = tuple(wanted) == some.lists or some.wanted == tuple(given.wanted[i] for i in rows)
    return None if len(rows) < FEWEST or as_it_was else some


def composed(given: Shown, tally: Tally) -> Iterator[tuple[Term, ...]]:
    """Statements that do what a few calls do, while that many would not do so by chance."""
    for call in found(given, tally, enough_for(given), COMPOSED):
        if call is not None:
            yield from programs(given, call)


def enough_for(given: Shown) -> float:
    """The bits that the outputs tell of what makes them, but for a margin."""
    return sum(map(bits, (given.flat, [*map(len, given.wanted)]))) - MARGIN
