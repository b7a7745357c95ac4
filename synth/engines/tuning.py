"""The engine tuning: skeletons completed by gradient descent."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import repeat
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import numpy as np

from bridge import Program
from bridge.lowering.lift import lift_program
from bridge.lowering.preloads import drop_unread
from bridge.lowering.tidy import drop_unreachable, reachable
from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import Candidate, Checkpoint, Event, Note, Spent, Work, saved_as
from synth.engines.ready import check_device
from synth.problem import Problem

if TYPE_CHECKING:
    from backend import TuneResult
    from backend.results import Candidate as Decoded
    from backend.weights import Weights
    from synth.egraph.skeletons import Skeleton

__all__ = ["TuningEngine"]

STAGE: Final = "tuning"


class Tuned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its checkpoint."""

    skeletons: Annotated[int, msgspec.Meta(ge=0)] = 0
    """How many were tuned."""


@dataclass(frozen=True)
class TuningEngine:
    """Gradient descent from the equals and padded variants of near misses that another engine left,
    the nearest and cheapest first, or of the program to adapt; before these from that program as it
    is. Assembly is lifted for it. Else from a sketch, or from random weights, the paper's row
    "Optimization"."""

    name: str = STAGE
    batch: int = 16
    """Skeletons tuned together."""
    restarts: int = 4
    """Restarts of each in a batch."""
    quicker: int = 8
    """Restarts of each program, where few steps are the objective."""

    def ready(self) -> None:
        """Raises CannotRunError where JAX has no device."""
        check_device()

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if problem.adapts:
            yield from self._quicken(problem, budget, seed)
        else:
            yield from self._tune(problem, budget, seed)

    def _tune(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """Tunes skeletons, a batch at a time, until the budget of restarts is spent."""
        done = index = saved_as(problem, Tuned).skeletons
        left, programs = budget.restarts, budget.programs
        with _skeletons(problem, budget, self.batch, notes := []) as skeletons:
            yield Spent(STAGE)
            yield from _take(skeletons, done)
            while programs > 0 and (size := min(self.batch, left // self.restarts)):
                batch = yield from _take(skeletons, size)
                yield from map(Note, notes)
                notes.clear()
                if batch:
                    work = yield from _descend(problem, batch, index, self.restarts, seed)
                    left, programs = left - work.restarts, programs - work.programs
                    index += len(batch)
                if len(batch) < size:
                    yield Note(
                        f"asked {budget.restarts // self.restarts + done:,} skeletons, distinct "
                        f"{index:,}, because the near misses have no more equals that fit the "
                        "machine: raise --terms or --nodes"
                    )
                    return
                yield Checkpoint({"skeletons": index})

    def _quicken(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """Descends from the quickest program and from the start, the loss counting steps, too."""
        from synth.egraph.skeletons import Skeleton

        given = dict.fromkeys([*problem.starts[:1], problem.start])
        starts = [Skeleton(p) for p in given if isinstance(p, Program)]
        restarts = min(self.quicker, budget.restarts // len(starts))
        if restarts:
            yield from _descend(problem, starts, 0, restarts, seed)


@contextmanager
def _skeletons(
    problem: Problem, budget: Budget, batch: int, notes: list[str]
) -> Iterator[Iterator[Skeleton | None]]:
    """What to tune, without end but for near misses; None now and then. What is to be known about
    their saturation goes to `notes`, each once."""
    from synth.egraph.skeletons import Skeleton, skeletons  # egglog's rules take a moment to load

    if problem.sketch is not None:
        yield repeat(Skeleton(problem.sketch.program, problem.sketch.term))
        return
    misses = list(_near_misses(problem))
    if not misses:
        from backend import random_skeleton  # JAX is imported only when tuning starts

        start = problem.start or random_skeleton(problem.machine.lines)
        yield repeat(Skeleton(start))
        return
    from synth.egraph.worker import Worker

    said: set[str] = set()

    def note(report) -> None:
        text = f"e-graph of a near miss: {report.stopped}"
        if report.lost and problem.rulesets:
            text += "; the next ones do without the rulesets given"
        if not report.saturated and text not in said:
            said.add(text)
            notes.append(text)

    def found() -> Iterator[Skeleton | None]:
        if problem.start is not None:
            yield from repeat(Skeleton(problem.start), batch)
        yield from skeletons(
            misses, problem.machine.words, problem.lower,
            language=problem.language, rulesets=problem.rulesets,
            nodes=budget.nodes, memory=budget.memory, worker=worker, report=note,
        )  # fmt: skip

    with Worker() as worker:
        import_module("backend")  # JAX loads while the worker does
        yield found()


def _near_misses(problem: Problem) -> Iterator[Term]:
    """What other engines left as terms, or else the program to adapt. A program that cannot be told
    in the language is left out; so are all where words are expected in registers, which no rule
    keeps."""
    for start in problem.starts or (problem.start,):
        if isinstance(start, Term):
            yield start
        elif start is not None and not problem.outputs:
            term = lift_program(start, problem.machine.words)
            ops = {t.op for t in term.subterms() if isinstance(t, Term)} if term else set[str]()
            if term is not None and ops <= {"do", *problem.language}:
                yield term


def _take(
    skeletons: Iterator[Skeleton | None], number: int
) -> Generator[Event, bool, list[Skeleton]]:
    """The next so many."""
    taken: list[Skeleton] = []
    for skeleton in skeletons if number else ():
        if skeleton is None:
            yield Spent(STAGE)
            continue
        taken.append(skeleton)
        if len(taken) == number:
            break
    return taken


def _descend(
    problem: Problem, batch: list[Skeleton], first: int, restarts: int, seed: int
) -> Generator[Event, bool, Work]:
    """Tunes a batch, of which the first skeleton has that index: its work. Offers every solution,
    or else the best."""
    from backend import tune_rounds

    done, offered = Work(), set()
    yield Spent(STAGE, Work(skeletons=len(batch)))
    result = None
    for result in tune_rounds(
        [s.program for s in batch], problem.examples, problem.machine,
        restarts=restarts, seed=seed, objective="steps" if problem.adapts else "correct",
        first_skeleton_index=first,
    ):  # fmt: skip
        now = _work(result)
        yield Spent(STAGE, now.plus(done, -1))
        done = now
        for solved in result.solutions:
            if (key := (solved.skeleton, solved.restart, solved.program)) not in offered:
                offered.add(key)
                yield _candidate(solved, batch[solved.skeleton - first], problem)
    if result is not None and (best := result.best) is not None:
        yield _candidate(best, batch[best.skeleton - first], problem)
    return done


def _work(result: TuneResult) -> Work:
    return Work(
        restarts=result.restarts, gradient_steps=result.gradient_steps, programs=result.programs,
        soft=result.soft, solved=len(result.solutions), diverged=result.diverged,
        compile_seconds=result.compile_seconds,
    )  # fmt: skip


def _candidate(found: Decoded, skeleton: Skeleton, problem: Problem) -> Candidate:
    source = skeleton.program if skeleton.term is None else skeleton.term
    doubt = found.entropy[reachable(found.program)].tolist()
    course, program = found.course, drop_unread(drop_unreachable(found.program), problem.outputs)
    return Candidate(
        program, None, source, skeleton.near_miss, _arrays(found.weights),
        {"steps": course.steps, "loss": course.loss, **_arrays(course.weights)},
        entropy=tuple(round(nats, 3) for nats in doubt),
    )  # fmt: skip


def _arrays(weights: Weights) -> dict[str, np.ndarray]:
    return {k: np.asarray(array) for k, array in vars(weights).items() if array is not None}
