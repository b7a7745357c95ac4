"""The command: `python -m benchmarks.table1`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import (
    Seeds,
    UsageError,
    check_known,
    check_positive,
    make_app,
    run_app,
    seed_range,
)
from benchmarks.environment import describe, fingerprint
from benchmarks.store import run_missing
from benchmarks.table1.cells import ROWS, TASKS, Controller, cells, key, measure
from benchmarks.table1.report import table

app = make_app("benchmarks.table1")


@app.default
def table1(
    *,
    rows: Annotated[list[str], Parameter(consume_multiple=True, help="Of the table.")] = list(ROWS),  # noqa: B006
    tasks: Annotated[list[str], Parameter(consume_multiple=True, help="Columns.")] = list(TASKS),  # noqa: B006
    restarts: Annotated[int, Parameter(help="k, of each skeleton tuned.")] = 100,
    seeds: Annotated[Seeds, Parameter(help="Of the rows that count runs: FROM:TO.")] = "0:20",
    seconds: Annotated[float, Parameter(help="Of each search.")] = 60.0,
    padding: Annotated[
        int, Parameter(help="Blank lines more than a program's body has, in each place.")
    ] = 1,
    controller: Annotated[
        Controller, Parameter(help="What it mixes, in rows of tuning alone, as the next two.")
    ] = "logits",
    entropy: Annotated[float, Parameter(help="The loss's weight on the weights' entropy.")] = 0.0,
    anneal: Annotated[
        bool, Parameter(negative=(), help="Let that weight grow from 0, over the gradient steps.")
    ] = False,
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/table1.jsonl"
    ),
) -> None:
    """The paper's Table 1, ours beside it: runs the cells that are missing, prints the table."""
    check_known("rows", rows, ROWS)
    check_known("tasks", tasks, TASKS)
    check_positive(restarts=restarts, seconds=seconds)
    if anneal and not entropy:
        raise UsageError("--anneal: no effect without --entropy: give the weight that grows")
    for name, value in (("padding", padding), ("entropy", entropy)):
        if not 0 <= value < float("inf"):
            raise UsageError(f"--{name} {value:g}: expected a number from 0 on")
    environment = fingerprint(describe())
    wanted = cells(
        rows,
        tasks,
        seed_range(seeds),
        restarts=restarts,
        seconds=seconds,
        padding=padding,
        controller=controller,
        entropy=entropy,
        anneal=anneal,
    )
    records = run_missing(out, {key(cell, environment): cell for cell in wanted}, measure)
    Console(width=150).print(table(records))
    Console().print(f"{sum(r['seconds'] for r in records):.0f} s of runs; {out}")


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
