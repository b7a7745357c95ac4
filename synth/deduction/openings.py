"""What a program may do to its first list before the part that is deduced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bridge.errors import TermError
from bridge.term import Term
from synth.deduction.features import statements
from synth.deduction.shown import Shown
from synth.language import check_term

__all__ = ["openings"]

FUNCTIONS: Final = (
    "(succ)", "(pred)", *(f"({f} {k})" for f in ("multiplied", "divided") for k in (2, 3, 4)),
)  # fmt: skip
KEPT: Final = ("(even)", "(odd)")
COMBINED: Final = ("(plus)", "(greatest)", "(least)", "(minus)", "(product)")

PIECES: Final = 7
"""How many elements are left at most where others go, or are left out."""


def openings(given: Shown) -> Iterator[tuple[Term, ...]]:
    """Calls of the language's combinators on the first list, those that it has."""
    start = f"(assign p {given.first})"
    for text in texts(given):
        found = statements(f"{start} {text}")
        try:
            check_term(Term("do", found), language=given.language)
        except TermError:
            continue
        yield found


def texts(given: Shown) -> Iterator[str]:
    """What comes when p is at the list."""
    at = given.first
    again, close = f"(assign q {at})", "(store q 0)"
    for cell in given.others:
        yield f"(find p (id)) (assign q (load {cell})) (copy q p)"
        for g in COMBINED:
            yield f"(assign q (load {cell})) (zip p q {g})"
    yield "(sort p q (monus))"
    yield "(sort p q (flip (monus)))"
    last = "(assign q (dec q))" if at else "(assign q (sub q (min q 1)))"
    yield f"{again} (find q (id)) {last} (reverse p q)"
    yield "(delete p)"
    for k in range(1, PIECES + 1):
        yield f"(store {at + k} 0)"
        yield f"(assign p {at + k}) {again} (copy p q)"
    for k in range(given.numbers):
        yield f"(assign k (load {k})) (skip p k) (store p 0)"
        yield f"(assign k (load {k})) (skip p k) {again} (copy p q)"
    for f in KEPT:
        yield f"{again} (filter p q {f}) {close}"
    for f in FUNCTIONS:
        yield f"(map p {f})"
    yield "(assign x 0) (scan p x (plus))"
    yield "(assign x 0) (scan p x (greatest))"
    yield "(assign x (load p)) (scan p x (least))"
    yield f"(assign q {at}) (assign r {at}) (unique p q r {at}) (store r 0)"
