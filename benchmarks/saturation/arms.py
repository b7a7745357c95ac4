"""The three choices of skeletons, and one run of each."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from itertools import islice
from random import Random
from typing import Any, Final

from benchmarks.saturation.tasks import MACHINE, PADDING, Task, lowered
from bridge import Program, verify
from bridge.term import Term
from synth.egraph.equivalents import padded, without_noops
from synth.egraph.skeletons import skeletons
from synth.language import expand

__all__ = ["ARMS", "key", "measure", "shared"]

STEPS: Final = 100
"""Gradient steps per restart: half of the product's, to end in minutes."""


def near_miss(task: Task, number: int) -> list[Program]:
    """The near miss, and nothing else."""
    return _distinct([task.miss], 1)


def with_noops(task: Task, number: int) -> list[Program]:
    """The near miss and its padded variants: of one no-op, then of two, in an order drawn once."""
    bare, found = without_noops(task.miss), [task.miss]
    for extra in range(1, PADDING + 1):
        core = expand(bare)
        assert isinstance(core, Term)
        variants = list(padded(core, extra))
        Random(str(bare)).shuffle(variants)
        found += variants
    return _distinct(found, number)


def equals(task: Task, number: int) -> list[Program]:
    """What a search would tune."""
    found = skeletons([task.miss], MACHINE.words, lowered, padding=PADDING)
    return [s.program for s in islice(found, number)]


ARMS: Final = {"miss": near_miss, "padded": with_noops, "equals": equals}
"""Each gives up to so many different skeletons."""


def _distinct(terms: Sequence[Term], number: int) -> list[Program]:
    programs = (lowered(term) for term in terms)
    return list(islice(dict.fromkeys(p for p in programs if p is not None), number))


def shared(programs: Sequence[Program], restarts: int) -> Sequence[Program]:
    """As many of them as can share the restarts evenly, so that every arm spends the same."""
    return programs[: next(n for n in range(len(programs), 0, -1) if restarts % n == 0)]


def measure(task: Task, programs: Sequence[Program], restarts: int, seed: int) -> dict[str, Any]:
    """Tunes the skeletons with `restarts` in total, shared between them; what came of it."""
    from backend import Tuning, tune

    began = time.perf_counter()
    each = restarts // len(programs)
    result = tune(
        programs, task.examples, MACHINE, restarts=each, seed=seed, tuning=Tuning(steps=STEPS)
    )
    best = result.solutions[0].program if result.solutions else None
    return {
        "fits": best is not None,
        "solved": best is not None and verify(best, task.holdout, MACHINE).correct,
        "gradients": result.gradients,
        "programs": result.programs,
        "seconds": round(time.perf_counter() - began, 2),
    }


def key(task: Task, arm: str, programs: Sequence[Program], restarts: int, seed: int) -> str:
    """What a run depends on: with other skeletons, or another task, it is another run."""
    what = (arm, seed, restarts, STEPS, MACHINE, task.examples, task.holdout, *map(str, programs))
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]
