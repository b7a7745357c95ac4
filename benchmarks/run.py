"""The command: `python -m benchmarks.run SUITE… --engines … --seeds 0:10 --seconds 60 --jobs 2`."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from benchmarks.command import (
    Seeds,
    UsageError,
    check_engines,
    check_positive,
    make_app,
    run_app,
    seed_range,
)
from benchmarks.environment import describe, fingerprint
from benchmarks.executors import Executor, LocalExecutor, RayExecutor
from benchmarks.jobs import Job, Limits, draw_up
from benchmarks.statistics import rate
from benchmarks.store import Store, is_solved
from benchmarks.suites import load_suite
from benchmarks.suites.halves import Half, half_of
from bridge.cores import cores
from synth.options import refuses

__all__ = ["cores_each", "main", "run_all"]

app = make_app("benchmarks.run")


@app.default
@refuses("executor", ("jobs",), value="ray", why="the cluster runs as many as it has room for")
def benchmark(
    suites: Annotated[
        list[str], Parameter(help="Names of suites, a plug-in's too, or folders of specs.")
    ],
    /,
    *,
    engines: Annotated[list[str], Parameter(consume_multiple=True, help="What to compare.")] = [  # noqa: B006
        "ladder"
    ],
    tasks: Annotated[
        list[str] | None, Parameter(consume_multiple=True, help="Only these tasks.")
    ] = None,
    half: Annotated[
        Half | None, Parameter(help="Only the tasks of this half: see benchmarks.lists.")
    ] = None,
    seeds: Seeds = "0:3",
    seconds: Annotated[float, Parameter(help="Of search, for each run.")] = 60.0,
    terms: Annotated[int | None, Parameter(help="The most terms to enumerate.")] = None,
    programs: Annotated[
        int | None, Parameter(help="The most assembly programs to execute.")
    ] = None,
    restarts: Annotated[int | None, Parameter(help="The most restarts to tune.")] = None,
    costs: Annotated[
        Path | None, Parameter(help="What constructs cost: see synth.costs fit.")
    ] = None,
    grace: Annotated[
        float, Parameter(help="Seconds beside the search, for start-up; then a run is killed.")
    ] = 30.0,
    memory: Annotated[float, Parameter(help="GiB; a run that has more is killed.")] = 4.0,
    jobs: Annotated[int, Parameter(help="Runs at a time.")] = 1,
    out: Annotated[Path, Parameter(help="JSON lines; what is there is not run again.")] = Path(
        "runs/results.jsonl"
    ),
    mix: Annotated[
        bool, Parameter(negative=(), help="Adds to results of another version or machine.")
    ] = False,
    pages: Annotated[
        Path | None, Parameter(help="A folder for a page of each run; it takes some seconds.")
    ] = None,
    executor: Annotated[Literal["local", "ray"], Parameter(help="Where runs run.")] = "local",
    address: Annotated[str | None, Parameter(help="The Ray cluster's.")] = None,
) -> int:
    """Runs engines on suites, each run in a process of its own, and writes what came of it.

    Exit code: 0 all ran, 2 bad input, 130 interrupted; the same command then goes on.
    """
    check_positive(seconds=seconds, memory=memory, jobs=jobs)
    check_engines(engines)
    if not 0 <= grace < float("inf"):
        raise UsageError(f"--grace {grace:g}: give a number that is not negative")
    if address is not None and executor != "ray":
        raise UsageError("--address is a Ray cluster's: add --executor ray")
    cores = cores_each(jobs) if executor == "local" else 1
    limits = Limits(seconds, grace, memory, cores, terms, programs, restarts)
    chosen = [load_suite(name) for name in suites]
    wanted = list(draw_up(chosen, engines, seed_range(seeds), limits, costs))
    if tasks is not None:
        if unknown := sorted({*tasks} - {job.task for job in wanted}):
            raise UsageError(f"--tasks {unknown[0]}: no such task in {', '.join(suites)}")
        wanted = [job for job in wanted if job.task in tasks]
    if half is not None:
        wanted = [job for job in wanted if half_of(job.task) == half]
    wanted = [replace(job, page=pages is not None) for job in wanted]
    where: Executor = LocalExecutor(jobs) if executor == "local" else RayExecutor(address, mix=mix)
    records = run_all(wanted, out, where, mix=mix, pages=pages)
    Console().print(summary(records, engines, "verified (95 % interval)"))
    Console(soft_wrap=True).print(f"results: {out}; to see them: python -m benchmarks.report {out}")
    return 0


def run_all(
    wanted: Sequence[Job],
    out: Path,
    executor: Executor,
    *,
    mix: bool = False,
    pages: Path | None = None,
) -> list[dict[str, Any]]:
    """The records of all these jobs; what the file of results doesn't hold yet is run first."""
    environment = describe()
    sources = {job.engine: job.engine_source for job in wanted}
    jobs = {job.key(fingerprint(environment)): job for job in wanted}
    with terminable(), Store(out, environment, engines=sources, mix=mix) as store:
        run_jobs(jobs, store, executor, Console(stderr=True), pages)
        return [record for record in store.records if record["key"] in jobs]


def run_jobs(
    jobs: Mapping[str, Job],
    store: Store,
    executor: Executor,
    console: Console,
    pages: Path | None = None,
) -> None:
    """Runs the jobs, given by key, that the store doesn't hold yet; adds their records to it. Pages
    of the runs, where jobs ask for them, go to a folder; records name them as seen from the file of
    results."""
    todo = [job for key, job in jobs.items() if key not in store.keys]
    text = TextColumn("{task.description}")
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=len(jobs), completed=len(jobs) - len(todo))
        solved = sum(map(is_solved, store.records))
        for record in executor.run(todo):
            if (page := record.pop("page", None)) is not None and pages is not None:
                record["page"] = write_page(page, pages, record, store.path)
            store.append(record)
            solved += is_solved(record)
            run = f"{record['task']}, {record['engine']}"
            progress.update(
                bar, advance=1, description=f"{solved} verified; {run}: {record['result']}"
            )
            if record["state"] != "finished":
                why = f"{run}, seed {record['seed']}: {record['state']}: {record['reason']}"
                progress.console.print(why, markup=False, soft_wrap=True)


def write_page(page: str, folder: Path, record: dict[str, Any], results: Path) -> str:
    """Writes the page of a run; its path, as seen from the results. Raises UsageError."""
    parts = (record[name] for name in ("suite", "task", "engine", "seed", "key"))
    name = ".".join(re.sub(r"[^A-Za-z0-9_\-]", "_", str(part)) for part in parts)
    path = folder / f"{name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as e:
        raise UsageError(f"--pages {folder}: cannot be written: {e.strerror or e}") from None
    return Path(os.path.relpath(path.resolve(), results.parent.resolve())).as_posix()


def summary(records: Sequence[dict[str, Any]], engines: Sequence[str], title: str) -> Table:
    """How many runs were verified, by engine and suite."""
    suites = list(dict.fromkeys(record["suite"] for record in records))
    table = Table("engine", *suites, title=title, title_justify="left")
    for engine in engines:
        row = []
        for suite in suites:
            of = [r for r in records if r["suite"] == suite and r["engine"] == engine]
            tasks = len({r["task"] for r in of})
            row.append(rate(sum(map(is_solved, of)), len(of), tasks))
        table.add_row(engine, *row)
    return table


def cores_each(jobs: int) -> int:
    """The cores for each of so many runs at a time, of those that this process may use."""
    return max(1, cores() // jobs)


@contextmanager
def terminable() -> Iterator[None]:
    """A wish to terminate is an interruption, as Ctrl-C is, and so is a terminal that is gone; but
    not where nohup has that ignored. Ctrl-C is one even where the shell that started this in the
    background had it ignored."""
    wishes = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wishes.append(signal.SIGHUP)
    before = [signal.signal(wish, signal.default_int_handler) for wish in wishes]
    try:
        yield
    finally:
        for wish, handler in zip(wishes, before, strict=True):
            signal.signal(wish, handler)


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
