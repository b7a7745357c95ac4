"""Outputs that are the first list with one change at a place that a word says: an element more,
another one, one less, or a piece less; or with the elements of two places exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import takewhile
from math import log2
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Int64

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import (
    MARGIN,
    cheapest,
    constants,
    leaves,
    names_in,
    statements,
    word_in,
)
from synth.deduction.shown import Shown
from synth.deduction.vectors import Expressions, Leaf, Vectors, bits
from synth.deduction.words import Words

__all__ = ["pushed", "spliced"]

MOST_CUT: Final = 2
"""Elements left out in front, besides."""

Lists = Sequence[Sequence[int]]


class _Places(NamedTuple):
    """Where the place may be, by examples: equal elements side by side leave it open."""

    allowed: Bool[np.ndarray, "examples words"]
    size: Int64[np.ndarray, " examples"]
    """How many places there are in each list."""

    @classmethod
    def between(
        cls, low: Sequence[int], high: Sequence[int], size: Sequence[int], words: int
    ) -> _Places:
        """All from one to another, of each example."""
        at = np.arange(words)
        allowed = (at >= np.array(low)[:, None]) & (at <= np.array(high)[:, None])
        return cls(allowed, np.array(size))

    @property
    def room(self) -> Int64[np.ndarray, " examples"]:
        """How many of them will do."""
        within = np.arange(self.allowed.shape[1]) < self.size[:, None]
        return (self.allowed & within).sum(1)

    @property
    def told(self) -> Bool[np.ndarray, " examples"]:
        """Where not every place will do."""
        return self.room < self.size

    @property
    def bits(self) -> float:
        """What they tell of a word."""
        told = self.told
        return float(np.log2(self.size[told] / self.room[told]).sum())

    def hold(self, values: Vectors) -> Bool[np.ndarray, " some"]:
        return np.asarray(self.allowed[np.arange(len(self.size)), values].all(1))


def spliced(words: Words) -> Iterator[tuple[Term, ...]]:
    """The list, or what is behind its first elements, with a change at one place."""
    given = words.given
    if given.is_number or "less" not in given.language or not any(given.lists):
        return
    for cut in range(min(MOST_CUT, *map(len, given.lists)) + 1):
        lists = [xs[cut:] for xs in given.lists]
        more = {len(ys) - len(xs) for xs, ys in zip(lists, given.wanted, strict=True)}
        if more == {0}:
            found = _replaced(words, lists, cut) or _exchanged(words, lists, cut)
        elif more == {1}:
            found = _inserted(words, lists, cut)
        elif max(more) <= 0:
            found = _left_out(words, lists, cut, one=min(more) == -1)
        else:
            continue
        if found is not None:
            yield found
            return


def _places(lists: Lists, wanted: Lists, words: int, *, one: bool) -> _Places | None:
    """Between what both begin with and what both end with; where nothing is changed, anywhere, or
    behind the list if it is about one element. None where more is changed."""
    rows: list[tuple[int, int, int]] = []
    for xs, ys in zip(lists, wanted, strict=True):
        short, n = min(len(xs), len(ys)), len(xs)
        first = _alike(xs, ys)
        last = _alike(xs[::-1], ys[::-1])
        if xs == ys:
            rows.append((n if one else 0, 255, n + 1))
        elif first + last < short:
            return None
        else:
            rows.append((short - last, first, n + 1))
    low, high, size = zip(*rows, strict=True)
    return _Places.between(low, high, size, words)


def _alike(xs: Sequence[int], ys: Sequence[int]) -> int:
    """How many elements both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(xs, ys, strict=False)))


def _place(words: Words, places: _Places) -> tuple[Arg, Int64[np.ndarray, " examples"]] | None:
    """The first place that is one of each list, or word, and its values; while both what the lists
    tell of it and how it varies are more than what was tried could meet by chance."""
    most = places.bits - words.given.spent - MARGIN
    for at in np.flatnonzero(places.allowed.all(0)).tolist():
        if at < places.size.max() and log2(1 + at) <= most:
            return at, np.full(len(places.size), at)
    for expressions in (words.likely, words.every):
        for low, values, tried in expressions.parts():
            if (cost := float(np.log2(tried))) > most:
                break
            for i in np.flatnonzero(places.hold(values)).tolist():
                word = expressions.term(low + i)
                if isinstance(word, int) or cost + MARGIN <= bits(values[i][places.told]):
                    return word, values[i].astype(np.int64)
    return None


# ------------------------------------------------------------ the changes


def _inserted(words: Words, lists: Lists, cut: int) -> tuple[Term, ...] | None:
    """An element more: each one from there on takes the place of the next."""
    given = words.given
    places = _places(lists, given.wanted, given.words, one=True)
    place = None if places is None else _place(words, places)
    if place is None:
        return None
    at = place[1]
    value = words.find([ys[i] for ys, i in zip(given.wanted, at.tolist(), strict=True)])
    if value is None:
        return None
    return (
        *words.used([place[0], value]),
        Term("assign", ("x", value)),
        _at(given, "p", place[0], cut),
        *statements(pushed(given)),
        *_shifted(given, cut),
    )


def _replaced(words: Words, lists: Lists, cut: int) -> tuple[Term, ...] | None:
    """Another element: a word of the example, or of the element that was there."""
    given = words.given
    pairs = [*zip(lists, given.wanted, strict=True)]
    changed = [[i for i, (x, y) in enumerate(zip(*pair, strict=True)) if x != y] for pair in pairs]
    if not any(changed) or max(map(len, changed)) > 1:
        return None
    for places in _changed_at(pairs, changed, given.words):
        place = _place(words, places)
        if place is None:
            continue
        at = place[1]
        wanted = [
            ys[i] if i < len(ys) else None for (_, ys), i in zip(pairs, at.tolist(), strict=True)
        ]
        value = _value(words, wanted, cut + at)
        if value is not None:
            beyond = any(i >= len(xs) for (xs, _), i in zip(pairs, at.tolist(), strict=True))
            return _with_another(words, place[0], value, cut, beyond=beyond)
    return None


def _changed_at(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]],
    changed: Sequence[Sequence[int]],
    words: int,
) -> Iterator[_Places]:
    """Where an element is another one; elsewhere that stands there already, if it is the same one
    wherever any is, or the list ends before. Or anywhere, there."""
    n = np.array([len(xs) for xs, _ in pairs])
    at = np.arange(words)
    values = {ys[i] for (_, ys), own in zip(pairs, changed, strict=True) for i in own}
    new = values.pop() if len(values) == 1 else None
    rows = [at == own[0] if own else at >= 0 for own in changed]
    if new is not None:
        there = [at >= len(xs) for xs, _ in pairs]
        for (xs, _), row in zip(pairs, there, strict=True):
            row[: len(xs)] |= np.array(xs) == new
        own = [row if own else more for own, row, more in zip(changed, rows, there, strict=True)]
        yield _Places(np.array(own), n + [not own for own in changed])
    yield _Places(np.array(rows), n)


def _with_another(
    words: Words, place: Arg, value: Arg, cut: int, *, beyond: bool
) -> tuple[Term, ...]:
    """Statements that write it; where lists may end before (`beyond`), the 0 there stays."""
    given = words.given
    write = Term("store", ("p", value))
    if beyond and not given.counted:
        write = Term("if-zero", (word_in("(load p)"), Term("do"), Term("do", (write,))))
    return (
        *words.used([place, value]),
        _at(given, "p", place, cut),
        write,
        *_shifted(given, cut),
    )


def _exchanged(words: Words, lists: Lists, cut: int) -> tuple[Term, ...] | None:
    """Two elements in each other's place; where nothing is changed, they are equal."""
    given = words.given
    pairs = [*zip(lists, given.wanted, strict=True)]
    changed = [[i for i, (x, y) in enumerate(zip(*pair, strict=True)) if x != y] for pair in pairs]
    if not any(changed) or not {*map(len, changed)} <= {0, 2}:
        return None
    if any(
        [xs[i] for i in own] != [ys[i] for i in own[::-1]]
        for (xs, ys), own in zip(pairs, changed, strict=True)
    ):
        return None
    n, found = [*map(len, lists)], list[tuple[Arg, Int64[np.ndarray, " examples"]]]()
    for k in range(2):
        low = [own[k] if own else 0 for own in changed]
        high = [own[k] if own else given.words - 1 for own in changed]
        place = _place(words, _Places.between(low, high, n, given.words))
        if place is None:
            return None
        found.append(place)
    (one, first), (other, second) = found
    for xs, own, i, j in zip(lists, changed, first.tolist(), second.tolist(), strict=True):
        if not own and i != j and (max(i, j) >= len(xs) or xs[i] != xs[j]):
            return None
    return (
        *words.used([one, other]),
        _at(given, "p", one, cut),
        _at(given, "q", other, cut),
        *statements("(swap p q)"),
        *_shifted(given, cut),
    )


def _value(
    words: Words, wanted: Sequence[int | None], at: Int64[np.ndarray, " examples"]
) -> Arg | None:
    """A word of the example; or one of what is at p, the element of that place."""
    given = words.given
    if (word := words.find(wanted)) is not None:
        return word
    told = [word is not None for word in wanted]
    target = np.array([word for word in wanted if word is not None], np.uint8)
    rows = np.flatnonzero(told)
    there = Leaf(
        Term("load", ("p",)), 1, given.memory[rows, (at[rows] + given.first) % given.words]
    )
    found = [*leaves(given, words.known, constants(given), rows), there]
    more = Expressions(found, given.language, given.words, words.tally, words.most)
    return cheapest(more, partial(_is, target), evidence(given, target, rows.tolist()))


def _is(target: Vectors, values: Vectors) -> Bool[np.ndarray, " some"]:
    return (values == target).all(1)


def _left_out(words: Words, lists: Lists, cut: int, *, one: bool) -> tuple[Term, ...] | None:
    """One element less, where there is one; or a piece less, which ends before another place."""
    given = words.given
    places = _places(lists, given.wanted, given.words, one=one)
    place = None if places is None else _place(words, places)
    if place is None:
        return None
    if one:
        step = "(do (store p (load (inc p))) (assign p (inc p)))"
        if given.counted:
            less = f"(store {given.first - 1} (sub {given.length} (less p e)))"
            delete = f"(assign e {given.end}) {less} (while (less p e) {step})"
        else:
            delete = "(delete p)"
        before = words.used([place[0]])
        return (*before, _at(given, "p", place[0], cut), *statements(delete), *_shifted(given, cut))
    left = [len(xs) - len(ys) for xs, ys in zip(lists, given.wanted, strict=True)]
    end = words.find((place[1] + np.array(left)).tolist())
    if end is None:
        return None
    ends = [end, place[0]] if names_in([end]) else [place[0]]
    return (
        *words.used(ends),
        _at(given, "p", end, cut),
        _at(given, "q", place[0], cut),
        *_moved_down(given),
        *_shifted(given, cut),
    )


# ------------------------------------------------------------ as statements


def _at(given: Shown, name: str, place: Arg, cut: int) -> Term:
    """What makes a variable the address of that place, behind the elements that are left out."""
    first = given.first + cut
    if isinstance(place, int):
        return Term("assign", (name, place + first))
    if first and isinstance(place, Term) and place.op == "dec":
        place, first = place.args[0], first - 1
    word = Term("inc", (place,)) if first == 1 else Term("add", (place, first)) if first else place
    return Term("assign", (name, word))


def pushed(given: Shown) -> str:
    """Statements that put x at p; each element from there on takes the place of the next."""
    step = "(assign y (load p)) (store p x) (assign x y) (assign p (inc p))"
    if not given.counted:
        return f"(while x (do {step}))"
    more = f"(assign e {given.end}) (while (sub e p) (do {step})) (store p x)"
    return f"{more} (store {given.first - 1} (inc {given.length}))"


def _moved_down(given: Shown) -> tuple[Term, ...]:
    """What is from p on is moved to q, and the list ends behind it."""
    if not given.counted:
        return statements("(copy p q)")
    step = "(do (store q (load p)) (assign p (inc p)) (assign q (inc q)))"
    return statements(f"(assign e {given.end}) (while (less p e) {step}) {given.closed('q')}")


def _shifted(given: Shown, cut: int) -> tuple[Term, ...]:
    """What leaves out the first elements."""
    if not cut:
        return ()
    ends = statements(f"(assign p {given.first + cut}) (assign q {given.first})")
    return (*ends, *_moved_down(given))
