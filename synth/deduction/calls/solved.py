"""The number that a last map, or filter, takes, read off what is wanted.

An element of a list and what becomes of it leave few numbers that a function can have taken; those
that all elements of an example leave are compared with the numbers that there are. So what the last
call takes need not be tried (as λ² deduces examples of what a combinator is applied to: Feser,
Chaudhuri & Dillig 2015, doi:10.1145/2737924.2737977).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
from jaxtyping import Int64, UInt8

from synth.deduction.calls.call import Function
from synth.deduction.calls.forms import Form
from synth.deduction.calls.values import Lists, Numbers, left, on

__all__ = ["SOLVED", "solved"]

SOLVED: Final = ("map", "filter")
_FIRST, _AT_ONCE = 2, 1 << 12
"""Examples on which most lists fail; lists that are looked at together."""


def solved(
    words: int, forms: Sequence[Form], lists: Lists, wanted: Lists, numbers: Numbers
) -> Iterator[tuple[Form, int, int]]:
    """Which of the forms make what is wanted, of which of the lists and of the numbers."""
    for name in SOLVED:
        at, pairs = _paired(words, lists, wanted, test=name == "filter")
        for form in forms:
            if form.name == name and form.takes == "LN" and form.function is not None:
                table = _numbers(form.function, words, test=name == "filter")
                for i, allowed in _allowed(table, pairs):
                    fits = np.arange(len(numbers))
                    each = np.unpackbits(allowed, axis=1, bitorder="little")
                    for k, some in enumerate(each):
                        fits = fits[some[numbers[fits, k]] == 1]
                    yield from ((form, int(at[i]), n) for n in fits.tolist())


@cache
def _numbers(f: Function, words: int, *, test: bool) -> UInt8[np.ndarray, "pairs packed"]:
    """For each pair of an element and what becomes of it, a bit for each number that f can have
    taken. What becomes of it is a word; or whether the test holds. The last row is for no pair."""
    x, n = np.indices((words, words), np.uint8)
    made = f.values(words, x, n)
    made = ((made == 0) == f.opposite).astype(np.uint8) if test else made
    fits = made[:, None] == np.arange(2 if test else words, dtype=np.uint8)[:, None]
    packed = np.packbits(fits.reshape(-1, words), axis=1, bitorder="little")
    return np.concatenate([packed, np.full_like(packed[:1], 255)])


def _paired(
    words: int, lists: Lists, wanted: Lists, *, test: bool
) -> tuple[Int64[np.ndarray, " _"], Int64[np.ndarray, "_ examples longest"]]:
    """Lists of which what is wanted may be made, and the pairs of each: -1 behind the ends."""
    at = np.arange(len(lists))
    if not test:
        at = at[(lists.size == wanted.size).all(1)]
        return at, _within(on(None, lists, at), np.int64(words), wanted.words)
    examples = np.arange(lists.size.shape[1])[:, None]
    there = np.zeros((len(examples), words), np.bool_)
    there[
        np.broadcast_to(examples, wanted.words[0].shape)[own := wanted.within[0]],
        wanted.words[0][own],
    ] = True
    for first in (_FIRST, None):
        some, goal = on(first, lists, at), on(first, wanted, np.arange(1))
        became = there[examples[:first], some.words] & some.within
        kept = left(some, became)
        fits = ((kept.words == goal.words).all(2) & (kept.size == goal.size)).all(1)
        at, some, became = at[fits], some[fits], became[fits]
    return at, _within(some, np.int64(2), became)


def _within(
    lists: Lists, each: np.int64, became: np.ndarray
) -> Int64[np.ndarray, "_ examples longest"]:
    return np.where(lists.within, lists.words * each + became, -1)


def _allowed(
    table: UInt8[np.ndarray, "pairs packed"], pairs: Int64[np.ndarray, "_ examples longest"]
) -> Iterator[tuple[int, UInt8[np.ndarray, "examples packed"]]]:
    """The numbers that each list leaves of each example, where it leaves some."""
    for start in range(0, len(pairs), _AT_ONCE):
        some = pairs[start : start + _AT_ONCE]
        own = np.arange(len(some))
        for first in (_FIRST, None):
            left_over = np.bitwise_and.reduce(table[some[own, :first]], axis=2)
            fits = left_over.any(2).all(1)
            own, left_over = own[fits], left_over[fits]
        yield from zip((start + own).tolist(), left_over, strict=True)
