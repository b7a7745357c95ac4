"""What the examples can tell: how many bits tell a word that fits from what fits by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import comb, inf, log2, perm
from typing import Final

import numpy as np
from jaxtyping import Float64, Shaped

from synth.deduction.shown import Shown
from synth.deduction.vectors import bits

__all__ = ["evidence", "evidence_of_each"]

CONSTANT: Final = 10.0
"""What it counts, in bits, that all words that are wanted are the same one."""
CODES: Final = 2.0
"""Bits that say which code an output is in."""
CHOSEN: Final = 4.0
"""Bits that choose a likely word, and say how often others are wanted."""


def evidence(
    given: Shown,
    wanted: Shaped[np.ndarray, " n"] | Sequence[int],
    examples: Sequence[int] = (),
) -> float:
    """Bits of what is wanted, in the shortest of some codes, less those that were spent on what
    came before. A code says how often each word comes; where each is wanted of one of the
    `examples`, others say which of its elements it is, or which number up to its length, since much
    that is made of a list is one of these; or how far it is from a likely word of the list: where
    nearly all are the length, say, only the rest tells."""
    if not (code := bits(wanted)):
        return CONSTANT
    codes = [code]
    if len(examples):
        lists = [given.lists[i] for i in examples]
        pairs = [*zip(lists, np.asarray(wanted).tolist(), strict=True)]
        codes.append(_coded(given, [(word in xs, len({*xs})) for xs, word in pairs]))
        codes.append(_coded(given, [(word <= len(xs), 1 + len(xs)) for xs, word in pairs]))
        codes += (CHOSEN + max(code, CONSTANT) for code in _apart(given, pairs))
    return min(codes) - given.spent


def _coded(given: Shown, each: Sequence[tuple[bool, int]]) -> float:
    """Bits that say which words are of a kind and, for each, which one: of as many as there are of
    that kind, or else of all words."""
    sizes = (among if is_so else given.words for is_so, among in each)
    return bits([is_so for is_so, _ in each]) + float(np.log2(list(sizes)).sum())


def _apart(given: Shown, pairs: Sequence[tuple[Sequence[int], int]]) -> Iterator[float]:
    """Bits that say how far each word is from the length, or the sum; and at which place of its
    list it stands, from the first on, or from the last, or which one it is where it is none of
    them."""
    for likely in (len, sum):
        yield bits([(likely(xs) - word) % given.words for xs, word in pairs])
    for step in (1, -1):
        places = [xs[::step].index(word) if word in xs else -1 for xs, word in pairs]
        yield bits(places) + places.count(-1) * float(np.log2(given.words))


# ------------------------------------------------------------ output by output


def evidence_of_each(given: Shown) -> Float64[np.ndarray, " examples"]:
    """Bits that each output tells of what makes it. It is said word by word, by how often each
    comes; or as some of the list's elements, in their order or another one; or as the list where
    some are other words; or as the list and words between. A number is one of the elements, or at
    most their number."""
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
