"""Closings make what is wanted of what the part before them is to make."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest

from bridge.term import Term
from synth.deduction.closings import closings
from synth.deduction.features import features, statements
from synth.deduction.shown import after
from synth.deduction.vectors import Tally
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of

TASKS = {
    "a word in front": (lambda xs: [len(xs), *(x + 2 for x in xs)], 2),
    "a word behind": (lambda xs: [*(x // 2 + 1 for x in xs), max(xs)], 2),
    "sorted": (lambda xs: sorted(xs[2:]), 2),
    "sorted down": (lambda xs: sorted(xs[:-1], reverse=True), 2),
    "sums so far": (lambda xs: [*accumulate(xs[1:])], 2),
    "each twice": (lambda xs: [x for x in xs[1:] for _ in (0, 1)], 2),
    "and the other way round": (lambda xs: xs[1:] + xs[:0:-1], 1),
    "and again": (lambda xs: xs[1:] * 2, 2),
    "nothing but the other way round": (lambda xs: [x * x % 40 for x in xs], 1),
}


@pytest.mark.parametrize("least", [0, 1])
@pytest.mark.parametrize("name", TASKS)
def test_a_closing_makes_of_its_part_what_is_wanted(name, least):
    answer, fewest = TASKS[name]
    given = shown_by(resolve(spec_of(answer, low=3, least=least, count=12)))
    assert given is not None
    found = [*closings(Words(given, features(given), Tally(), 2_000))]
    assert len(found) >= fewest
    wanted = {bytes(row): ys for row, ys in zip(given.memory, given.wanted, strict=True)}
    for closing in found:
        for row, ys in zip(closing.given.memory, closing.given.wanted, strict=True):
            cells = enumerate(ys, given.first)
            made = " ".join(f"(store {cell} {y})" for cell, y in cells)
            end = f"(assign p {given.first + len(ys)}) {given.closed('p')}"
            whole = (*closing.before, *statements(f"{made} {end}"), *closing.behind)
            then = after(replace(given, memory=row[None]), Term("do", whole))
            assert then is not None
            assert then.lists == (wanted[bytes(row)],)
