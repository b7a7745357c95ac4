"""Saturation within its caps, equality of terms, and the frozen automaton."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterable

import pytest
from egglog import RewriteOrRule, i64, rewrite, ruleset

from bridge.term import Term, parse_term
from synth.egraph.automaton import Automaton, Node
from synth.egraph.graph import (
    RulesetError,
    SaturationError,
    TermGraph,
    read_rules,
)
from synth.egraph.pack import pack, unpack
from synth.language import LANGUAGE, Word, add, const, inc
from synth.rulesets import DEFAULT, SHIPPED, named


def chain(op, names):
    term = names[0]
    for name in names[1:]:
        term = Term(op, (term, name))
    return term


@ruleset
def full_ac(x: Word, y: Word, z: Word) -> Iterable[RewriteOrRule]:
    yield rewrite(add(x, y)).to(add(y, x))
    yield rewrite(add(add(x, y), z)).to(add(x, add(y, z)))
    yield rewrite(add(x, add(y, z))).to(add(add(x, y), z))


@ruleset
def endless(n: i64) -> Iterable[RewriteOrRule]:
    yield rewrite(const(n)).to(add(const(n + 1), const(-1)))


@ruleset
def dividing(x: Word, n: i64) -> Iterable[RewriteOrRule]:
    yield rewrite(add(x, const(n))).to(const(i64(1) / n))


def test_the_cap_on_nodes_holds():
    graph = TermGraph(16)
    graph.add(chain("add", [f"x{i}" for i in range(14)]))
    report = graph.saturate([full_ac], nodes=50_000)
    assert report.stopped == "stopped at 50,000 e-nodes"
    assert report.nodes < 100_000


def test_the_cap_on_time_holds():
    graph = TermGraph(16)
    graph.add(chain("add", [f"x{i}" for i in range(14)]))
    began = time.process_time()
    report = graph.saturate([full_ac], nodes=10_000_000, seconds=0.5, iterations=10_000)
    assert report.stopped == "stopped after 0.5 s"
    assert time.process_time() - began < 20


def test_the_cap_on_iterations_holds():
    graph = TermGraph(1_000)
    graph.add(5)
    report = graph.saturate([endless], iterations=7)
    assert report.stopped == "stopped after 7 iterations"
    assert report.iterations == 7
    assert not report.saturated


def test_small_programs_saturate():
    graph = TermGraph(8)
    graph.add(parse_term("(do (map p (succ)) (halt))"))
    report = graph.saturate(DEFAULT)
    assert report.saturated
    assert 20 < report.nodes < 500
    assert report.matches["arith/add-commutes"] > 0


def test_a_rule_that_fails_is_an_error_not_a_crash():
    graph = TermGraph(8)
    graph.add(parse_term("(add x 0)"))
    with pytest.raises(SaturationError, match="a rule failed while it ran"):
        graph.saturate([dividing])


def saturated():
    graph = TermGraph(8)
    graph.add(chain("add", [f"x{i}" for i in range(6)]))
    return graph, graph.saturate([full_ac], nodes=500)


def half_saturated():
    graph = TermGraph(8)
    graph.add(5)
    reports = graph.steps([endless], nodes=10_000, seconds=10.0)
    return next(reports), reports


def failed():
    graph = TermGraph(8)
    graph.add(parse_term("(add x 0)"))
    try:
        graph.saturate([dividing])
    except SaturationError:
        return graph
    raise AssertionError


@pytest.mark.parametrize("use", [saturated, half_saturated, failed])
def test_no_egraph_is_left_to_the_garbage_collector(use, monkeypatch):
    # It may run on any thread, and an e-graph of egglog can be freed on its own thread only.
    complaints = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: complaints.append(told.exc_value))
    gc.collect()
    gc.disable()
    try:
        use()
        other = threading.Thread(target=gc.collect)
        other.start()
        other.join()
    finally:
        gc.enable()
    assert not complaints


def test_constants_are_modulo_the_word_size():
    graph = TermGraph(8)
    graph.add(parse_term("(add 5 6)"))
    graph.saturate([SHIPPED["constants"]])
    assert graph.same(parse_term("(add 5 6)"), 3)
    assert graph.same(11, -5)


def test_a_failing_generator_fails_every_time():
    @ruleset
    def broken(x: Word) -> Iterable[RewriteOrRule]:
        yield rewrite(add(x, x)).to(x)
        raise RuntimeError("oh")

    for _ in range(2):
        with pytest.raises(RulesetError, match=r"ruleset broken, rule 2 \(line \d+\): Runtime"):
            read_rules(broken)


def test_knuth_finds_the_cheapest_in_cycles():
    leaf = Node("var", (), 1, "x")
    automaton = Automaton(
        ((leaf, Node("inc", (1,), 1)), (Node("dec", (0,), 1),), (Node("inc", (2,), 1),)), 8
    )
    assert automaton.cheapest == [1, 2, float("inf")]


@ruleset
def mixed(x: Word, y: Word) -> Iterable[RewriteOrRule]:
    yield rewrite(add(x, x)).to(add(x, add(x, 0)))
    yield named.rewrite("swap", add(x, y)).to(add(y, x))
    yield named.birewrite("step", inc(x)).to(add(x, 1))


def test_rules_are_told_by_their_names_and_else_by_number():
    assert [rule.name for rule in read_rules(mixed)] == ["mixed/1", "mixed/swap", "mixed/step"]
    (sent,), _ = unpack(pack([mixed], LANGUAGE))
    assert read_rules(sent) == read_rules(mixed)


def test_matches_are_counted_by_name():
    graph = TermGraph(8)
    graph.add(parse_term("(inc x)"))
    report = graph.saturate([mixed])
    assert {"mixed/swap", "mixed/step", "base/depends-inc"} <= set(report.matches)
    assert "mixed/1" not in report.matches
