"""A number is how many elements a likely test holds for: less evidence is enough than for a word
that is added up, of which there are many more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import MARGIN, single, statements
from synth.deduction.loops import Loop

__all__ = ["counted"]

OFFERED: Final = 3


def counted(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """The likeliest tests that hold so often, while the examples tell them from as many others."""
    given = loop.given
    if not loop.whole or loop.beside is not None or any(len(ys) != 1 for ys in given.wanted):
        return
    target = np.array(given.flat)
    if target.max() < 2:  # a truth value
        return
    enough = evidence(given, target, range(len(target))) - MARGIN
    member = (loop.example[:, None] == np.arange(len(loop.counts))).astype(np.float32)
    tests = loop.tests
    loop.tally.tried += len(tests.words)
    ranks = np.flatnonzero((tests.holds.astype(np.float32) @ member == target).all(1))
    likely = (i for i in ranks.tolist() if np.log2(i + 2) <= enough)
    for i in islice(likely, OFFERED):
        word = tests.words[i]
        yield (
            *loop.before(word),
            *statements("(assign a 0)"),
            loop.loop(_more(word, opposite=bool(tests.opposite[i]))),
            *single(given, "a"),
        )


def _more(word: Arg, *, opposite: bool) -> Term:
    """What makes a one more where the test holds."""
    is_truth = isinstance(word, Term) and (word.op in ("eq", "less") or word.args[1:] == (2,))
    if is_truth and not opposite:
        return Term("assign", ("a", Term("add", ("a", word))))
    more, nothing = Term("do", statements("(assign a (inc a))")), Term("do")
    return Term("if-zero", (word, *((more, nothing) if opposite else (nothing, more))))
