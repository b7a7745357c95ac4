"""Engines: one protocol, one budget, so that they can be compared and combined.

An engine searches until it has an answer or the run's budget is spent. What it returns passes all
examples, executed; held-out examples are for the pipeline alone to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain, repeat
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bridge import SkeletuneError
from bridge.lowering.tidy import drop_unreachable, reachable
from bridge.term import Term, parse_term
from synth.engines.edits import DISCRETE, EditsEngine, given_start
from synth.engines.external import PREFIX, CommandEngine
from synth.enumeration.grammar import Grammar
from synth.run import Answer, Run
from synth.sketch import Sketch, completions

if TYPE_CHECKING:
    from backend.results import Candidate
    from synth.egraph.caps import SaturationReport
    from synth.egraph.skeletons import Skeleton
    from synth.enumeration.search import Enumeration

__all__ = ["ENGINES", "Both", "Engine", "EnumerationEngine", "TuningEngine", "engine_named"]


class Engine(Protocol):
    """What `--engine` names."""

    @property
    def name(self) -> str: ...

    def search(self, run: Run) -> Answer | None:
        """The first program found that passes all examples; None if the budget ends before."""
        ...


@dataclass(frozen=True)
class EnumerationEngine:
    """Terms, cheapest first, executed."""

    name: str = "enumeration"
    near_misses: int = 24
    """How many near misses it leaves for tuning."""
    small: int = 6
    """The largest cost of statements that are tried alone, before the search proper."""

    def search(self, run: Run) -> Answer | None:
        if run.sketch is not None:
            if run.sketch.term is None:
                run.notes.append("enumeration fills the holes of terms only, not of assembly")
            return self.fill(run, run.sketch, run.budget.terms)
        run.count(terms=0, states=0)  # a run that goes on from a checkpoint enumerates anew
        answer = self._small(run)
        if answer is not None or run.stopped():
            return answer
        from synth.enumeration.search import Enumeration  # with numba, which takes a second to load

        enumeration = Enumeration(
            run.spec.examples, run.spec.machine, run.budget.terms - run.stats.terms
        )
        answer = self._first_answer(enumeration, run)
        misses = enumeration.near_misses(self.near_misses)
        if answer is None:
            for miss in misses[:3]:  # so that there is always a best so far
                program = run.lower(miss.term)
                if program is not None:
                    run.offer(Answer(self.name, program, miss.term))
        if run.stopped():
            run.save()  # whoever goes on from here enumerates anew, to the end
        else:
            run.save(near_misses=[str(miss.term) for miss in misses])
        return answer

    def _small(self, run: Run) -> Answer | None:
        """The programs of one small statement, by the reference interpreter: many an easy spec
        ends here, before anything heavy is imported. Not where the budget is so small that it is
        better spent on the search proper, which keeps its near misses."""
        grammar = Grammar(run.spec.machine.words, 1, run.spec.machine.steps, distinct=False)
        statements = [s for cost in range(1, self.small + 1) for s in grammar.statements(cost)]
        if len(statements) > run.budget.terms:
            return None
        for terms, statement in enumerate(statements):
            if run.stopped():
                return None
            run.count("enumeration", terms=terms + 1)
            if (answer := self._try(run, Term("do", (statement,)))) is not None:
                return answer
        return None

    def fill(self, run: Run, sketch: Sketch, most: int) -> Answer | None:
        """The cheapest way to fill the holes of a term, of the `most` cheapest; None for holes in
        assembly."""
        if sketch.term is None:
            return None
        machine = run.spec.machine
        for terms, term in enumerate(completions(sketch.term, machine.words, machine.steps)):
            if terms >= most or run.stopped():
                return None
            run.count("enumeration", terms=terms + 1)
            if (answer := self._try(run, term)) is not None:
                return answer
        return None

    def _first_answer(self, enumeration: Enumeration, run: Run) -> Answer | None:
        before = run.stats.terms
        for term in enumeration.programs():
            run.count("enumeration", terms=before + enumeration.terms, states=enumeration.states)
            if term is not None and (answer := self._try(run, term)) is not None:
                return answer
            if run.stopped():
                return None
        return None

    def _try(self, run: Run, term: Term) -> Answer | None:
        for program in run.lowerings(term):
            answer = Answer(self.name, program, term)
            if run.passes(program) and run.offer(answer):
                return answer
        return None


@dataclass(frozen=True)
class TuningEngine:
    """Gradient descent from random weights, the paper's row "Optimization"; or from a sketch, or
    from the program to adapt."""

    name: str = "tuning"
    batch: int = 16
    """Skeletons tuned together."""
    restarts: int = 4
    """Restarts of each in a batch."""

    def search(self, run: Run) -> Answer | None:
        from backend import random_skeleton  # JAX is imported only when tuning starts
        from synth.egraph.skeletons import Skeleton

        start = given_start(run)
        skeleton = Skeleton(random_skeleton(run.spec.machine.lines) if start is None else start)
        if run.sketch is not None:
            skeleton = Skeleton(run.sketch.program, run.sketch.term)
        return self.tune(run, iter(lambda: skeleton, None))

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
            solved=before.solved + len(result.solutions),
            diverged=before.diverged + result.diverged,
            compile_seconds=before.compile_seconds + result.compile_seconds,
        )
        for solved in result.solutions:
            skeleton = batch[solved.skeleton - first]
            answer = self._answer(solved, skeleton)
            if run.offer(answer):
                return answer
        if (best := result.best) is not None:
            run.offer(self._answer(best, batch[best.skeleton - first]))
        return None

    def _answer(self, found: Candidate, skeleton: Skeleton) -> Answer:
        source = skeleton.program if skeleton.term is None else skeleton.term
        doubt = found.entropy[reachable(found.program)].tolist()
        return Answer(
            self.name, drop_unreachable(found.program), None, source, skeleton.near_miss,
            {name: np.asarray(array) for name, array in vars(found.weights).items()},
            tuple(round(nats, 3) for nats in doubt),
        )  # fmt: skip


@dataclass(frozen=True)
class Both:
    """A ladder, the cheapest rung first: enumeration; the edits of its near misses; tuning, and
    drawing programs from what is tuned. Tuned are the near misses' equivalents from the e-graph and
    their padded variants, the nearest misses and the cheapest variants first. Where the spec has a
    program to adapt, its edits come before all, and it is tuned first."""

    name: str = "both"
    enumeration: EnumerationEngine = field(default_factory=EnumerationEngine)
    edits: EditsEngine = field(default_factory=EditsEngine)
    edited: int = 5_000_000
    """How many programs near the near misses, or with the holes of a sketch filled, are executed
    before tuning: some seconds, or half a minute where they run long."""
    adapted: int = 20_000_000
    """How many near the program to adapt."""
    tuning: TuningEngine = field(default_factory=TuningEngine)
    fillings: int = 10_000
    """How many ways to fill the holes of a sketch are tried before it is tuned."""

    def search(self, run: Run) -> Answer | None:
        if run.sketch is not None:
            return self._complete(run, run.sketch)
        start = given_start(run)
        if start is not None and "start_edited" not in run.saved:
            answer = self.edits.repair(run, [start], self.edits.lines, self.adapted)
            if answer is not None or run.stopped():
                return answer
            run.save(start_edited=True)
        if "near_misses" not in run.saved:
            answer = self.enumeration.search(run)
            if answer is not None or run.stopped():
                return answer
        if "near_misses_edited" not in run.saved:
            answer = self.edits.repair_near_misses(run, self.edited)
            if answer is not None or run.stopped():
                return answer
            run.save(near_misses_edited=True)
        # egglog's rules take a moment to load, too.
        from synth.egraph.skeletons import skeletons
        from synth.egraph.worker import Worker

        misses = [parse_term(text) for text in run.saved["near_misses"]]
        with Worker(run.stopped) as worker:
            import_module("backend")  # JAX loads while the worker does
            variants = skeletons(
                misses,
                run.spec.machine.words,
                run.lower,
                rulesets=run.rulesets,
                nodes=run.budget.nodes,
                memory=run.budget.memory,
                worker=worker,
                report=lambda report: self._note(run, report),
            )
            return self._tune(run, variants)

    def _complete(self, run: Run, sketch: Sketch) -> Answer | None:
        """Fills the sketch's holes: terms by terms, lines by instructions; else, tunes it."""
        answer = self.enumeration.fill(run, sketch, min(self.fillings, run.budget.terms))
        if answer is None:
            answer = self.edits.repair(run, [sketch.program], 0, self.edited)
        return answer if answer is not None or run.stopped() else self.tuning.search(run)

    def _tune(self, run: Run, variants: Iterator[Skeleton]) -> Answer | None:
        if (start := given_start(run)) is not None:
            from synth.egraph.skeletons import Skeleton

            variants = chain(repeat(Skeleton(start), self.tuning.batch), variants)
        answer = self.tuning.tune(run, variants)
        if answer is None and not run.stopped() and next(variants, None) is None:
            asked = run.budget.restarts // self.tuning.restarts
            run.notes.append(
                f"asked {asked:,} skeletons, distinct {run.stats.skeletons:,}, because the near "
                f"misses have no more equals that fit the machine: raise --terms or --nodes"
            )
        return answer

    def _note(self, run: Run, report: SaturationReport) -> None:
        """Says once why skeletons may be missing."""
        if run.stopped():
            return
        note = f"e-graph of a near miss: {report.stopped}"
        if report.lost and run.rulesets:
            note += "; the next ones do without the rulesets given"
        if not report.saturated and note not in run.notes:
            run.notes.append(note)


ENGINES: dict[str, Engine] = {
    e.name: e for e in (Both(), EnumerationEngine(), TuningEngine(), *DISCRETE)
}


class EngineError(SkeletuneError):
    """An engine that does not exist."""


def engine_named(name: str) -> Engine:
    """The engine of that name, shipped or of an installed plug-in; the one that stands at
    `module:attribute` or `file.py:attribute`; or `cmd:` and a command. Raises EngineError,
    PluginError."""
    if name in ENGINES:
        return ENGINES[name]
    if name.startswith(PREFIX):
        return CommandEngine(name)
    from synth.plugins import installed, load_engine
    from synth.sources import names_code

    if names_code(name):
        return load_engine(name)
    others = {n: e for plugin in installed().values() for n, e in plugin.engines.items()}
    if name not in others:
        known = ", ".join(sorted({*ENGINES, *others}))
        raise EngineError(
            f"no engine {name!r}: there are {known}; for your own write file.py:name or module:name"
        )
    return others[name]
