"""Booleans that say whether a test of the whole list holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import MARGIN
from synth.deduction.tests import tests
from synth.deduction.words import Words

__all__ = ["judged"]

STRICTER: Final = 2.0
"""Bits of margin more than elsewhere: each test is tried as it is and the other way round, and of
outputs that chance drew, one bit each, one in eight would be believed."""


def judged(words: Words) -> Iterator[tuple[Term, ...]]:
    """The first of the tests that tell examples apart which holds where it is wanted, or nowhere
    else. They come in the order in which they are likely, which are too few to be wrong by chance
    where many words would be: an example tells one bit."""
    given = words.given
    if not given.is_number or given.opened or {*given.flat} != {0, 1}:
        return
    wanted = np.array(given.flat) == 1
    told = evidence(given, given.flat) - MARGIN - STRICTER
    for rank, test in enumerate(tests(given, words.known), 1):
        if np.log2(rank) > told:
            return
        if (test.holds == wanted).all():
            fits = [test.word]
        elif (test.holds != wanted).all():
            fits = [*_turned(test.word), Term("eq", (test.word, 0))]
        else:
            continue
        for word in fits:
            yield (*words.used([word]), Term("store", (0, word)))
        return


def _turned(word: Arg) -> Iterator[Arg]:
    """Where that is whether one is less than another: whether it is greater."""
    if isinstance(word, Term) and word.op == "less":
        yield Term("less", word.args[::-1])
