"""The driver: executes what engines yield, counts, keeps the clock and the best so far, saves.

One driver for all engines and objectives. Where a correct program is to be made quicker or shorter,
a better one must pass what engines don't see, too, before it counts (`synth.kept`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from bridge import Program, verify
from bridge.lowering.tidy import drop_unreachable
from bridge.spec import Budget, Example
from synth.answers import Answers
from synth.counterexamples import TRIES, attack
from synth.engines import (
    Candidate,
    Checkpoint,
    Engine,
    NoCandidate,
    Note,
    Refuted,
    Spent,
    Starts,
    Work,
    engine_name,
)  # fmt: skip
from synth.engines.base import KINDS
from synth.engines.ready import survived
from synth.engines.thread import EngineThread
from synth.judging import NOTHING, Rank, judge
from synth.kept import Kept, keep_back
from synth.problem import Problem
from synth.runs.files import Saved, SavedWork, candidate_from, to_found
from synth.runs.folder import RunFolder
from synth.runs.history import History
from synth.solution import Progress, Stats
from synth.stages import Stages
from synth.trivial import empty_answer, refutation

__all__ = ["Driver"]

EVERY: Final = 0.5
"""Seconds between two checkpoints, at least, that hold nothing new but the best so far."""
GRACE: Final = 10_000
"""Terms and programs that are tried at least, once one fails few enough examples."""


@dataclass
class Driver:
    """One search, from beginning to end."""

    problem: Problem
    engine: Engine
    budget: Budget
    seed: int
    folder: RunFolder | None = None
    watch: Callable[[Progress], None] = lambda progress: None
    interrupted: Callable[[], bool] = lambda: False
    notes: list[str] = field(default_factory=list)
    wanted: int = 1
    """How many answers: with the first of so many, the search ends."""
    best: Candidate | None = None
    """The best program so far."""
    refuted: bool = False
    """Whether no program can be right."""
    no_candidate: bool = False
    """Whether none that the engine can try explains the examples."""
    broken_off: bool = False
    """Whether an interruption, KeyboardInterrupt, ended it."""

    def __post_init__(self) -> None:
        self.spent = Work()
        self._stages = Stages()
        self.history = History() if self.folder is None else self.folder.last_history()
        self._told = self._kept_at = 0.0
        self._unsaved = True  # what there is to save, but for how far the engine is
        self._rank = NOTHING
        self._until: int | None = None  # an answer fails some examples: the work when it counts
        self._saved: tuple[dict[str, Any], Work] = {}, self.spent
        self._added: list[Example] = []
        self._kept = Kept(self.problem, self.problem.examples)
        self._refused: set[Program] = set()
        self.answers = Answers(self.wanted, quick=self.problem.objective != "correct")
        """The cheapest programs that are right."""

    # ------------------------------------------------------------ the search

    def resume(self, saved: Saved, *, anew: bool = False) -> None:
        """Goes on from a checkpoint instead of from the beginning; or begins `anew` all the same,
        with the best so far and the counterexamples that it holds. Raises RunFolderError."""
        if not anew:
            self.spent = Work(**msgspec.structs.asdict(saved.work))
            self._saved = saved.engine, self.spent
        for example in saved.counterexamples:
            self._learn(example)
        if self.problem.images:  # what reads pictures is not in it
            return
        if saved.best is not None:
            self.best = candidate_from(saved.best, self.problem, "$.best")
        for i, found in enumerate(saved.answers):
            self._offer(candidate_from(found, self.problem, f"$.answers[{i}]"))

    def run(self) -> Candidate | None:
        """The answer, executed; or None, when the budget is spent. Against an oracle, if the
        problem has one: counterexamples join the examples, and the engine begins anew, until none
        is found. A KeyboardInterrupt ends it as a wish to end does."""
        try:
            return self._run()
        except KeyboardInterrupt:  # where nobody makes a wish of it
            self.broken_off = True
            self.notes.append(f"interrupted in {self._stages.now}")
            self._save()
            return None

    def _run(self) -> Candidate | None:
        while (answer := self._search()) is not None and self.problem.oracle is not None:
            found, tries = self._attack()
            if found is None:
                self.notes.append(
                    f"oracle: no counterexample in {tries:,} of {TRIES:,} tries; "
                    f"found before, and added to the examples: {len(self._added)}"
                )
                return answer
            self._learn(found)
            for known in self.answers.clear():
                self._offer(known)  # still the best so far, though it may not be right
            self._saved = {}, self.spent
            self._save()
        if self.problem.oracle is not None:
            self.notes.append(f"oracle: counterexamples added to the examples: {len(self._added)}")
        return answer

    def _attack(self) -> tuple[Example | None, int]:
        """An input on which an answer differs from the oracle, or None; and how many were tried."""
        self._stages.go_on("oracle")
        tries = 0
        for answer in self.answers:
            tried = attack(self.problem, answer.program, f"{self.seed}/{len(self._added)}")
            last: tuple[Example | None, int] = None, 0
            while not self.stopped() and (one := next(tried, None)) is not None:
                last = one
                self._tell()
            tries += last[1]
            if last[0] is not None:
                return last[0], tries
        return None, tries

    def stopped(self) -> bool:
        """Whether time is up or the user interrupted."""
        return self.was_interrupted() or self.seconds >= self.budget.seconds

    def was_interrupted(self) -> bool:
        """Whether the user interrupted."""
        return self.broken_off or self.interrupted()

    def _is_over(self) -> bool:
        """`stopped`, while an engine is waited for, which is told."""
        self._tell()
        return self.stopped()

    @property
    def seconds(self) -> float:
        """Wall-clock since the search began."""
        return self._stages.seconds

    def stats(self) -> Stats:
        """The work so far, and the seconds."""
        return Stats(**vars(self.spent), seconds=self.seconds, stages=self._stages.each())

    def add(self, other: Driver) -> None:
        """Counts the work and the seconds of another, which ran meanwhile, as its own."""
        self.spent = self.spent.plus(other.spent)
        self._stages.add(other._stages)

    def _search(self) -> Candidate | None:
        """Runs the engine until it has an answer or ends. Where a correct program is to be made
        quicker or shorter it goes on to its end, and the best program is the answer."""
        adapts = self.problem.adapts
        self._kept = keep_back(self.problem, self.seed, len(self._added))
        so_far = self.best
        if adapts and self.problem.start is not None:
            self._offer(Candidate(self.problem.start, found_by="start"))
        goes_on = adapts or (so_far is not None and so_far.tentative)
        if so_far is not None and self._offer(so_far) and self.answers.full and not goes_on:
            return so_far
        empty = empty_answer(self.problem)
        if empty is not None and self._offer(empty) and self.answers.full:
            return empty
        refuted, tried = refutation(self.problem, self.budget, self._is_over)
        if refuted is not None:
            self._refute(refuted.why)
            for candidate in tried:
                self._offer(candidate)
            self._save()
            return None
        left = self.spent.left_of(self.budget)
        seconds = max(self.budget.seconds - self.seconds, 1e-3)
        problem = replace(self._kept.seen, saved=self._saved[0])
        budget = msgspec.structs.replace(self.budget, **left, seconds=seconds)
        answer, begun = None, (self.engine, problem, budget, self.seed, self._is_over)
        with survived(self.engine, self.notes, lambda: self.best), EngineThread(*begun) as running:
            answer = self._listen(running, adapts)
        self._save()
        if self.stopped() and answer is None:
            if adapts:
                self.notes.append(f"cut short ({self._stages.now}): there may be better programs")
            if self._stages.detail:
                why = "interrupted" if self.was_interrupted() else "time was up"
                self.notes.append(f"{why} in {self._stages.now}: {self._stages.detail}")
        if not adapts:
            return answer
        self.notes.append(self._kept.note(len(self._refused)))
        return self.best

    def _refute(self, why: str) -> None:
        self.refuted = True
        self.notes.append(f"no program of this machine fits: {why}")

    def _listen(self, running: EngineThread, adapts: bool) -> Candidate | None:
        """Takes events until one is the answer. Of programs that fail some examples, if the problem
        allows that, it is the best that is found in twice the work that the first one took; of such
        as read pictures the last, when the engine ends."""
        name, reply = engine_name(self.engine), None
        while not self.stopped() and (event := running.next(reply)) is not None:
            reply = None
            match event:
                case Candidate():
                    candidate = replace(event, found_by=event.found_by or name)
                    reply = self._offer(candidate)
                    if reply and not adapts and not self.problem.images:
                        if not self._rank.correct:
                            self._until = self._until or 2 * self._work() + GRACE
                        elif self.answers.full and not event.tentative:
                            self.best, self._unsaved = candidate, True
                            return candidate
                        reply = False  # so that it goes on
                case Spent(stage, work, detail, others):
                    self._stages.go_on(stage, detail, others)
                    self.spent = self.spent.plus(work)
                    self.history.count(stage, work)
                    if any(getattr(self.spent, k) > getattr(self.budget, k) for k in KINDS):
                        break  # it should have ended by itself
                    if self._until is not None and self._work() > self._until:
                        break
                case Note(text):
                    self.notes.append(text)
                case Checkpoint(state):
                    self._saved = dict(state), self.spent
                    self._save()
                case Refuted(why) if self.problem.may_fail:
                    self.notes.append(f"no program passes all examples: {why}")
                case Refuted(why):
                    self._refute(why)
                    return None
                case NoCandidate(why):
                    self.no_candidate = True
                    self.notes.append(why)
                case Starts():  # there is nobody to start from them
                    pass
                case _:
                    kind = type(event).__name__
                    self.notes.append(f"{name} yielded a {kind}: yield an event of synth.engines")
                    break
            self._tell()
        return self.best if self._rank.enough and not adapts else None

    def _work(self) -> int:
        return self.spent.terms + self.spent.programs

    # ------------------------------------------------------------ programs

    def _learn(self, example: Example) -> None:
        """Adds an example; whatever was the best so far is to be judged anew."""
        self._added.append(example)
        self.problem = replace(self.problem, examples=(*self.problem.examples, example))
        self.best, self._rank = None, NOTHING

    def _offer(self, candidate: Candidate) -> bool:
        """Executes a program; keeps it if it is the best so far, in the folder too. Whether it
        passes enough examples, and completes the sketch, if there is one."""
        problem = self.problem
        if problem.adapts and candidate.found_by != "start":
            source = candidate.skeleton if candidate.term is not None else problem.start
            program = drop_unreachable(candidate.program)
            candidate = replace(candidate, program=program, skeleton=source)
        # A term was made from the sketch's; its program may have other lines.
        sketch = problem.sketch if candidate.term is None else None
        if sketch is not None and not sketch.completed_by(candidate.program):
            return False
        if (verdict := judge(candidate, problem)) is None:
            self.notes.append(f"{candidate.found_by} yielded a program without what reads pictures")
            return False
        steps = sum(verdict.steps)
        if problem.adapts:  # never worse than the start
            more = self._kept.check(candidate.program) if verdict.correct else None
            if more is None and candidate.found_by != "start":
                if verify(candidate.program, self._kept.shown, problem.machine).correct:
                    self._refused.add(candidate.program)
                return False
            steps += more or 0
        lines = len(candidate.program) if problem.adapts else 0
        cost = (lines, steps) if problem.objective == "lines" else (steps, lines)
        rank = Rank.of(verdict, problem.accuracy, cost)
        if self.best is None or problem.images or rank > self._rank:
            self.best, self._rank, self._unsaved = candidate, rank, True
            if self.folder is not None:
                self.folder.log(candidate, verdict, self.seconds)
        if rank.enough:
            self.answers.add(candidate, sum(verdict.steps))
        return rank.enough

    # ------------------------------------------------------------ clock, progress, files

    def _tell(self) -> None:
        """Tells whoever watches, now and then; saves a new best so far within a second."""
        if self._unsaved and self.seconds - self._kept_at >= EVERY:
            self._save()
        if self.seconds - self._told > 0.1:
            self._told = self.seconds
            self._record()
            now, told = self._stages, self.history.told(self._stages.each())
            so_far = self.stats(), self._rank.cells, self.problem.cells
            self.watch(Progress(now.now, *so_far, now.detail, told, self.budget))

    def _record(self) -> None:
        cells, total = self._rank.cells, self.problem.cells
        self.history.add(self.seconds, self._stages.now, cells, total, self.spent)

    def _save(self) -> None:
        """Writes the checkpoint: the engine's last, the work until then, and the best so far."""
        self._unsaved, self._kept_at = False, self.seconds
        self._record()
        if self.folder is not None:
            self.folder.record(self.history, self._stages.each())
            state, work = self._saved
            self.folder.checkpoint(
                Saved(
                    engine=state,
                    work=SavedWork(**vars(work)),
                    counterexamples=tuple(self._added),
                    best=None if self.best is None else to_found(self.best),
                    answers=tuple(map(to_found, self.answers)),
                )
            )
