"""By which likelihood the programs of the suite `digits` are trained on long lists.

    python -m benchmarks.likelihoods.suite [--tasks sum sort] [--lengths 4 5 8]

The order: a table, a structure, or the readings that lead to each answer, which are exact; those of
an equal that saturation finds; the soft machine, where trials find it exact; a lower bound. Runs
are kept in a file, and none is run again.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Final, cast

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table as Show

from benchmarks.command import check_known, check_positive, make_app, run_app
from benchmarks.store import key_of, run_missing
from benchmarks.suites.digits.generate import Draw, draw_spec, write_images
from benchmarks.suites.digits.tasks import GRID, TASKS
from bridge.loading import convert_spec
from bridge.term import Term, parse_term
from synth.engines.likelihoods import trained_as
from synth.engines.pool import groups_of
from synth.problem import resolve

__all__ = ["main"]

app = make_app("benchmarks.likelihoods.suite")
LISTS: Final = [name for name, task in TASKS.items() if task.lengths != (GRID,)]
EXAMPLES: Final = 64


def measure(name: str, length: int) -> dict[str, Any]:
    """How the program of that task is trained on lists of so many pictures; the record."""
    task = TASKS[name]
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder))
        drawn = convert_spec(draw_spec(name, Draw(EXAMPLES, held=1, lengths=(length,))))
        problem = resolve(msgspec.structs.replace(drawn, folder=folder))
    began, cpu = time.perf_counter(), time.process_time()
    found = trained_as(
        task.program(length), cast("Term", parse_term(task.term)), groups_of(problem),
        problem.machine, lower=problem.lower,
    )  # fmt: skip
    refused = isinstance(found, str)
    return {
        "suite": "digits", "task": name, "engine": "likelihoods", "seed": 0, "length": length,
        "result": "refused" if refused else ", ".join(found.kinds),
        "equal": None if refused or found.term is None else str(found.term),
        "cost": None if refused else found.likelihoods[0].cost,
        "seconds": round(time.perf_counter() - began, 2),
        "processor": round(time.process_time() - cpu, 2),
    }  # fmt: skip


@app.default
def suite(
    *,
    tasks: Annotated[list[str], Parameter(consume_multiple=True)] = LISTS,
    lengths: Annotated[list[int], Parameter(consume_multiple=True)] = [4, 5, 8],  # noqa: B006
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/likelihoods.jsonl"
    ),
) -> None:
    """How the programs of the suite are trained, by the lists' length."""
    check_known("tasks", tasks, LISTS)
    check_positive(lengths=min(lengths))
    jobs = {key_of(*job): job for job in product(tasks, lengths)}
    records = run_missing(out, jobs, lambda job: measure(*job))
    title = "by the lists' length; in multiplications an example; processor seconds to find it"
    show = Show("task", *map(str, lengths), title=title)
    for name in tasks:
        show.add_row(name, *(_told(record) for record in records if record["task"] == name))
    Console(width=130).print(show)


def _told(record: dict[str, Any]) -> str:
    equal = "" if record["equal"] is None else ", of an equal"
    cost = "" if record["cost"] is None else f", {record['cost']:,.0f}"
    return f"{record['result']}{equal}{cost}; {record['processor']:.1f} s"


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
