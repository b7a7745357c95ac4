"""Ways in which an output may be made of the first list, and on which examples each is right: found
once on all of them, so that who needs one for some of the examples only looks it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from math import log2
from operator import attrgetter
from typing import Final

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Arg, Term
from synth.deduction.features import SECOND, SMALL, statements
from synth.deduction.kept import UNCLEAR, kept_of
from synth.deduction.loops import Loop, loops
from synth.deduction.placed import changes
from synth.deduction.wholes import wholes
from synth.deduction.words import Words

__all__ = ["Way", "ways"]

KIND: Final = 2.0
"""Bits that say of which kind a way is."""
WORK: Final = 20_000
"""Words of an element that are tried."""
CONSTANTS: Final = 12
"""Up to there all constants are tried as words of an example."""


@dataclass(frozen=True)
class Way:
    """Statements that make the output of some examples."""

    cost: float
    """In bits."""
    right: Bool[np.ndarray, " examples"]
    words: tuple[Arg, ...]
    """Those of the example that the statements use."""
    make: Callable[[], tuple[Term, ...]]
    """The statements, behind those that the words need."""


def ways(words: Words) -> list[Way]:
    """The cheapest that is right on just these examples, for all such sets of examples; the
    cheapest first."""
    kinds = (_said_by_words,) if words.given.is_number else (_wholes, _changes, _mapped, _filtered)
    every = chain.from_iterable(kind(words) for kind in kinds)
    found: dict[bytes, Way] = {}
    for way in every:
        old = found.get(key := way.right.tobytes())
        if way.right.any() and (old is None or way.cost < old.cost):
            found[key] = way
    return sorted(found.values(), key=attrgetter("cost"))


def _said_by_words(words: Words) -> Iterator[Way]:
    """Numbers."""
    target = np.array(words.given.flat)
    for low, values, _ in words.likely.parts():
        right = values == target
        for i in np.flatnonzero(right.any(1)).tolist():
            word = words.likely.term(low + i)
            made = partial(_storing, word)
            yield Way(KIND + log2(low + i + 2), right[i], (word,), made)
        if low + len(values) > WORK:
            return


def _storing(word: Arg) -> tuple[Term, ...]:
    return (Term("store", (0, word)),)


def _wholes(words: Words) -> Iterator[Way]:
    every = [*wholes(words.given)]
    for rank, whole in enumerate(every, 2):
        yield Way(KIND + log2(rank), whole.right, (), whole.program)


def _changes(words: Words) -> Iterator[Way]:
    given = words.given
    every = [*changes(given)]
    lists, wanted = given.lists, given.wanted
    size = statements(f"{given.to_end('e')} (assign n {given.since('e')})")
    for number, what in ((True, [*_numbers(words)]), (False, [*_whats(words)])):
        some = [change for change in every if change.number == number]
        words.tally.tried += len(some) * len(what)
        for rank, (word, values) in enumerate(what, 2):
            cost = KIND + log2(len(every)) + log2(rank)
            for change in some:
                right = [
                    change.of(xs, x) == ys
                    for xs, x, ys in zip(lists, values.tolist(), wanted, strict=True)
                ]
                if any(right):
                    made = partial(_changing, word, size, change.text)
                    yield Way(cost, np.array(right), (word,), made)


def _changing(word: Arg, size: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    return (Term("assign", ("x", word)), *size, *statements(text))


def _numbers(words: Words) -> Iterator[tuple[Arg, UInt8[np.ndarray, " examples"]]]:
    """Words that may say how many."""
    yield from islice(_constants(words), 1, 1 + SMALL + 2)
    yield from _said(words)


def _whats(words: Words) -> Iterator[tuple[Arg, UInt8[np.ndarray, " examples"]]]:
    """Words that may be put somewhere."""
    yield from _said(words)
    yield from _constants(words)


def _constants(words: Words) -> Iterator[tuple[Arg, UInt8[np.ndarray, " examples"]]]:
    given = words.given
    some = dict.fromkeys((*range(min(CONSTANTS + 1, given.words)), *sorted({*given.flat})))
    for constant in some:
        yield constant, np.full(len(given.memory), constant, np.uint8)


def _said(words: Words) -> Iterator[tuple[Arg, UInt8[np.ndarray, " examples"]]]:
    given, at = words.given, words.given.first
    for k in range(given.numbers):
        yield Term("load", (k,)), given.memory[:, k]
    for feature in words.known:
        if feature.name != SECOND:
            yield feature.name, feature.values
    for k in (at + 1, at + 2):
        if k < given.words:
            yield Term("load", (k,)), given.memory[:, k]


# ------------------------------------------------------------ element by element


def _mapped(words: Words) -> Iterator[Way]:
    given = words.given
    for loop in loops(given, words.known, words.tally, WORK):
        told = [
            len(ys) == count and count > 0
            for ys, count in zip(given.wanted, loop.counts, strict=True)
        ]
        if loop.beside is not None or not any(told):
            continue
        mine = np.array(told)[loop.example]
        target = np.array(
            [y for ys, own in zip(given.wanted, told, strict=True) for y in ys if own]
        )
        starts = np.flatnonzero(np.diff(loop.example[mine], prepend=-1))
        for low, values, _ in loop.expressions.parts():
            right = np.zeros((len(values), len(told)), np.bool_)
            right[:, told] = np.logical_and.reduceat(values[:, mine] == target, starts, axis=1)
            for i in np.flatnonzero(right.any(1)).tolist():
                word = loop.expressions.term(low + i)
                yield Way(
                    KIND + log2(low + i + 2), right[i], (word,), partial(_mapping, loop, word)
                )


def _mapping(loop: Loop, word: Arg) -> tuple[Term, ...]:
    end = () if loop.whole else statements(loop.given.closed("p"))
    return (*loop.started(), loop.loop(Term("store", ("p", word))), *end)


def _filtered(words: Words) -> Iterator[Way]:
    given = words.given
    loop = next(loops(given, words.known, words.tally, WORK), None)
    if loop is None:
        return
    kept = [kept_of(xs, ys) for xs, ys in zip(given.lists, given.wanted, strict=True)]
    told = [own is not None and UNCLEAR not in own and len(own) > 0 for own in kept]
    if not any(told):
        return
    mine = np.array(told)[loop.example]
    target = np.array([x for own, is_ in zip(kept, told, strict=True) if is_ and own for x in own])
    starts = np.flatnonzero(np.diff(loop.example[mine], prepend=-1))
    tests = loop.tests
    same = np.logical_and.reduceat(tests.holds[:, mine] == target, starts, axis=1)
    right = np.zeros((len(same), len(told)), np.bool_)
    right[:, told] = same
    for i in np.flatnonzero(right.any(1)).tolist():
        word = tests.words[i]
        made = partial(_keeping, loop, word, opposite=bool(tests.opposite[i]))
        yield Way(KIND + log2(i + 2), right[i], (word,), made)


def _keeping(loop: Loop, word: Arg, *, opposite: bool) -> tuple[Term, ...]:
    nothing, push = Term("do"), Term("do", statements("(store q (load p)) (assign q (inc q))"))
    body = Term("if-zero", (word, *((push, nothing) if opposite else (nothing, push))))
    start = Term("assign", ("q", loop.given.first))
    return (*loop.started(), start, loop.loop(body), *statements(loop.given.closed("q")))
