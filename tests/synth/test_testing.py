"""The conformance kit: all that is shipped passes, and what does not conform is told."""

from __future__ import annotations

from random import SystemRandom

import pytest
from egglog import rewrite, ruleset

from bridge import parse_program
from synth.engines import ENGINES, Candidate, Checkpoint, Note, Spent, Work
from synth.language import Word, inc, max_, min_
from synth.rulesets import SHIPPED
from synth.testing import NotConforming, check_engine, check_ruleset

RIGHT = parse_program("read 1 2\ninc 2 2\nwrite 1 2")


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_shipped_engines_conform(engine, monkeypatch):
    for limit in ("PATIENCE", "SECONDS"):  # a machine that does other things, too, compiles slowly
        monkeypatch.setattr(f"synth.testing.{limit}", 1_000.0)
    check_engine(engine)


def test_a_guess_conforms():
    def guess(problem, budget, seed):
        yield Spent("guess", Work(programs=min(1, budget.programs)))
        yield Candidate(RIGHT)
        yield Note("it knows one program only")

    check_engine(guess)


def overspends(problem, budget, seed):
    yield Spent("greed", Work(terms=budget.terms + 1))


def never_ends(problem, budget, seed):
    while True:
        yield Spent("idleness")


def yields_programs(problem, budget, seed):
    yield RIGHT


def is_moody(problem, budget, seed):
    yield Note(f"my mood is {SystemRandom().random()}")


def saves_objects(problem, budget, seed):
    yield Checkpoint({"problem": problem})


def starts_anew(problem, budget, seed):
    if not problem.saved:
        yield Checkpoint({"half": "done"})
        yield Candidate(parse_program("noop"))


def says_nothing_of_sketches(problem, budget, seed):
    if problem.sketch is None:
        yield Candidate(RIGHT)


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        (overspends, "spent 301 terms of 300"),
        (yields_programs, "yielded Program.*: yield an event of synth.engines"),
        (is_moody, "gave other events"),
        (saves_objects, "not of plain values"),
        (starts_anew, "it found other programs"),
        (says_nothing_of_sketches, "neither completed the sketch"),
    ],
)
def test_engines_that_do_not_conform(engine, message):
    with pytest.raises(NotConforming, match=f"engine {engine.__name__}, .*{message}"):
        check_engine(engine)


def test_an_engine_without_end(monkeypatch):
    monkeypatch.setattr("synth.testing.SECONDS", 0.5)
    with pytest.raises(NotConforming, match="has not ended after"):
        check_engine(never_ends)


@pytest.mark.parametrize("name", ["arith", "loops"])
def test_shipped_rulesets_conform(name):
    check_ruleset(SHIPPED[name])


def test_an_unsound_ruleset():
    @ruleset
    def mine(x: Word, y: Word):
        # true but where x + 1 wraps round
        yield rewrite(max_(inc(x), inc(y))).to(inc(max_(x, y)))

    with pytest.raises(NotConforming, match="not shown to be sound: a counterexample"):
        check_ruleset(mine)


def test_a_sound_ruleset():
    @ruleset
    def absorb(x: Word, y: Word):
        yield rewrite(max_(x, min_(x, y))).to(x)

    check_ruleset(absorb)
