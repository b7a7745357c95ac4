"""Chains of rewrites: complete, correct, and each step an instance of its rule."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from egglog import RewriteOrRule, rewrite, ruleset

from bridge.errors import SkeletuneError, TermError
from bridge.term import Term, parse_term
from synth.language import Word, add, sub
from synth.language.patterns import PatternVar
from synth.rules.explain import explain
from synth.rules.replay import replay
from synth.rulesets import DEFAULT, SHIPPED
from tests.equals import equivalents

PROGRAMS = [
    "(do (map p (succ)))",
    "(do (assign q 3) (reverse p q))",
    "(do (while (load p) (do (assign x (load p)) (store p (add x 3)) (assign p (inc p)))))",
    "(do (assign p 0) (fold p a (plus)) (assign p 0) (fold p c (greatest)))",
]


@pytest.mark.parametrize("text", PROGRAMS)
def test_equals_are_explained(text):
    source = parse_term(text)
    for target in equivalents(source, 8, limit=300)[1::30]:
        steps = explain(source, target, 8)
        assert steps is not None
        last = steps[-1].term if steps else source
        assert target in (last, Term("do", last.args[:-1]))


def instance(pattern, term, values):
    """Whether the term is an instance of the pattern."""
    if isinstance(pattern, PatternVar):
        return values.setdefault(pattern.name, term) == term
    if not isinstance(pattern, Term) or not isinstance(term, Term):
        return pattern == term
    if pattern.op.startswith("i64."):
        return True
    return (
        pattern.op == term.op
        and len(pattern.args) == len(term.args)
        and all(instance(p, t, values) for p, t in zip(pattern.args, term.args, strict=True))
    )


@pytest.mark.parametrize("text", PROGRAMS)
def test_each_step_is_an_instance_of_its_rule(text):
    source = parse_term(text)
    target = equivalents(source, 8, limit=100)[-1]
    closed = [Term("do", (*t.args, Term("halt"))) for t in (source, target)]
    steps = replay(*closed, 8, DEFAULT)
    assert steps
    for step in steps:
        sides = [step.rule.left, step.rule.right]
        values = {}
        for side, term in zip(
            sides if step.forward else sides[::-1], (step.before, step.after), strict=True
        ):
            number = isinstance(side, PatternVar) and side.sort == "Number"
            assert number or instance(side, term, values) or "const" in str(side), step


def test_words_are_explained_too():
    steps = explain(parse_term("(sub (add x y) y)"), parse_term("(load x)"), 8)
    assert steps is None
    steps = explain(parse_term("(load (sub (add x y) y))"), parse_term("(load x)"), 8)
    assert [s.rule.name for s in steps or []] == ["arith/sub-after-add"]


def test_only_the_given_rules_are_used():
    terms = parse_term("(do (map p (succ)))"), parse_term("(do (map p (bind (plus) 1)))")
    assert explain(*terms, 8, rulesets=[SHIPPED["arith"]]) is None
    assert explain(*terms, 8, rulesets=[SHIPPED["functions"]])


@ruleset
def wrong(x: Word, y: Word) -> Iterable[RewriteOrRule]:
    yield rewrite(sub(x, y)).to(add(x, y))


def test_a_step_by_an_unsound_rule_is_refused():
    with pytest.raises(SkeletuneError, match="wrong/1 is not sound"):
        explain(parse_term("(sub x y)"), parse_term("(add x y)"), 8, rulesets=[wrong])


def test_ill_sorted_terms_are_refused():
    with pytest.raises(TermError):
        explain(parse_term("(inc x)"), parse_term("(do (noop))"), 8)
