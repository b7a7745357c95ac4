"""What a program may do to its first list before the part that is deduced."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from bridge.errors import TermError
from bridge.term import Term
from synth.deduction.features import statements
from synth.deduction.shown import Shown
from synth.language import check_term

__all__ = ["each_once", "openings", "turned"]

FUNCTIONS: Final = (
    "(succ)", "(pred)", *(f"({f} {k})" for f in ("multiplied", "divided") for k in (2, 3, 4)),
)  # fmt: skip
KEPT: Final = ("(even)", "(odd)")
COMBINED: Final = ("(plus)", "(greatest)", "(least)", "(minus)", "(product)")

TWICE: Final = "(times k (do (store p (load q)) (assign p (inc p)) (assign q (inc q))))"
"""The list once more behind itself; k elements are left."""
PIECES: Final = 7
"""How many elements are left at most where others go, or are left out."""


def openings(given: Shown) -> Iterator[tuple[Term, ...]]:
    """Calls of the language's combinators on the first list, those that it has."""
    start = f"(assign p {given.first})"
    calls = counted_texts(given) if given.counted else texts(given)
    each = (text if text.startswith(start) else f"{start} {text}" for text in calls)
    for text in chain(each, apart(given)):
        found = statements(text)
        try:
            check_term(Term("do", found), language=given.language)
        except TermError:
            continue
        yield found


def turned(given: Shown) -> str:
    """Statements that reverse the list."""
    at = given.first
    if given.counted:
        return f"(assign p {at}) (assign q (add {given.length} {at - 1})) (reverse p q)"
    last = "(assign q (dec q))" if at else "(assign q (sub q (min q 1)))"
    return f"(assign p {at}) (assign q {at}) (find q (id)) {last} (reverse p q)"


def each_once(given: Shown) -> str:
    """Statements that leave each element where it first stands."""
    at = given.first
    new = "(min (sub q r) (sub (load r) (load p)))"
    seek = f"(assign r {at}) (while {new} (do (assign r (inc r))))"
    push = "(store q (load p)) (assign q (inc q))"
    body = f"{seek} (if-zero (sub q r) (do {push}) (do))"
    return f"(assign q {at}) {given.each(body)} {given.closed('q')}"


def by_number(given: Shown, *, once: bool) -> str:
    """Statements that leave the elements that are there once, or those that are there more often:
    put behind the list, since for each of them all count, and then moved to its start."""
    at, push = given.first, "(store q x) (assign q (inc q))"
    count = "(do (assign k (add k (eq (load r) x))) (assign r (inc r)))"
    either = f"(do {push}) (do)" if once else f"(do) (do {push})"
    begin = f"(assign x (load p)) (assign k 0) (assign r {at})"
    body = f"{begin} (while (sub e r) {count}) (if-zero (dec k) {either})"
    back = "(do (store p (load e)) (assign p (inc p)) (assign e (inc e)))"
    return (
        f"{given.to_end('e')} (assign q e) (assign p {at}) (while (sub e p) (do {body} "
        f"(assign p (inc p)))) (assign p {at}) (while (sub q e) {back}) {given.closed('p')}"
    )


def every_other(given: Shown, begin: int) -> str:
    """Statements that leave each second element, from the one that many places behind the first."""
    at = given.first
    step = "(do (store q (load p)) (assign q (inc q)) (assign p (add p 2)))"
    loop = f"(assign p {at + begin}) (assign q {at}) (while (less p e) {step})"
    return f"{given.to_end('e')} {loop} {given.closed('q')}"


def counted_texts(given: Shown) -> Iterator[str]:
    """What comes when p is at a list that begins with its length; loops count, since the language's
    combinators end at a 0."""
    at, n = given.first, given.length
    head, start, end = at - 1, f"(assign q {at})", f"(assign e {given.end})"

    def shifted(to: str) -> str:
        """What is from there on, if it is not behind the list, is moved to its start."""
        test = "(less p e)" if "less" in given.language else "(sub e (min e p))"
        step = "(store q (load p)) (assign p (inc p)) (assign q (inc q))"
        return f"(assign p {to}) {start} {end} (while {test} (do {step})) {given.closed('q')}"

    def over(body: str) -> str:
        return f"{end} (while (sub e p) (do {body} (assign p (inc p))))"

    for cell in given.others:
        beside = f"(inc (load {cell}))"
        rest = f"(assign q {beside}) (assign e (add q (load (load {cell}))))"
        yield (
            f"(assign p {given.end}) {rest} (while (sub e q) (do (store p (load q)) "
            f"(assign p (inc p)) (assign q (inc q)))) {given.closed('p')}"
        )
        for g in COMBINED:
            yield (
                f"(store {head} (min {n} (load (load {cell})))) (assign q {beside}) "
                + over(f"(store p (apply2 {g} (load p) (load q))) (assign q (inc q))")
            )
    yield f"{start} (assign k {n}) (assign p {given.end}) {TWICE} {given.closed('p')}"
    for g in ("(monus)", "(flip (monus))"):
        exchange = f"(if-zero (apply2 {g} (load p) (load q)) (do) (do (swap p q)))"
        inner = f"(while (sub e q) (do {exchange} (assign q (inc q))))"
        yield over(f"(assign q (inc p)) {inner}")
    yield turned(given)
    for k in range(1, PIECES + 1):
        yield f"(store {head} (min {n} {k}))"
        yield shifted(str(at + k))
    for k in range(given.numbers):
        yield f"(store {head} (min {n} (load {k})))"
        yield shifted(f"(add (load {k}) {at})")
    for f in KEPT:
        push = "(do (store q (load p)) (assign q (inc q)))"
        keep = over(f"(if-zero (apply {f} (load p)) (do) {push})")
        yield f"{start} {keep} {given.closed('q')}"
    for f in FUNCTIONS:
        yield over(f"(store p (apply {f} (load p)))")
    yield each_once(given)
    for x, g in (("0", "plus"), ("0", "greatest"), ("(load p)", "least")):
        yield f"(assign x {x}) {over(f'(assign x (apply2 ({g}) x (load p))) (store p x)')}"


def apart(given: Shown) -> Iterator[str]:
    """What no combinator does."""
    for once in (True, False):
        yield by_number(given, once=once)
    for begin in (0, 1):
        yield every_other(given, begin)


def texts(given: Shown) -> Iterator[str]:
    """What comes when p is at a list that ends with a 0."""
    at = given.first
    again, close = f"(assign q {at})", "(store q 0)"
    for cell in given.others:
        yield f"(find p (id)) (assign q (load {cell})) (copy q p)"
        for g in COMBINED:
            yield f"(assign q (load {cell})) (zip p q {g})"
    yield "(sort p q (monus))"
    yield "(sort p q (flip (monus)))"
    yield turned(given)
    yield f"(find p (id)) (assign k {given.since('p')}) {again} {TWICE} {close.replace('q', 'p')}"
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
