"""Constants that are made of one another: what is made is what was wanted, and shorter."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from bridge.isa import INDEX, lookup_table
from bridge.lowering.lower import lower
from bridge.spec import Machine
from bridge.term import Term, parse_term
from synth.deduction.literals import OPERATORS, chain, shared
from synth.language import expand, language_for
from synth.language.semantics import evaluate

WORDS = 40
ARITHMETIC, PAPERS = language_for("arithmetic"), language_for("paper")
MEMORY = [5, 3, *[0] * (WORDS - 2)]


@given(st.sets(st.integers(0, WORDS - 1), max_size=6), st.sampled_from([ARITHMETIC, PAPERS]))
@example({39, 20, 10}, ARITHMETIC)
def test_each_constant_of_a_chain_is_made_of_earlier_ones(wanted, language):
    made = chain(wanted, language, WORDS)
    assert made is not None
    assert made.keys() >= wanted - {0}
    known, table = {0}, lookup_table(WORDS)
    for value, (name, one, other) in made.items():
        assert name in OPERATORS
        assert name in language
        assert {one, other} <= known
        assert table[INDEX[name], one, other] == value
        known.add(value)


def test_what_is_near_is_made_at_once():
    """11 and 12 beside 10, no others between; and a product spares steps where there is one."""
    near = chain({10, 11, 12}, ARITHMETIC, WORDS)
    assert near is not None
    assert {*[*near][-2:]} < {10, 11, 12}
    with_products, without = (chain({6, 35}, of, 250) for of in (ARITHMETIC, PAPERS))
    assert with_products is not None
    assert without is not None
    assert len(with_products) < len(without)


def test_chains_are_short():
    """The lengths that the beam search has come to: none is to become longer."""
    for wanted, most in (
        ({129, 158, 167, 170, 185}, 12),
        ({99, 117, 166}, 10),
        ({69, 159, 171}, 9),
        ({54, 69, 94, 234}, 11),
        ({26, 32, 97, 216}, 10),
    ):
        made = chain(wanted, ARITHMETIC, 250)
        assert made is not None
        assert len(made) <= most


def test_of_two_ways_to_make_a_constant_that_of_one_argument_is_taken():
    """It takes no register more."""
    made = chain({1, 2, 3}, ARITHMETIC, WORDS)
    assert made is not None
    assert {name for name, _, _ in made.values()} == {"inc"}


words = st.recursive(
    st.integers(0, WORDS - 1) | st.just("x") | st.just(Term("load", (1,))),
    lambda inner: st.builds(
        lambda op, *args: Term(op, args), st.sampled_from(["add", "sub", "max"]), inner, inner
    ),
    max_leaves=4,
)
blocks = st.lists(
    st.builds(lambda word: Term("assign", ("x", word)), words)
    | st.builds(lambda cell, word: Term("store", (cell, word)), st.integers(0, 5), words),
    max_size=4,
)


@given(blocks)
def test_statements_with_shared_constants_mean_the_same(statements):
    found = shared(statements, ARITHMETIC, WORDS)
    every = [arg for s in statements for arg in values(s)]
    gains = any(arg > 2 for arg in every) or every.count(2) > 1
    assert (found is None) == (not gains)
    if found is None:
        return
    assert not [arg for s in found for arg in values(s) if arg > 1]
    meant, same = (
        evaluate(Term("do", (*some,)), MEMORY, WORDS, language=ARITHMETIC)
        for some in (statements, found)
    )
    assert same.memory == meant.memory
    assert same.halted == meant.halted


def values(term: Term) -> list[int]:
    """The constants that stand in it, but for addresses."""
    inner = [args for args in term.args if isinstance(args, Term)]
    own = term.args[1:] if term.op in ("store", "load") else term.args
    return [a for a in own if isinstance(a, int)] + [v for part in inner for v in values(part)]


def test_a_program_of_many_constants_has_fewer_lines():
    block = parse_term("(do (store 1 18) (store 2 37) (store 3 29) (store 4 33) (store 5 14))")
    found = shared(block.args, ARITHMETIC, WORDS)
    assert found is not None
    machine = Machine(words=WORDS, registers=8, lines=200, instructions="arithmetic")
    plain, fewer = (
        len(lower(expand(Term("do", (*some,)), ARITHMETIC), machine))
        for some in (block.args, found)
    )
    assert fewer < plain * 2 / 3


def test_a_constant_is_made_when_it_is_first_needed():
    """So it takes no register before."""
    found = shared(parse_term("(do (store 1 3) (store 2 37))").args, ARITHMETIC, WORDS)
    assert found is not None
    first = next(i for i, s in enumerate(found) if s.op == "store")
    made = [{s.args[0] for s in some} for some in (found[:first], found[first + 1 : -1])]
    assert "c3" in made[0]
    assert "c37" in made[1]
