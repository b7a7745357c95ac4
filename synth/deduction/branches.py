"""Words of which one is right on some elements, another one on the rest, and the test that tells
which: as `synth.divide` joins words of examples."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Arg
from synth.deduction.features import MARGIN, cheapest
from synth.deduction.pairs import ElementTests, of_two
from synth.deduction.vectors import Expressions, Tally, Vectors, bits

__all__ = ["Branched", "branched"]

WORDS: Final = 3_000
"""Words that are tried for a branch."""
LIKELY: Final = 30
PAIRS: Final = 20
"""Of these, how many are tried as the more frequent one; and pairs for which a test is sought."""
SHARE: Final = 0.3
"""Of the elements on which the more frequent one is right."""


class Branched(NamedTuple):
    """One word where the test is not 0, the other one elsewhere; or the other way round."""

    test: Arg
    one: Arg
    other: Arg


def branched(
    expressions: Expressions, tests: ElementTests, target: UInt8[np.ndarray, " n"], tally: Tally
) -> Branched | None:
    """The first pair of words and test that make the target, while it tells more, in bits, than all
    that were tried; tests that are a single word before those of two."""
    right = _right(expressions, target)
    counts = right.sum(1)
    often = np.argsort(-counts, kind="stable")[:LIKELY]
    often = often[counts[often] >= SHARE * len(target)]
    pairs: list[tuple[int, int]] = []
    for one in often.tolist():
        left = ~right[one]
        others = np.flatnonzero(right[:, left].all(1))
        pairs += [(one, int(other)) for other in others[:2]]
    enough = bits(target)
    for compound, (one, other) in product((False, True), sorted(set(pairs), key=sum)[:PAIRS]):
        only_one, only_other = right[one] & ~right[other], right[other] & ~right[one]
        told = only_one | only_other
        chosen = only_one[told]
        if chosen.all() or not chosen.any():
            continue

        spent = float(np.log2(one + 2) + np.log2(other + 2))
        most = min(bits(chosen), enough - spent)
        if compound:
            test = of_two(tests, told, chosen, most, tally)
        else:
            test = cheapest(expressions, partial(_tells, told, chosen), most, MARGIN)
        if test is not None:
            return Branched(test, expressions.term(one), expressions.term(other))
    return None


def _tells(
    told: Bool[np.ndarray, " n"], chosen: Bool[np.ndarray, " told"], values: Vectors
) -> Bool[np.ndarray, " some"]:
    """Which of them are 0, or are not, just where that is chosen."""
    same = (values[:, told] != 0) == chosen
    return same.all(1) | ~same.any(1)


def _right(expressions: Expressions, target: UInt8[np.ndarray, " n"]) -> Bool[np.ndarray, "some n"]:
    """Where the first words are right."""
    parts = [np.zeros((0, len(target)), np.bool_)]  # none are made where no more may be tried
    count = 0
    for _, values, _ in expressions.parts():
        parts.append(values == target)
        if (count := count + len(values)) >= WORDS:
            break
    return np.concatenate(parts)[:WORDS]
