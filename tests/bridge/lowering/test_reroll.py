"""Rounds that stand before a loop are its rounds again, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.lowering.lift import Style, lift_program
from bridge.lowering.reroll import reroll
from bridge.term import Term, parse_term
from synth.language import FULL, check_term, expand
from synth.language.semantics import evaluate
from tests.programs import programs
from tests.strategies import memories, terms

FUEL = 300

TERMS = {
    # constants for the pointer, in the guard and in the round
    "(assign p 1) (if-zero (load 1) (do) (do (assign p 2)"
    " (while (load p) (do (assign p (inc p))))))":
        "(assign p 1) (while (load p) (do (assign p (inc p))))",
    # two rounds, and a guard that is the test by another name
    "(assign q (load p)) (if-zero q (do) (do (assign p q) (if-zero (load q) (do)"
    " (do (assign p (load q)) (while (load p) (do (assign p (load p))))))))":
        "(while (load p) (do (assign p (load p))))",
    # a loop tested at its end
    "(assign s 1) (if-zero (load s) (do) (do (do-while (do (assign p (inc p))) (load (inc p)))))":
        "(while (load (inc p)) (do (assign p (inc p))))",
    # the other sense, where a difference is taken the other way round
    "(if-zero (load 3) (do) (do)) (if-zero (sub (load p) (load q)) (do (do-until"
    " (do (assign p (inc p)) (assign q (load p))) (sub (load q) (load p)))) (do))":
        "(until (sub (load q) (load p)) (do (assign p (inc p)) (assign q (load p))))",
    # what a loop counts down was said to nobody
    "(assign q (load 0)) (if-zero (dec q) (do) (do (store q (load (dec q)))"
    " (assign n (dec (dec q))) (assign q (inc q))"
    " (while n (do (store q (load n)) (assign n (dec n)) (assign q (inc q))))))":
        "(assign q (load 0)) (assign n (dec q))"
        " (while n (do (store q (load n)) (assign n (dec n)) (assign q (inc q))))",
    # a branch that would change nothing
    "(assign x (load 1)) (if-zero (load 2) (do) (do (assign x (add (load 2) x)))) (store 0 x)":
        "(assign x (load 1)) (assign x (add (load 2) x)) (store 0 x)",
    # a cell that holds what a variable does
    "(assign p (inc (load 0))) (assign x (max (load 1) (load 2)))"
    " (store p (max (load 1) (load 2)))"
    " (if-zero (sub x 3) (do (store 0 x)) (do))":
        "(assign p (inc (load 0))) (store p (max (load 1) (load 2)))"
        " (if-zero (sub (load p) 3) (do (store 0 (load p))) (do))",
}  # fmt: skip

KEPT = (
    # another cell is tested than is looked at in the loop
    "(assign p 1) (store 0 p) (if-zero (load 2) (do) (do (assign p 2)"
    " (while (load p) (do (store p 0) (assign p (inc p))))))",
    # what was counted is used behind the loop
    "(assign n 2) (if-zero (load 0) (do) (do (assign n (dec (load 0)))"
    " (while n (do (store n 1) (assign n (dec n)))))) (store 0 n)",
    # the guard of the next round is what this one has left
    "(assign k 3) (do-while (do (assign k (dec k)) (if-zero (dec n) (do (assign n 2))"
    " (do (assign n (dec (dec n))) (while n (do (store n k) (assign n (dec n))))))) k)",
    # the cell may be another one
    "(assign x (load 1)) (store 3 x) (store (load 2) 5) (store 0 x)",
)


def block(text):
    return parse_term(f"(do {text})")


@pytest.mark.parametrize(("text", "expected"), TERMS.items())
def test_rounds_before_a_loop_are_its_own(text, expected):
    assert reroll(block(text), 9) == block(expected)


@pytest.mark.parametrize("text", KEPT)
def test_what_does_something_else_stays(text):
    assert reroll(block(text), 9) == block(text)


@given(st.data(), st.sampled_from([Style.TERSE, Style.PLAIN]))
def test_programs_mean_the_same(data, style):
    words = data.draw(st.sampled_from([2, 3, 5, 8]))
    program = data.draw(programs(registers=3, lines=12))
    term = lift_program(program, words, style=style)
    assume(term is not None)
    agree(data, term, words)


@given(st.data())
def test_terms_mean_the_same(data):
    """Of all constructs; a round of a loop stands before it."""
    words = data.draw(st.sampled_from([2, 3, 5, 8]))
    term = expand(data.draw(terms("Block", words=words, language=FULL)), FULL)
    agree(data, peeled(term), words)


def agree(data, term, words):
    """Whether it ends as before, on some memories."""
    rolled = reroll(term, words)
    check_term(rolled, language=FULL)
    for memory in data.draw(st.lists(memories(words), min_size=3, max_size=3)):
        one, other = (
            evaluate(t, memory, words, fuel=fuel, language=FULL)
            for t, fuel in ((term, FUEL), (rolled, 2 * FUEL))
        )
        if one.halted:
            assert other.halted
            assert one.memory == other.memory


def peeled(term):
    """The term, with the first round of each loop that is tested first before it."""
    if not isinstance(term, Term):
        return term
    whole = Term(term.op, tuple(map(peeled, term.args)))
    match whole.op, whole.args:
        case "while", (test, body):
            return Term("if-zero", (test, Term("do"), Term("do", (*body.args, whole))))
        case "until", (test, body):
            return Term("if-zero", (test, Term("do", (*body.args, whole)), Term("do")))
        case _:
            return whole
