"""A program beside its term: lines come from the statements that are said."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from bridge import Machine, Program, Spec, parse_program
from bridge.errors import LoweringError
from bridge.lowering.lower import lower, lower_linked
from bridge.spec import Example, Expect
from bridge.term import Term, parse_term
from synth.egraph.quickened import quickened
from synth.language import LANGUAGE, expand
from synth.page.linked import answer, listing, marked
from synth.page.run import Run
from synth.page.told import Told
from synth.problem import resolve
from tests.strategies import terms

MACHINE = Machine(words=8, registers=16, lines=64)
ONE = Spec(machine=MACHINE, examples=(Example(memory=(1,), expect=Expect(memory=(1,))),))


def answered(text: str, program: Program | None = None, spec: Spec = ONE):
    """The section of a term that was lowered, to that program if one is given."""
    term = parse_term(text)
    program = program or lower(expand(term), MACHINE)
    run = Run(spec, resolve(spec), Told(), program, term, False, spec.examples, ())
    found = answer(run)
    assert found is not None
    return found


def lines_of(found, text: str) -> set[int]:
    """The lines that are linked with the innermost statement of that text."""
    html = str(found.term)
    at = html.index(f">{text}<")
    unit = html[:at].rpartition('data-unit="')[2].partition('"')[0]
    return {line.number for line in found.lines if int(unit) in line.units}


def test_statements_are_linked_with_their_lines():
    found = answered("(do (assign x (load 0)) (store 1 (inc x)))")
    assert [line.text for line in found.lines][:1] == ["read 1 1"]
    assert lines_of(found, "(assign x (load 0))") == {0}
    assert lines_of(found, "(store 1 (inc x))") == set(range(1, len(found.lines)))


def test_a_derived_construct_is_linked_as_a_whole():
    found = answered("(do (map p (succ)) (halt))")
    assert lines_of(found, "(halt)") == {len(found.lines) - 1}
    assert lines_of(found, "(map p (succ))") == set(range(len(found.lines) - 1))


def test_a_loop_has_lines_of_its_own():
    found = answered("(do (while (load p) (do (assign p (inc p)))))")
    body = lines_of(found, "(assign p (inc p))")
    assert body
    assert {line.number for line in found.lines if line.text and not body & {line.number}}


def test_a_program_that_was_lowered_to_take_fewer_steps_is_linked():
    """Rounds of its loop are written out: a statement has lines in each."""
    text = "(do (while (load p) (do (store p (inc (load p))) (assign p (inc p)))))"
    examples = (Example(memory=(1, 2, 3), expect=Expect(memory=(2, 3, 4))),)
    spec = msgspec.structs.replace(ONE, examples=examples)
    tests = resolve(spec).tests
    *_, last = quickened([parse_term(text)], MACHINE, tests, LANGUAGE)
    program = max(last, key=len)
    found = answered(text, program, spec)
    assert found.linked
    writes = {line.number for line in found.lines if line.text.startswith("write")}
    assert len(writes) > 2
    assert writes <= lines_of(found, "(store p (inc (load p)))")
    assert all(line.units for line in found.lines if line.text)


@given(terms("Block", words=8))
def test_every_line_comes_from_a_statement(term):
    whole = expand(term)
    assert isinstance(whole, Term)
    try:
        program, sources = lower_linked(whole, MACHINE)
    except LoweringError:
        return
    assert len(program) == len(sources)
    assert {id(source) for source in sources} <= {id(part) for part in whole.subterms()}


@given(terms("Block", words=8))
def test_a_marked_term_reads_as_the_term(term):
    assert parse_term(marked(term, lambda part: None)) == term


@pytest.mark.parametrize("text", ["a:\n  inc 1 1\nb:\n  jump 1 a\n  jump 2 end\nend:", ""])
def test_a_listing_has_all_lines_and_labels(text):
    program = parse_program(text)
    lines = listing(program)
    told = [part for line in lines for part in (*(f"{x}:" for x in line.labels), line.text) if part]
    assert told == str(program).replace("  ", "").split("\n") or not text
    assert [line.number for line in lines] == list(range(len(lines)))


def test_a_program_that_is_not_its_terms_is_not_linked():
    program = parse_program("inc 1 1")
    run = Run(ONE, resolve(ONE), Told(), program, parse_term("(do (noop))"), False, (), ())
    found = answer(run)
    assert found is not None
    assert not found.linked
