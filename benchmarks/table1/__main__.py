"""The command: `python -m benchmarks.table1`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

from benchmarks.command import UsageError, make_app, run_app, seed_range
from benchmarks.environment import describe, fingerprint
from benchmarks.store import Store
from benchmarks.table1.cells import ROWS, TASKS, Controller, cells, key, measure
from benchmarks.table1.report import table

OUT: Final = Path("runs/table1.jsonl")

app = make_app(
    "benchmarks.table1",
    "The paper's Table 1, ours beside it. What is in the file already is not run again.",
)


@app.default
def table1(
    *,
    rows: Annotated[list[str], Parameter(consume_multiple=True, help="Of the table.")] = list(ROWS),  # noqa: B006
    tasks: Annotated[list[str], Parameter(consume_multiple=True, help="Columns.")] = list(TASKS),  # noqa: B006
    restarts: Annotated[int, Parameter(help="k, of each skeleton tuned.")] = 100,
    seeds: Annotated[str, Parameter(help="FROM:TO, without TO: of the rows that count runs.")] = (
        "0:20"
    ),
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
    out: Annotated[Path, Parameter(help="Runs, one a line.")] = OUT,
) -> None:
    """Runs the cells that are missing, and prints the table."""
    for given, known in ((rows, ROWS), (tasks, TASKS)):
        for name in given:
            if name not in known:
                raise UsageError(f"{name!r} is not there: choose from {', '.join(known)}")
    if restarts < 1 or seconds <= 0 or padding < 0:
        raise UsageError("--restarts and --seconds must be more than 0, --padding not less")
    if not 0 <= entropy < float("inf"):
        raise UsageError(f"--entropy {entropy:g}: expected a number from 0 on")
    environment = describe()
    chosen = {
        key(cell, fingerprint(environment)): cell
        for cell in cells(
            rows, tasks, seed_range(seeds), restarts, seconds, padding, controller, entropy, anneal
        )
    }
    with Store(out, environment) as store:
        missing = {name: cell for name, cell in chosen.items() if name not in store.keys}
        for name, cell in track(
            missing.items(), console=Console(stderr=True), description=f"{len(missing)} runs"
        ):
            store.append(
                {
                    "key": name,
                    "suite": "table1",
                    "task": cell.task,
                    "engine": cell.row,
                    "seed": cell.seed,
                    "k": cell.restarts,
                    "padding": cell.padding,
                    "controller": cell.controller,
                    "entropy": cell.entropy,
                    "anneal": cell.anneal,
                    **measure(cell),
                    "environment": environment,
                }
            )
        records = [record for record in store.records if record["key"] in chosen]
    Console(width=150).print(table(records))
    Console().print(f"{sum(r['seconds'] for r in records):.0f} s of runs; {out}")


def main(arguments: Sequence[str]) -> int:
    """Runs the command; the exit code. What was measured until an interruption stays."""
    return run_app(app, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
