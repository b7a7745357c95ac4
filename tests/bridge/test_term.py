"""S-expressions <-> Term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import TermError
from bridge.term import Term, parse_term
from tests.strategies import terms

symbols = st.from_regex(r"[A-Za-z_$][A-Za-z0-9_$.\-]{0,6}", fullmatch=True)
trees = st.recursive(
    st.builds(Term, symbols),
    lambda arg: st.builds(
        Term, symbols, st.lists(arg | symbols | st.integers(-99, 99), max_size=4).map(tuple)
    ),
)


@given(trees)
def test_parsing_what_was_printed(term: Term):
    assert parse_term(str(term)) == term


@given(terms("Block"))
def test_parsing_what_was_printed_in_the_language(term: Term):
    assert parse_term(str(term)) == term


@given(trees, st.data())
def test_layout_and_comments_do_not_matter(term: Term, data):
    gaps = st.sampled_from([" ", "\n", "\t ", " ; a comment ) (\n", ";\n"])
    text = str(term).replace("(", "( ").replace(")", " )")
    assert parse_term(data.draw(gaps).join(text.split()) + data.draw(gaps)) == term
    assert parse_term(data.draw(gaps) + str(term)) == term


def test_a_term():
    text = "(do (assign x (load 0)) (store -1 (inc x)) (noop))"
    term = parse_term(text)
    assert term == Term(
        "do",
        (
            Term("assign", ("x", Term("load", (0,)))),
            Term("store", (-1, Term("inc", ("x",)))),
            Term("noop"),
        ),
    )
    assert str(term) == text
    assert term.size == 10
    assert [t.op if isinstance(t, Term) else t for t in term.subterms()] == [
        "do", "assign", "x", "load", 0, "store", -1, "inc", "x", "noop",
    ]  # fmt: skip
    assert not term.has_hole
    assert parse_term("(do (store 0 (hole)))").has_hole


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "term: expected a construct in parentheses, as in (do (noop))"),
        ("x", "term: expected a construct in parentheses, as in (do (noop))"),
        ("; (do)", "term: expected a construct in parentheses, as in (do (noop))"),
        ("()", "term, character 2: a construct begins with its name, as in (inc x)"),
        ("(3 x)", "term, character 5: a construct begins with its name, as in (inc x)"),
        ("((inc x))", "term, character 9: a construct begins with its name, as in (inc x)"),
        ("(do (noop)", "term: 1 ')' missing at the end"),
        ("(do))", "term, character 5: text after the term: remove it"),
        (")", "term, character 1: ')' without '('"),
        ("(do) x", "term, character 6: text after the term: remove it"),
        ("(inc 'x)", 'term, character 6: "\'" is no part of a term'),
        ("(inc 2x)", "term, character 6: '2' is no part of a term"),
        ("(inc 12345678901)", "term, character 6: '1' is no part of a term"),
        ("(inc " * 201, "term, character 1001: nested more than 200 deep"),
    ],
)
def test_what_does_not_parse(text: str, message: str):
    with pytest.raises(TermError) as error:
        parse_term(text)
    assert str(error.value) == message


@given(st.text("()ab1-$;\n é'\x00", max_size=30) | st.text())
def test_any_other_text_is_a_clear_error(text: str):
    try:
        term = parse_term(text)
    except TermError:
        return
    assert parse_term(str(term)) == term
