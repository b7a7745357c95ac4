"""Spans: what stands before the first element for which a test holds, what from it on, or where it
is; the same from the last element back; and what is left where both ends are trimmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Bool

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import MARGIN, fitting, single, statements, used, word_in
from synth.deduction.kept import UNCLEAR, alike
from synth.deduction.loops import Loop
from synth.deduction.shown import Shown
from synth.deduction.vectors import Vectors

__all__ = ["spans", "trimmed"]

Pairs: TypeAlias = Sequence[tuple[tuple[int, ...], tuple[int, ...]]]
Part = Literal["before", "from", "both", "place", "nth", "element"]
"""A place is counted from 0, or from 1 (`nth`)."""
NUMBERS: Final = ("place", "nth", "element")
FAILS, HOLDS = 0, 1
FEWEST_STOPS: Final = 3
"""Examples with an element for which the test holds, and ones before it for which it doesn't."""


class Span(NamedTuple):
    """What is wanted, where the search for the element begins, and what the test must be on each
    element: it isn't clear on those that no search comes to."""

    part: Part
    backwards: bool
    holds: tuple[tuple[int, ...], ...]


def spans(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """What is wanted of the list is told by the first element, or the last one, for which a word is
    not 0, or is 0: by words of little, since few elements tell, or with a margin by others."""
    yield from _tested(loop, _spans(loop.given))


def trimmed(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """Elements are left out at both ends, as far as such a word tells. Where few elements are kept,
    they often stand side by side: that a test keeps them is to be looked for before."""
    given = loop.given
    pairs = [*zip(given.lists, given.wanted, strict=True)]
    if not given.is_number and not (_are_first(pairs) or _are_last(pairs)):
        yield from _tested(loop, _told("both", False, pairs))


def _tested(loop: Loop, some: Iterable[Span]) -> Iterator[tuple[Term, ...]]:
    """What follows where a word is the test of one of these."""
    given = loop.given
    if not loop.whole or loop.beside is not None or "eq" not in given.language:
        return
    for span in some:
        told = np.array([*chain.from_iterable(span.holds)], np.int8)
        clear = told != UNCLEAR
        holds = told[clear] == HOLDS
        if min(holds.sum(), (~holds).sum()) < FEWEST_STOPS:
            continue

        def goal(
            values: Vectors, clear: np.ndarray = clear, holds: np.ndarray = holds
        ) -> Bool[np.ndarray, " some"]:
            return alike(values[:, clear] != 0, holds)

        enough = evidence(given, holds)
        few = MARGIN if span.part in NUMBERS and not given.is_number else 0
        for words, margin in ((loop.simple, few), (loop.expressions, MARGIN)):
            found = False
            for word in fitting(words, goal, enough, margin, tests=True):
                found = True
                for going in (word, Term("eq", (word, 0))):
                    yield (*used(given, [word], loop.known), *_written(given, span, going))
            if found:
                return


def _spans(given: Shown) -> Iterator[Span]:
    """All of one end, or one element, that the examples have in common."""
    pairs = [*zip(given.lists, given.wanted, strict=True)]
    if given.is_number:
        yield from _of_number(given, pairs)
        return
    if _are_first(pairs):
        for backwards in (False, True):
            yield from _told("before", backwards, pairs)
    elif _are_last(pairs):
        for backwards in (False, True):
            yield from _told("from", backwards, pairs)
    if all(len(ys) == 1 for ys in given.wanted):
        yield from _of_number(given, pairs)


def _are_first(pairs: Pairs) -> bool:
    """Whether each output is what its list begins with."""
    return all(ys == xs[: len(ys)] for xs, ys in pairs)


def _are_last(pairs: Pairs) -> bool:
    """Whether each is what its list ends with."""
    return all(ys == xs[len(xs) - len(ys) :] for xs, ys in pairs)


def _of_number(given: Shown, pairs: Pairs) -> Iterator[Span]:
    """Those whose output is one number, or a list of one."""
    for backwards in (False, True):
        yield from _told("element", backwards, pairs)
        if max(given.flat, default=0) > 1:  # else it is a truth value
            yield from _told("place", backwards, pairs)
            if any(ys[0] != len(xs) for xs, ys in pairs):
                yield from _told("nth", backwards, pairs)


def _told(part: Part, backwards: bool, pairs: Pairs) -> Iterator[Span]:
    found = [_holds(part, backwards, xs, ys) for xs, ys in pairs]
    if None not in found:
        yield Span(part, backwards, tuple(own for own in found if own is not None))


def _holds(
    part: Part, backwards: bool, xs: tuple[int, ...], ys: tuple[int, ...]
) -> tuple[int, ...] | None:
    """What the test must be on each element; None where that cannot be wanted."""
    n = len(xs)
    if part == "both":
        return _trimmed(xs, ys)
    if part == "element":
        if ys[0] not in xs:
            return None
        at = n - 1 - xs[::-1].index(ys[0]) if backwards else xs.index(ys[0])
    elif part in ("place", "nth"):
        at = ys[0] - (part == "nth")
        if not 0 <= at <= n or (at == n and backwards):
            return None
    elif backwards:
        at = (len(ys) if part == "before" else n - len(ys)) - 1
    else:
        at = len(ys) if part == "before" else n - len(ys)
    if backwards:
        return (*[UNCLEAR] * at, *[HOLDS] * (at >= 0), *[FAILS] * (n - 1 - at))
    return (*[FAILS] * at, *[HOLDS] * (at < n), *[UNCLEAR] * (n - 1 - at))


def _trimmed(xs: tuple[int, ...], ys: tuple[int, ...]) -> tuple[int, ...] | None:
    """The same where the elements at both ends are left out for which the test doesn't hold; the
    piece that is left stands in one place."""
    n, m = len(xs), len(ys)
    if not ys:
        return (FAILS,) * n
    found = [i for i in range(n - m + 1) if xs[i : i + m] == ys]
    if len(found) != 1:
        return (UNCLEAR,) * n if found else None
    (i,) = found
    inner = (HOLDS, *[UNCLEAR] * (m - 2), *[HOLDS] * (m > 1))
    return (*[FAILS] * i, *inner, *[FAILS] * (n - m - i))


def _written(given: Shown, span: Span, going: Arg) -> Iterator[Term]:
    """The statements of such a span; the word is 0 where the test holds."""
    part = span.part
    if part == "both":
        yield from _sought(given, going)
        yield from _moved(given)
        yield from _sought_back(given, going, "(dec q)" if given.counted else "(dec (dec q))")
        yield from statements(given.closed("p"))
    elif part in NUMBERS:
        yield from _sought_back(given, going) if span.backwards else _sought(given, going)
        at = "(dec p)" if span.backwards else "p"
        word = f"(load {at})" if part == "element" else given.since(at)
        yield from single(given, f"(inc {word})" if part == "nth" else word)
    else:
        yield from _sought_back(given, going) if span.backwards else _sought(given, going)
        if part == "before":
            yield from statements(given.closed("p"))
            return
        yield from _moved(given)
        if given.counted:
            yield from statements(given.closed("q"))


def _sought(given: Shown, going: Arg) -> Iterator[Term]:
    """p goes to the first such element, or to the end."""
    yield Term("assign", ("p", given.first))
    if given.counted:
        yield Term("assign", ("e", word_in(given.end)))
    left = word_in("(sub e p)" if given.counted else "(load p)")
    step = Term("do", statements("(assign p (inc p))"))
    yield Term("while", (Term("min", (left, going)), step))


def _sought_back(given: Shown, going: Arg, last: str = "") -> Iterator[Term]:
    """p goes back from the last element, which stands there, to behind the last such element, or
    to the first one."""
    yield from statements(f"(assign p {last})" if last else f"{given.to_end()} (assign p (dec p))")
    left = {0: "(inc p)", 1: "p"}.get(given.first, f"(sub p {given.first - 1})")
    step = Term("do", statements("(assign p (dec p))"))
    yield Term("while", (Term("min", (word_in(left), going)), step))
    yield from statements("(assign p (inc p))")


def _moved(given: Shown) -> Iterator[Term]:
    """What is from p on becomes the list, which ends before q; after its 0, if one ends it."""
    yield Term("assign", ("q", given.first))
    if not given.counted:
        yield from statements("(copy p q)")
        return
    step = "(do (store q (load p)) (assign p (inc p)) (assign q (inc q)))"
    yield from statements(f"(assign e {given.end}) (while (sub e p) {step})")
