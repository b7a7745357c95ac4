"""The equals of a program: many, different, in order, and truly equal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from itertools import islice, pairwise
from math import comb, factorial

import pytest
from egglog import RewriteOrRule, StringLike, rewrite, ruleset
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import TermError
from bridge.term import Term, parse_term
from synth.egraph.automaton import Automaton
from synth.egraph.derivations import Terms
from synth.egraph.equivalents import padded, saturate, saturate_all, without_noops
from synth.egraph.graph import TermGraph
from synth.language import (
    LANGUAGE,
    Stmt,
    Word,
    add,
    check_term,
    construct,
    do,
    inc,
    load,
    store,
    walk,
)
from synth.language.semantics import evaluate
from synth.rulesets import SHIPPED
from tests.equals import equivalents
from tests.strategies import memories, terms
from tests.synth.egraph.test_egraph import chain

PROGRAMS = [
    "(do (map p (succ)))",
    "(do (fold p a (plus)) (store p a))",
    "(do (assign q 3) (reverse p q))",
    "(do (while (load p) (do (assign x (load p)) (store p (add x 3)) (assign p (inc p)))))",
    "(do (recur p (plus)))",
]


@ruleset
def full_ac(x: Word, y: Word, z: Word) -> Iterable[RewriteOrRule]:
    yield rewrite(add(x, y)).to(add(y, x))
    yield rewrite(add(add(x, y), z)).to(add(x, add(y, z)))
    yield rewrite(add(x, add(y, z))).to(add(add(x, y), z))


@pytest.mark.parametrize("core", [False, True])
@pytest.mark.parametrize("text", PROGRAMS)
def test_a_thousand_different_equals(text, core):
    found = equivalents(parse_term(text), 12, limit=1_000, padding=2, core=core)
    assert len(found) == len(set(found)) == 1_000
    for term in found:
        check_term(term)
        assert sum(t == Term("noop") for t in term.subterms()) <= 2


@pytest.mark.parametrize("text", PROGRAMS)
def test_equals_behave_alike(text):
    source = parse_term(text)
    found = equivalents(source, 8, limit=1_500, padding=1)
    memory = [3, 1, 4, 0, 0, 0, 0, 0]
    expected = evaluate(source, memory, 8)
    for term in found:
        got = evaluate(term, memory, 8, fuel=5_000)
        assert (got.memory, got.halted) == (expected.memory, expected.halted), term


@settings(max_examples=12)
@given(st.data(), st.sampled_from([2, 4, 8]))
def test_equals_of_random_programs_behave_like_their_source(data, words):
    """Several programs share each saturation: 12 × 10 programs."""
    sources = data.draw(st.lists(terms("Block", words=words, depth=2), min_size=10, max_size=10))
    found = saturate_all(sources, words, nodes=4_000, seconds=2)
    for source, equals in zip(sources, found, strict=True):
        programs = list(islice(equals.terms(padding=1), 25))
        assert programs
        memory = data.draw(memories(words))
        expected = evaluate(source, memory, words, fuel=300)
        if not expected.halted:
            continue
        for program in programs:
            got = evaluate(program, memory, words, fuel=5_000)
            assert got.halted, program
            assert got.memory == expected.memory, program


def cost(term):
    """What a core program costs, counted apart from the enumeration."""
    if isinstance(term, str):
        return 1
    if isinstance(term, int):
        return 1 + min(term, 12 - term)
    if term.op == "do":
        return sum(map(cost, term.args))
    found = LANGUAGE[term.op]
    words = zip(term.args, found.sorts, strict=True)
    return found.cost + sum(cost(a) for a, s in words if s != "Name")


@pytest.mark.parametrize("text", PROGRAMS)
def test_cheapest_first(text):
    """Up to the `halt` at the end, which costs 1 and is taken off again where it stands."""
    costs = [cost(t) for t in equivalents(parse_term(text), 12, limit=2_000, padding=2)]
    assert all(b >= a - 1 for a, b in pairwise(costs))
    assert costs[0] == min(costs)


def test_core_equals_are_core():
    derived = {"map", "walk", "apply", "apply2", "bind", "succ"}
    for term in equivalents(parse_term(PROGRAMS[0]), 12, limit=500, core=True):
        assert not {t.op for t in term.subterms() if isinstance(t, Term)} & derived


def test_skeletons_with_holes_have_equals_without_doubles():
    source = parse_term("(do (while (load p) (do (store p (hole)) (assign p (hole)))))")
    found = equivalents(source, 12, limit=1_000, padding=1)
    assert len(found) == len(set(found)) == 1_000
    assert found[0] == source
    assert all(t.has_hole for t in found)


def test_noops_of_the_source_are_counted_as_padding():
    source = parse_term("(do (noop) (store 0 (inc (load 0))) (noop))")
    assert without_noops(source) == parse_term("(do (store 0 (inc (load 0))))")
    assert source in equivalents(source, 8, limit=1_000, padding=2)


def test_padding_is_every_way_to_put_no_ops():
    source = parse_term("(do (store 0 1) (while x (do (store 1 x))) (halt))")
    for number in range(4):
        found = list(padded(source, number))
        gaps = 4 + 2
        assert len(found) == len(set(found)) == comb(number + gaps - 1, gaps - 1)
        assert all(without_noops(t) == source for t in found)


@pytest.fixture(scope="module")
def sum_of_eight() -> tuple[Automaton, int]:
    """All ways to write a sum of eight: its automaton, and the root."""
    return saturated_sum(8)


def saturated_sum(operands: int) -> tuple[Automaton, int]:
    graph = TermGraph(16)
    source = chain("add", [f"x{i}" for i in range(operands)])
    graph.add(source)
    report = graph.saturate([full_ac], nodes=10**6, seconds=1_000, iterations=400)
    assert report.saturated
    frozen = graph.freeze()
    root = frozen.find(source)
    assert root is not None
    return frozen, root


def ways_to_sum(operands: int) -> int:
    """k! · Catalan(k − 1): the ways to order and to bracket a sum of k."""
    catalan = comb(2 * (operands - 1), operands - 1) // operands
    return factorial(operands) * catalan


def test_counts_of_sums_in_every_order_follow_the_closed_form(sum_of_eight):
    for k in range(2, 9):
        frozen, root = sum_of_eight if k == 8 else saturated_sum(k)
        found = Terms(frozen)
        assert found.count(root, 0) == ways_to_sum(k)
        if k <= 5:
            every = list(found.by_cost(root))
            assert len(every) == len(set(every)) == ways_to_sum(k)
    assert ways_to_sum(8) == 17_297_280


def test_a_hundred_thousand_without_doubles(sum_of_eight):
    frozen, root = sum_of_eight
    found = set(islice(Terms(frozen).by_cost(root), 100_000))
    assert len(found) == 100_000


def test_levels_are_as_long_as_counted():
    found = saturate(parse_term(PROGRAMS[3]), 12)
    every = Terms(found.automaton)
    for slack in range(4):
        level = list(every.level(found.root, slack))
        assert len(level) == len(set(level)) == every.count(found.root, slack)


def test_the_order_is_the_same_in_every_process():
    code = (
        "from bridge.term import parse_term\n"
        "from itertools import islice\n"
        "from synth.egraph.equivalents import saturate\n"
        f"t = parse_term({PROGRAMS[3]!r})\n"
        "import hashlib\n"
        "found = islice(saturate(t, 12).terms(padding=1), 2000)\n"
        "print(hashlib.sha256('\\n'.join(map(str, found)).encode()).hexdigest())\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("0", "1")
    }
    assert len(runs) == 1


def test_rulesets_decide_what_is_equal():
    source = parse_term(PROGRAMS[0])
    assert equivalents(source, 12, rulesets=[]) == [source]
    assert len(equivalents(source, 12, rulesets=[SHIPPED["unfold"]])) > 1


def test_long_programs_are_refused_not_crashed_on():
    statements = tuple(Term("store", (i % 8, "x")) for i in range(1_000))
    with pytest.raises(TermError, match="more than 200 statements is not saturated"):
        equivalents(Term("do", statements), 8)
    assert equivalents(Term("do", statements[:150]), 8, limit=3)


def test_a_construct_of_ones_own_is_unfolded_whenever_it_is_declared():
    before = equivalents(parse_term("(do (walk p (do)))"), 8)  # rules have been made

    @construct(cost=5)
    def shift(p: StringLike) -> Stmt:
        """Each element of the list moves to the cell before it."""
        return walk(p, do(store(p, load(inc(p)))))

    language = LANGUAGE.extended(shift)
    found = equivalents(parse_term("(do (shift p))"), 8, language=language)
    assert len(found) >= 5
    core = equivalents(parse_term("(do (shift p))"), 8, language=language, core=True)
    assert all("shift" not in str(term) for term in core)
    assert core
    assert equivalents(parse_term("(do (walk p (do)))"), 8) == before
