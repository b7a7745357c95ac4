"""Ways in which an output may be made of the first list, and on which examples each is right: found
once on all of them, so that who needs one for some of the examples only looks it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from math import log2
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Bool, Int64, Shaped, UInt8

from bridge.term import Arg, Term
from synth.deduction.features import SECOND, statements
from synth.deduction.further import further
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
MOST_SMALL: Final = 5
"""The largest constant that says how many."""
CONSTANTS: Final = 12
"""Up to there all constants are tried as words of an example."""


_Said: TypeAlias = tuple[Arg, UInt8[np.ndarray, " examples"]]
"""A word of the example, and its values."""


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


def _numbers(words: Words) -> Iterator[_Said]:
    """Words that may say how many."""
    yield from islice(_constants(words), 1, MOST_SMALL + 1)
    yield from _said(words)
    yield from _said_further(words)


def _whats(words: Words) -> Iterator[_Said]:
    """Words that may be put somewhere."""
    yield from _said(words)
    yield from _constants(words)
    yield from _said_further(words)


def _constants(words: Words) -> Iterator[_Said]:
    given = words.given
    some = dict.fromkeys((*range(min(CONSTANTS + 1, given.words)), *sorted({*given.flat})))
    for constant in some:
        yield constant, np.full(len(given.memory), constant, np.uint8)


def _said(words: Words) -> Iterator[_Said]:
    given, at = words.given, words.given.first
    for k in range(given.numbers):
        yield Term("load", (k,)), given.memory[:, k]
    for feature in words.known:
        if feature.name != SECOND:
            yield feature.name, feature.values
    for k in (at + 1, at + 2):
        if k < given.words:
            yield Term("load", (k,)), given.memory[:, k]


def _said_further(words: Words) -> Iterator[_Said]:
    for feature in further(words.given, words.known):
        yield feature.name, feature.values


# ------------------------------------------------------------ element by element


def _mapped(words: Words) -> Iterator[Way]:
    """Each element becomes a word of it."""
    given = words.given
    for loop in loops(given, words.known, words.tally, WORK):
        wanted = [
            ys if len(ys) == count else None
            for ys, count in zip(given.wanted, loop.counts, strict=True)
        ]
        if loop.beside is not None or (right := _Right.of(loop, wanted)) is None:
            continue
        for low, values, _ in loop.expressions.parts():
            rows = right(values)
            for i in np.flatnonzero(rows.any(1)).tolist():
                word = loop.expressions.term(low + i)
                made = partial(_mapping, loop, word)
                yield Way(KIND + log2(low + i + 2), rows[i], (word,), made)


class _Right(NamedTuple):
    """On which examples all elements are as they are wanted."""

    starts: Int64[np.ndarray, " some"]
    """Where the elements of each example begin that are told, and not none."""
    mine: Bool[np.ndarray, " n"]
    target: Int64[np.ndarray, " told"]
    some: Bool[np.ndarray, " examples"]
    none: Bool[np.ndarray, " examples"]

    @classmethod
    def of(cls, loop: Loop, wanted: Sequence[Sequence[int] | None]) -> _Right | None:
        """Where it is None, nothing is right; None if nothing is wanted."""
        some = np.array([bool(own) for own in wanted])
        mine = some[loop.example]
        if not some.any():
            return None
        target = np.array([word for own in wanted for word in own or ()])
        starts = np.flatnonzero(np.diff(loop.example[mine], prepend=-1))
        none = np.array([own is not None and not own for own in wanted])
        return cls(starts, mine, target, some, none)

    def __call__(self, values: Shaped[np.ndarray, "some n"]) -> Bool[np.ndarray, "some examples"]:
        right = np.repeat(self.none[None], len(values), axis=0)
        same = values[:, self.mine] == self.target
        right[:, self.some] = np.logical_and.reduceat(same, self.starts, axis=1)
        return right


def _mapping(loop: Loop, word: Arg) -> tuple[Term, ...]:
    end = () if loop.whole else statements(loop.given.closed("p"))
    return (*loop.started(), loop.loop(Term("store", ("p", word))), *end)


def _filtered(words: Words) -> Iterator[Way]:
    """Elements are kept where a test of them holds."""
    given = words.given
    loop = next(loops(given, words.known, words.tally, WORK), None)
    if loop is None:
        return
    kept = [kept_of(xs, ys) for xs, ys in zip(given.lists, given.wanted, strict=True)]
    wanted = [None if own is None or UNCLEAR in own else own for own in kept]
    if (right := _Right.of(loop, wanted)) is None:
        return
    rows, tests = right(loop.tests.holds), loop.tests
    for i in np.flatnonzero(rows.any(1)).tolist():
        word = tests.words[i]
        made = partial(_keeping, loop, word, opposite=bool(tests.opposite[i]))
        yield Way(KIND + log2(i + 2), rows[i], (word,), made)


def _keeping(loop: Loop, word: Arg, *, opposite: bool) -> tuple[Term, ...]:
    nothing, push = Term("do"), Term("do", statements("(store q (load p)) (assign q (inc q))"))
    body = Term("if-zero", (word, *((push, nothing) if opposite else (nothing, push))))
    start = Term("assign", ("q", loop.given.first))
    return (*loop.started(), start, loop.loop(body), *statements(loop.given.closed("q")))
