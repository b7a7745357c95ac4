"""Folds: a word that a loop carries from element to element and that no example shows; what is
wanted is what it is at the end, or the greatest that it was.

A step puts a word of the element, enumerated by cost, into one of a few forms: Horner's scheme, the
length of a run so far, an alternating sum. Each is executed on all examples at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product, starmap
from operator import itemgetter
from typing import Final, NamedTuple, cast

import numpy as np
from jaxtyping import Int64, UInt8

from bridge.isa import INDEX, lookup_table
from bridge.term import Arg, Term
from synth.deduction.evidence import evidence
from synth.deduction.features import MARGIN, single, statements, used, word_in
from synth.deduction.loops import Loop
from synth.deduction.shown import Shown
from synth.deduction.vectors import Leaf, Vectors

__all__ = ["folded"]

Words = Mapping[Arg, np.ndarray]

BESIDE: Final = {Term("load", (Term(op, ("p",)),)): k for op, k in (("inc", 1), ("dec", -1))}
"""The elements beside the one at p, and how far they are."""
WORD: Final = "e"
"""In forms, the word of the element."""
FORMS: Final = (
    "(add (add a a) e)", "(add (mul a 10) e)", "(inc (mul a e))", "(mul (inc a) e)", "(mul a e)",
    "(sub e a)", "(add a e)", "(max a e)",
)  # fmt: skip
TRIED: Final = 3_000
"""Words of the element."""
OFFERED: Final = 4


class Way(NamedTuple):
    """What is carried first, whether from the last element on, and whether the greatest that was
    carried is wanted, or the last."""

    start: int
    backwards: bool
    greatest: bool


WAYS: Final = tuple(starmap(Way, product((0, 1), (False, True), (False, True))))


def folded(loop: Loop) -> Iterator[tuple[Term, ...]]:
    """One number is what a fold comes to, if so many as were tried would not come to it by
    chance."""
    given = loop.given
    if any(len(ys) != 1 for ys in given.wanted) or not loop.whole or loop.beside is not None:
        return
    target = np.array(given.flat, np.uint8)
    kinds = [*product(_forms(given), WAYS)]
    spent = float(np.log2(max(len(kinds), 1)))
    enough = evidence(given, target, range(len(target))) - MARGIN
    table = lookup_table(given.words)
    beside = [
        Leaf(word, 1, given.memory[loop.example, (loop.address + k) % given.words])
        for word, k in BESIDE.items()
    ]
    leaves = [leaf for leaf in loop.leaves() if leaf.cost == 1]
    words = loop.expressions_of([*leaves, *beside], dear=2)
    for low, values, tried in words.parts():
        if tried > TRIED or np.log2(tried) + spent > enough:
            return
        loop.tally.tried += len(values) * len(kinds)
        found: list[tuple[int, tuple[Term, ...]]] = []
        for form, way in kinds:
            come = _carried(loop, form, values, way, table)
            for i in np.flatnonzero((come == target).all(1)).tolist():
                step = _put(form, words.term(low + i))
                found.append((step.size + way.greatest, tuple(_written(loop, step, way))))
        if found:
            yield from (program for _, program in sorted(found, key=itemgetter(0))[:OFFERED])
            return


def _forms(given: Shown) -> Iterator[Term]:
    """The forms of a step that the language has the words for."""
    inputs = (f"(add (mul a (load {k})) e)" for k in range(given.numbers))
    for text in (*FORMS, *inputs):
        form = cast(Term, word_in(text))
        ops = {part.op for part in form.subterms() if isinstance(part, Term)}
        if ops <= set(given.language):
            yield form


def _carried(
    loop: Loop, form: Term, values: Vectors, way: Way, table: UInt8[np.ndarray, "operators b b"]
) -> UInt8[np.ndarray, "some examples"]:
    """What each word comes to in such a step."""
    counts = np.array(loop.counts)
    ends = np.cumsum(counts)
    a = np.full((len(values), len(counts)), way.start, np.uint8)
    greatest = np.zeros_like(a)
    for i in range(counts.max()):
        (on,) = np.nonzero(counts > i)
        at: Int64[np.ndarray, " on"] = (
            ends[on] - 1 - i if way.backwards else (ends - counts)[on] + i
        )
        known: Words = {"a": a[:, on], WORD: values[:, at]}
        a[:, on] = _value(form, known, loop.given, table, loop.example[at])
        greatest[:, on] = np.maximum(greatest[:, on], a[:, on])
    return greatest if way.greatest else a


def _value(
    word: Arg, known: Words, given: Shown, table: np.ndarray, example: Int64[np.ndarray, " on"]
) -> np.ndarray:
    """What a word of the form is, where these are so."""
    if word in known:
        return known[word]
    if isinstance(word, int):
        return np.array([[word % given.words]])
    assert isinstance(word, Term)
    if word.op == "load":  # an input that is a number
        return given.memory[example, cast(int, word.args[0])][None]
    args = [_value(arg, known, given, table, example) for arg in word.args]
    return table[INDEX[word.op]][args[0], args[1] if len(args) > 1 else 0]


def _put(form: Term, word: Arg) -> Term:
    """The form with the word in it."""
    args = (
        word if arg == WORD else _put(arg, word) if isinstance(arg, Term) else arg
        for arg in form.args
    )  # fmt: skip
    return Term(form.op, tuple(args))


def _written(loop: Loop, step: Term, way: Way) -> Iterator[Term]:
    """The program of a fold."""
    given = loop.given
    begins = f"(assign a {way.start})"
    body: tuple[Term, ...] = (Term("assign", ("a", step)),)
    if way.greatest:
        body += statements("(assign g (max g a))")
    if way.backwards:
        yield from used(given, [step], loop.known)
        yield from statements(f"{given.to_end()} {begins}")
        move = statements("(assign p (dec p))")
        yield Term("while", (word_in(given.since("p")), Term("do", (*move, *body))))
    else:
        yield from (*loop.before(step), *statements(begins), loop.loop(*body))
    yield from single(given, "g" if way.greatest else "a")
