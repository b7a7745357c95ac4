"""Variants that differ in what matters, first: not many re-bracketings of the same loop."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import islice, zip_longest
from typing import TypeVar

from bridge.term import Term

__all__ = ["diverse", "shape"]

T = TypeVar("T")
_LOOPS = ("while", "until", "do-while", "do-until", "forever", "if-zero")


def shape(term: Term, lines: int) -> Hashable:
    """What tells variants apart: their loops and branches in order, the number of lines, and how
    many of these are no-ops."""
    ops = [t.op for t in term.subterms() if isinstance(t, Term)]
    return tuple(op for op in ops if op in _LOOPS), lines, ops.count("noop")


def diverse(
    items: Iterable[T],
    kind: Callable[[T], Hashable],
    same: Callable[[T], Hashable],
    window: int = 128,
) -> Iterator[T]:
    """The same items, some at a time reordered: the first of each kind, then the second of each,
    and so on; kinds, and items of a kind, in the order in which they come. Those that are the
    `same` as an earlier one come after the others. At a time: `window` different ones, among at
    most four times as many."""
    items, known = iter(items), set()
    while some := list(_some(items, same, known, window)):
        for part in ([i for i, new in some if new], [i for i, new in some if not new]):
            kinds: dict[Hashable, list[T]] = {}
            for item in part:
                kinds.setdefault(kind(item), []).append(item)
            for round_ in zip_longest(*kinds.values(), fillvalue=_NOTHING):
                yield from (item for item in round_ if item is not _NOTHING)  # type: ignore[misc]


def _some(
    items: Iterator[T], same: Callable[[T], Hashable], known: set[Hashable], window: int
) -> Iterator[tuple[T, bool]]:
    """(item, whether it is the first of those that are the same)"""
    fresh = 0
    for item in islice(items, 4 * window):
        what = same(item)
        new = what not in known
        known.add(what)
        yield item, new
        fresh += new
        if fresh == window:
            return


_NOTHING = object()
