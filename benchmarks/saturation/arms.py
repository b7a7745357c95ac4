"""The choices of skeletons, and one run of each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any, Final

from benchmarks.saturation.tasks import MACHINE, PADDING, NearMiss, lowered
from benchmarks.store import key_of
from bridge import Program, verify
from bridge.lowering.lift import lift_program
from bridge.term import Term
from synth.egraph.equivalents import padded, without_noops
from synth.egraph.skeletons import skeletons
from synth.language import expand
from synth.rulesets import QUICKER, Rules

__all__ = ["ARMS", "Run", "shared"]

STEPS: Final = 100
"""Gradient steps per restart: half of the product's, to end in minutes."""
SECONDS: Final = 600.0
"""Of a saturation: e-nodes end it, whatever else the machine does."""


def near_miss(task: NearMiss, number: int) -> list[Program]:
    """The near miss, and nothing else."""
    return _distinct([task.term], 1)


def with_noops(task: NearMiss, number: int) -> list[Program]:
    """The near miss and its padded variants: of one no-op, then of two, in an order drawn once."""
    bare, found = without_noops(task.term), [task.term]
    for extra in range(1, PADDING + 1):
        core = expand(bare)
        assert isinstance(core, Term)
        variants = list(padded(core, extra))
        Random(str(bare)).shuffle(variants)
        found += variants
    return _distinct(found, number)


def equals(task: NearMiss, number: int) -> list[Program]:
    """What a search would tune."""
    return _equals(task.term, number)


def quicker(task: NearMiss, number: int) -> list[Program]:
    """What it would tune by the rules for quicker programs, too."""
    return _equals(task.term, number, QUICKER)


def lifted(task: NearMiss, number: int) -> list[Program]:
    """What it would tune if the near miss were assembly."""
    program = lowered(task.term)
    assert program is not None
    term = lift_program(program, MACHINE.words)
    assert term is not None
    return _equals(term, number)


def _equals(term: Term, number: int, rulesets: Sequence[Rules] = ()) -> list[Program]:
    found = skeletons(
        [term], MACHINE.words, lowered, rulesets=rulesets, padding=PADDING, seconds=SECONDS
    )
    return [s.program for s in islice(filter(None, found), number)]


ARMS: Final = {
    "miss": near_miss,
    "padded": with_noops,
    "equals": equals,
    "quicker": quicker,
    "lifted": lifted,
}
"""Each gives up to so many different skeletons."""


def _distinct(terms: Sequence[Term], number: int) -> list[Program]:
    programs = (lowered(term) for term in terms)
    return list(islice(dict.fromkeys(p for p in programs if p is not None), number))


def shared(programs: Sequence[Program], restarts: int) -> Sequence[Program]:
    """As many of them as can share the restarts evenly, so that every arm spends the same."""
    return programs[: next(n for n in range(len(programs), 0, -1) if restarts % n == 0)]


@dataclass(frozen=True)
class Run:
    """A task's skeletons, chosen by an arm, that share so many restarts."""

    number: int
    """The task's, as drawn."""
    task: NearMiss
    arm: str
    programs: Sequence[Program]
    restarts: int
    seed: int

    @property
    def key(self) -> str:
        """Of all that it depends on: with other skeletons, or another task, it is another run."""
        task, programs = self.task, map(str, self.programs)
        recipe = self.arm, self.seed, self.restarts, STEPS, MACHINE
        return key_of(*recipe, task.examples, task.holdout, *programs)

    def record(self) -> dict[str, Any]:
        """Tunes the skeletons; what came of it."""
        from backend import Tuning, tune

        began = time.perf_counter()
        task, number = self.task, len(self.programs)
        tuning = Tuning(steps=STEPS)
        each = self.restarts // number
        result = tune(
            self.programs, task.examples, MACHINE, restarts=each, seed=self.seed, tuning=tuning
        )
        best = result.solutions[0].program if result.solutions else None
        solved = best is not None and verify(best, task.holdout, MACHINE).correct
        lines = (str(len(lowered(term) or ())) for term in (task.term, task.target))
        return {
            "suite": "saturation",
            "task": self.number,
            "name": task.name,
            "lines": " → ".join(lines),
            "engine": self.arm,
            "seed": self.seed,
            "skeletons": number,
            "result": {"fits": best is not None, "solved": solved},
            "gradients": result.gradient_steps,
            "programs": result.programs,
            "seconds": round(time.perf_counter() - began, 2),
        }
