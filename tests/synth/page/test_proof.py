"""The chain of rewrites: what each changes is what is marked, and what its rule says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from bridge import Machine, Spec
from bridge.lowering.lower import lower
from bridge.spec import Example, Expect
from bridge.term import parse_term
from synth.language import expand
from synth.page.proof import changed, e_class, proof
from synth.page.run import Run
from synth.page.told import Step, Told
from synth.problem import resolve
from synth.rules.explain import explain
from tests.strategies import terms

MACHINE = Machine(words=8, registers=6, lines=16)
SOURCE, TARGET = "(do (store 0 (add x 0)) (map p (succ)))", "(do (store 0 x) (map p (succ)))"


def run_of(told: Told, text: str | None = TARGET) -> Run:
    spec = Spec(machine=MACHINE, examples=(Example(memory=(1,), expect=Expect(memory=(1,))),))
    term = None if text is None else parse_term(text)
    program = None if term is None else lower(expand(term), MACHINE)
    return Run(spec, resolve(spec), told, program, term, False, spec.examples, ())


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("(f (g x) y)", "(f (g z) y)", ("(g x)", "(g z)")),
        ("(f (g (h 1)) (h 2))", "(f (g (h 3)) (h 4))", ("(h 1) (h 2)", "(h 3) (h 4)")),
        ("(do (a) (b) (c))", "(do (a) (c))", ("(b)", "(do (a) (c))")),
        ("(do (a) (b 1) (c))", "(do (a) (b 2) (c))", ("(b 1)", "(b 2)")),
        ("(f 1)", "(g 1)", ("(f 1)", "(g 1)")),
    ],
)
def test_the_smallest_parts_that_differ_are_marked(before, after, parts):
    found = changed(parse_term(before), parse_term(after))
    assert tuple(" ".join(map(str, each)) for each in found) == parts


@given(terms("Block", words=8), terms("Block", words=8))
def test_outside_of_the_marks_terms_are_the_same(one, other):
    if one == other:
        return
    for term, parts in zip((one, other), changed(one, other), strict=True):
        assert parts
        every = [*term.subterms()]
        assert all(any(part is each for each in every) for part in parts)


def test_a_proof_is_told_step_by_step():
    source, target = parse_term(SOURCE), parse_term(TARGET)
    steps = explain(source, target, MACHINE.words)
    assert steps
    told = Told(
        proof=[Step(s.rule.name, s.forward, str(s.term)) for s in steps], rewritten_from=SOURCE
    )
    found = proof(run_of(told))
    assert found is not None
    assert [link.rule for link in found.links] == [step.rule.name for step in steps]
    for link, step in zip(found.links, steps, strict=True):
        assert link.equation
        assert 'class="changed"' in link.after
        assert parse_term(re.sub("<[^>]*>", "", link.after)) == step.term


def test_a_skeleton_is_explained_from_its_near_miss():
    found = proof(run_of(Told(skeleton=TARGET, near_miss=SOURCE)))
    assert found is not None
    assert found.links
    assert proof(run_of(Told(skeleton="(do (noop) (fly))", near_miss=SOURCE))) is None
    assert proof(run_of(Told())) is None


def test_the_e_class_is_drawn():
    found = e_class(run_of(Told()))
    assert found is not None
    assert found.svg.startswith("<svg")
    assert "map p" in found.svg
    assert e_class(run_of(Told(), None)) is None
