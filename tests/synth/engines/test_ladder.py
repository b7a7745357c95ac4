"""The ladder: rungs in order, their shares, what they hand on; a user's engine is a rung, too."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace

import msgspec
import pytest

import synth
from benchmarks.suites import ROOT
from bridge import load_spec, parse_program
from bridge.term import Term, parse_term
from synth.engines import Candidate, Checkpoint, Ladder, Note, Rung, Spent, Starts, Work
from synth.engines import beside as beside_module
from synth.engines.beside import Beside, Companion
from synth.engines.edits import EditsEngine
from synth.engines.ladder import CORRECT
from synth.problem import resolve
from tests.cases import TABLE1

SPEC = TABLE1["map_inc"].spec
MISS = parse_term("(do (map p (pred)))")


def leaves(problem, budget, seed):
    yield Spent("leaves", Work(terms=4))
    yield Starts((MISS,))


def test_what_a_rung_leaves_the_next_starts_from():
    seen = []

    def asks(problem, budget, seed):
        seen.append((problem.starts, budget.terms))
        yield Note("asked")

    solution = synth.solve(
        SPEC, engine=Ladder(correct=(Rung(asks), Rung(leaves), Rung(asks))), terms=9
    )
    assert seen == [((), 9), ((MISS,), 5)]
    assert solution.notes == ("asked", "asked")


def test_shares_conditions_and_time():
    seen = []

    def asks(problem, budget, seed):
        seen.append((budget.programs, budget.restarts))
        return iter(())

    rungs = (
        Rung(asks, {"programs": 7}),
        Rung(asks, when=lambda problem: problem.start is not None),
        Rung(asks, {"restarts": 10**9}),
        Rung(asks, until=-1.0),
    )
    solution = synth.solve(SPEC, engine=Ladder(correct=rungs), programs=50, restarts=3)
    assert seen == [(7, 3), (50, 3)]
    assert solution.notes == ("asks was left out: -100% of the time was over",)


def test_edits_of_near_misses_are_the_answer():
    solution = synth.solve(SPEC, engine=Ladder(correct=(Rung(leaves), Rung(EditsEngine()))))
    assert solution.found_by == "edits"
    assert solution.result is synth.Result.VERIFIED


def test_it_goes_on_from_the_rung_it_was_on():
    climbed = []

    def first(problem, budget, seed):
        climbed.append("first")
        yield Starts((MISS, parse_program("halt")))

    def second(problem, budget, seed):
        climbed.append(("second", dict(problem.saved), problem.starts))
        yield Checkpoint({"done": 1})

    ladder = Ladder(correct=(Rung(first), Rung(second)))
    states = [e.state for e in ladder(resolve(SPEC), SPEC.search, 0) if isinstance(e, Checkpoint)]
    starts = (MISS, parse_program("halt"))
    assert climbed == ["first", ("second", {}, starts)]
    assert [s["rung"] for s in states] == [1, 1, 2]
    climbed.clear()
    list(ladder(replace(resolve(SPEC), saved=states[1]), SPEC.search, 0))
    assert climbed == [("second", {"done": 1}, starts)]


def test_a_users_engine_adapts_too():
    """It hands back what it is given, but for the no-ops; edits go on from there."""
    spec = load_spec(ROOT / "anc" / "list_k_biased.json")
    spec = msgspec.structs.replace(spec, start=f"{spec.start}\nnoop")

    def tidy(problem, budget, seed):
        lines = str(problem.start).splitlines()
        program = parse_program("\n".join(x for x in lines if x.strip() != "noop"))
        assert (yield Candidate(program))

    def looks(problem, budget, seed):
        assert len(problem.starts) == 1
        assert not isinstance(problem.starts[0], Term)
        yield Note(f"starts from {len(problem.starts[0])} lines")

    ladder = Ladder(steps=(Rung(tidy), Rung(looks)))
    solution = synth.solve(spec, engine=ladder)
    assert solution.solved
    assert any(note.startswith("starts from") for note in solution.notes)


def test_what_was_correct_before_a_kill_is_started_from():
    """Also where what comes after it is slower."""
    spec = load_spec(ROOT / "anc" / "list_k_biased.json")
    problem = resolve(spec)
    assert problem.start is not None
    slow = parse_program(f"noop\n{problem.start}")
    seen = []

    def finds(problem, budget, seed):
        yield Candidate(slow)

    def looks(problem, budget, seed):
        seen.extend(problem.starts)
        return iter(())

    saved = {"rung": 1, "starts": [str(problem.start)]}
    ladder = Ladder(steps=(Rung(looks), Rung(finds), Rung(looks)))
    events = ladder(replace(problem, saved=saved), spec.search, 0)
    reply = None
    with contextlib.suppress(StopIteration):
        while True:
            reply = isinstance(events.send(reply), Candidate) or None
    assert [p.bare() for p in seen] == [problem.start.bare(), slow.bare()]


def counting(name, units, kind="terms"):
    """An engine that does one unit of work at a time, and leaves a start."""

    def engine(problem, budget, seed):
        for _ in range(min(units, getattr(budget, kind))):
            yield Spent(name, Work(**{kind: 1}))
        yield Starts((MISS,))

    return engine


@pytest.mark.parametrize("cores", [1, 2])
def test_engines_take_turns_by_their_work(cores, monkeypatch):
    """Whatever the clock and the cores; they end with the one that leads, which leaves what to
    start from."""
    monkeypatch.setattr(beside_module, "cores", lambda: cores)
    chains = Companion(counting("chains", 100, "programs"), 2.0, after=3)
    few = Companion(counting("few", 100, "programs"), 1.0, most={"programs": 1})
    never = Companion(counting("never", 1), 1.0, when=lambda problem: False)
    beside = Beside(counting("leader", 5), (chains, few, never))
    events = list(beside(resolve(SPEC), SPEC.search, 0))
    stages = [event.stage for event in events if isinstance(event, Spent)]
    assert stages == ["leader", "few", "leader", "leader", "leader", *["chains"] * 2, "leader",
                      *["chains"] * 2]  # fmt: skip
    assert events[-1] == Starts((MISS,))
    assert beside.name == "engine"


def test_where_there_are_cores_others_work_while_one_leads(monkeypatch):
    monkeypatch.setattr(beside_module, "cores", lambda: 2)
    ahead, waited = threading.Event(), []

    def leads(problem, budget, seed):
        yield Spent("leads", Work(terms=1))
        yield Spent("leads", Work(terms=1))
        waited.append(ahead.wait(60))  # in turns, nobody would ever set it

    def works(problem, budget, seed):
        yield Spent("works", Work(programs=1))
        ahead.set()
        yield Spent("works", Work(programs=1))

    beside = Beside(leads, (Companion(works, 0.5),))
    stages = [
        event.stage for event in beside(resolve(SPEC), SPEC.search, 0) if isinstance(event, Spent)
    ]
    assert (stages, waited) == (["leads", "works", "leads"], [True])


@pytest.mark.parametrize("cores", [1, 2])
def test_what_stands_beside_is_told_whether_a_program_was_accepted(cores, monkeypatch):
    monkeypatch.setattr(beside_module, "cores", lambda: cores)
    said = []

    def offers(problem, budget, seed):
        said.append((yield Candidate(parse_program("halt"))))
        yield Spent("offers", Work(programs=1))

    beside = Beside(counting("leader", 2), (Companion(offers, 1.0),))
    synth.solve(SPEC, engine=beside, terms=5)
    assert said == [False]


def test_chains_beside_enumeration_fill_lines():
    """Holes of assembly are for chains, too, where there are too many for edits."""
    names = [getattr(rung.engine, "name", "") for rung in CORRECT]
    assert names.index("edits") < names.index("mcmc") < names.index("tuning")
