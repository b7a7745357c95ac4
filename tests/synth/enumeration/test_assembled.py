"""Code put together from that of its parts is the code of the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.isa import INDEX
from bridge.lowering.fragment import lower_fragment
from bridge.term import Term
from synth.costs.costs import SIZES, Costs
from synth.enumeration.grammar import PROBES, SCRATCH, Grammar
from synth.enumeration.making.codes import Pool, codes_of, joined_codes, taken
from synth.enumeration.making.joining import fill
from synth.enumeration.making.pieces import Pieces
from synth.enumeration.sizes import MAX_PART, MAX_REGISTERS
from synth.language import FULL, expand

HOLE = Term("hole", (0,))
PRICES = {"Word": 4, "Fun1": 4, "Fun2": 2, "Stmt": 5}
"""Up to which terms are made."""


@pytest.mark.parametrize(("words", "costs"), [(3, SIZES), (16, Costs(constants={11: 1}))])
def test_it_is_the_code_of_the_whole(words, costs):
    """Row by row, of all terms that are made; nothing small is left out."""
    grammar = Grammar(words, 2, 64, names=("n", "p"), language=FULL, costs=costs)
    names = ("n", "p", "x", "y", SCRATCH)
    ops = set[str]()
    for sort, most in PRICES.items():
        for price in range(1, most + 1):
            for number in range(*grammar.span(sort, price)):
                term = grammar.term(number)
                block = expand(Term("do", (PROBES[sort](term),)), FULL)
                assert isinstance(block, Term)
                whole = lower_fragment(block, names, words)
                assert len(whole) <= MAX_PART
                assert whole.max(initial=0) < MAX_REGISTERS
                made = grammar.pieces.codes.piece(int(grammar.piece[number]))
                np.testing.assert_array_equal(made, whole, str(term))
                ops |= {t.op for t in [term] if isinstance(t, Term)}
    assert ops > {"add", "load", "map", "assign", "store"}


def test_what_takes_too_many_lines_is_not_made():
    pieces = Pieces(("p", SCRATCH), 256, lambda term: expand(term, FULL))
    short, long = pieces.leaf(1), pieces.leaf(149)
    place = Term("add", (149, Term("add", (149, 149))))
    pattern = pieces.pattern("store", lambda: Term("store", (place, HOLE)))
    lines = [len(pieces.codes.piece(piece)) for piece in (pattern, short, long)]
    assert lines[0] + lines[1] <= MAX_PART < lines[0] + lines[2] - 1
    words = np.array([[short], [long]], np.int32)
    _, made = pieces.join(np.array([pattern, pattern]), words)
    assert made.tolist() == [True, False]


@pytest.mark.parametrize("word", ["p", "n", 0, 2])
def test_a_word_that_is_in_a_register_is_moved_only_where_a_variable_needs_it(word):
    names = ("n", "p", SCRATCH)
    pieces = Pieces(names, 8, lambda term: expand(term, FULL))
    number = pieces.leaf(word)
    for op, others in (("assign", ("n",)), ("store", ("p",)), ("store", (3,))):
        key = op, others
        pattern = pieces.pattern(key, lambda op=op, others=others: Term(op, (*others, HOLE)))
        codes, made = pieces.join(np.array([pattern]), np.array([[number]], np.int32))
        assert made.all()
        block = expand(Term("do", (Term(op, (*others, word)),)), FULL)
        assert isinstance(block, Term)
        whole = lower_fragment(block, names, 8)
        if (op, others, word) != ("assign", ("n",), "n"):  # there is nothing to do
            np.testing.assert_array_equal(codes.rows, whole)


@pytest.mark.parametrize(
    ("lines", "scratch"), [(MAX_PART, 1), (1, MAX_REGISTERS - 4)], ids=["lines", "registers"]
)
def test_a_word_may_take_so_many_lines_and_registers_and_no_more(lines, scratch):
    """Behind two variables, the word's own register and the one that is 0 come the others."""
    names, inc = ("n", "p", SCRATCH), INDEX["inc"]
    pieces = Pieces(names, 8, lambda term: expand(term, FULL))
    pattern = pieces.pattern("assign", lambda: Term("assign", ("n", HOLE)))
    for more in (0, 1):
        registers = range(4, 4 + scratch + (more if lines == 1 else 0))
        rows = [[inc, r, 0, r, 0] for r in registers]
        rows += rows[-1:] * (lines - 1 + (more if lines > 1 else 0))
        number = pieces.add(codes_of([np.array(rows, np.int16)]))
        _, made = pieces.join(np.array([pattern]), np.array([[number]], np.int32))
        assert made.all() == (not more)


pieces = st.lists(
    st.integers(0, 4).map(lambda lines: np.full((lines, 5), lines, np.int16)), max_size=5
)


@given(pieces, pieces, st.data())
def test_pieces_stay_what_they_are(one, other, data):
    pool = Pool()
    for some in (one, other):
        pool.add(codes_of(some))
    numbers = st.integers(0, max(0, len(one + other) - 1))
    which = data.draw(st.lists(numbers, max_size=5)) if one + other else []
    for codes in (pool.codes, joined_codes([codes_of(one), codes_of(other)])):
        assert [len(piece) for piece in one + other] == codes.lines.tolist()
        chosen = taken(codes, np.array(which, np.int64))
        for i, number in enumerate(which):
            np.testing.assert_array_equal(chosen.piece(i), (one + other)[number])


def test_a_body_that_is_too_long_is_not_filled_in():
    body = np.zeros((MAX_PART // 2, 5), np.int16)
    shell = np.array([[0, 0, 0, 0, 0], [-1] * 5], np.int16)
    number, none = np.zeros(1, np.int32), np.full(1, -1, np.int32)
    of = codes_of([shell]), np.zeros(1, np.int64), codes_of([body]), number
    codes, made = fill(*of, none)
    assert made.all()
    assert len(codes.rows) == MAX_PART // 2 + 1
    codes, made = fill(*of, number)
    assert not made.any()
    assert len(codes.rows) == 0


def test_jumps_lead_where_they_did_before_a_body_was_filled_in():
    """To the lines before it, to its first one, behind it, and within it."""
    jump = INDEX["jump"]
    rows = [[jump, 0, 0, 0, 1], [-1] * 5, [jump, 0, 0, 0, 2], [jump, 0, 0, 0, 0]]
    shell = np.array(rows, np.int16)
    body = np.array([[jump, 0, 0, 0, label] for label in (2, 0, 3)], np.int16)
    number, none = np.zeros(1, np.int32), np.full(1, -1, np.int32)
    of = codes_of([shell]), np.zeros(1, np.int64), codes_of([body]), number
    assert fill(*of, none)[0].rows[:, 4].tolist() == [1, 3, 1, 4, 4, 0]
    assert fill(*of, number)[0].rows[:, 4].tolist() == [1, 3, 1, 4, 6, 4, 7, 7, 0]
