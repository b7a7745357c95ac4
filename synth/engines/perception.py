"""The engine perception: a program, and the nets that read pictures for it, found together.

Programs that can explain the examples are enumerated, trained side by side with nets of their own,
and told apart by examples that are kept back. Where none of the first explains these, more are
enumerated.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from bridge import Program
from bridge.counts import counted
from bridge.rates import wilson
from bridge.spec import Budget
from synth.engines.base import Candidate, Checkpoint, Event, NoCandidate, Note, Spent, Work
from synth.engines.pool import (
    SHORT,
    STAGE,
    Entrant,
    Pool,
    caveats,
    groups_of,
    likelihoods_of,
    short_groups,
)
from synth.engines.reader import Race, Ran
from synth.engines.ready import check_device
from synth.engines.screening import Promise, guessing, screen
from synth.problem import Problem
from synth.sketch import Sketch

if TYPE_CHECKING:
    from backend.perception.race import Contest, Pace
    from backend.perception.runners import Runner

__all__ = ["PerceptionEngine"]

RACE: Final = "race"
POLISH: Final = "polish"
HOLES: Final = "holes"
NEAR: Final = 0.9
"""A candidate explains the examples if it may be right on that part of those kept back that should
be right: its nets are still to be polished."""
HOPELESS: Final = 0.6
"""If it is surely right on less than that part, it does not."""
CLEARLY: Final = 0.8
"""Nor is it believed to, whatever it is right on, unless its loss is below that part of guessing's:
where answers are few, one is often right by chance."""
PROMISING: Final = 0.5
"""A candidate that halves the loss of guessing, by clusters of pictures alone, is raced at once."""
LEADING: Final = 3
"""How many contenders are named while they race."""
TOLD: Final = 16
"""The most contenders that a result tells of."""
MOST_COURSES: Final = 40
"""The most candidates of which a result tells how they fared."""
MISREAD: Final = 0.1
"""Where more of the examples kept back are wrong than that, because nets are still to be polished,
wrong answers are to blame for the rest."""
LEAST_NOISE: Final = 0.02
"""A share of examples that may be wrong, whatever the spec says: no single one must decide."""


def believed(part: float, loss: float, error: float, guessing: float) -> float:
    """What a winner's part of right examples counts for, whose loss is so many nats, give or take
    the error, where guessing loses so many: nothing if it surely loses more."""
    if loss > CLEARLY * guessing:
        return 0.0 if loss - 2 * error > guessing else min(part, HOPELESS)
    return part


@dataclass(frozen=True)
class PerceptionEngine:
    """Programs and classifiers of pictures, from pictures and final memories alone."""

    name: str = "perception"
    pictures: bool = True
    first: int = 30_000
    """Terms before the first race; before each further one ten times as many."""
    most: int = 400
    """New candidates in a race, of which each trains a net."""
    screened: int = 1_000
    """New candidates that are looked at at once, where there are more and clusters of pictures can
    tell which are promising:"""
    left: int = 24
    """so many race then."""
    rounds: tuple[int, ...] = (80, 160, 320)
    """Gradient steps in the rounds of a race; the last is of all further rounds, too."""
    polish: int = 800
    """Gradient steps of a winner, on all examples."""
    fillings: int = 2_000_000
    """If a sketch in assembly can be filled in more ways, its holes descend together with nets."""

    def ready(self) -> None:
        """Raises CannotRunError where JAX has no device."""
        check_device()

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if not problem.images:
            yield Note("perception can't: there are no pictures ($.images)")
        else:
            yield Spent(STAGE)
            search = _Search(self, problem, budget, seed)
            yield from search.run() if problem.sketch is None else search.complete(problem.sketch)


class _Search:
    """One run of the engine."""

    def __init__(
        self, engine: PerceptionEngine, problem: Problem, budget: Budget, seed: int
    ) -> None:
        self.engine, self.problem, self.budget, self.seed = engine, problem, budget, seed
        self.groups = groups_of(problem)
        self.racing = short_groups(self.groups)
        self.noise = max(LEAST_NOISE, 1 - problem.accuracy)
        self.pool = Pool(problem, self.groups, self.racing, budget.terms)
        self._best = 0.0
        """On what part of the examples kept back that should be right the last winner may be."""
        self._polished = -1
        self._rounds: dict[int, dict[int, float]] = {}
        """Of each candidate that raced: its best loss after so many gradient steps."""

    def run(self) -> Iterator[Event]:
        """Races of more and more candidates, until one explains the examples."""
        saved, budget = self.problem.saved, self.budget.terms
        known: list[Runner] = []
        waiting = [Promise(*each) for each in saved.get("waiting", ())]
        wave, terms, again = 0, min(self.engine.first, budget), {*saved.get("finalists", ())}
        while True:
            new = yield from self.pool.fill(terms, self._most)
            all_here = len(new) < self._most
            if wave >= saved.get("wave", 0):
                early = list[Promise]()
                if self._can_screen and (waiting or len(new) > self.engine.most):
                    waiting = yield from self._promising(new, waiting)
                    early = [p for p in waiting if p.loss < PROMISING * self._guessing]
                    new = self._numbered(p.number for p in early or waiting)
                if new and (all_here or early or not waiting):
                    if not early:
                        new += self._numbered(again - {entrant.number for entrant in new})
                    # Few race alone, so that each has several first nets.
                    known = yield from self._race(new, () if early else known)
                    waiting, again = [p for p in waiting if early and p not in early], set[int]()
                    numbers = [runner.number for runner in known]
                    yield Checkpoint({"wave": wave + 1, "finalists": numbers, "waiting": waiting})
                if self._best >= NEAR:
                    return
            if all_here and terms >= budget and not waiting:
                break
            wave, terms = wave + 1, min(10 * terms, budget) if all_here else terms
        yield from self._end(known)

    def complete(self, sketch: Sketch) -> Iterator[Event]:
        """A race of programs that complete the sketch: all its fillings, if they are few enough to
        be executed; else what holes and nets lead to in one descent, and those of a term's fillings
        that are cheap."""
        from synth.enumeration.fillings import how_many

        programs: Sequence[Program] = ()
        most = min(self.budget.programs, self.engine.fillings)
        if sketch.term is not None:
            most = min(self.budget.terms, self.engine.first)
        if sketch.term is not None or how_many(self.pool.choices(sketch)) > most:
            from backend.perception.blanks import fill

            steps = fill(sketch.program, self.racing, self.problem.machine, self._contest)
            programs = yield from self._paced(HOLES, steps)
            most = most if sketch.term is not None else 0
        new = yield from self.pool.complete(sketch, programs, most)
        known: list[Runner] = []
        if new:
            if self._can_screen and len(new) > self.engine.most:
                promising = yield from self._promising(new, [])
                new = self._numbered(promise.number for promise in promising)
            known = yield from self._race(new[: self.engine.most], [])
        yield from self._end(known)

    def _end(self, known: Sequence[Runner]) -> Iterator[Event]:
        if self._best < HOPELESS:
            yield NoCandidate(self._why_none(known))

    def _promising(
        self, new: Sequence[Entrant], waiting: Sequence[Promise]
    ) -> Generator[Event, object, list[Promise]]:
        """The best of both, as clusters of pictures tell."""
        found = yield from screen(new, self.racing, self.problem.images, self.noise, self.seed)
        return sorted([*waiting, *found])[: self.engine.left]

    def _numbered(self, numbers: Iterable[int]) -> list[Entrant]:
        return [self.pool.entrants[number] for number in sorted(numbers)]

    @cached_property
    def _can_screen(self) -> bool:
        """All have tables, and no net of the user's says that pixels tell too little."""
        return self.problem.net is None and all(group.readings <= SHORT for group in self.racing)

    @property
    def _most(self) -> int:
        """How many new candidates are looked at at once."""
        return self.engine.screened if self._can_screen else self.engine.most

    @cached_property
    def _guessing(self) -> float:
        return guessing(self.racing)

    @cached_property
    def _contest(self) -> Contest:
        from backend.perception.nets import DenseNet, make_net
        from backend.perception.race import Contest, Schedule, make_course

        problem = self.problem
        course = make_course(self.racing, problem.images, noise=self.noise, seed=self.seed)
        schedule = Schedule(self.engine.rounds, self.engine.polish)
        make, simple = (make_net, DenseNet) if problem.net is None else (problem.net, None)
        return Contest(course, problem.images, make, self.seed, schedule, simple)

    def _race(
        self, new: Sequence[Entrant], again: Sequence[Runner]
    ) -> Generator[Event, object, list[Runner]]:
        """Who is still in the race at its end, the winner first: it is a candidate, and polished if
        it may explain the examples."""
        from backend.perception.race import Entry, race, settle

        entries = [Entry(entrant.number, entrant.likelihoods) for entrant in new]
        known = yield from self._paced(RACE, race(entries, self._contest, again))
        known, ties = settle(known)
        winner = known[0]
        part = wilson(winner.right, len(winner.logs))[1] / self.problem.accuracy
        self._best = believed(part, winner.loss, winner.error, self._guessing)
        told = self._told(known, ties)
        yield self._candidate(winner, told)
        if self._best >= HOPELESS and winner.number != self._polished:
            self._polished = winner.number
            yield from self._polish(winner, told)
        return known

    def _polish(self, winner: Runner, race: Race) -> Iterator[Event]:
        """Trains the winner's nets further, on all examples, those of long lists too if that can be
        done; yields it."""
        from backend.perception.race import make_course, polish

        problem, entrant = self.problem, self.pool.entrants[winner.number]
        groups, likelihoods = self.racing, winner.state.likelihoods
        if len(groups) < len(self.groups):
            whole = likelihoods_of(entrant.program, entrant.term, self.groups, problem)
            if isinstance(whole, str):
                longest = max(len(group.sets) for group in groups)
                yield Note(
                    f"not trained on examples of more than {counted(longest, 'picture')}: {whole}"
                )
            else:
                groups, likelihoods = self.groups, whole
        for caveat in caveats(groups, likelihoods):
            yield Note(caveat)
        noise = max(self.noise, 1 - winner.right / len(winner.logs) - MISREAD)
        everything = make_course(
            groups, problem.images, noise=noise, seed=self.seed + 1, keep=False
        )
        steps = polish(winner, self._contest, everything, likelihoods)
        yield self._candidate((yield from self._paced(POLISH, steps)), race)

    def _paced(
        self, stage: str, steps: Generator[Pace, None, Any]
    ) -> Generator[Event, object, Any]:
        """What training returns; its signs of life as events."""
        while True:
            try:
                pace = next(steps)
            except StopIteration as end:
                return end.value
            for runner in pace.ended:
                losses = self._rounds.setdefault(runner.number, {})
                losses[runner.steps] = min(runner.loss, losses.get(runner.steps, runner.loss))
            yield Spent(stage, Work(gradient_steps=pace.steps), self._told_of(pace))

    def _told_of(self, pace: Pace) -> str:
        """How many programs race, and who did best so far, on one line."""
        best: dict[int, Runner] = {}
        for runner in pace.known:
            best.setdefault(runner.number, runner)
        told = [f"programs in the race: {pace.racing:,}"]
        for number, runner in [*best.items()][:LEADING]:
            entrant = self.pool.entrants[number]
            name = entrant.term or f"a program of {counted(len(entrant.program), 'line')}"
            told.append(f"{name}: {runner.loss:.2f} nats")
        return "; ".join(told)

    def _candidate(self, runner: Runner, race: Race) -> Candidate:
        from backend.perception.reader import NetReader
        from backend.perception.training import on_device

        entrant, images = self.pool.entrants[runner.number], self.problem.images
        nets = {one.name: net for one, net in zip(images, runner.state.nets, strict=True)}
        reader = NetReader(on_device(nets), {one.name: one.words for one in images})
        return Candidate(entrant.program, entrant.term, reader=reader, race=race)

    def _told(self, known: Sequence[Runner], ties: int) -> Race:
        contenders = tuple(
            self.pool.entrants[runner.number].contender(runner.loss, runner.error, runner.steps)
            for runner in known[:TOLD]
        )
        aliases = tuple(range(1, min(ties, TOLD)))
        pool, courses = self.pool, tuple(self._courses({runner.number for runner in known}))
        return Race(contenders, aliases, pool.states, pool.reachable, self.noise, courses)

    def _courses(self, stayed: set[int]) -> Iterator[Ran]:
        """How all that raced fared: those that ran longest first, then by loss."""
        order = sorted(
            self._rounds.items(), key=lambda pair: (-max(pair[1]), [*pair[1].values()][-1])
        )
        for number, losses in order[:MOST_COURSES]:
            entrant = self.pool.entrants[number]
            shown = str(entrant.program if entrant.term is None else entrant.term)
            yield Ran(shown, tuple(losses), tuple(losses.values()), number in stayed)

    def _why_none(self, known: Sequence[Runner]) -> str:
        pool = self.pool
        every = counted(pool.states, "program")
        why = f"of {every} {pool.reachable:,} can lead to enough of the answers"
        if known:
            right, total = known[0].right, len(known[0].logs)
            kept = counted(total, "example")
            why += f"; the best is right on {right} of {kept} kept back from its training"
        return f"{why}{': ' + pool.refused if pool.refused else ''}"
