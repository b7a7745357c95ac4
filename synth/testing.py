"""A conformance kit: whether an engine, or a ruleset, of one's own keeps to what search relies on.

    from synth.testing import check_engine, check_ruleset

    def test_my_engine():
        check_engine(my_engine)

Each check runs on small problems, and raises NotConforming, an AssertionError, with what was
expected and what was seen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

import synth
from bridge import Example, Machine, Program, Spec, parse_program, run, verify
from bridge.spec import Budget, Expect, Search
from synth.driver import Driver
from synth.engines import Candidate, Checkpoint, Engine, Event, Note, Spent, Work, engine_name
from synth.engines.base import Running
from synth.problem import Problem, resolve
from synth.runs.arrays import pack, unpack

if TYPE_CHECKING:
    from synth.rulesets import Rules

__all__ = ["NotConforming", "check_engine", "check_ruleset"]

SECONDS: Final = 60.0
"""After which a check gives up on an engine."""
PATIENCE: Final = 10.0
"""The most seconds between two events, or to close: what Ctrl-C waits for, compilation included."""
MACHINE: Final = Machine(words=4, registers=2, lines=4, steps=8)
FEW: Final = Budget(seconds=SECONDS, terms=300, programs=3000, restarts=4)

INC: Final = parse_program("read 1 2\ninc 2 2\nwrite 1 2")  # memory[0] += 1
WRONG: Final = parse_program("read 1 2\ndec 2 2\nwrite 1 2")
SLOW: Final = parse_program("noop\nread 1 2\ninc 2 2\nwrite 1 2")
SKETCHES: Final = ("read 1 2\n?\nwrite 1 2", "(do (store 0 (inc (hole))))")
INPUTS: Final = tuple((i, 3 * i % 4) for i in range(4)) + tuple((i, 1) for i in range(4))


class NotConforming(AssertionError):
    """What an engine or a ruleset does that it must not, or doesn't do that it must."""


def check_engine(engine: Engine) -> None:
    """Checks that the engine yields events, obeys its budget, stops when told, gives the same for
    the same seed, goes on from its checkpoints, sees no held-out examples, completes a sketch or
    says that it can't, and is of no harm where a program is to be adapted. Takes some seconds, for
    engines that compile some dozens. Raises NotConforming."""
    name = engine_name(engine)
    for check in CHECKS:
        try:
            check(engine)
        except NotConforming as error:
            raise NotConforming(f"engine {name}, {check.__name__[1:]}: {error}") from None


def check_ruleset(ruleset: Rules) -> None:
    """Checks that the ruleset loads, that each of its rules proves sound (one of which nothing can
    be said does not), and that saturation under it keeps to its caps and loses no work. Raises
    NotConforming, or PluginError where it does not load."""
    from bridge.term import parse_term
    from synth.egraph.equivalents import saturate
    from synth.egraph.worker import Worker
    from synth.plugins import language_of, validate
    from synth.rules.rule import equation
    from synth.rules.soundness import check_ruleset as verdicts
    from synth.rulesets import DEFAULT

    language = language_of([ruleset])
    validate(ruleset, "", language)
    for verdict in verdicts(ruleset, language=language):
        if verdict.sound is not True:
            known = verdict.reason or "a counterexample: see python -m synth.rules check"
            raise NotConforming(
                f"rule {verdict.rule.name}, {equation(verdict.rule)}: not shown to be sound: "
                f"{known}"
            )
    with Worker() as worker:
        for text in ("(do (map p (succ)))", "(do (fold p a (plus)) (store p a))"):
            rulesets, term = [*DEFAULT, ruleset], parse_term(text)
            found = saturate(
                term, 8, rulesets=rulesets, nodes=3_000, worker=worker, language=language
            )
            if found.report.lost:
                raise NotConforming(f"saturating {text}: {found.report.stopped}")


# ------------------------------------------------------------ problems


def _spec(program: Program = INC, **more: Any) -> Spec:
    """What the program does to some words; two of them are held out."""
    examples = tuple(
        Example(memory=m, expect=Expect(memory=run(program, m, MACHINE).memory[:2])) for m in INPUTS
    )
    more |= {"name": "conformance", "search": Search(seconds=SECONDS)}
    return Spec(machine=MACHINE, examples=examples[:6], holdout=examples[6:], **more)


def _hard() -> Problem:
    """Examples that contradict each other: nothing is right on them."""
    spec = _spec()
    other = Example(memory=INPUTS[1], expect=Expect(memory=(3, 3)))
    return resolve(msgspec.structs.replace(spec, examples=(*spec.examples, other)))


def _events(
    engine: Engine, problem: Problem, budget: Budget = FEW, seed: int = 0
) -> Iterator[Event]:
    """The engine's events, each of a known kind and in good time; what passes is accepted."""
    reply, began = None, time.monotonic()
    with Running(engine, problem, budget, seed) as running:
        while True:
            asked = time.monotonic()
            if (event := running.next(reply)) is None:
                return
            if not isinstance(event, Event):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise NotConforming(f"yielded {event!r}: yield an event of synth.engines")
            if time.monotonic() - asked > PATIENCE:
                raise NotConforming(f"no event for {PATIENCE:g} s: yield several a second")
            if time.monotonic() - began > SECONDS:
                raise NotConforming(f"has not ended after {SECONDS:g} s: its budget is small")
            reply = None
            if isinstance(event, Candidate):
                reply = verify(event.program, problem.examples, problem.machine).correct
            yield event


# ------------------------------------------------------------ checks of engines


def _yields_events_within_budget(engine: Engine) -> None:
    spent = Work()
    for event in _events(engine, _hard()):
        if isinstance(event, Spent):
            spent = spent.plus(event.work)
    # Tuning executes programs by the thousand for each restart.
    for kind in ("terms", "restarts", *(() if spent.restarts else ("programs",))):
        if getattr(spent, kind) > getattr(FEW, kind):
            raise NotConforming(f"spent {getattr(spent, kind):,} {kind} of {getattr(FEW, kind):,}")


def _stops_when_told(engine: Engine) -> None:
    polls = iter(range(10**9))
    endless = Budget(seconds=1e6, terms=10**9, programs=10**9, restarts=10**6)
    driver = Driver(_hard(), engine, endless, 0, interrupted=lambda: next(polls) > 8)
    began = time.monotonic()
    driver.run()
    if time.monotonic() - began > 2 * PATIENCE:
        raise NotConforming(f"took {time.monotonic() - began:.0f} s to end when interrupted")


def _is_deterministic(engine: Engine) -> None:
    one, other = (
        [event for event in _events(engine, _hard(), seed=3) if not isinstance(event, Spent)]
        for _ in range(2)
    )
    if one != other:
        raise NotConforming("the same problem, budget and seed gave other events")


def _goes_on(engine: Engine) -> None:
    problem = _hard()
    last: Checkpoint | None = None
    after: list[Candidate] = []
    for event in _events(engine, problem):
        if isinstance(event, Checkpoint):
            last, after = event, []
        elif isinstance(event, Candidate):
            after.append(event)
    if last is None:
        return
    try:
        arrays: dict[str, np.ndarray] = {}
        state = unpack(json.loads(json.dumps(pack(last.state, arrays))), arrays)
    except TypeError as error:
        raise NotConforming(f"a checkpoint is not of plain values and arrays: {error}") from None
    again = [e for e in _events(engine, replace(problem, saved=state)) if isinstance(e, Candidate)]
    if not {c.program for c in after} <= {c.program for c in again}:
        raise NotConforming("gone on from its last checkpoint, it found other programs")


def _sees_no_holdout(engine: Engine) -> None:
    spec = _spec()
    solutions = [
        _solve(engine, msgspec.structs.replace(spec, holdout=held)) for held in (spec.holdout, ())
    ]
    if solutions[0].program != solutions[1].program:
        raise NotConforming("held-out examples changed what it found")


def _completes_sketches(engine: Engine) -> None:
    for text in SKETCHES:
        solution = _solve(engine, _spec(sketch=text))
        if solution.solved:
            continue
        if not any(isinstance(e, Note) for e in _events(engine, resolve(_spec(sketch=text)))):
            raise NotConforming(
                f"neither completed the sketch {text!r} nor noted why it can't (yield a Note)"
            )


def _adapts(engine: Engine) -> None:
    _solve(engine, _spec(start=str(WRONG)))
    solution = _solve(engine, _spec(start=str(SLOW), objective="steps"))
    if not solution.examples.correct or sum(solution.examples.steps) > 6 * 5:
        raise NotConforming("where a start is to be made quicker, the answer is worse than it")


def _solve(engine: Engine, spec: Spec) -> synth.Solution:
    few = Search(**msgspec.structs.asdict(FEW) | {"programs": 10**6})
    return synth.solve(msgspec.structs.replace(spec, search=few), engine=engine)


CHECKS: Final = (
    _yields_events_within_budget,
    _stops_when_told,
    _is_deterministic,
    _goes_on,
    _sees_no_holdout,
    _completes_sketches,
    _adapts,
)
