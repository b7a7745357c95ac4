"""Distinct terms per second from an e-graph of 50,000 e-nodes, against egglog's extract_multiple.

    pytest benchmarks/perf/test_enumerate.py --benchmark-only

The e-graph of sums holds every way to write a sum of ten variables; it is saturated by egglog
alone, since `extract_multiple` panics on e-graphs in which our rules ran. That of programs is what
a search enumerates. Both rates are measured in one run, in turns, the best of three counts: seconds
are the process's own (all threads), so that other load on the machine matters less; a term is made
and dropped, so that no garbage collector walks a growing list. `extra_info` holds the rates.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import comb, factorial
from typing import Any, Final

import egglog
import pytest
from egglog import RewriteOrRule, rewrite, ruleset

from bridge.term import Arg, Term, parse_term
from synth.egraph.derivations import Terms
from synth.egraph.equivalents import saturate
from synth.egraph.graph import TermGraph
from synth.language import Word, add

NUMBER: Final = 100_000
OPERANDS: Final = 10
"""A sum of ten has 57,002 e-nodes of `add`."""
TARGET: Final = 50_000
"""Terms per second."""
PROGRAM: Final = (
    "(do (assign q (add (add (add p 1) (add x y)) (add (load p) (add z 2))))"
    " (map p (bind (plus) q)) (fold p a (plus)) (scan p x (greatest)) (store p (add a x)))"
)


@ruleset
def sums(x: Word, y: Word, z: Word) -> Iterable[RewriteOrRule]:
    # x + y = y + x
    yield rewrite(add(x, y)).to(add(y, x))
    # (x + y) + z = x + (y + z)
    yield rewrite(add(add(x, y), z)).to(add(x, add(y, z)))
    yield rewrite(add(x, add(y, z))).to(add(add(x, y), z))


def sum_graph(operands: int) -> tuple[TermGraph, Term, Word]:
    """The saturated e-graph of x0 + x1 + …, and the sum: as our term, and as egglog's."""
    source, expr = Term("add", ("x0", "x1")), add("x0", "x1")
    for i in range(2, operands):
        source, expr = Term("add", (source, f"x{i}")), add(expr, f"x{i}")
    graph = TermGraph(16)
    graph.add(source)
    graph._egraph.run(egglog.run(sums).saturate())
    return graph, source, expr


def closed_form(operands: int) -> int:
    """k! · Catalan(k − 1): the ways to order and to bracket a sum."""
    catalan = comb(2 * (operands - 1), operands - 1) // operands
    return factorial(operands) * catalan


def rate(terms: Callable[[], Iterable[Any]]) -> tuple[float, int]:
    """Terms per second of the process's time, and how many there were."""
    began = time.process_time()
    last = deque(enumerate(terms(), 1), maxlen=1)
    return last[0][0] / (time.process_time() - began), last[0][0]


def compare(benchmark: Any, ours: Callable[[], Iterable[Any]], theirs: Callable[[], Any]) -> None:
    """Both in turns, three times; writes the rates."""
    best, most = {"ours": 0.0, "egglog": 0.0}, {}
    for name, terms in (("ours", ours), ("egglog", theirs)) * 3:
        found, most[name] = rate(terms)
        best[name] = max(best[name], found)
    benchmark.pedantic(lambda: rate(ours), rounds=1)
    benchmark.extra_info |= {
        "ours per s": round(best["ours"]), "egglog per s": round(best["egglog"]),
        "ours distinct": most["ours"], "egglog distinct": most["egglog"],
        "times faster": round(best["ours"] / best["egglog"], 1),
    }  # fmt: skip


@pytest.fixture(scope="module")
def ten() -> tuple[TermGraph, Term, Word]:
    return sum_graph(OPERANDS)


def test_sums_against_extract_multiple(benchmark, ten):
    """Ours counts what comes, in order of cost; egglog's gives a term for each root e-node."""
    graph, source, expr = ten
    frozen = graph.freeze()
    root = frozen.find(source)
    assert root is not None
    assert frozen.size > 50_000

    def ours() -> Iterator[Arg]:
        return islice(Terms(frozen).by_cost(root), NUMBER)

    compare(benchmark, ours, lambda: graph._egraph.extract_multiple(expr, NUMBER))
    benchmark.extra_info |= {"e-nodes": frozen.size, "target": TARGET}
    assert len(set(ours())) == NUMBER


def test_freezing(benchmark, ten):
    """Seconds to read 57,000 e-nodes out of egglog, which comes before."""
    graph, source, _ = ten

    def freeze() -> None:
        graph.add(source)  # what was frozen no longer counts
        graph.freeze()

    benchmark.pedantic(freeze, rounds=3)


@pytest.mark.parametrize("padding", [0, 2])
def test_programs(benchmark, padding):
    """Equals of a program, without and with no-ops."""
    equals = saturate(parse_term(PROGRAM), 12, seconds=30)
    best = max(rate(lambda: islice(equals.terms(padding), NUMBER))[0] for _ in range(3))
    benchmark.pedantic(lambda: rate(lambda: islice(equals.terms(padding), NUMBER)), rounds=1)
    benchmark.extra_info |= {
        "e-nodes": equals.report.nodes,
        "ours per s": round(best),
        "target": TARGET,
    }
    assert len(set(islice(equals.terms(padding), NUMBER))) == NUMBER


def test_counts(benchmark):
    """All sums of eight, counted without making one: as many as the closed form says."""
    graph, source, _ = sum_graph(8)
    frozen = graph.freeze()
    root = frozen.find(source)
    assert root is not None
    found = benchmark(lambda: Terms(frozen).count(root, 0))
    assert found == closed_form(8) == 17_297_280
