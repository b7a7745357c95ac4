"""One answer, made quicker in one way: what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks.optimise.tasks import Lists, Task, fresh_inputs
from benchmarks.store import key_of
from bridge import Machine, Program, verify
from bridge.batch import run_programs
from bridge.spec import Search
from synth.driver import Driver
from synth.engines import Candidate, Engine
from synth.engines.edits import EditsEngine
from synth.engines.ladder import Ladder, Rung
from synth.engines.rewriting import RewritingEngine
from synth.optimise import OPTIMISER, WITHOUT, to_optimise
from synth.problem import resolve
from synth.rules.explain import explain
from synth.rulesets import DEFAULT, QUICKER

__all__ = ["ARMS", "Run", "differing"]

ARMS: Final[Mapping[str, Engine]] = {
    "edits": Ladder("edits", steps=(Rung(EditsEngine(without=WITHOUT)),)),
    "rewriting": RewritingEngine(),
    "both": OPTIMISER,
}
FRESH: Final = 1_000
RANDOM: Final = 10_000
"""Memories at random on which an answer and its equal are compared."""


@dataclass(frozen=True)
class Run:
    """A task, an arm of the comparison, and the budget."""

    task: Task
    lists: Lists
    arm: str
    seed: int
    seconds: float

    @property
    def key(self) -> str:
        task = self.task
        what = task.name, str(task.program), str(task.term), task.spec.machine
        return key_of(*what, self.lists, self.arm, self.seed, self.seconds)

    def record(self) -> dict[str, Any]:
        """Optimises, then executes the program on what was not seen."""
        task, machine = self.task, self.task.spec.machine
        problem = replace(resolve(task.spec), start=None, objective="correct")
        found = Candidate(task.program, task.term, found_by="answer")
        driver = Driver(
            to_optimise(problem, found), ARMS[self.arm], Search(seconds=self.seconds), self.seed
        )
        best = driver.run()
        assert best is not None  # the start, at least
        every = (*task.spec.examples, *task.spec.holdout)
        before, after = (verify(p, every, machine) for p in (task.program, best.program))
        holdout = verify(best.program, task.spec.holdout, machine)
        drawn = fresh_inputs(task, FRESH)
        known = [e for e in drawn if verify(task.program, (e,), machine).correct]
        fresh = verify(best.program, known, machine)
        stats = driver.stats()
        return {
            "suite": "optimise",
            "task": task.name,
            "lists": self.lists,
            "engine": self.arm,
            "seed": self.seed,
            "budget": self.seconds,
            "words": machine.words,
            "found_by": best.found_by,
            "before": before.mean_steps,
            "after": after.mean_steps,
            "result": {
                "holdout_wrong": holdout.total - holdout.passed,
                "fresh": fresh.total,
                "answer_wrong": len(drawn) - len(known),
                "fresh_wrong": fresh.total - fresh.passed,
            },
            "seconds": round(stats.seconds, 2),
            "stages": {stage: round(s, 2) for stage, s in stats.stages.items()},
            "programs": stats.programs,
            "program": str(best.program),
            "term": None if best.term is None else str(best.term),
            "proof": _proof(best, machine, task.program),
        }


def _proof(best: Candidate, machine: Machine, start: Program) -> dict[str, Any] | None:
    """The chain of an answer that rules alone made, which each step's re-check is part of; and on
    how many random memories it does otherwise than the start."""
    if best.rewritten_from is None or best.term is None:
        return None
    began = time.perf_counter()
    chain = explain(best.rewritten_from, best.term, machine.words, rulesets=(*DEFAULT, *QUICKER))
    return {
        "steps": None if chain is None else len(chain),
        "seconds": round(time.perf_counter() - began, 2),
        "differing": differing(start, best.program, machine),
    }


def differing(one: Program, other: Program, machine: Machine, number: int = RANDOM) -> int:
    """On how many random memories, every fourth cell 0, the second program leaves another memory
    than the first, which halts there; it may take twice the machine's steps."""
    draw = np.random.default_rng(0)
    memory = draw.integers(0, machine.words, (number, machine.words)).astype(np.uint8)
    memory[draw.random(memory.shape) < 0.25] = 0
    patient = msgspec.structs.replace(machine, steps=2 * machine.steps)
    before, _, _, halted = run_programs([one], memory, machine)
    after, _, _, too = run_programs([other], memory, patient)
    same = too[0] & (before[0] == after[0]).all(1)
    return int((halted[0] & ~same).sum())
