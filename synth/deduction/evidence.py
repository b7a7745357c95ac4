"""What the examples can tell: how many bits tell a word that fits from what fits by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from jaxtyping import Shaped

from synth.deduction.shown import Shown
from synth.deduction.vectors import bits

__all__ = ["evidence"]

CONSTANT: Final = 10.0
"""What it counts, in bits, that all words that are wanted are the same one."""
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
