"""Every shipped rewrite is sound, and does what its theme promises."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.term import parse_term
from synth.egraph.automaton import number_holes
from synth.egraph.graph import TermGraph, read_rules
from synth.language import FULL
from synth.language.semantics import TermState
from synth.plugins import validate
from synth.rules.rule import equation
from synth.rules.soundness import check_ruleset
from synth.rulesets import DEFAULT, SHIPPED, base
from synth.rulesets.base import MEMORY, depends
from tests.strategies import NAMES, terms, word_sizes

ALL = {**SHIPPED, "base": base}


@pytest.mark.parametrize("name", ALL)
def test_every_rule_is_sound(name):
    for verdict in check_ruleset(ALL[name], trials=200, language=FULL):
        assert verdict.sound, (verdict.rule.name, equation(verdict.rule), verdict)
        # each rule is tried at least 200 times, unless it has hardly any values at all
        few = verdict.rule.sort in ("", "Word", "Fun1", "Fun2")
        assert verdict.cases >= (1 if few else 200) or verdict.rule.left is None


@pytest.mark.parametrize("name", ALL)
def test_rulesets_load_without_complaint(name):
    assert validate(ALL[name], language=FULL)


def test_the_equation_stands_above_each_rule():
    for path in Path("synth/rulesets").glob("*.py"):
        lines = path.read_text().splitlines()
        for before, line in pairwise(lines):
            if re.match(r"    yield (bi)?rewrite", line) and path.name != "combinators.py":
                assert before.strip().startswith(("#", "yield")), f"{path}: {line}"


def depends_on(graph, word):
    """The names that the word's value is derived to depend on at most."""
    inside = graph._bindings
    _, value = inside.eval_expr(graph._expr(number_holes(word)))
    found = inside.lookup_function(graph._egraph._callable_to_egg(depends)[1], [value])
    return {inside.value_to_string(v) for v in inside.value_to_set(found)} if found else set()


@settings(max_examples=20)
@given(st.data(), word_sizes)
def test_words_depend_on_nothing_but_what_is_derived(data, words):
    sample = data.draw(st.lists(terms("Word", words=words), min_size=12, max_size=12))
    graph = TermGraph(words)
    for term in sample:
        graph.add(term)
    graph.saturate([SHIPPED["arith"], SHIPPED["unfold"]], nodes=2_000)
    random = data.draw(st.randoms(use_true_random=False))
    for term in sample:
        names = depends_on(graph, term)
        memory = [random.randrange(words) for _ in range(words)]
        values = {n: random.randrange(words) for n in NAMES}
        other = {n: values[n] if n in names else random.randrange(words) for n in NAMES}
        elsewhere = memory if MEMORY in names else memory[::-1]
        before = TermState(memory, words, variables=values).word(term)
        assert before == TermState(elsewhere, words, variables=other).word(term)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(do (store p (add x 0)) (halt))", "(do (store p x) (halt))"),
        ("(do (store p (sub (add x y) y)))", "(do (store p x))"),
        ("(do (store p (add (inc x) (dec y))))", "(do (store p (add y x)))"),
        ("(do (store p (min x 7)))", "(do (store p x))"),
        ("(do (store p (add 5 6)))", "(do (store p 3))"),
        ("(do (noop) (store p x) (noop))", "(do (store p x))"),
        ("(do (store p x) (assign y 3) (halt))", "(do (store p x) (halt))"),
        ("(do (assign x 1) (assign x 2))", "(do (assign x 2))"),
        ("(do (assign x p) (assign y q))", "(do (assign y q) (assign x p))"),
        ("(do (halt) (store p x))", "(do (halt))"),
        ("(do (if-zero 0 (do (store p x)) (do)))", "(do (store p x))"),
        ("(do (while x (do (assign x (dec x)))))",
         "(do (if-zero x (do) (do (do-while (do (assign x (dec x))) x))))"),
        ("(do (until (sub 1 (min 1 x)) (do (store p x))))", "(do (while x (do (store p x))))"),
        ("(do (while (load p) (do (assign p (inc p)))) (halt))",
         "(do (forever (do (if-zero (load p) (do (halt)) (do)) (assign p (inc p)))))"),
        ("(do (forever (do (store p x))))", "(do (do-until (do (store p x)) 0))"),
        ("(do (map p (bind (plus) 1)))",
         "(do (while (load p) (do (store p (inc (load p))) (assign p (inc p)))))"),
        ("(do (iterate n x (succ)))", "(do (assign x (add x n)) (assign n 0))"),
        ("(do (assign p 0) (fold p a (plus)) (assign p 0) (fold p c (greatest)))",
         "(do (assign p 0) (while (load p) (do (assign a (add a (load p))) "
         "(assign c (max c (load p))) (assign p (inc p)))))"),
    ],
)  # fmt: skip
def test_what_is_equal_is_found_equal(one, other):
    graph = TermGraph(8)
    graph.add(parse_term(one))
    graph.add(parse_term(other))
    report = graph.saturate(DEFAULT)
    assert graph.same(parse_term(one), parse_term(other)), report


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("branchless", "(do (if-zero (load p) (do) (do (assign n (inc n)))))",
         "(do (assign n (add n (min 1 (load p)))))"),
        ("branchless", "(do (if-zero (sub x (min x y)) (do (assign x y)) (do)))",
         "(do (assign x (max x y)))"),
        ("unroll", "(do (while (load p) (do (assign q (inc q)) (assign p (inc p)))) (store 0 q) "
         "(halt))",
         "(do (forever (do (if-zero (load p) (do (store 0 q) (halt)) (do)) (assign q (inc q)) "
         "(assign p (inc p)) (if-zero (load p) (do (store 0 q) (halt)) (do)) (assign q (inc q)) "
         "(assign p (inc p)))))"),
        ("hoist", "(do (find p (bind (minus) (load 0))) (store 0 p) (halt))",
         "(do (assign held (load 0)) (find p (bind (minus) held)) (store 0 p) (halt))"),
        ("passes", "(do (assign p 0) (fold p a (plus)) (assign n 0) (assign p 0) "
         "(walk p (do (assign n (inc n)))) (assign p 0) (fold p c (greatest)) (store 7 n))",
         "(do (assign n 0) (assign p 0) (walk p (do (assign a (add a (load p))) "
         "(assign n (inc n)) (assign c (max c (load p))))) (store 7 n))"),
        ("passes", "(do (assign p 0) (fold p a (plus)) (assign q 0) (fold q c (greatest)))",
         "(do (assign p 0) (walk p (do (assign a (add a (load p))) (assign c (max c (load p))))) "
         "(assign q p))"),
    ],
)  # fmt: skip
def test_what_is_equal_by_other_rulesets(name, one, other):
    graph = TermGraph(8)
    graph.add(parse_term(one))
    graph.add(parse_term(other))
    report = graph.saturate([*DEFAULT, SHIPPED[name]])
    assert graph.same(parse_term(one), parse_term(other)), report


@pytest.mark.parametrize("words", [2, 8, 256])
@pytest.mark.parametrize("text", [
    "(do (store 0 (mul 4 4)) (store 1 (mul 4 0)) (store 2 (mul 7 (mul 7 7))))",
    "(do (store 0 (add 128 128)) (store 1 (add 0 0)) (store 2 (sub 0 (add 128 128))))",
])  # fmt: skip
def test_constants_saturate(text, words):
    graph = TermGraph(words, FULL)
    graph.add(parse_term(text))
    report = graph.saturate(DEFAULT, nodes=2_000)
    assert report.stopped == "saturated"
    assert report.nodes < 100


def test_loops_are_recognised():
    graph = TermGraph(8)
    loop = parse_term("(do (while (load p) (do (store p (inc (load p))) (assign p (inc p)))))")
    graph.add(loop)
    graph.add(parse_term("(do (map p (succ)))"))
    graph.saturate([SHIPPED["refold"], SHIPPED["functions"]])
    assert graph.same(loop, parse_term("(do (map p (succ)))"))


def test_holes_are_never_taken_for_equal():
    graph = TermGraph(8)
    zero, hole = parse_term("(sub (hole) (hole))"), parse_term("(do (assign x (hole)) (store p x))")
    graph.add(zero)
    graph.add(0)
    graph.add(hole)
    graph.add(parse_term("(do (assign x (hole)) (store p (hole)))"))
    graph.saturate(DEFAULT)
    assert not graph.same(zero, 0)
    # what is in the hole may depend on x, so x must not be replaced by it
    assert not graph.same(hole, parse_term("(do (assign x (hole)) (store p (hole)))"))


def test_rules_read_back_as_equations():
    texts = [equation(r) for r in read_rules(SHIPPED["blocks"])]
    assert "(do (noop) ?k) → ?k" in texts or "(do (noop) ?k) → (do ?k)" in texts


@pytest.mark.parametrize("name", ALL)
def test_rules_have_names_of_their_own(name):
    names = [rule.name for rule in read_rules(ALL[name], FULL)]
    assert len(set(names)) == len(names)
    assert [n for n in names if not re.fullmatch(rf"{name}/[a-z]+(-[a-z]+)*[12]?", n)] == []
