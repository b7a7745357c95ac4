"""The ceiling: the program is known, and its nets are trained as the race's winner is."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from backend.perception.nets import make_net
from backend.perception.race import Contest, Entry, make_course, polish, race, settle
from backend.perception.reader import NetReader
from backend.perception.training import on_device
from bridge import Program
from bridge.spec import Budget
from bridge.term import Term
from synth.engines import Candidate, Event, NoCandidate, Note, Spent
from synth.engines.likelihoods import trained_as
from synth.engines.pool import caveats, groups_of, short_groups
from synth.problem import Problem

__all__ = ["Known"]


class Known:
    """An engine that tries one program."""

    name = "known"
    pictures = True

    def __init__(self, program: Program, term: Term) -> None:
        self.program, self.term = program, term

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        images = problem.images
        racing, noise = short_groups(groups_of(problem)), max(0.02, 1 - problem.accuracy)
        trained = trained_as(self.program, self.term, racing, problem.machine, lower=problem.lower)
        if isinstance(trained, str):
            yield NoCandidate(trained)
            return
        likelihoods = trained.likelihoods
        for caveat in caveats(racing, likelihoods):
            yield Note(caveat)
        course = make_course(racing, images, noise=noise, seed=seed)
        contest = Contest(course, images, problem.net or make_net, seed)
        known = yield from _paced(race([Entry(0, likelihoods)], contest))
        everything = make_course(racing, images, noise=noise, seed=seed + 1, keep=False)
        (winner, *_), _ = settle(known)
        best = yield from _paced(polish(winner, contest, everything, likelihoods))
        nets = {one.name: net for one, net in zip(images, best.state.nets, strict=True)}
        reader = NetReader(on_device(nets), {one.name: one.words for one in images})
        yield Candidate(self.program, self.term, reader=reader)


def _paced(steps: Generator[Any, None, Any]) -> Generator[Event, object, Any]:
    """What training returns; a sign of life now and then."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        yield Spent("training")
