"""What calls make: their meaning as functions of values, on all examples, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from synth.deduction.calls.call import Function

__all__ = ["MEANINGS", "NEEDED", "SIZES", "Lists", "Numbers", "Values"]


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

    def at(
        self, index: Int64[np.ndarray, "some examples n"]
    ) -> UInt8[np.ndarray, "some examples n"]:
        """The elements at these places."""
        places = np.clip(index, 0, self.words.shape[-1] - 1)
        return np.take_along_axis(self.words, places, -1)


Numbers: TypeAlias = UInt8[np.ndarray, "_ examples"]
Values: TypeAlias = Lists | Numbers


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
    return _left(xs, _kept(b, f, xs, y))


def _left(xs: Lists, kept: Bool[np.ndarray, "some examples longest"]) -> Lists:
    order = np.argsort(~kept, axis=-1, kind="stable")
    return Lists(xs.at(order), kept.sum(-1)).cut()


def _unique(b: int, f: None, xs: Lists) -> Lists:
    fresh = xs.within
    for i in range(1, xs.words.shape[-1]):
        fresh[..., i] &= (xs.words[..., :i] != xs.words[..., i, None]).all(-1)
    return _left(xs, fresh)


def _once(b: int, f: None, xs: Lists) -> Lists:
    return _left(xs, xs.within & (_number_of_each(xs) == 1))


def _several(b: int, f: None, xs: Lists) -> Lists:
    return _left(xs, xs.within & (_number_of_each(xs) > 1))


def _number_of_each(xs: Lists) -> Int64[np.ndarray, "some examples longest"]:
    """How many elements each equals; what is behind the ends equals none."""
    words = np.where(xs.within, xs.words.astype(np.int64), -1)
    found = np.zeros(words.shape, np.int64)
    for i in range(words.shape[-1]):
        found += words == words[..., i, None]
    return found


def _alternate(b: int, f: None, xs: Lists) -> Lists:
    return _left(xs, xs.within & (np.arange(xs.words.shape[-1]) % 2 == 0))


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
    "unique": _unique,
    "once": _once,
    "several": _several,
    "alternate": _alternate,
    "sort": _sorted,
    "reverse": _reversed,
    "take": _taken,
    "drop": _dropped,
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

SIZES: Final[Mapping[str, Callable[..., np.ndarray]]] = {
    "map": lambda xs, y=None: xs.size,
    "zip": lambda xs, ys: np.minimum(xs.size, ys.size),
    "scan": lambda xs: xs.size,
    "sort": lambda xs: xs.size,
    "reverse": lambda xs: xs.size,
    "take": lambda xs, n: np.minimum(xs.size, n),
    "drop": lambda xs, n: np.maximum(xs.size - n, 0),
}
"""How many elements there will be, where that is known before."""

NEEDED: Final[Mapping[str, Callable[..., np.ndarray]]] = {
    "head": lambda xs: xs.size > 0,
    "last": lambda xs: xs.size > 0,
    "greatest": lambda xs: xs.size > 0,
    "least": lambda xs: xs.size > 0,
    "access": lambda xs, n: xs.size > n,
}
"""Where there is a value: the others have one always."""
