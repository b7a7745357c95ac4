"""Saturation in a process of its own: whatever a ruleset does, the caps hold and work goes on."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import replace

import pytest
from egglog import RewriteOrRule, relation, rewrite, rule, ruleset

from bridge.term import parse_term
from synth.egraph.caps import Caps
from synth.egraph.equivalents import finish, saturate
from synth.egraph.graph import TermGraph
from synth.egraph.pack import pack, unpack
from synth.egraph.worker import Worker
from synth.language import LANGUAGE, Word, add, inc
from synth.plugins import language_of, load_rulesets
from synth.rulesets import DEFAULT, SHIPPED
from synth.search import main
from tests.synth.egraph.test_egraph import chain, dividing, full_ac

SMALL = parse_term("(do (map p (succ)) (halt))")


EXPLODING = """
from egglog import *
from synth.language import *

@ruleset
def exploding(x: Word):
    # Sound, and harmless where little is known; then one iteration tries all blocks in all places.
    blocks = [
        eq(var(f"k{i}", Block)).to(seq(var(f"s{i}", Stmt), var(f"j{i}", Block))) for i in range(9)
    ]
    yield rewrite(inc(x)).to(add(x, const(1)), *blocks)
"""


@pytest.fixture(scope="module")
def worker():
    with Worker() as found:
        yield found


def test_the_same_as_in_this_process(worker):
    for words, rulesets in ((8, DEFAULT), (12, (SHIPPED["arith"],))):
        graph = TermGraph(words)
        graph.add(SMALL)
        here = graph.saturate(rulesets, nodes=3_000)
        automaton, there = finish(worker.saturate([SMALL], words, rulesets, Caps(3_000)))
        assert automaton == graph.freeze()
        assert here.saturated
        assert there.saturated
        assert (there.nodes, there.classes) == (here.nodes, here.classes)
        assert there.matches.keys() == here.matches.keys()
        assert not there.lost


def test_the_cap_on_nodes(worker):
    term = chain("add", [f"x{i}" for i in range(14)])
    automaton, report = finish(worker.saturate([term], 16, [full_ac], Caps(50_000, 1_000.0, 2.0)))
    assert report.stopped == "stopped at 50,000 e-nodes"
    assert automaton.size == report.nodes < 100_000
    assert automaton.find(term) is not None


def test_the_cap_on_memory(worker):
    term = chain("add", [f"x{i}" for i in range(14)])
    automaton, report = finish(worker.saturate([term], 16, [full_ac], Caps(10**7, 1_000.0, 0.25)))
    assert report.stopped == "stopped at 0.2 GiB of memory"
    assert report.lost
    assert automaton.find(term) is not None


def test_a_rule_that_fails_ends_with_what_was_there_before(worker):
    term = parse_term("(add x 0)")
    automaton, report = finish(worker.saturate([term], 8, [dividing], Caps()))
    assert report.stopped.startswith("stopped: a rule failed while it ran: Panic: ")
    assert report.lost
    assert automaton.find(term) is not None


def test_a_process_that_dies_is_replaced():
    with Worker() as worker:
        finish(worker.saturate([SMALL], 8, [], Caps()))
        os.kill(worker._child.pid, signal.SIGSEGV)
        _, report = finish(worker.saturate([SMALL], 8, [], Caps()))
        assert report.stopped in (
            "not begun: stopped: egglog's process died (SIGSEGV)",
            "stopped: egglog's process died (SIGSEGV)",
        )
        _, report = finish(worker.saturate([SMALL], 8, [], Caps()))
        assert report.saturated


def test_an_iteration_without_end(worker, tmp_path):
    path = tmp_path / "exploding.py"
    path.write_text(EXPLODING)
    rulesets = [*DEFAULT, *load_rulesets([str(path)])]
    automaton, report = finish(worker.saturate([SMALL], 12, rulesets, Caps(10**6, 4.0, 64.0)))
    assert report.stopped == "stopped after 4 s"
    assert report.lost
    assert automaton.find(SMALL) is not None
    assert automaton.size > 40  # what the iterations before gave


def test_whoever_has_enough_stops_waiting(tmp_path):
    path = tmp_path / "exploding.py"
    path.write_text(EXPLODING)
    rulesets = [*DEFAULT, *load_rulesets([str(path)])]
    with Worker() as worker:
        waiting = worker.saturate([SMALL], 12, rulesets, Caps(10**6, 1_000.0))
        began = time.monotonic()
        while time.monotonic() < began + 2:
            next(waiting)
        waiting.close()
        _, report = finish(worker.saturate([SMALL], 8, [], Caps()))  # another process
        assert report.saturated


near = relation("near", Word)


@ruleset
def with_facts(x: Word, y: Word) -> Iterable[RewriteOrRule]:
    yield rule(inc(x)).then(near(x))
    yield rewrite(add(x, y)).to(add(y, x), near(x))


def test_rulesets_are_sent_as_values():
    (found,), language = unpack(pack([with_facts], LANGUAGE))
    assert language is LANGUAGE
    assert found is not with_facts
    assert str(found) == str(with_facts)
    (shipped,), _ = unpack(pack([SHIPPED["arith"]], LANGUAGE))
    assert shipped is SHIPPED["arith"]


CLEARING = """
from egglog import *
from synth.language import *

@construct(cost=3)
def clear(p: StringLike) -> Stmt:
    return map_(p, bind(second(), const(0)))

@ruleset
def clearing(p: String, k: Block):
    yield rewrite(do(assign(p, 0), clear(p), assign(p, 0), clear(p), rest=k)).to(
        do(assign(p, 0), clear(p), rest=k))
"""


def test_rules_of_ones_own_constructs_run_there(worker, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CLEARING)
    (mine,) = load_rulesets([str(path)])
    language = language_of([mine])
    term = parse_term("(do (assign p 0) (clear p) (assign p 0) (clear p))")
    found = saturate(term, 8, rulesets=[mine], worker=worker, language=language)
    assert found.holds(parse_term("(do (assign p 0) (clear p))"))
    found = saturate(term, 8, rulesets=[*DEFAULT, mine], worker=worker, language=language)
    assert found.holds(parse_term("(do (assign p 0) (map p (bind (second) 0)))"))  # it is unfolded


# ---------------------------------------------------------------- the whole command

HARD = {  # no short program does this
    "machine": {"words": 8, "steps": 24, "lines": 8, "registers": 4},
    "examples": [
        {"memory": [1, 2, 3], "expect": {"memory": [5, 4, 3, 7, 3]}},
        {"memory": [3, 1, 2], "expect": {"memory": [5, 6, 2, 6, 4]}},
    ],
}
BUDGET = ("--terms", "300", "--restarts", "4", "--seconds", "1000")


def searched(tmp_path, capsys, spec, *options):
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    out = tmp_path / "run"
    argv = [str(tmp_path / "spec.json"), "--json", "--quiet", "--out", str(out), *options]
    assert main(argv) in (0, 1)
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def patient(monkeypatch):
    """No saturation ends because the machine has other things to do."""
    saturate = Worker.saturate

    def patiently(self, terms, words, rulesets, caps, *more):
        return saturate(self, terms, words, rulesets, replace(caps, seconds=1_000.0), *more)

    monkeypatch.setattr(Worker, "saturate", patiently)


@pytest.mark.usefixtures("patient")
def test_a_search_survives_a_ruleset_that_explodes(tmp_path, capsys):
    (tmp_path / "mine.py").write_text(EXPLODING)
    found = searched(
        tmp_path, capsys, HARD, "--rules", str(tmp_path / "mine.py"),
        "--memory", "0.25", *BUDGET,
    )  # fmt: skip
    told = [note for note in found["notes"] if note.startswith("e-graph of a near miss: stopped")]
    assert told == [
        "e-graph of a near miss: stopped at 0.2 GiB of memory; "
        "the next ones do without the rulesets given"
    ]
    assert found["result"] == "budget_exhausted"
    assert found["stats"]["restarts"] == 4


FAILING = """
from egglog import *
from synth.language import *

@ruleset
def failing(x: Word):
    yield rewrite(load(x)).to(add(load(x), const(i64(1) / i64(0))))
"""


@pytest.mark.usefixtures("patient")
def test_a_search_survives_a_rule_that_panics(tmp_path, capsys):
    (tmp_path / "mine.py").write_text(FAILING)
    found = searched(
        tmp_path, capsys, HARD, "--rules", str(tmp_path / "mine.py"), "--unsound",
        *BUDGET,
    )  # fmt: skip
    told = [note for note in found["notes"] if "a rule failed" in note]
    assert len(told) == 1
    assert told[0].startswith(
        "e-graph of a near miss: stopped: a rule failed while it ran: Panic: "
    )
    assert found["stats"]["restarts"] == 4
