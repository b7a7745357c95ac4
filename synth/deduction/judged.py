"""Booleans that say whether a test holds: of the whole list; of some element, or of every one; of
some neighbours, or of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import MARGIN, Feature, used
from synth.deduction.loops import Loop, noted
from synth.deduction.pairs import ElementTests
from synth.deduction.tests import FEWEST, tests
from synth.deduction.words import Words

__all__ = ["judged"]

STRICTER: Final = 1.0
"""Bits of margin more than elsewhere: each test is tried as it is and the other way round, and an
output tells one bit."""


class _Judge(NamedTuple):
    """Where a test holds, and the programs that say so; or that it does not."""

    holds: Bool[np.ndarray, " examples"]
    loop: Loop | None
    """Over whose elements it is held; None if it is of the whole list."""
    word: Arg
    opposite: bool = False
    """Whether it holds for the elements where that word is 0."""
    more: tuple[Feature, ...] = ()
    """What a word of the list needs besides what is known."""


def judged(words: Words, loops: Iterable[Loop]) -> Iterator[tuple[Term, ...]]:
    """The first of the tests that tell examples apart which holds where it is wanted, or nowhere
    else. They come in the order in which they are likely, each once that tells them apart in
    another way; which are too few to be wrong by chance where many words would be."""
    given = words.given
    if not given.is_number or given.opened or {*given.flat} != {0, 1}:
        return
    wanted = np.array(given.flat) == 1
    told = evidence(given, given.flat) - MARGIN - STRICTER
    seen = set[bytes]()
    for judge in _in_turns(*map(_of_elements, loops), _of_list(words)):
        key = min(judge.holds.tobytes(), (~judge.holds).tobytes())
        if key not in seen:
            seen.add(key)
            if np.log2(len(seen)) > told:
                return
            if (same := (judge.holds == wanted).all()) or (judge.holds != wanted).all():
                yield from _programs(words, judge, opposite=not same)
                return


def _in_turns(*kinds: Iterator[_Judge]) -> Iterator[_Judge]:
    """The first ones of all kinds, then the second ones, …"""
    return (judge for judges in zip_longest(*kinds) for judge in judges if judge is not None)


def _of_list(words: Words) -> Iterator[_Judge]:
    for test in tests(words.given, words.known, FEWEST, 1):
        yield _Judge(test.holds, None, test.word, more=test.more)


def _of_elements(loop: Loop) -> Iterator[_Judge]:
    """Whether a test holds of some element: each and its opposite."""
    found: ElementTests = loop.tests
    member = loop.example[:, None] == np.arange(len(loop.counts))
    some = found.holds.astype(np.float32) @ member.astype(np.float32) > 0
    loop.tally.tried += len(some)
    seen = set[bytes]()
    for holds, word, opposite in zip(some, found.words, found.opposite.tolist(), strict=True):
        if (key := holds.tobytes()) not in seen and holds.any() and not holds.all():
            seen.update((key, (~holds).tobytes()))
            yield _Judge(holds, loop, word, opposite)


def _programs(words: Words, judge: _Judge, *, opposite: bool) -> Iterator[tuple[Term, ...]]:
    """Those that say whether it holds, or that it does not, for `opposite`."""
    if judge.loop is not None:
        yield noted(judge.loop, judge.word, zero=judge.opposite, every=opposite)
        return
    fits = [*_turned(judge.word), Term("eq", (judge.word, 0))] if opposite else [judge.word]
    for word in fits:
        yield (*used(words.given, [word], (*words.known, *judge.more)), Term("store", (0, word)))


def _turned(word: Arg) -> Iterator[Arg]:
    """Where that is whether one is less than another: whether it is greater."""
    if isinstance(word, Term) and word.op == "less":
        yield Term("less", word.args[::-1])
