"""The command: `python -m benchmarks.saturation`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import (
    Seeds,
    UsageError,
    check_known,
    check_positive,
    make_app,
    run_app,
)
from benchmarks.saturation.arms import ARMS, Run, shared
from benchmarks.saturation.report import show
from benchmarks.saturation.tasks import draw_tasks
from benchmarks.store import run_missing

TASKS: Final = "1,2,3,9,10,15,18,24,27,29"
"""Of the tasks as drawn, the first ten on which one run of each arm, with seed 1000, did not all
end alike: on the others, this budget is too much or too little to tell arms apart."""

app = make_app("benchmarks.saturation")


@app.default
def saturation(
    *,
    seeds: Seeds = "0:20",
    tasks: Annotated[str, Parameter(help="Numbers of tasks as drawn, or FROM:TO.")] = TASKS,
    restarts: Annotated[int, Parameter(help="Restarts per run, in total.")] = 24,
    skeletons: Annotated[int, Parameter(help="Skeletons that share them.")] = 6,
    arms: Annotated[
        str, Parameter(help="Which to run, of miss,padded,equals,quicker,lifted.")
    ] = ",".join(ARMS),
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/saturation.jsonl"
    ),
) -> None:
    """What saturation is worth to tuning: tunes near misses, their padded variants and their
    e-graph equivalents, and compares."""
    wanted, drawn_by = _numbers(tasks), _numbers(seeds)
    check_positive(restarts=restarts, skeletons=skeletons)
    if restarts % skeletons:
        raise UsageError(f"{restarts} restarts cannot be shared by {skeletons} skeletons")
    check_known("arms", arms.split(","), ARMS)
    drawn = zip(range(max(wanted) + 1), draw_tasks(), strict=False)
    choices = [
        (number, task, arm, shared(make(task, skeletons), restarts))
        for number, task in drawn
        if number in wanted
        for arm, make in ARMS.items()
        if arm in arms.split(",")
    ]
    runs = [Run(*choice, restarts, seed) for seed in drawn_by for choice in choices]
    show(run_missing(out, {run.key: run for run in runs}, Run.record), Console())


def _numbers(text: str) -> list[int]:
    """`0:8`, or `1,4,7`."""
    low, colon, high = text.partition(":")
    try:
        found = list(range(int(low), int(high))) if colon else [int(n) for n in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 0:
        raise UsageError(f"{text!r}: expected numbers such as 0:8 or 1,4,7")
    return found


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
