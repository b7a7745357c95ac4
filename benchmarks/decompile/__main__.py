"""The command: `python -m benchmarks.decompile`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.command import Seeds, check_known, check_positive, make_app, run_app, seed_range
from benchmarks.decompile.terms import Known, differing, load_terms, programs_of
from benchmarks.statistics import bootstrap, rate
from synth.egraph.decompile import decompile
from synth.language import LANGUAGE

KINDS: Final = {
    "term": "the term's own program",
    "equal": "a random equal in loop form",
    "written": "the program beside the spec",
}

app = make_app("benchmarks.decompile")


@dataclass(frozen=True)
class Read:
    """A program that was read: the cost of its task's term, the cost of the reading and that
    itself, if there is one; and on how many random memories the two differ."""

    task: str
    kind: str
    cost: int
    found: int | None
    reading: str | None
    differing: int
    seconds: float
    processor: float
    """Seconds of processor time, which other work on the machine hardly changes."""

    @property
    def good(self) -> bool:
        """Whether the reading costs no more than the term."""
        return self.found is not None and self.found <= self.cost


@app.default
def measure(
    *,
    seeds: Annotated[Seeds, Parameter(help="One random equal of each term for each.")] = "0:3",
    tasks: Annotated[str, Parameter(help="Such as table1/map_inc,anc/copy; all by default.")] = "",
    memories: Annotated[int, Parameter(help="Random ones, for each reading.")] = 1_000,
    out: Annotated[Path | None, Parameter(help="What was read, one JSON object a line.")] = None,
) -> int:
    """Reads programs of known terms as terms: how many come back to at most their terms' cost. The
    exit code is 1 if a reading differs from its program on some memory."""
    check_positive(memories=memories)
    known = load_terms()
    wanted = tasks.split(",") if tasks else [k.task for k in known]
    check_known("tasks", wanted, [k.task for k in known])
    chosen = [k for k in known if k.task in wanted]
    drawn = seed_range(seeds)
    console = Console()
    quiet = not console.is_terminal
    found = [read for k in track(chosen, disable=quiet) for read in read_all(k, drawn, memories)]
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(f"{json.dumps(asdict(read))}\n" for read in found))
    show(found, console)
    return int(any(read.differing for read in found))


def read_all(known: Known, seeds: range, memories: int) -> Iterator[Read]:
    """Reads all programs of a term."""
    cost = LANGUAGE.cost(known.term, known.words)
    for kind, program in programs_of(known, seeds):
        start, worked = time.perf_counter(), time.process_time()
        reading = decompile(program, known.words)
        took = round(time.perf_counter() - start, 3), round(time.process_time() - worked, 3)
        if reading is None:
            yield Read(known.task, kind, cost, None, None, 0, *took)
            continue
        wrong = differing(known, program, reading, memories)
        found = LANGUAGE.cost(reading, known.words)
        yield Read(known.task, kind, cost, found, str(reading), wrong, *took)


def show(found: list[Read], console: Console) -> None:
    """A table of what came back, by task; and how many, and how quickly, of each kind."""
    table = Table(title="cost of the term, and of what its programs are read as")
    for column in ("task", "term", *KINDS.values()):
        table.add_column(column, justify="left" if column == "task" else "right")
    for task in dict.fromkeys(read.task for read in found):
        rows = [read for read in found if read.task == task]
        costs = (", ".join(_cost(r) for r in rows if r.kind == kind) for kind in KINDS)
        table.add_row(task, str(rows[0].cost), *costs)
    console.print(table)
    for kind, name in KINDS.items():
        rows = [read for read in found if read.kind == kind]
        tasks = len({read.task for read in rows})
        seconds = [read.seconds for read in rows]
        low, high = bootstrap(seconds, median)
        console.print(
            f"{name}: {rate(sum(r.good for r in rows), len(rows), tasks)} at most the term's cost; "
            f"{sum(r.found is None for r in rows)} not lifted; "
            f"{sum(r.differing > 0 for r in rows)} differ on some memory; "
            f"median {median(seconds):.2f} s ({low:.2f}-{high:.2f}), at most {max(seconds):.2f} s; "
            f"of processor time {median(r.processor for r in rows):.2f} s"
        )


def _cost(read: Read) -> str:
    return "–" if read.found is None else str(read.found) + ("" if read.good else " ✗")


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
