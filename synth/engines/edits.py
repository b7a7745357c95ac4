"""The engine edits: all programs a few lines away from those to start from, fewest lines first."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from bridge import Program
from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import Candidate, Checkpoint, Event, Refuted, Spent, Work, relay, saved_as
from synth.engines.enumeration import EnumerationEngine
from synth.problem import Problem
from synth.sketch import Sketch

if TYPE_CHECKING:
    from synth.discrete.edits import Edited

__all__ = ["EditsEngine"]

STAGE: Final = "edits"
LONG: Final = 100
"""The steps of a run that takes long."""
LOOK: Final = 500_000
"""Programs between two looks for the best so far: a second, or less."""


class Shortened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its checkpoint, where few steps or lines are the aim."""

    settled: list[str] = []
    """Programs of which no edit is better."""


@dataclass(frozen=True)
class EditsEngine:
    """It starts from the holes of the problem's sketch, from what another engine left, from the
    program to adapt, or from the near misses of a short enumeration of its own."""

    name: str = STAGE
    lines: int = 4
    """The most lines changed in what the spec gives, besides the holes."""
    hasty: int = 3
    """From so many lines on, it first tries those that halt soon on the first example."""
    near_lines: int = 2
    """The most lines changed in a near miss."""
    terms: int = 50_000
    """How many terms are enumerated at first; where no edit helps, eight times as many, and so
    on."""
    starts: int = 16
    """How many near misses to start from at a time."""
    without: int = 20_000_000
    """Programs that are executed without one among them that costs less, where that is the aim: as
    many fewer as they take longer than LONG steps."""
    start_too: bool = True
    """Whether the program to adapt is edited, too, where better ones are known."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if problem.adapts:
            yield from self._shorten(problem, budget.programs)
        elif problem.sketch is not None:  # what is no hole must stay as it is
            yield from self._fill(problem, problem.sketch, budget.programs)
        elif problem.starts:
            yield from self._repair(
                problem, self._near(problem, problem.starts), self.near_lines, budget.programs
            )
        elif problem.start is not None:
            yield from self._repair(problem, [problem.start], self.lines, budget.programs)
        else:
            yield from self._enumerate(problem, budget, seed)

    def _enumerate(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """Near misses of longer and longer enumerations, and their edits."""
        spent, terms, blank = Work(), self.terms, replaced(problem, saved={})
        tried: set[Program] = set()
        while (left := spent.left_of(budget))["terms"] and left["programs"]:
            few = replace(budget, terms=min(terms, left["terms"]))
            work, misses = yield from relay(EnumerationEngine(), blank, few, seed)
            fresh = [p for p in self._near(problem, misses) if p not in tried]
            tried.update(fresh)
            executed = yield from self._repair(problem, fresh, self.near_lines, left["programs"])
            spent = spent.plus(work).plus(Work(programs=executed))
            terms *= 8

    def _near(self, problem: Problem, starts: Iterable[Term | Program]) -> list[Program]:
        """The programs of what there is to start from; without any, the empty one."""
        found = (s if isinstance(s, Program) else next(problem.lowerings(s), None) for s in starts)
        programs = dict.fromkeys(program for program in found if program is not None)
        return list(programs)[: self.starts] or [Program(())]

    def _repair(
        self, problem: Problem, starts: list[Program], lines: int, most: int
    ) -> Iterator[Event]:
        """Edits of these, with no line changed, then with one, and so on; and with one line added
        instead of changed. No more than `most` programs are executed; returns how many were."""
        from synth.discrete.edits import insertions, likely_steps

        machine, tests = problem.machine, problem.tests
        executed = 0

        def attempt(program: Program, changed: int, haste: int | None = None) -> Iterator[Event]:
            nonlocal executed
            if executed < most:
                left = most - executed
                edited, _ = yield from self._edit(problem, program, changed, left, haste)
                executed += edited.executed

        for changed in range(lines + 1):
            for start in starts:
                if changed >= self.hasty:
                    yield from attempt(start, changed, likely_steps(start, tests))
                yield from attempt(start, changed)
                for longer in insertions(start, machine.lines) if changed else ():
                    yield from attempt(longer, changed - 1)
        return executed

    def _fill(self, problem: Problem, sketch: Sketch, most: int) -> Iterator[Event]:
        """The holes of a sketch, filled in all ways. A term's program has no holes for what takes
        more instructions than one."""
        edited, accepted = yield from self._edit(problem, sketch.program, 0, most)
        if edited.complete and not accepted and sketch.term is None:
            yield Refuted("the sketch's holes were filled in every way")

    def _edit(
        self, problem: Problem, program: Program, lines: int, most: int, haste: int | None = None
    ) -> Generator[Event, bool, tuple[Edited, bool]]:
        """The edits of a program that change so many lines, the best now and then offered: what
        came of it, and whether one was accepted."""
        from synth.discrete.edits import edits

        executed, look, offered, edited = 0, LOOK, None, None
        tests, machine = problem.tests, problem.machine
        for edited in edits(program, tests, machine, lines=lines, first_steps=haste, budget=most):
            yield Spent(STAGE, Work(programs=edited.executed - executed))
            executed = edited.executed
            if executed >= look and not edited.found:
                look = executed + LOOK
                if edited.best != offered:
                    offered = edited.best
                    yield Candidate(offered, skeleton=program)
        assert edited is not None  # it says at once how things stand
        found = edited.found[0] if edited.found else edited.best
        return edited, (yield Candidate(found, skeleton=program))

    def _shorten(self, problem: Problem, most: int) -> Iterator[Event]:
        """Edits of the best program and, if asked, of the start that cost less; then those of what
        was found, until none does."""
        from synth.discrete.shorten import cost_of, shorten, total_steps

        assert problem.objective != "correct"
        machine, tests, objective = problem.machine, problem.tests, problem.objective
        timed = problem.timed
        settled = list(saved_as(problem, Shortened).settled)
        executed = 0
        given = [*problem.starts[:1], problem.start]
        for program in dict.fromkeys(given if self.start_too else given[:1]):
            while isinstance(program, Program) and str(program) not in settled:
                cost, better = cost_of(program, timed, machine, objective), None
                mean = total_steps(program, timed, machine) / len(timed.steps)
                budget = min(int(self.without * min(1, LONG / mean)), most - executed)
                tried = shorten(
                    program, tests, machine, objective=objective, budget=budget, timed=timed
                )
                for some in tried:
                    yield Spent(STAGE, Work(programs=some.executed))
                    executed += some.executed
                    for found in some.found:
                        accepted = yield Candidate(found, skeleton=problem.start)
                        if accepted and cost_of(found, timed, machine, objective) < cost:
                            better = found
                            break
                    if better is not None:
                        break
                if executed >= most:
                    return
                settled.append(str(program))
                yield Checkpoint({"settled": settled})
                program = better
