"""Successive halving: many candidates trained a little, the better ones further.

Candidates come in the order of their cost. A part of the examples is kept back from training, and
what a candidate makes of these is its score. Where there are few candidates, each is trained from
several first nets.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from math import ceil, cos, pi
from typing import Any, Final, NamedTuple

import jax
import numpy as np

from backend.perception.batches import BLOCK, make_data, make_plan
from backend.perception.likelihood import Likelihood
from backend.perception.runners import CHUNK, Course, Runner, train
from backend.perception.training import Recipe, begin
from bridge.images import ImageSet
from bridge.readings import Group

__all__ = ["Contest", "Entry", "Pace", "Schedule", "make_course", "paced", "polish", "race"]
__all__ += ["settle"]

KEPT: Final = 4
"""One example in so many is kept back,"""
MOST_KEPT: Final = 500
"""but no more than that."""
BATCH: Final = 64
"""Examples that a gradient step sees."""
RATE: Final = 0.01
SPREAD: Final = 0.5
"""Weight on the entropy of the mean prediction."""
SCREENED: Final = 3 * BLOCK
"""More candidates than that are screened first: so many are left."""
LEAVE: Final = 3
"""One candidate in so many goes on, but a block of them always."""


@dataclass(frozen=True)
class Schedule:
    """How long candidates are trained."""

    rounds: tuple[int, ...] = (80, 160, 320)
    """Gradient steps of a round; the last is of all that follow, too."""
    polish: int = 800
    """Gradient steps of the winner, on all examples."""
    screen: int = 120
    """Gradient steps in which simple nets tell which of many candidates race at all."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A candidate."""

    number: int
    """In the order of cost."""
    likelihoods: tuple[Likelihood, ...]
    """Of each group."""


@dataclass(frozen=True, eq=False)
class Contest:
    """What candidates compete in."""

    course: Course
    sets: tuple[ImageSet, ...]
    make: Any
    """Makes a net: `synth.engines.reader.MakeNet`."""
    seed: int
    schedule: Schedule = Schedule()
    simple: Any = None
    """Makes a net that is quicker to train, to screen many candidates with; None: no screening."""

    def enter(
        self, entry: Entry, restart: int, more: Sequence[Any] = (), make: Any = None
    ) -> Runner:
        """A candidate at the start, with the first nets of that number, and what else is trained
        of it. All candidates begin with the same nets, so that those that differ little fare
        alike: the cheapest of these is to win, not the luckiest."""
        key = jax.random.fold_in(jax.random.key(self.seed), restart)
        keys = jax.random.split(key, len(self.sets))
        nets = tuple(
            (make or self.make)(own, images.shape, len(images.words))
            for own, images in zip(keys, self.sets, strict=True)
        )
        return Runner(entry.number, begin((*nets, *more), entry.likelihoods))


class Pace(NamedTuple):
    """A sign of life."""

    steps: int
    """Gradient steps since the last, over all candidates."""
    known: tuple[Runner, ...]
    """Who did best so far, the best first."""
    racing: int
    """How many programs are trained."""
    ended: tuple[Runner, ...] = ()
    """Where a round has just ended: all that ran it."""


def make_course(
    groups: Sequence[Group],
    sets: Sequence[ImageSet],
    *,
    noise: float,
    seed: int,
    keep: bool = True,
    spread: float = SPREAD,
) -> Course:
    """All examples of the groups but some that are kept back; or all, if none is to be."""
    draw = np.random.default_rng(seed)
    total = sum(len(group.example) for group in groups)
    part = min(1 / KEPT, MOST_KEPT / max(1, total)) if keep else 0.0
    train, kept = list[Group](), list[Group]()
    for group in groups:
        n = len(group.example)
        chosen = draw.permutation(np.arange(n) < round(part * n))
        train.append(group.subset(~chosen))
        kept.append(group.subset(chosen if keep else ~chosen))
    pixels, sizes = [images.pixels for images in sets], [len(images.words) for images in sets]
    rate, noise_, spread_ = (np.asarray(x, np.float32) for x in (RATE, noise, spread))
    recipe = Recipe(rate, noise_, spread_, jax.random.key(seed))
    plan = make_plan(groups, sizes, BATCH)
    return Course(make_data(train, pixels), make_data(kept, pixels), plan, recipe)


def race(
    entries: Sequence[Entry], contest: Contest, again: Sequence[Runner] = ()
) -> Generator[Pace, None, list[Runner]]:
    """Trains candidates, and runners of a race before this one, round by round. Returns those that
    were trained for longest, the best first."""
    if contest.simple is not None and len(entries) > SCREENED:
        entries = yield from _screen(entries, contest)
    lanes = max(1, BLOCK // max(1, len(entries) + len(again)))
    field = [contest.enter(entry, restart) for entry in entries for restart in range(lanes)]
    known, rounds = _ranked(again), contest.schedule.rounds
    for turn in range(len(field) + len(rounds)):
        steps = rounds[min(turn, len(rounds) - 1)]
        done = yield from paced(field, steps, contest.course, known)
        known = _ranked([*done, *(again if turn == 0 else ())])
        yield Pace(0, tuple(known[:BLOCK]), len({r.number for r in field}), tuple(done))
        if turn + 1 >= len(rounds) and len(field) <= BLOCK:
            break
        field = _shortlist(known, max(BLOCK, ceil(len(known) / LEAVE)))
    return known


def _screen(entries: Sequence[Entry], contest: Contest) -> Generator[Pace, None, list[Entry]]:
    """Those of many candidates that do best with a simple net, in the order of cost."""
    field = [contest.enter(entry, 0, make=contest.simple) for entry in entries]
    done = yield from paced(field, contest.schedule.screen, contest.course)
    left = {runner.number for runner in _shortlist(_ranked(done), SCREENED)}
    return [entry for entry in entries if entry.number in left]


def paced(
    field: Sequence[Runner],
    steps: int,
    course: Course,
    known: Sequence[Runner] = (),
    rates: Sequence[float] = (),
) -> Generator[Pace, None, list[Runner]]:
    """Trains as `train` does; yields signs of life."""
    training, racing = train(field, steps, course, rates), len({r.number for r in field})
    while True:
        try:
            yield Pace(next(training), tuple(known[:BLOCK]), racing)
        except StopIteration as end:
            return end.value


def _ranked(runners: Sequence[Runner]) -> list[Runner]:
    return sorted(runners, key=lambda runner: (runner.loss, runner.number))


def _shortlist(ranked: Sequence[Runner], size: int) -> list[Runner]:
    """Of ranked runners the better half of so many; then the cheapest of those that tie with the
    best, for one of these may be the winner; then by rank."""
    if len(ranked) <= size:
        return list(ranked)
    best, rest = ranked[: size // 2], ranked[size // 2 :]
    ties = sorted((r for r in rest if r.ties_with(ranked[0])), key=lambda r: r.number)
    return [*best, *ties, *(r for r in rest if r not in ties)][:size]


def settle(known: Sequence[Runner]) -> tuple[list[Runner], int]:
    """Of each candidate the best runner, the winner first, then by loss; and how many of them tie
    with the best. Of those that do, the cheapest wins."""
    best: dict[int, Runner] = {}
    for runner in _ranked(known):
        best.setdefault(runner.number, runner)
    order = list(best.values())
    ties = [runner for runner in order if runner.ties_with(order[0])]
    winner = min(ties, key=lambda runner: runner.number)
    rest = [runner for runner in ties if runner is not winner]
    return [winner, *rest, *(r for r in order if r not in ties)], len(ties)


def polish(
    winner: Runner, contest: Contest, everything: Course, likelihoods: tuple[Likelihood, ...]
) -> Generator[Pace, None, Runner]:
    """Trains the winner's program with other first nets, too, as far as the winner; then the best
    of them on all examples: `everything`, with the likelihoods of its groups."""
    entry = Entry(winner.number, winner.state.likelihoods)
    others = [contest.enter(entry, BLOCK + restart) for restart in range(BLOCK - 1)]
    done = yield from paced(others, winner.steps, contest.course, [winner])
    best = _ranked([winner, *done])
    states = (replace(runner.state, likelihoods=likelihoods) for runner in best[:BLOCK])
    none = np.zeros(0)  # what is kept back now is judged anew
    ready = [replace(r, state=s, logs=none) for r, s in zip(best[:BLOCK], states, strict=True)]
    chunks = -(-contest.schedule.polish // CHUNK)
    rates = [RATE * (0.05 + 0.95 * cos(pi * i / (2 * chunks)) ** 2) for i in range(chunks)]
    done = yield from paced(ready, contest.schedule.polish, everything, best, rates)
    return done[0]
