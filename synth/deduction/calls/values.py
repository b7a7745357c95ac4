"""What calls make: their meaning as functions of values, on all examples, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, overload

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from synth.deduction.calls.call import Function

__all__ = [
    "MEANINGS", "NEEDED", "SAME_SIZE", "SIZES", "Lists", "Numbers", "Values", "left", "on",
]  # fmt: skip


@dataclass(frozen=True)
class Lists:
    """Some lists, each by examples; 0 behind their ends."""

    words: UInt8[np.ndarray, "some examples longest"]
    size: Int64[np.ndarray, "some examples"]

    def __getitem__(self, index: np.ndarray) -> Lists:
        return Lists(self.words[index], self.size[index])

    def __len__(self) -> int:
        return len(self.size)

    @property
    def within(self) -> Bool[np.ndarray, "some examples longest"]:
        """Where there are elements."""
        return np.arange(self.words.shape[-1]) < self.size[..., None]

    @property
    def last(self) -> Int64[np.ndarray, "some examples"]:
        return np.maximum(self.size - 1, 0)

    def cut(self) -> Lists:
        """The same with 0 behind the ends."""
        return Lists(np.where(self.within, self.words, np.uint8(0)), self.size)

    def at(self, index: Int64[np.ndarray, "#some #examples n"]) -> UInt8[np.ndarray, "_ _ n"]:
        """The elements at these places."""
        places = np.clip(index, 0, self.words.shape[-1] - 1)
        every = np.broadcast_to(places, (*self.size.shape, places.shape[-1]))
        return np.take_along_axis(self.words, every, -1)


Numbers: TypeAlias = UInt8[np.ndarray, "_ #examples"]
Values: TypeAlias = Lists | Numbers


@overload
def on(first: int | None, values: Lists, rows: np.ndarray) -> Lists: ...
@overload
def on(first: int | None, values: np.ndarray, rows: np.ndarray) -> np.ndarray: ...
def on(first: int | None, values: Lists | np.ndarray, rows: np.ndarray) -> Lists | np.ndarray:
    """Some of the values, on the first examples."""
    if isinstance(values, Lists):
        return Lists(values.words[:, :first][rows], values.size[:, :first][rows])
    return values[:, :first][rows]


def _mapped(b: int, f: Function, xs: Lists, y: Numbers | None = None) -> Lists:
    values = f.values(b, xs.words, None if y is None else y[..., None])
    return Lists(values, xs.size).cut()


def _zipped(b: int, f: Function, xs: Lists, ys: Lists) -> Lists:
    return Lists(f.values(b, xs.words, ys.words), np.minimum(xs.size, ys.size)).cut()


def _scanned(b: int, f: Function, xs: Lists) -> Lists:
    words = xs.words.copy()
    for i in range(1, words.shape[-1]):
        words[..., i] = f.values(b, words[..., i - 1], words[..., i])
    return Lists(words, xs.size).cut()


def _kept(
    b: int, f: Function, xs: Lists, y: Numbers | None
) -> Bool[np.ndarray, "some examples longest"]:
    values = f.values(b, xs.words, None if y is None else y[..., None])
    return ((values == 0) == f.opposite) & xs.within


def _filtered(b: int, f: Function, xs: Lists, y: Numbers | None = None) -> Lists:
    return left(xs, _kept(b, f, xs, y))


def _held(b: int, f: Function, xs: Lists, ys: Lists) -> Lists:
    holds = (f.values(b, xs.words, ys.words) == 0) == f.opposite
    return left(xs, holds & xs.within & ys.within)


def _by_keys(b: int, f: Function, xs: Lists, ys: Lists) -> Lists:
    """Those first whose keys the test tells to come first; equal ones as they come."""
    down = f.values(b, np.ones(1, np.uint8), np.zeros(1, np.uint8)).any()
    keys = np.where(ys.within, ~ys.words if down else ys.words, np.uint16(256))
    return _moved(xs, keys.argsort(-1, kind="stable"), xs.size)


def left(xs: Lists, kept: Bool[np.ndarray, "some examples longest"]) -> Lists:
    """Those elements, each as far behind the first as there are such before it."""
    words, longest = np.zeros(xs.words.size, np.uint8), xs.words.shape[-1]
    starts = np.arange(0, words.size, max(1, longest)).reshape(*xs.size.shape, 1)
    at = np.cumsum(kept, -1) + (starts - 1)
    words[at[kept]] = xs.words[kept]
    return Lists(words.reshape(xs.words.shape), kept.sum(-1))


def _unique(b: int, f: None, xs: Lists) -> Lists:
    fresh = xs.within
    for i in range(1, xs.words.shape[-1]):
        fresh[..., i] &= (xs.words[..., :i] != xs.words[..., i, None]).all(-1)
    return left(xs, fresh)


def _once(b: int, f: None, xs: Lists) -> Lists:
    return left(xs, xs.within & (_number_of_each(xs) == 1))


def _several(b: int, f: None, xs: Lists) -> Lists:
    return left(xs, xs.within & (_number_of_each(xs) > 1))


def _runs(b: int, f: None, xs: Lists) -> Lists:
    """How many equal elements stand side by side, for each run of them."""
    longest = xs.words.shape[-1]
    begins = xs.within
    begins[..., 1:] &= xs.words[..., 1:] != xs.words[..., :-1]
    ends = np.where(begins, np.arange(longest), xs.size[..., None])
    ends = np.minimum.accumulate(ends[..., ::-1], -1)[..., ::-1]
    following = np.concatenate([ends[..., 1:], xs.size[..., None]], -1)
    return left(Lists((following - np.arange(longest)).astype(np.uint8), xs.size), begins)


def _number_of_each(xs: Lists) -> Int64[np.ndarray, "some examples longest"]:
    """How many elements each equals; what is behind the ends equals none."""
    words = np.where(xs.within, xs.words.astype(np.int64), -1)
    found = np.zeros(words.shape, np.int64)
    for i in range(words.shape[-1]):
        found += words == words[..., i, None]
    return found


def _alternate(b: int, f: None, xs: Lists) -> Lists:
    return left(xs, xs.within & (np.arange(xs.words.shape[-1]) % 2 == 0))


def _sorted(b: int, f: None, xs: Lists) -> Lists:
    padded = np.where(xs.within, xs.words, np.uint8(255))
    return Lists(np.sort(padded, axis=-1), xs.size).cut()


def _reversed(b: int, f: None, xs: Lists) -> Lists:
    places = xs.size[..., None] - 1 - np.arange(xs.words.shape[-1])
    return Lists(xs.at(places), xs.size).cut()


def _taken(b: int, f: None, xs: Lists, n: Numbers) -> Lists:
    return Lists(xs.words, np.minimum(xs.size, n)).cut()


def _dropped(b: int, f: None, xs: Lists, n: Numbers) -> Lists:
    places = n[..., None].astype(np.int64) + np.arange(xs.words.shape[-1])
    return Lists(xs.at(places), np.maximum(xs.size - n, 0)).cut()


def _moved(xs: Lists, places: np.ndarray, size: np.ndarray) -> Lists:
    """The elements of these places, so many of them."""
    return Lists(xs.at(places.astype(np.int64)), size).cut()


def _rotated(b: int, f: None, xs: Lists, n: Numbers) -> Lists:
    at = np.arange(xs.words.shape[-1]) + np.minimum(n, xs.size)[..., None]
    size = xs.size[..., None]
    return _moved(xs, np.where(at < size, at, at - size), xs.size)


def _mirrored(b: int, f: None, xs: Lists) -> Lists:
    at, size = np.arange(xs.words.shape[-1]), xs.size[..., None]
    return _moved(xs, np.where(at < size, at, 2 * size - 1 - at), 2 * xs.size)


def _doubled(b: int, f: None, xs: Lists) -> Lists:
    at, size = np.arange(xs.words.shape[-1]), xs.size[..., None]
    return _moved(xs, np.where(at < size, at, at - size), 2 * xs.size)


def _repeated(b: int, f: None, xs: Lists, n: Numbers) -> Lists:
    at = np.arange(xs.words.shape[-1]) // np.maximum(n, 1)[..., None]
    return _moved(xs, at, xs.size * n)


def _with(xs: Lists, x: Numbers, at: np.ndarray, size: np.ndarray) -> Lists:
    """The list with that element at that place, if it is so long."""
    here = (np.arange(xs.words.shape[-1]) == at[..., None]) & (at < size)[..., None]
    return Lists(np.where(here, x[..., None], xs.words), size)


def _inserted(b: int, f: None, xs: Lists, x: Numbers, n: Numbers) -> Lists:
    at = np.arange(xs.words.shape[-1])
    shifted = _moved(xs, at - (at > n[..., None]), xs.size + 1)
    return _with(shifted, x, n, shifted.size)


def _deleted(b: int, f: None, xs: Lists, n: Numbers) -> Lists:
    at = np.arange(xs.words.shape[-1])
    return _moved(xs, at + (at >= n[..., None]), xs.size - (n < xs.size))


def _place(b: int, f: None, xs: Lists, x: Numbers) -> Numbers:
    return (xs.within & (xs.words == x[..., None])).argmax(-1).astype(np.uint8)


def _place_or_size(b: int, f: None, xs: Lists, x: Numbers) -> Numbers:
    there = xs.within & (xs.words == x[..., None])
    return np.where(there.any(-1), there.argmax(-1), xs.size).astype(np.uint8)


def _number(b: int, f: Function, x: Numbers, y: Numbers | None = None) -> Numbers:
    return f.values(b, x, y)


def _summed(b: int, f: None, xs: Lists) -> Numbers:
    return (xs.words.sum(-1, dtype=np.int64) % b).astype(np.uint8)


def _counted(b: int, f: Function, xs: Lists, y: Numbers | None = None) -> Numbers:
    return _kept(b, f, xs, y).sum(-1).astype(np.uint8)


def _least(b: int, f: None, xs: Lists) -> Numbers:
    return np.where(xs.within, xs.words, np.uint8(255)).min(-1)


MEANINGS: Final[Mapping[str, Callable[..., Values]]] = {
    "map": _mapped,
    "zip": _zipped,
    "scan": _scanned,
    "filter": _filtered,
    "keep": _held,
    "order": _by_keys,
    "unique": _unique,
    "once": _once,
    "several": _several,
    "runs": _runs,
    "alternate": _alternate,
    "sort": _sorted,
    "reverse": _reversed,
    "take": _taken,
    "drop": _dropped,
    "rotate": _rotated,
    "mirror": _mirrored,
    "double": _doubled,
    "repeat": _repeated,
    "append": lambda b, f, xs, x: _with(xs, x, xs.size, xs.size + 1),
    "insert": _inserted,
    "replace": lambda b, f, xs, x, n: _with(xs, x, n, xs.size),
    "delete": _deleted,
    "index": _place,
    "seek": _place_or_size,
    "of": _number,
    "head": lambda b, f, xs: xs.words[..., 0],
    "last": lambda b, f, xs: xs.at(xs.last[..., None])[..., 0],
    "access": lambda b, f, xs, n: xs.at(n[..., None].astype(np.int64))[..., 0],
    "length": lambda b, f, xs: xs.size.astype(np.uint8),
    "sum": _summed,
    "count": _counted,
    "greatest": lambda b, f, xs: xs.words.max(-1),
    "least": _least,
}
"""By the name of the call: from the number of words, the function and the arguments."""

SAME_SIZE: Final = (
    "map", "scan", "sort", "reverse", "descending", "order", "rotate", "turned", "places",
    "replace", "led",
)  # fmt: skip
"""Calls that make lists as long as those they are made of."""
SIZES: Final[Mapping[str, Callable[..., np.ndarray]]] = {
    **dict.fromkeys(SAME_SIZE, lambda xs, *rest: xs.size),
    "zip": lambda xs, ys: np.minimum(xs.size, ys.size),
    "take": lambda xs, n: np.minimum(xs.size, n),
    "drop": lambda xs, n: np.maximum(xs.size - n, 0),
    "ending": lambda xs, n: np.minimum(xs.size, n),
    "beginning": lambda xs, n: np.maximum(xs.size - n, 0),
    "neighbours": lambda xs: np.maximum(xs.size - 1, 0),
    "mirror": lambda xs: 2 * xs.size,
    "double": lambda xs: 2 * xs.size,
    "repeat": lambda xs, n: xs.size * n,
    "append": lambda xs, x: xs.size + 1,
    "insert": lambda xs, x, n: xs.size + 1,
    "delete": lambda xs, n: xs.size - (n < xs.size),
}
"""How many elements there will be, where that is known before."""

NEEDED: Final[Mapping[str, Callable[..., np.ndarray]]] = {
    "head": lambda xs: xs.size > 0,
    "last": lambda xs: xs.size > 0,
    "greatest": lambda xs: xs.size > 0,
    "least": lambda xs: xs.size > 0,
    "access": lambda xs, n: xs.size > n,
    "from end": lambda xs, n: (n > 0) & (xs.size >= n),
    "insert": lambda xs, x, n: xs.size >= n,
    "order": lambda xs, ys: xs.size == ys.size,
    **dict.fromkeys(
        ("index", "place"), lambda xs, x: (xs.within & (xs.words == x[..., None])).any(-1)
    ),
}
"""Where there is a value: the others have one always."""
