"""Outputs that are a piece of the first list whose bounds are words of the example."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.term import Arg, Term
from synth.deduction.features import statements
from synth.deduction.words import Words

__all__ = ["sliced"]


def sliced(words: Words) -> Iterator[tuple[Term, ...]]:
    """What is left out in front, and how many are kept, are words; or all are kept behind."""
    given = words.given
    pairs = [*zip(given.lists, given.wanted, strict=True)]
    if given.is_number or all(ys == xs for xs, ys in pairs):
        return
    if all(xs[len(xs) - len(ys) :] == ys for xs, ys in pairs):
        left_out = [len(xs) - len(ys) for xs, ys in pairs]
        starts = [s if ys else None for s, (_, ys) in zip(left_out, pairs, strict=True)]
        for wanted in (left_out, starts):
            if (start := words.find(wanted)) is not None:
                yield (*words.used([start]), *_from(words, start))
                return
    places = [_place(xs, ys) for xs, ys in pairs]
    if any(place is None for place in places):
        return
    count = words.find([len(ys) for _, ys in pairs])
    if all(xs[: len(ys)] == ys for xs, ys in pairs):
        start: Arg | None = 0
    else:
        start = words.find([place if place != _ANY else None for place in places])
    if count is not None and start is not None:
        yield (*words.used([count, start]), *_some(words, start, count))


_ANY = -1


def _place(xs: Sequence[int], ys: Sequence[int]) -> int | None:
    """Where the piece stands in the list; `_ANY` if in several places; None if in none."""
    n = len(ys)
    found = [i for i in range(len(xs) - n + 1) if xs[i : i + n] == ys]
    return (found[0] if len(found) == 1 else _ANY) if found else None


def _from(words: Words, start: Arg) -> Iterator[Term]:
    """What is behind so many elements is moved to the list's start."""
    given = words.given
    at = given.first
    yield Term("assign", ("p", Term("add", (start, at)) if at else start))
    yield Term("assign", ("q", at))
    if not given.counted:
        yield from statements("(copy p q)")
        return
    below = "(less p e)" if "less" in given.language else "(sub e (min e p))"
    step = "(do (store q (load p)) (assign p (inc p)) (assign q (inc q)))"
    yield from statements(f"(assign e {given.end}) (while {below} {step}) {given.closed('q')}")


def _some(words: Words, start: Arg, count: Arg) -> Iterator[Term]:
    """So many elements from that one on are moved to the list's start."""
    given = words.given
    at = given.first
    if start == 0:
        if given.counted:
            yield Term("store", (at - 1, count))
        else:
            yield Term("store", (Term("add", (count, at)) if at else count, 0))
        return
    yield Term("assign", ("k", count))
    yield Term("assign", ("q", Term("add", (start, at)) if at else start))
    step = "(store p (load q)) (assign p (inc p)) (assign q (inc q))"
    yield from statements(f"(assign p {at}) (times k (do {step})) {given.closed('p')}")
