"""How many bits each output tells of what makes it: in the shortest of some codes that fit much
that is made of lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb, inf, log2, perm
from typing import Final

import numpy as np
from jaxtyping import Float64

from synth.deduction.shown import Shown

__all__ = ["told"]

CODES: Final = 2.0
"""Bits that say which code."""


def told(given: Shown) -> Float64[np.ndarray, " examples"]:
    """Of each example. An output is said word by word, by how often each comes; or as some of the
    list's elements, in their order or another one; or as the list where some are other words; or
    as the list and words between. A number is one of the elements, or at most their number."""
    often = Counter(given.flat)
    total = sum(often.values())
    words = {word: log2(total / n) for word, n in often.items()}
    longest = max(map(len, given.wanted), default=0)
    rows: list[float] = []
    for xs, ys in zip(given.lists, given.wanted, strict=True):
        if given.is_number:
            rows.append(_number(xs, ys[0], words))
            continue
        anew = log2(1 + longest) + sum(words[y] for y in ys)
        codes = _some(xs, ys), _changed(xs, ys, words), _more(xs, ys, words)
        rows.append(min(anew, CODES + min(codes)))
    return np.array(rows)


def _number(xs: Sequence[int], y: int, words: dict[int, float]) -> float:
    codes = [words[y]]
    if y in xs:
        codes.append(CODES + log2(len({*xs})))
    if y <= len(xs):
        codes.append(CODES + log2(1 + len(xs)))
    return min(codes)


def _some(xs: Sequence[int], ys: Sequence[int]) -> float:
    n, m = len(xs), len(ys)
    if Counter(ys) - Counter(xs):
        return inf
    return log2(1 + n) + log2(comb(n, m) if _is_part(xs, ys) else perm(n, m))


def _changed(xs: Sequence[int], ys: Sequence[int], words: dict[int, float]) -> float:
    if len(xs) != len(ys):
        return inf
    new = [y for x, y in zip(xs, ys, strict=True) if x != y]
    return log2(1 + len(xs)) + log2(comb(len(xs), len(new))) + sum(words[y] for y in new)


def _more(xs: Sequence[int], ys: Sequence[int], words: dict[int, float]) -> float:
    if not _is_part(ys, xs):
        return inf
    between = sum(words[y] * k for y, k in (Counter(ys) - Counter(xs)).items())
    return log2(1 + len(ys)) + log2(comb(len(ys), len(xs))) + between


def _is_part(xs: Sequence[int], ys: Sequence[int]) -> bool:
    """Whether these are some of the elements, in their order."""
    rest = iter(xs)
    return all(y in rest for y in ys)
