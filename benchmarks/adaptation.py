"""Adaptation to biased data: the steps of ANC's six programs before and after.

    python -m benchmarks.adaptation --seeds 0:10 --seconds 60 [--out runs/adaptation.jsonl]

Each seed draws the biased inputs of suite `anc` anew, and seeds the search. A run counts if its
answer is right on all examples and all held-out inputs, executed; steps are the mean over both, a
last halt included.

ANC's registers start with constants of the program's choice; here they start at 0, and constants
take instructions. So there are two counts: the answer's own, on this machine; and `preloaded`,
what is left of it where its constants are in registers from the start, executed so (see
`benchmarks.preload`; `–` where the answer branches). The goals are for the latter's machine.
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
    check_known,
    check_positive,
    make_app,
    run_app,
    seed_range,
)
from benchmarks.preload import preload
from benchmarks.statistics import rate
from benchmarks.store import key_of, run_missing
from benchmarks.suites.anc import generate
from bridge.loading import convert_spec
from bridge.spec import Spec

__all__ = ["GOALS", "TASKS", "adapt", "main"]

GOALS: Final = {"access_biased": 4, "swap_biased": 6, "list_k_biased": 11}
"""Steps, a last halt included, to get down to."""
TASKS: Final = tuple(name for name in generate.TASKS if name.endswith(generate.BIASED))
COLUMNS: Final = ("task", "before", "after", "least–most", "correct", "preloaded", "goal",
                  "after ≤ goal", "preloaded ≤ goal", "median s", "most s")  # fmt: skip

app = make_app("benchmarks.adaptation")


def adapt(task: str, seed: int, engine: str, seconds: float) -> dict[str, Any]:
    """Draws the task's data and adapts its program to it; the record."""
    spec = convert_spec(generate.draw_spec(task, seed))
    solution = synth.solve(spec, engine=engine, seed=seed, seconds=seconds)
    return {
        "suite": "anc",
        "task": task,
        "seed": seed,
        "engine": engine,
        "result": solution.result.value,
        "before": mean(solution.start_steps),
        "after": mean((*solution.examples.steps, *solution.holdout.steps)),
        "preloaded": _preloaded(solution, spec),
        "found_by": solution.found_by,
        "program": str(solution.program),
        "seconds": round(solution.stats.seconds, 2),
        "budget": seconds,
    }


def _preloaded(solution: synth.Solution, spec: Spec) -> float | None:
    """Its mean steps with constants in registers; None if that cannot be, or is wrong."""
    assert solution.program is not None  # the start, at least
    every = (*spec.examples, *spec.holdout)
    left = preload(solution.program, spec.examples, spec.machine)
    if left is None or not left.solves(every, spec.machine):
        return None
    return left.mean_steps(every, spec.machine)


def table(records: Sequence[dict[str, Any]], title: str) -> Table:
    """One row a task."""
    found = Table(*COLUMNS, title=title)
    for task in dict.fromkeys(r["task"] for r in records):
        found.add_row(task, *_cells([r for r in records if r["task"] == task], GOALS.get(task)))
    return found


def _cells(of: list[dict[str, Any]], goal: int | None) -> Iterator[str]:
    after = [r["after"] for r in of]
    left = [r["preloaded"] for r in of if r["preloaded"] is not None]
    correct = [r for r in of if r["result"] == "verified"]
    yield f"{mean(r['before'] for r in of):.1f}"
    yield f"{mean(after):.1f}"
    yield f"{min(after):.1f}–{max(after):.1f}"
    yield rate(len(correct), len(of))
    yield f"{mean(left):.1f}" if left else "–"
    yield "–" if goal is None else str(goal)
    for steps in ("after", "preloaded"):
        if goal is None:
            yield "–"
        else:
            reached = (r[steps] is not None and r[steps] <= goal for r in correct)
            yield rate(sum(reached), len(of))
    yield f"{median(r['seconds'] for r in of):.0f}"
    yield f"{max(r['seconds'] for r in of):.0f}"


@app.default
def adaptation(
    *,
    seeds: Seeds = "0:10",
    seconds: Annotated[float, Parameter(help="For each run.")] = 60.0,
    engine: Annotated[str, Parameter(help="ladder, edits, enumeration or tuning.")] = "ladder",
    tasks: Annotated[list[str], Parameter(consume_multiple=True)] = list(TASKS),  # noqa: B006
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/adaptation.jsonl"
    ),
) -> None:
    """Adapts each task's program to biased data, and prints its steps before and after."""
    check_known("tasks", tasks, TASKS)
    check_positive(seconds=seconds)
    runs = [(task, seed, engine, seconds) for task in tasks for seed in seed_range(seeds)]
    records = run_missing(out, {key_of(*run): run for run in runs}, lambda run: adapt(*run))
    title = f"Mean steps, engine {engine}, seeds {seeds}, {seconds:g} s each; 95 % Wilson"
    Console(width=170).print(table(records, title))


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
