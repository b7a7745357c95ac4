"""Adaptation to biased data: the steps of ANC's six programs before and after.

    python -m benchmarks.adaptation --seeds 0:10 --seconds 60 [--out runs/adaptation.jsonl]

Each seed draws the biased inputs of suite `anc` anew, and seeds the search. A run counts if its
answer is right on all examples and all held-out inputs, executed; steps are the mean over both, a
last halt included.

As on ANC's machine, a program says what registers start with (`machine.preload`), and the goals are
the steps of ANC's learned programs. With `--no-preload` registers start at 0, and constants take
instructions: the goals are then out of reach for some tasks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

import synth
from benchmarks.command import (
    Seeds,
    check_engines,
    check_known,
    check_positive,
    make_app,
    run_app,
    seed_range,
)
from benchmarks.statistics import rate
from benchmarks.store import key_of, run_missing
from benchmarks.suites.anc import generate
from bridge.loading import convert_spec

__all__ = ["GOALS", "TASKS", "adapt", "main"]

TASKS: Final = tuple(name for name in generate.TASKS if name.endswith(generate.BIASED))
GOALS: Final = dict(zip(TASKS, (4, 16, 6, 11, 9, 18), strict=True))
"""Steps, a last halt included, to get down to: those of ANC's learned programs."""
COLUMNS: Final = ("task", "before", "after", "least–most", "correct", "goal", "after ≤ goal",
                  "median s", "most s")  # fmt: skip

app = make_app("benchmarks.adaptation")


def adapt(
    task: str, seed: int, engine: str, seconds: float, *, preload: bool = True
) -> dict[str, Any]:
    """Draws the task's data and adapts its program to it; the record."""
    spec = convert_spec(generate.draw_spec(task, seed, preload=preload))
    solution = synth.solve(spec, engine=engine, seed=seed, seconds=seconds)
    return {
        "suite": "anc",
        "task": task,
        "seed": seed,
        "engine": engine,
        "preload": preload,
        "result": solution.result.value,
        "before": mean(solution.start_steps),
        "after": mean((*solution.examples.steps, *solution.holdout.steps)),
        "found_by": solution.found_by,
        "program": str(solution.program),
        "seconds": round(solution.stats.seconds, 2),
        "budget": seconds,
    }


def table(records: Sequence[dict[str, Any]], title: str) -> Table:
    """One row a task."""
    found = Table(*COLUMNS, title=title)
    for task in dict.fromkeys(r["task"] for r in records):
        found.add_row(task, *_cells([r for r in records if r["task"] == task], GOALS[task]))
    return found


def _cells(of: list[dict[str, Any]], goal: int) -> Iterator[str]:
    after = [r["after"] for r in of]
    correct = [r for r in of if r["result"] == "verified"]
    yield f"{mean(r['before'] for r in of):.1f}"
    yield f"{mean(after):.1f}"
    yield f"{min(after):.1f}–{max(after):.1f}"
    yield rate(len(correct), len(of))
    yield str(goal)
    yield rate(sum(r["after"] <= goal for r in correct), len(of))
    yield f"{median(r['seconds'] for r in of):.0f}"
    yield f"{max(r['seconds'] for r in of):.0f}"


@app.default
def adaptation(
    *,
    seeds: Seeds = "0:10",
    seconds: Annotated[float, Parameter(help="For each run.")] = 60.0,
    engine: Annotated[str, Parameter(help="ladder, edits, enumeration or tuning.")] = "ladder",
    tasks: Annotated[list[str], Parameter(consume_multiple=True)] = list(TASKS),  # noqa: B006
    preload: Annotated[
        bool, Parameter(help="Whether programs say what registers start with.")
    ] = True,
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/adaptation.jsonl"
    ),
) -> None:
    """Adapts each task's program to biased data, and prints its steps before and after."""
    check_known("tasks", tasks, TASKS)
    check_positive(seconds=seconds)
    check_engines([engine])
    adapted = partial(adapt, preload=preload)
    runs = [(task, seed, engine, seconds) for task in tasks for seed in seed_range(seeds)]
    keys = {key_of(*run, preload): run for run in runs}
    records = run_missing(out, keys, lambda run: adapted(*run))
    kind = "with" if preload else "without"
    title = f"Mean steps, {kind} preload, engine {engine}, seeds {seeds}, {seconds:g} s each"
    Console(width=150).print(table(records, f"{title}; 95 % Wilson"))


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
