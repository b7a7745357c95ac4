"""What terms mean, and that definitions mean the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import TermError
from bridge.term import Term, parse_term
from synth.language import FULL, expand
from synth.language.semantics import evaluate
from tests.meanings import Independent
from tests.strategies import memories, terms, variables, word_sizes

DERIVED = [c.name for c in FULL.values() if c.sort == "Stmt" and c.definition is not None]
OTHERWISE = {"state": Independent, "language": FULL}


@settings(max_examples=300)
@given(st.data(), word_sizes)
def test_expanding_keeps_the_meaning(data, words):
    term = data.draw(terms("Block", words=words, depth=2, language=FULL))
    memory, start = data.draw(memories(words)), data.draw(variables(words))
    core = expand(term, FULL)
    left = evaluate(term, memory, words, fuel=300, variables=start, **OTHERWISE)
    right = evaluate(core, memory, words, fuel=3000, variables=start, language=FULL)
    if left.halted:
        assert left == right


@settings(max_examples=600)
@given(st.data(), st.sampled_from(DERIVED), word_sizes)
def test_a_combinator_means_what_its_definition_says(data, name, words):
    found = FULL[name]
    depth = {"Block": 2}
    args = tuple(
        data.draw(
            st.sampled_from(["p", "q", "x"])
            if s == "Name"
            else terms(s, words=words, depth=depth.get(s, 1), language=FULL)
        )
        for s in found.sorts
    )
    term = Term(name, args)
    unfolded = FULL.unfold(name, args)
    memory, start = data.draw(memories(words)), data.draw(variables(words))
    left = evaluate(term, memory, words, fuel=300, variables=start, **OTHERWISE)
    right = evaluate(unfolded, memory, words, fuel=3000, variables=start, language=FULL)
    if left.halted:
        assert left == right
    else:
        assert not evaluate(unfolded, memory, words, fuel=75, variables=start, language=FULL).halted


def run(text, memory, words=8, **variables):
    return evaluate(parse_term(text), memory, words, variables=variables, language=FULL)


@pytest.mark.parametrize(
    ("text", "memory", "expected"),
    [
        ("(do (map p (succ)))", [3, 1, 4], (4, 2, 5, 0, 0, 0, 0, 0)),
        ("(do (fold p a (plus)) (store p a))", [3, 1, 2], (3, 1, 2, 6, 0, 0, 0, 0)),
        ("(do (scan p a (plus)))", [3, 1, 2], (3, 4, 6, 0, 0, 0, 0, 0)),
        ("(do (assign q 3) (zip p q (plus)))", [1, 1, 0, 3, 2], (4, 3, 0, 3, 2, 0, 0, 0)),
        ("(do (assign q 3) (filter p q (pred)))", [2, 1, 0], (2, 1, 0, 2, 0, 0, 0, 0)),
        ("(do (assign q 4) (map-to p q (pred)))", [5, 2, 0], (5, 2, 0, 0, 4, 1, 0, 0)),
        ("(do (map-down p q (succ)))", [5, 2, 0], (5, 2, 0, 0, 0, 0, 3, 6)),
        ("(do (filter-down p q (pred)))", [5, 1, 2], (5, 1, 2, 0, 0, 0, 2, 5)),
        ("(do (assign p 3) (find-down p (pred)) (store p 7))", [1, 1, 2], (1, 7, 2, 0, 0, 0, 0, 0)),
        ("(do (find p (pred)) (store p 7))", [3, 1, 0], (3, 7, 0, 0, 0, 0, 0, 0)),
        ("(do (assign n 3) (fill p n 5))", [], (5, 5, 5, 0, 0, 0, 0, 0)),
        ("(do (assign n 3) (iterate n x (bind (plus) 2)) (store 0 x))", [], (6, *[0] * 7)),
        ("(do (generate p (succ)))", [2], (2, 3, 4, 5, 6, 7, 0, 1)),
        ("(do (recur p (plus)))", [1, 1], (1, 1, 2, 3, 5, 0, 5, 5)),
        ("(do (assign p 1) (follow p) (store p 7))", [0, 3, 0, 5, 0, 0], (0, 3, 0, 5, 0, 7, 0, 0)),
        ("(do (assign q 3) (reverse p q))", [1, 2, 3, 4], (4, 3, 2, 1, 0, 0, 0, 0)),
        ("(do (assign n 3) (each p n (do (store p 2))))", [0, 5, 0], (2, 2, 2, 0, 0, 0, 0, 0)),
        ("(do (each-if p (pred) (do (store p 1))))", [5, 1, 3], (1, 1, 1, 0, 0, 0, 0, 0)),
        ("(do (assign q 3) (walk-both p q (do (swap p q))))", [1, 2, 0, 5, 6],
         (5, 6, 0, 1, 2, 0, 0, 0)),
        ("(do (pairs p q (do (store p (load q)))))", [1, 2, 3], (3, 3, 3, 0, 0, 0, 0, 0)),
        ("(do (count p n (pred)) (store 0 n))", [5, 1, 3], (2, 1, 3, 0, 0, 0, 0, 0)),
        ("(do (any p x (bind (equal) 3)) (store 0 x))", [5, 1, 3], (1, 1, 3, 0, 0, 0, 0, 0)),
        ("(do (assign x 1) (all p x (pred)) (store 0 x))", [5, 1, 3], (0, 1, 3, 0, 0, 0, 0, 0)),
        ("(do (assign n 2) (skip p n) (store p 0))", [5, 1, 3], (5, 1, 0, 0, 0, 0, 0, 0)),
        ("(do (assign n 7) (skip p n) (store p 7))", [5, 1, 3], (5, 1, 3, 7, 0, 0, 0, 0)),
        ("(do (map-if p (bind (below) 4) (succ)))", [5, 1, 3], (5, 2, 4, 0, 0, 0, 0, 0)),
        ("(do (assign p 1) (copy p q))", [5, 1, 3, 0, 6], (1, 3, 0, 0, 6, 0, 0, 0)),
        ("(do (assign x 7) (insert p x))", [5, 1, 3], (7, 5, 1, 3, 0, 0, 0, 0)),
        ("(do (assign p 1) (delete p))", [5, 1, 3], (5, 3, 0, 0, 0, 0, 0, 0)),
        ("(do (sort p q (monus)))", [5, 1, 3, 1], (1, 1, 3, 5, 0, 0, 0, 0)),
        ("(do (sort p q (flip (below))))", [5, 1, 7, 1], (1, 1, 5, 7, 0, 0, 0, 0)),
        ("(do (unique p q r 0) (store r 0))", [5, 1, 5, 1, 2], (5, 1, 2, 0, 2, 0, 0, 0)),
        ("(do (assign n 3) (range p n x (bind (plus) 2)))", [7], (0, 2, 4, 0, 0, 0, 0, 0)),
        ("(do (assign q 3) (repeat p q n (id)))", [2, 1], (2, 1, 0, 2, 2, 1, 0, 0)),
        ("(do (assign q 3) (concat-map p q (id) (bind (product) 3)))", [2, 1],
         (2, 1, 0, 2, 6, 1, 3, 0)),
        ("(do (store 7 (if 2 5 6)) (store 6 (if 0 5 6)))", [], (0, 0, 0, 0, 0, 0, 6, 5)),
        ("(do (halt) (store 0 1))", [], (0,) * 8),
        ("(do (swap 0 2))", [1, 2, 3], (3, 2, 1, 0, 0, 0, 0, 0)),
    ],
)  # fmt: skip
def test_examples(text, memory, expected):
    outcome = run(text, memory)
    assert outcome.memory == expected
    assert outcome.halted


def test_outcomes_tell_how_the_run_ended():
    assert run("(do (assign x 3) (halt))", []).variables == {}
    assert run("(do (assign x 3) (halt))", []).stopped
    assert run("(do (assign x 3) (assign y 0))", []).variables == {"x": 3}
    outcome = run("(do (forever (do (store 0 5))))", [])
    assert not outcome.halted
    assert outcome.memory[0] == 5


def test_a_hole_has_no_meaning():
    with pytest.raises(TermError, match="fill it first"):
        run("(do (assign x (hole)))", [])
