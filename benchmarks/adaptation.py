"""Adaptation to biased data: the steps of ANC's six programs before and after.

    python -m benchmarks.adaptation --seeds 0:10 --seconds 60

Each seed draws the biased inputs of suite `anc` anew, and seeds the search. A run counts if its
answer is right on all examples and all held-out inputs, executed; steps are the mean over both, a
last halt included.

ANC's registers start with constants of the program's choice; here they start at 0, and constants
take instructions. So there are two counts: the answer's own, on this machine; and `preloaded`,
what is left of it where its constants are in registers from the start, executed so (see
`benchmarks.preload`; `–` where the answer branches). The goals are for the latter's machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

import synth
from benchmarks.command import UsageError, make_app, run_app, seed_range
from benchmarks.environment import describe
from benchmarks.preload import preload
from benchmarks.statistics import rate
from benchmarks.suites.anc.generate import BIASED as ENDING
from benchmarks.suites.anc.generate import TASKS, draw_spec
from bridge.spec import Spec, convert_spec

__all__ = ["GOALS", "Outcome", "adapt_once", "main"]

GOALS = {"access_biased": 4, "swap_biased": 6, "list_k_biased": 11}
"""Steps, a last halt included, to get down to."""
BIASED = tuple(name for name in TASKS if name.endswith(ENDING))

app = make_app("benchmarks.adaptation", "Steps before and after.")


@dataclass(frozen=True)
class Outcome:
    """What became of one task and seed."""

    task: str
    seed: int
    engine: str
    correct: bool
    """Right on all examples and held-out inputs."""
    before: float
    after: float
    preloaded: float | None
    found_by: str | None
    program: str
    seconds: float
    budget: float


def adapt_once(task: str, seed: int, engine: str, seconds: float) -> Outcome:
    """Draws the task's data and adapts its program to it."""
    spec = convert_spec(draw_spec(task, seed))
    solution = synth.solve(spec, engine=engine, seed=seed, seconds=seconds)
    steps = (*solution.examples.steps, *solution.holdout.steps)
    assert solution.program is not None  # the start, at least
    return Outcome(
        task, seed, engine, solution.result is synth.Result.VERIFIED,
        mean(solution.start_steps), mean(steps), _preloaded(solution, spec),
        solution.found_by, str(solution.program), round(solution.stats.seconds, 2), seconds,
    )  # fmt: skip


def _preloaded(solution: synth.Solution, spec: Spec) -> float | None:
    """Its mean steps with constants in registers; None if that cannot be, or is wrong."""
    assert solution.program is not None
    every = (*spec.examples, *spec.holdout)
    left = preload(solution.program, spec.examples, spec.machine)
    if left is None or not left.solves(every, spec.machine):
        return None
    return left.mean_steps(every, spec.machine)


def table(outcomes: list[Outcome], title: str) -> Table:
    """One row a task."""
    columns = ("task", "before", "after", "least–most", "correct", "preloaded", "goal",
               "after ≤ goal", "preloaded ≤ goal", "median s", "most s")  # fmt: skip
    found = Table(*columns, title=title)
    for task in dict.fromkeys(o.task for o in outcomes):
        found.add_row(task, *_cells([o for o in outcomes if o.task == task], GOALS.get(task)))
    return found


def _cells(of: list[Outcome], goal: int | None) -> Iterator[str]:
    after = [o.after for o in of]
    left = [o.preloaded for o in of if o.preloaded is not None]
    yield f"{mean(o.before for o in of):.1f}"
    yield f"{mean(after):.1f}"
    yield f"{min(after):.1f}–{max(after):.1f}"
    yield rate(sum(o.correct for o in of), len(of))
    yield f"{mean(left):.1f}" if left else "–"
    if goal is None:
        yield from ("–",) * 3
    else:
        yield str(goal)
        yield _reached(of, (o.after for o in of), goal)
        yield _reached(of, (o.preloaded for o in of), goal)
    yield f"{median(o.seconds for o in of):.0f}"
    yield f"{max(o.seconds for o in of):.0f}"


def _reached(of: list[Outcome], steps: Iterable[float | None], goal: int) -> str:
    """How often the answer is right and takes no more steps."""
    pairs = zip(of, steps, strict=True)
    return rate(sum(o.correct and s is not None and s <= goal for o, s in pairs), len(of))


@app.default
def main(
    *,
    seeds: Annotated[str, Parameter(help="FROM:TO, TO excluded.")] = "0:10",
    seconds: Annotated[float, Parameter(help="For each run.")] = 60.0,
    engine: Annotated[str, Parameter(help="ladder, edits, enumeration or tuning.")] = "ladder",
    tasks: Annotated[list[str], Parameter(consume_multiple=True)] = list(BIASED),  # noqa: B006
    out: Annotated[Path | None, Parameter(help="JSON lines, one a run, appended.")] = None,
) -> list[Outcome]:
    """Adapts each task's program to biased data, and prints its steps before and after."""
    if unknown := [task for task in tasks if task not in BIASED]:
        raise UsageError(f"--tasks {unknown[0]}: choose from {', '.join(BIASED)}")
    if seconds <= 0:
        raise UsageError(f"--seconds {seconds:g}: give a number above 0")
    todo = [(task, seed) for task in tasks for seed in seed_range(seeds)]
    outcomes: list[Outcome] = []
    for task, seed in track(todo, console=Console(stderr=True)):
        outcome = adapt_once(task, seed, engine, seconds)
        outcomes.append(outcome)
        if out is not None:
            with out.open("a") as file:
                file.write(json.dumps(asdict(outcome) | {"environment": describe()}) + "\n")
    title = f"Mean steps, engine {engine}, seeds {seeds}, {seconds:g} s each; 95 % Wilson"
    Console(width=170).print(table(outcomes, title))
    return outcomes


if __name__ == "__main__":
    sys.exit(run_app(app))
