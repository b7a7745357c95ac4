"""The table of constructs, sorts, and terms as text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from egglog import StringLike
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import TermError
from bridge.term import Term, parse_term
from synth.language import LANGUAGE, Fun1, Stmt, check_term, const, construct, expand, map_, noop
from synth.language.depends import MEMORY, depends, reads
from synth.language.semantics import evaluate
from tests.strategies import terms

CORE = {
    "inc", "dec", "add", "sub", "min", "max", "load", "hole", "assign", "store", "swap", "noop",
    "halt", "if-zero", "while", "until", "do-while", "do-until", "forever", "hole-stmt", "do",
}  # fmt: skip


@settings(max_examples=300)
@given(st.data(), st.sampled_from(["Block", "Stmt", "Word", "Fun1", "Fun2"]))
def test_parsing_what_was_printed_gives_the_same_term(data, sort):
    term = data.draw(terms(sort))
    assert parse_term(str(term)) == term
    check_term(term, sort)


def test_every_construct_is_drawn():
    drawn = set()

    @settings(max_examples=500, derandomize=True, database=None)
    @given(terms("Block"))
    def collect(term):
        drawn.update(t.op for t in term.subterms() if isinstance(t, Term))

    collect()
    assert drawn == {"do", *(c.name for c in LANGUAGE.values() if c.in_terms and not c.hole)}


@settings(max_examples=200)
@given(terms("Block"))
def test_expanding_leaves_core_constructs_only(term):
    core = expand(term)
    check_term(core)
    assert {t.op for t in core.subterms() if isinstance(t, Term)} <= CORE
    assert expand(core) == core


@pytest.mark.parametrize(
    ("text", "sort", "message"),
    [
        ("(do (map p (bind plus 1)))", "Block",
         "bind, argument 1 (g): expected a function of two words such as (plus), "
         "found plus (Word)"),
        ("(do (assign 3 x))", "Block",
         "assign, argument 1 (x): expected a variable's name, found 3"),
        ("(do (inc x))", "Block",
         "do, statement 1: expected a statement such as (assign x 1), found (inc x) (Word)"),
        ("(do (stor p 1))", "Block", "(stor …): no such construct: did you mean store?"),
        ("(do (zzz))", "Block", "(zzz …): no such construct"),
        ("(do (store p))", "Block",
         "store: takes 2 arguments, (store Word Word), found 1 in (store p)"),
        ("(do (while p (noop)))", "Block",
         "while, argument 2 (body): expected a block: write (do …), found (noop) (Stmt)"),
        ("(inc x)", "Block", "term: expected a block: write (do …), found (inc x) (Word)"),
        ("(do (assign x (const 1)))", "Block",
         "(const …): in terms write a number, a variable's name, or (do …)"),
        ("(do (assign x (hole 1)))", "Block",
         "hole: takes 0 arguments, (hole), found 1 in (hole 1)"),
    ],
)  # fmt: skip
def test_ill_sorted_terms_are_explained(text, sort, message):
    with pytest.raises(TermError) as caught:
        check_term(parse_term(text), sort)
    assert str(caught.value) == message


def test_a_function_alone_cannot_be_expanded():
    with pytest.raises(TermError, match="must be applied"):
        expand(Term("succ"))


def test_every_construct_is_documented_and_has_a_cost():
    for found in LANGUAGE.values():
        assert found.doc
        assert found.cost >= (0 if found.sort == "Block" else 1)


def test_a_construct_of_ones_own_needs_no_more_than_its_definition():
    @construct(cost=3)
    def clear(p: StringLike) -> Stmt:
        """Writes 0 … over the list."""
        return map_(p, constantly())

    @construct(applied=lambda x: const(0))
    def constantly() -> Fun1:
        """x ↦ 0"""
        ...

    language = LANGUAGE.extended(clear, constantly)
    term = parse_term("(do (clear p))")
    check_term(term, language=language)
    core = expand(term, language)
    assert str(core) == "(do (while (load p) (do (store p 0) (assign p (inc p)))))"
    assert evaluate(term, [3, 1, 2], 8, language=language) == evaluate(core, [3, 1, 2], 8)
    with pytest.raises(TermError, match="no such construct"):
        check_term(term)
    with pytest.raises(TermError, match="construct clear: declared twice"):
        language.extended(construct("clear")(lambda: noop()))


def test_a_language_is_a_value():
    @construct(applied=lambda x: const(0))
    def constantly() -> Fun1:
        """x ↦ 0"""
        ...

    one, other = LANGUAGE.extended(constantly), LANGUAGE.extended(constantly)
    assert one == other != LANGUAGE
    assert hash(one) == hash(other)
    assert LANGUAGE.extended() is LANGUAGE
    assert "constantly" in one
    assert "constantly" not in LANGUAGE


def test_columns():
    def those(column):
        return {c.name for c in LANGUAGE.values() if getattr(c, column)}

    assert those("arithmetic") == {"inc", "dec", "add", "sub", "min", "max"}
    assert those("tests") == {"if-zero", "while", "until", "do-while", "do-until"}
    assert those("control") == those("tests") | {"forever"}
    assert those("applies") == {"apply", "apply2"}
    assert those("final") == {"halt", "forever"}
    assert those("core") & those("in_terms") == CORE - {"do"}


def test_what_a_word_depends_on():
    assert {name for name in LANGUAGE if reads(name, LANGUAGE) and LANGUAGE[name].is_function} == {
        "fetch"
    }
    for text, expected in (
        ("(add x (load y))", {"x", "y", MEMORY}),
        ("(apply (bind (plus) z) 3)", {"z"}),
        ("(apply (fetch) x)", {"x", MEMORY}),
    ):
        assert depends(parse_term(text), LANGUAGE) == expected


def test_the_language_is_cheap_to_import():
    code = "import sys, synth.language; print('jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
