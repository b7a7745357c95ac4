"""The ladder: an engine made of engines, which are its rungs; the cheapest comes first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final

import msgspec

from bridge import Program, SkeletuneError, verify
from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import (
    Candidate,
    Checkpoint,
    Engine,
    Event,
    Note,
    SavedError,
    Work,
    engine_name,
    relay,
    saved_as,
)  # fmt: skip
from synth.engines.beside import Beside, Companion
from synth.engines.deduction import DeductionEngine, shown_by
from synth.engines.divide import DivideEngine, wants_one_word
from synth.engines.edits import EditsEngine
from synth.engines.enumeration import EnumerationEngine
from synth.engines.exhaustive import FEW, ExhaustiveEngine, is_small
from synth.engines.perception import PerceptionEngine
from synth.engines.ready import UNABLE, CannotRunError, check_ready, reason_of
from synth.engines.rewriting import RewritingEngine
from synth.engines.sampling import MCMCEngine
from synth.engines.tuning import TuningEngine
from synth.engines.walks import WalksEngine, wants_a_walk
from synth.language import check_term
from synth.problem import Problem
from synth.sketch import parse_source

__all__ = ["CORRECT", "LINES", "STEPS", "Ladder", "Rung"]


@dataclass(frozen=True)
class Rung:
    """An engine, and its share of what is left of the budget."""

    engine: Engine
    most: Mapping[str, int] = field(default_factory=dict)
    """The most work that it may do, by the budget's names of it."""
    when: Callable[[Problem], bool] = lambda problem: True
    """Which problems it is for."""
    until: float = 1.0
    """It doesn't begin when more than that part of the seconds is over."""


def _term_to_fill(problem: Problem) -> bool:
    return problem.sketch is not None and problem.sketch.term is not None


def _small_and_blank(problem: Problem) -> bool:
    return problem.start is None and is_small(problem)


def _start_to_repair(problem: Problem) -> bool:
    return problem.start is not None and problem.sketch is None


def _lines_to_fill(problem: Problem) -> bool:
    return problem.sketch is not None and problem.sketch.term is None


def _lists_to_lists(problem: Problem) -> bool:
    return problem.sketch is None and _all_must_pass(problem) and shown_by(problem) is not None


def _all_must_pass(problem: Problem) -> bool:
    return not problem.may_fail and not problem.adapts


HEAD_START: Final = 1_000_000
"""Terms that are enumerated alone, a few seconds: what is found later is as often the fault of the
examples, which chains fit sooner, as of the program. With the shares below 15 of 22 tasks of `dev`
(table1, anc, lists; `benchmarks.shares`) are solved; of 125 other settings none solves more and 62
as many, so the tasks are too few to tell these apart. On the drawn suites none of 115 answers was a
companion's."""

CORRECT: Final = (
    Rung(ExhaustiveEngine(), {"programs": FEW}, _small_and_blank),
    Rung(EditsEngine(), {"programs": 20_000_000}, _start_to_repair),
    Rung(DeductionEngine(), {"terms": 2_000_000}, _lists_to_lists),  # a second or two
    Rung(EnumerationEngine(), {"terms": 10_000}, _term_to_fill),
    Rung(DivideEngine(), when=wants_one_word),
    Rung(WalksEngine(), {"terms": 400_000}, wants_a_walk),  # a second
    Rung(
        Beside(
            EnumerationEngine(),
            (
                Companion(MCMCEngine(), 1.0, HEAD_START, when=_all_must_pass),
                Companion(EditsEngine(), 0.5, HEAD_START, {"terms": 500_000}, _all_must_pass),
            ),
        ),
        when=lambda problem: problem.sketch is None,
    ),
    Rung(EditsEngine(), {"programs": 5_000_000}),  # some seconds, or half a minute
    Rung(MCMCEngine(), {"programs": 20_000_000}, _lines_to_fill),
    Rung(TuningEngine()),
)
"""A small machine's programs, all; loops whose bodies are read off examples that are lists; where
numbers make one, words that branches join; where memory makes one, loops that stop there;
enumeration, from a while on with Metropolis chains and
edits of near misses beside it; the edits of its last near misses; tuning, and drawing programs from
what is tuned. What the spec gives, a sketch or a program to adapt, comes first."""

STEPS: Final = (
    Rung(RewritingEngine()),
    Rung(EditsEngine()),
    Rung(RewritingEngine()),
    Rung(EnumerationEngine(), {"terms": 20_000_000}),  # some ten seconds
    Rung(EditsEngine()),
    Rung(TuningEngine(), until=0.5),  # to compile it takes long
    Rung(EditsEngine()),
)
"""From the best programs so far: rewritten, loops and all, the start's straight line with what all
examples have in common; a few lines edited; others enumerated; the efficiency loss (eqs. 11-12)
descended."""

LINES: Final = STEPS[:5]
"""The same for few lines, of which no gradient knows."""


class Climbed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ladder's checkpoint."""

    rung: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The rung at work."""
    starts: list[str] = []
    """What those before it left to start from."""
    own: dict[str, dict[str, Any]] = {}
    """Each engine's own checkpoint."""


@dataclass(frozen=True)
class Ladder:
    """Its rungs, one after the other, each from what those before it left."""

    name: str = "ladder"
    correct: tuple[Rung, ...] = CORRECT
    """For the objective "correct"."""
    steps: tuple[Rung, ...] = STEPS
    """For the objective "steps"."""
    pictures: tuple[Rung, ...] = (Rung(PerceptionEngine()),)
    """Where memory holds pictures."""
    lines: tuple[Rung, ...] = LINES
    """For the objective "lines"."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        began, spent = time.monotonic(), Work()
        saved = saved_as(problem, Climbed)
        own = dict(saved.own)
        starts = tuple(_starts(saved, problem))
        correct: dict[Program, tuple[int, int]] = {}
        unable, able = "", False  # why the last one left out could not work; whether any could

        def keep(state: Mapping[str, Any]) -> Checkpoint:  # of the engine at work
            own[name] = dict(state)
            return _checkpoint(number, starts, own)

        def note_correct(candidate: Candidate) -> None:
            verdict = verify(candidate.program, problem.examples, problem.machine)
            steps, lines = sum(verdict.steps), len(candidate.program)
            shortest = problem.objective == "lines"
            correct[candidate.program] = (lines, steps) if shortest else (steps, lines)

        rungs = self.pictures if problem.images else getattr(self, problem.objective)
        if problem.adapts:  # what a run that goes on had found
            for program in (p for p in starts if isinstance(p, Program)):
                note_correct(Candidate(program))
        for number, rung in enumerate(rungs):
            if number < saved.rung or not rung.when(problem):
                continue
            name, over = engine_name(rung.engine), time.monotonic() - began
            if over > rung.until * budget.seconds:
                yield Note(f"{name} was left out: {rung.until:.0%} of the time was over")
                continue
            left = spent.left_of(budget)
            share = {kind: min(left[kind], most) for kind, most in rung.most.items()}
            seconds = max(budget.seconds - over, 1e-3)
            try:
                check_ready(rung.engine)
                work, found = yield from relay(
                    rung.engine,
                    replace(problem, starts=starts, saved=own.get(name, {})),
                    msgspec.structs.replace(budget, **left | share, seconds=seconds),
                    seed,
                    saved=keep,
                    accepted=note_correct,
                )
            except SavedError as error:
                raise SavedError(f".own.{name}{error.at}", error.what) from None
            except UNABLE as error:
                unable = f"{name} was left out: {reason_of(error)}"
                yield Note(unable)
                continue
            able = True
            spent = spent.plus(work)
            best = sorted(correct, key=correct.__getitem__)
            starts = tuple(best) or found or starts
            yield _checkpoint(number + 1, starts, own)
        if unable and not able:
            raise CannotRunError(f"nothing can work here: {unable}")


def _checkpoint(
    rung: int, starts: tuple[Term | Program, ...], own: Mapping[str, Any]
) -> Checkpoint:
    return Checkpoint({"rung": rung, "starts": [*map(str, starts)], "own": dict(own)})


def _starts(saved: Climbed, problem: Problem) -> Iterator[Term | Program]:
    """What the rungs before had left to start from."""
    for i, text in enumerate(saved.starts):
        try:
            start = parse_source(text, f"$.starts[{i}]")
            if isinstance(start, Term):
                check_term(start, language=problem.language)
            else:
                start.check(problem.machine)
        except SkeletuneError as e:
            raise SavedError(f".starts[{i}]", e.args[0].removeprefix(f"$.starts[{i}]: ")) from None
        yield start
