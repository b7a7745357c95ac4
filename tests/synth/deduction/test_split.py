"""Parts of the examples that are made in one way each."""

from __future__ import annotations

from itertools import accumulate, chain, product
from math import log2

import pytest
from msgspec import structs

from bridge import verify
from bridge.term import Term
from synth.deduction.evidence import CODES, evidence_of_each
from synth.deduction.features import features, statements, used
from synth.deduction.further import further
from synth.deduction.placed import changes
from synth.deduction.search import deduced
from synth.deduction.shown import after
from synth.deduction.split import split
from synth.deduction.vectors import Tally
from synth.deduction.ways import ways
from synth.deduction.wholes import wholes
from synth.deduction.words import Words
from synth.engines.deduction import shown_by
from synth.engines.written import written
from synth.problem import resolve
from tests.synth.deduction.test_deduction import spec_of
from tests.synth.deduction.test_spliced import LAYOUTS, shown_of

TASKS = {
    "the other way round, else less": lambda xs: xs[::-1] if xs[0] < xs[-1] else xs[2:],
    "as it is, else the other way round": lambda xs: xs if xs[0] < xs[-1] else xs[::-1],
    "sums so far, else words": lambda xs: (
        [*accumulate(xs)] if xs[0] < xs[1] else [x + 7 for x in xs]
    ),
    "without the first, else each once": lambda xs: (
        xs[1:] if xs[0] < xs[1] else [*dict.fromkeys(xs)]
    ),
    "the last ones in front, else in order": lambda xs: (
        xs[-2:] + xs[:-2] if 7 in xs else sorted(xs)
    ),
    "one of two words of each element, else the other way round": lambda xs: (
        [x if x < 4 else x + 2 for x in xs] if xs[0] % 2 else xs[::-1]
    ),
    "its sum, or the greatest one": lambda xs: sum(xs) if len({*xs}) == len(xs) else max(xs),
    "its length in front, if each is there once": lambda xs: (
        [len(xs), *xs] if len({*xs}) == len(xs) else [x for x in xs if x > xs[0]]
    ),
}


@pytest.mark.parametrize("name", TASKS)
def test_either_part_may_be_made_of_the_whole_list(name):
    spec = spec_of(TASKS[name], low=3, count=16)
    spec = structs.replace(spec, machine=structs.replace(spec.machine, lines=64, registers=9))
    problem = resolve(spec)
    given = shown_by(problem)
    assert given is not None
    found = (written(problem, made) for made in split(Words(given, features(given), Tally(), 500)))
    right = next(candidate for candidate in found if candidate is not None)
    verdict = verify(right.program, spec.holdout, spec.machine)
    assert (verdict.passed, verdict.total) == (8, 8)


@pytest.mark.parametrize("least", [0, 1])
def test_wholes_are_right_where_they_say(least):
    given = shown_by(resolve(spec_of(lambda xs: sorted(xs)[::-1], least=least)))
    assert given is not None
    found = [*wholes(given)]
    assert any(whole.right.all() for whole in found)
    for whole in found:
        then = after(given, Term("do", whole.program()))
        assert then is not None
        if given.counted or 0 not in chain(*whole.made):
            assert then.lists == whole.made
        assert whole.right.tolist() == [
            a == b for a, b in zip(whole.made, given.wanted, strict=True)
        ]


def test_one_of_two_ways_is_believed_before_a_word_of_each_place():
    """Most of these lists have as many elements that some word of the place and the length is right
    for all of them."""
    lists = (
        [4, 4, 4], [4, 4, 4, 2, 2, 2, 2, 4, 2], [6, 6, 6, 5, 6, 5], [8, 2, 1, 4, 7],
        [5, 3, 7, 8, 2, 9, 6, 4, 1], [4, 4, 4, 3], [1, 5, 3, 4, 2], [8, 8, 4, 4, 8, 8],
        [2, 8, 4, 7, 5], [3, 1, 1, 3, 3, 3, 3],
    )  # fmt: skip
    given = shown_of([(xs,) for xs in lists], without_one, "terminated")
    found = (statements for statements in deduced(given, Tally(), 5_000) if statements is not None)
    assert next(found)[-1].op == "if-zero"


def without_one(xs: list[int]) -> list[int]:
    return [xs[0], *xs[2:]] if xs[0] == xs[1] else [*xs[:2], *xs[3:]]


@pytest.mark.parametrize("least", [0, 1])
def test_ways_are_right_where_they_say(least):
    """Each kind of them is."""
    given = shown_by(resolve(spec_of(lambda xs: xs[1:] + xs[:1], low=2, least=least)))
    assert given is not None
    words = Words(given, features(given), Tally(), 500)
    found = ways(words)
    assert len(found) > 5
    for way in found:
        known = (*words.known, *further(given, words.known))
        block = Term("do", (*used(given, way.words, known), *way.make()))
        then = after(given, block)
        assert then is not None
        right = [a == b for a, b in zip(then.lists, given.wanted, strict=True)]
        assert right == way.right.tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_changes_make_what_they_say(layout):
    rows = [([3, 1, 4, 1, 5],), ([9, 2],), ([6],), ([5, 3, 5, 8],)]
    given = shown_of(rows, lambda xs: xs, layout)
    size = statements(f"{given.to_end('e')} (assign n {given.since('e')})")
    for change, x in product(changes(given), (1, 2, 3, 7)):
        block = Term("do", (Term("assign", ("x", x)), *size, *statements(change.text)))
        then = after(given, block)
        assert then is not None
        assert then.lists == tuple(change.of(xs, x) for xs in given.lists)


def test_an_output_tells_as_much_as_its_shortest_code():
    """Some elements in their order; the same in another one; one other word; and words that are
    nowhere in the list."""
    rows = [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], [6, 7, 8, 9, 1], [1, 2, 3, 4, 5, 6]]
    outputs = [[1, 3, 5], [5, 1, 3], [6, 7, 2, 9, 1], [11, 12, 13, 14, 15, 16]]
    answers = iter(outputs)
    given = shown_of([(xs,) for xs in rows], lambda xs: next(answers), "terminated")
    some, turned, changed, anew = evidence_of_each(given)
    assert some < turned < anew
    assert changed < anew
    assert some == pytest.approx(CODES + log2(7) + log2(20))
