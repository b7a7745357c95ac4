"""Discrete engines: programs changed, drawn and executed, with nothing in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msgspec import UNSET

from bridge import Program, parse_program
from bridge.term import parse_term
from synth.engines.sat import SATEngine
from synth.run import Answer, Run

if TYPE_CHECKING:
    from synth.discrete.chains import Sampled
    from synth.discrete.edits import Edited

__all__ = ["DISCRETE", "EditsEngine", "MCMCEngine", "RandomEngine"]


@dataclass(frozen=True)
class EditsEngine:
    """All programs a few lines away from those to start from: the holes of the spec's sketch, its
    program to adapt, or the near misses of a short enumeration. Fewest lines first."""

    name: str = "edits"
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

    def search(self, run: Run) -> Answer | None:
        if run.sketch is not None:  # what is no hole must stay as it is
            return self.repair(run, [run.sketch.program], 0)
        if (start := given_start(run)) is not None:
            return self.repair(run, [start], self.lines)
        tried: set[Program] = set()
        terms = self.terms
        while not run.stopped():
            if tried or "near_misses" not in run.saved:
                if (answer := self._enumerate(run, terms)) is not None:
                    return answer
                terms *= 8
            starts = [s for s in self._near_misses(run) if s not in tried]
            tried.update(starts)
            if (answer := self.repair(run, starts, self.near_lines)) is not None:
                return answer
            if run.stats.terms >= run.budget.terms:
                return None
        return None

    def repair(
        self, run: Run, starts: list[Program], lines: int, most: int | None = None
    ) -> Answer | None:
        """The first program found that passes all examples among the edits of these, tried with
        no line changed, then with one, and so on; and with one line added instead of changed. No
        more than `most` programs are executed."""
        from bridge.batch import encode_examples
        from synth.discrete.edits import edits, insertions, likely_steps

        machine = run.spec.machine
        tests = encode_examples(run.spec.examples, machine)
        last = None if most is None else run.stats.programs + most

        def attempt(program: Program, changed: int, haste: int | None = None) -> Answer | None:
            before = run.stats.programs
            if run.stopped() or before == last:
                return None

            def report(executed: int) -> None:
                run.count("edits", programs=before + executed)

            edited = edits(
                program, tests, machine, lines=changed, first_steps=haste,
                budget=None if last is None else last - before, stop=run.stopped, report=report,
            )  # fmt: skip
            return self._offer(run, edited, program)

        for changed in range(lines + 1):
            for start in starts:
                if changed >= self.hasty:
                    answer = attempt(start, changed, likely_steps(start, tests))
                    if answer is not None:
                        return answer
                if (answer := attempt(start, changed)) is not None:
                    return answer
                for longer in insertions(start, machine.lines) if changed else ():
                    if (answer := attempt(longer, changed - 1)) is not None:
                        return answer
        return None

    def repair_near_misses(self, run: Run, most: int | None = None) -> Answer | None:
        """The same for the near misses that an enumeration left."""
        return self.repair(run, self._near_misses(run), self.near_lines, most)

    def _offer(self, run: Run, edited: Edited, start: Program) -> Answer | None:
        program = edited.found[0] if edited.found else edited.best
        answer = Answer(self.name, program, skeleton=start)
        return answer if run.offer(answer) else None

    def _enumerate(self, run: Run, terms: int) -> Answer | None:
        """An enumeration of so many terms: its answer, if any; else it leaves its near misses."""
        from synth.engines.ladder import EnumerationEngine

        budget, done = run.budget, run.stats.terms
        run.budget = replace(budget, terms=min(terms, budget.terms - done))
        run.count("enumeration", terms=0)
        try:
            return EnumerationEngine().search(run)
        finally:
            run.budget = budget
            run.count(terms=done + run.stats.terms)

    def _near_misses(self, run: Run) -> list[Program]:
        programs: dict[Program, None] = {}
        for text in run.saved.get("near_misses", ()):
            for program in run.lowerings(parse_term(text)):
                programs.setdefault(program)
                break
        return list(programs)[: self.starts] or [Program(())]


@dataclass(frozen=True)
class MCMCEngine:
    """Metropolis chains over whole programs, as in STOKE: from the program to adapt, if the spec
    has one, else from random programs; or over the fillings of a sketch's holes."""

    name: str = "mcmc"

    def search(self, run: Run) -> Answer | None:
        from bridge.batch import encode_examples
        from synth.discrete.chains import mcmc

        tests = encode_examples(run.spec.examples, run.spec.machine)
        start = given_start(run) if run.sketch is None else run.sketch.program
        return _sampled(
            run,
            self.name,
            lambda report: mcmc(
                tests, run.spec.machine, seed=run.seed, start=start, stop=run.stopped,
                report=report,
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class RandomEngine:
    """Random programs, or a sketch with its holes filled at random."""

    name: str = "random"

    def search(self, run: Run) -> Answer | None:
        from bridge.batch import encode_examples
        from synth.discrete.chains import random_programs

        tests = encode_examples(run.spec.examples, run.spec.machine)
        sketch = None if run.sketch is None else run.sketch.program
        return _sampled(
            run,
            self.name,
            lambda report: random_programs(
                tests, run.spec.machine, seed=run.seed, sketch=sketch, stop=run.stopped,
                report=report,
            ),
        )  # fmt: skip


def given_start(run: Run) -> Program | None:
    """The spec's program to adapt, if it has one."""
    start = run.spec.start
    return None if start is UNSET else parse_program(start, "$.start")


def _sampled(
    run: Run, name: str, search: Callable[[Callable[[int], None]], Sampled]
) -> Answer | None:
    """Runs a stochastic search and offers its best."""
    before = run.stats.programs

    def report(executed: int) -> None:
        run.count(name, programs=before + executed)

    answer = Answer(name, search(report).best)
    return answer if run.offer(answer) else None


DISCRETE = (EditsEngine(), MCMCEngine(), RandomEngine(), SATEngine())
"""One of each."""
