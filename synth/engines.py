"""Engines: one protocol, one budget, so that they can be compared and combined.

An engine searches until it has an answer or the run's budget is spent. What it returns passes all
examples, executed; held-out examples are for the pipeline alone to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bridge import Program, SkeletuneError
from bridge.term import Term
from synth.propose import Enumeration
from synth.run import Answer, Run

__all__ = ["ENGINES", "Both", "Engine", "EnumerationEngine", "TuningEngine", "engine_named"]


class Engine(Protocol):
    """What `--engine` names."""

    name: str

    def search(self, run: Run) -> Answer | None:
        """The first program found that passes all examples; None if the budget ends before."""
        ...


@dataclass(frozen=True)
class EnumerationEngine:
    """Terms, cheapest first, executed."""

    name: str = "enumeration"
    near_misses: int = 24
    """How many near misses it leaves for tuning."""

    def search(self, run: Run) -> Answer | None:
        enumeration = Enumeration(run.spec.examples, run.spec.machine)
        answer = self._first_answer(enumeration, run)
        misses = enumeration.near_misses(self.near_misses)
        run.count(terms=enumeration.terms, states=enumeration.states)
        if answer is None:
            for miss in misses[:3]:  # so that there is always a best so far
                program = run.lower(miss.term)
                if program is not None:
                    run.offer(Answer(self.name, program, miss.term))
        run.save(near_misses=[str(miss.term) for miss in misses])
        return answer

    def _first_answer(self, enumeration: Enumeration, run: Run) -> Answer | None:
        tried: set[Program] = set()
        for term in enumeration.programs():
            run.count("enumeration", terms=enumeration.terms, states=enumeration.states)
            if term is not None and (program := run.lower(term)) is not None:
                program = program.bare()
                if program not in tried:
                    tried.add(program)
                    answer = Answer(self.name, program, term)
                    if run.offer(answer):
                        return answer
            if enumeration.terms >= run.budget.terms or run.stopped():
                return None
        return None


@dataclass(frozen=True)
class Skeleton:
    """What tuning starts from."""

    program: Program
    term: Term | None


@dataclass(frozen=True)
class TuningEngine:
    """Gradient descent from random weights: the paper's row "Optimization"."""

    name: str = "tuning"
    batch: int = 16
    """Skeletons tuned together."""
    restarts: int = 4
    """Restarts of each in a batch."""

    def search(self, run: Run) -> Answer | None:
        from backend import random_skeleton  # JAX is imported only when tuning starts

        blank = Skeleton(random_skeleton(run.spec.machine), None)
        return self.tune(run, iter(lambda: blank, None))

    def tune(self, run: Run, skeletons: Iterator[Skeleton]) -> Answer | None:
        """Tunes the skeletons, a batch at a time, until one gives a program that passes."""
        index = 0
        done = run.saved.get("skeletons_done", 0)
        while not run.stopped():
            left = run.budget.restarts - run.stats.restarts
            size = min(self.batch, max(0, left) // self.restarts)
            batch = [s for s, _ in zip(skeletons, range(size), strict=False)]
            if not batch:
                return None
            index += len(batch)
            if index <= done:
                continue
            answer = self._tune_batch(run, batch, index - len(batch))
            if answer is not None:
                return answer
            if not run.stopped():
                run.save(skeletons_done=index)
        return None

    def _tune_batch(self, run: Run, batch: list[Skeleton], first: int) -> Answer | None:
        from backend import tune

        before = run.stats

        def report(progress) -> None:
            run.count(
                "tuning",
                restarts=before.restarts + progress.restarts,
                gradient_steps=before.gradient_steps + progress.gradients,
                programs=before.programs + progress.programs,
            )

        run.count("tuning", skeletons=before.skeletons + len(batch))
        result = tune(
            [s.program for s in batch],
            run.spec.examples,
            run.spec.machine,
            restarts=self.restarts,
            seed=run.seed,
            stop=run.stopped,
            report=report,
            first_skeleton_index=first,
        )
        run.count(
            restarts=before.restarts + result.restarts,
            gradient_steps=before.gradient_steps + result.gradients,
            programs=before.programs + result.programs,
            soft=before.soft + result.soft,
            diverged=before.diverged + result.diverged,
            compile_seconds=before.compile_seconds + result.compile_seconds,
        )
        for solved in result.solutions:
            skeleton = batch[solved.skeleton - first]
            weights = {k: v for k, v in vars(solved.weights).items() if v is not None}
            answer = self._answer(solved.program, skeleton, weights)
            if run.offer(answer):
                return answer
        if result.best is not None and result.best_skeleton is not None:
            run.offer(self._answer(result.best, batch[result.best_skeleton - first]))
        return None

    def _answer(self, program: Program, skeleton: Skeleton, weights=None) -> Answer:
        source = skeleton.term if skeleton.term is not None else skeleton.program
        return Answer("tuning", program, skeleton=source, weights=weights)


@dataclass(frozen=True)
class Both:
    """Enumeration, then tuning from its near misses: of each, the e-graph's equivalents and
    their padded variants, the nearest misses and the cheapest variants first."""

    name: str = "both"
    enumeration: EnumerationEngine = EnumerationEngine()
    tuning: TuningEngine = TuningEngine()
    variants: int = 48
    """Variants of each near miss."""

    def search(self, run: Run) -> Answer | None:
        if "near_misses" not in run.saved:
            answer = self.enumeration.search(run)
            if answer is not None or run.stopped():
                return answer
        from bridge.term import parse_term

        misses = [parse_term(text) for text in run.saved["near_misses"]]
        return self.tuning.tune(run, self._skeletons(run, misses))

    def _skeletons(self, run: Run, misses: list[Term]) -> Iterator[Skeleton]:
        """Variant 0 of miss 0; then 1 of 0 and 0 of 1; and so on along the diagonals."""
        from synth.egraph import distinct_classes
        from synth.enumerate import equivalents

        machine = run.spec.machine
        misses = distinct_classes(misses, machine.words, rulesets=run.rulesets)
        sources = [
            iter(equivalents(m, machine.words, rulesets=run.rulesets, limit=self.variants))
            for m in misses
        ]
        open_sources: list[Iterator[Term] | None] = []
        seen: set[Program] = set()
        while len(open_sources) < len(sources) or any(open_sources):
            if len(open_sources) < len(sources):
                open_sources.append(sources[len(open_sources)])
            for i, source in enumerate(open_sources):
                term = next(source, None) if source is not None else None
                if term is None:
                    open_sources[i] = None
                    continue
                program = run.lower(term)
                if program is not None and program.bare() not in seen:
                    seen.add(program.bare())
                    yield Skeleton(program, term)


ENGINES: dict[str, Engine] = {e.name: e for e in (Both(), EnumerationEngine(), TuningEngine())}


class EngineError(SkeletuneError):
    """An engine that does not exist."""


def engine_named(name: str) -> Engine:
    """The engine of that name. Raises EngineError."""
    if name not in ENGINES:
        raise EngineError(f"no engine {name!r}: there are {', '.join(sorted(ENGINES))}")
    return ENGINES[name]
