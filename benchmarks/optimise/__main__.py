"""The command: `python -m benchmarks.optimise`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import (
    Seeds,
    check_known,
    check_positive,
    make_app,
    run_app,
    seed_range,
)
from benchmarks.optimise.answers import load_answers
from benchmarks.optimise.measure import ARMS, Run
from benchmarks.optimise.report import show
from benchmarks.optimise.tasks import LISTS, make_task
from benchmarks.store import run_missing

app = make_app("benchmarks.optimise")


@app.default
def optimise(
    *,
    lists: Annotated[str, Parameter(help="short, long, or both with a comma.")] = ",".join(LISTS),
    arms: Annotated[str, Parameter(help="Which to run, of edits,rewriting,both.")] = ",".join(ARMS),
    tasks: Annotated[
        list[str] | None, Parameter(consume_multiple=True, help="Such as lists/rev; else all.")
    ] = None,
    seeds: Seeds = "0:1",
    seconds: Annotated[float, Parameter(help="For each run.")] = 20.0,
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/optimise.jsonl"
    ),
) -> None:
    """Makes the answers to all tasks quicker in three ways; prints their steps before and after."""
    check_positive(seconds=seconds)
    check_known("lists", lists.split(","), LISTS)
    check_known("arms", arms.split(","), ARMS)
    answers = load_answers()
    check_known("tasks", tasks or (), [answer.name for answer in answers])
    runs = [
        Run(task, kind, arm, seed, seconds)
        for kind in LISTS
        if kind in lists.split(",")
        for answer in answers
        if tasks is None or answer.name in tasks
        if (task := make_task(answer, kind)) is not None
        for arm in ARMS
        if arm in arms.split(",")
        for seed in seed_range(seeds)
    ]
    show(run_missing(out, {run.key: run for run in runs}, Run.record), Console(width=120))


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
