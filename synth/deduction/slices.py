"""Outputs that are a piece of the first list whose bounds are words of the example: where these
cross, or lie before the list, nothing is left, or all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.term import Arg, Term
from synth.deduction.features import statements, word_in
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
                yield (*words.used([start]), *_from(words, at_least_none(start)))
                return
    places = [_place(xs, ys) for xs, ys in pairs]
    if any(place is None for place in places):
        return
    count = words.find([len(ys) for _, ys in pairs])
    if all(xs[: len(ys)] == ys for xs, ys in pairs):
        start: Arg | None = 0
    else:
        start = words.find([place if place != _ANY else None for place in places])
    if start is None:
        return
    if count is not None:
        yield (*words.used([count, start]), *_some(words, start, at_least_none(count)))
        return
    begins = [place for place in places if place is not None]
    ends = [
        i + len(ys) if ys and i != _ANY else None for i, (_, ys) in zip(begins, pairs, strict=True)
    ]
    end = words.find(ends) if "less" in given.language else None
    if end is not None:
        yield (*words.used([start, end]), *_until(words, start, at_least_none(end)))


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


def at_least_none(number: Arg) -> Arg:
    """The same number of elements; none where a difference would be less than that: no example
    shows it, or it is what they show."""
    whole, less = number, 0
    while isinstance(whole, Term) and whole.op == "dec":
        whole, less = whole.args[0], less + 1
    if isinstance(whole, Term) and whole.op == "sub" and not less:
        whole, less = whole.args
    if not isinstance(whole, str) or less == 0:
        return number
    return Term("sub", (whole, Term("min", (whole, less))))


def _until(words: Words, start: Arg, end: Arg) -> Iterator[Term]:
    """What is behind so many elements and not behind so many is moved to the list's start: nothing,
    where these bounds cross."""
    given = words.given
    at = given.first
    bounds = (Term("add", (bound, at)) if at else bound for bound in (start, end))
    yield from (Term("assign", pair) for pair in zip(("p", "e"), bounds, strict=True))
    if given.counted:
        yield Term("assign", ("e", Term("min", ("e", word_in(given.end)))))
    step = "(do (store q (load p)) (assign p (inc p)) (assign q (inc q)))"
    yield from statements(f"(assign q {at}) (while (less p e) {step}) {given.closed('q')}")


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
