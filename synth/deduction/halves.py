"""Words of an element in two halves, each of which is among words that there are: sums and
differences, and tests of how two words are related. So words of twice the cost need not be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Term
from synth.deduction.evidence import evidence
from synth.deduction.features import MARGIN
from synth.deduction.kept import asked, keeping
from synth.deduction.loops import ELEMENTS, Loop
from synth.deduction.vectors import Expressions, Vectors, bits, hashes

__all__ = ["filtered_by_relation", "mapped_to_sum"]

LIKELY: Final = (*ELEMENTS, "p", "h", "n", "l", 1, 2, 3, 10)
"""What words that are related are made of: the element, its place, the ends, the length; and
constants, of which the last is what digits are told by."""
MOST: Final = 800
"""So many words may be related."""
WAYS: Final = 2.0
"""Bits that say which relation it is, or whether it is a sum."""


def mapped_to_sum(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """Each element becomes the sum of two words of it, or their difference."""
    given = loop.given
    if given.is_number or tuple(map(len, given.wanted)) != loop.counts or not loop.whole:
        return
    target = np.array(given.flat, np.uint8)
    enough = evidence(given, target)
    word = _sum(loop.expressions, target, given.words, enough)
    if word is not None:
        yield (*loop.before(word), loop.loop(Term("store", ("p", word))))


def _sum(
    expressions: Expressions, target: UInt8[np.ndarray, " n"], b: int, enough: float
) -> Term | None:
    """The likeliest, if either half is told by what the other one leaves of the target."""
    values = _values(expressions)
    if values is None:
        return None
    keys = hashes(values)
    order = np.argsort(keys)
    wanted = target.astype(np.int16)
    found = list[tuple[float, int, int, str]]()
    for op, sign in (("add", -1), ("sub", 1)):
        rest = hashes(((sign * (values - wanted)) % b).astype(np.uint8))
        at = np.searchsorted(keys, rest, sorter=order).clip(max=len(order) - 1)
        for i in np.flatnonzero(keys[order[at]] == rest).tolist():
            one, other = i, int(order[at[i]])
            told = [float(np.log2(k + 2.0)) for k in (one, other)]
            left = [bits((wanted - values[k]) % b) for k in (other, one)]
            if all(own + WAYS + MARGIN <= has for own, has in zip(told, left, strict=True)):
                found.append((sum(told), one, other, op))
    cost, one, other, op = min(found, default=(np.inf, 0, 0, ""))
    if cost + WAYS + MARGIN > enough:
        return None
    return Term(op, (expressions.term(one), expressions.term(other)))


def filtered_by_relation(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """Elements are kept where two words of them are equal, or one is less, or where not."""
    if not {"eq", "less"} <= set(loop.given.language) or (task := asked(loop)) is None:
        return
    clear, kept, enough = task
    leaves = [replace(leaf, cost=1) for leaf in loop.leaves() if leaf.term in LIKELY]
    expressions = loop.expressions_of(leaves)
    values = _values(expressions, MOST)
    if values is None:
        return
    values = values[:, clear]
    cost = np.log2(np.arange(len(values)) + 2.0)
    costs = cost[:, None] + cost + WAYS
    found = list[tuple[float, str, int, int]]()
    for op in ("eq", "less"):
        for holds in (kept, ~kept):
            own = np.where(_related(op, values, holds), costs, np.inf)
            one, other = np.unravel_index(int(own.argmin()), own.shape)
            found.append((float(own[one, other]), op, int(one), int(other)))
    least, op, one, other = min(found)
    if least + MARGIN <= enough:
        yield from keeping(loop, Term(op, (expressions.term(one), expressions.term(other))))


def _related(op: str, values: Vectors, holds: Bool[np.ndarray, " n"]) -> Bool[np.ndarray, "m m"]:
    """Which two of the words are so related on just these elements."""
    found = np.ones((len(values), len(values)), np.bool_)
    for own, held in zip(values.T, holds, strict=True):
        found &= ((own[:, None] == own) if op == "eq" else (own[:, None] < own)) == held
        if not found.any():
            break
    return found


def _values(expressions: Expressions, most: int | None = None) -> Vectors | None:
    """Those of the first words, if any may be tried."""
    made, number = list[Vectors](), 0
    for _, values, _ in expressions.parts():
        made.append(values)
        number += len(values)
        if most is not None and number >= most:
            break
    return np.concatenate(made)[:most] if made else None
