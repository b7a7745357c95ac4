"""The public list benchmarks: `python -m benchmarks.lists --half test --seconds 30`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import (
    Seeds,
    UsageError,
    check_engines,
    check_known,
    check_positive,
    make_app,
    run_app,
    seed_range,
)
from benchmarks.executors import LocalExecutor
from benchmarks.jobs import Limits, draw_up
from benchmarks.report.__main__ import show
from benchmarks.report.failures import how_far
from benchmarks.report.groups import groups
from benchmarks.report.halves import by_half
from benchmarks.run import cores_each, run_all
from benchmarks.suites import Suite, load_suite
from benchmarks.suites.drawn.find import DRAW, DRAWN, find_drawn, load_drawn
from benchmarks.suites.halves import Half, half_of

__all__ = ["choose", "main"]

GRACE = 30.0
"""Seconds beside the search, for start-up; then a run is killed."""
MEMORY = 4.0
"""GiB; a run that has more is killed."""

app = make_app("benchmarks.lists")


@app.default
def lists(
    suites: Annotated[list[str] | None, Parameter(help="Names of suites; all by default.")] = None,
    /,
    *,
    half: Annotated[
        Half | None, Parameter(help="Only this half: dev may be looked at, test is measured.")
    ] = None,
    engines: Annotated[list[str], Parameter(consume_multiple=True, help="What to compare.")] = [  # noqa: B006
        "ladder"
    ],
    seconds: Annotated[float, Parameter(help="Of search, for each run.")] = 30.0,
    costs: Annotated[
        Path | None, Parameter(help="What constructs cost: see synth.costs fit.")
    ] = None,
    seeds: Seeds = "0:1",
    sample: Annotated[
        int | None, Parameter(help="Only so many tasks of each suite, drawn by --sample-seed.")
    ] = None,
    sample_seed: int = 0,
    zeros: Annotated[
        bool, Parameter(negative=(), help="Lists hold zeros, too: every tenth number, about.")
    ] = False,
    draws: Annotated[
        str, Parameter(help="FROM:TO, without TO: which seeds the examples are drawn by.")
    ] = "0:1",
    jobs: Annotated[int, Parameter(help="Runs at a time.")] = 1,
    out: Annotated[Path, Parameter(help="JSON lines; what is there is not run again.")] = Path(
        "runs/lists.jsonl"
    ),
) -> int:
    """Runs engines on the suites that are drawn, and prints what is solved of each half, by suite,
    with the reasons of failures and what is not posed at all.

    Exit code: 0 all ran, 2 bad input, 130 interrupted; the same command then goes on.
    """
    check_positive(seconds=seconds, jobs=jobs)
    check_engines(engines)
    every = find_drawn()
    names = every if suites is None else suites
    check_known("suites", names, every)
    if sample is not None and sample < 1:
        raise UsageError(f"--sample {sample}: give a number above 0")
    limits = Limits(seconds, GRACE, MEMORY, cores_each(jobs))
    chosen = [
        choose(name, half, sample, sample_seed, zeros=zeros, draw=draw)
        for draw in seed_range(draws, "draws")
        for name in names
    ]
    wanted = draw_up(chosen, engines, seed_range(seeds), limits, costs)
    records = run_all(list(wanted), out, LocalExecutor(jobs))
    console = Console(width=130)
    for group in groups(records):
        console.print(group.title, markup=False, soft_wrap=True)
        show(by_half(group), console)
        show(how_far(group), console)
    for name in names:
        if unfit := load_drawn(name).unfit:
            console.print(f"{name}: {len(unfit)} more are not posed: see its README")
    console.print(f"results: {out}; to see them: python -m benchmarks.report {out}", soft_wrap=True)
    return 0


def choose(
    name: str,
    half: Half | None,
    sample: int | None,
    sample_seed: int,
    *,
    zeros: bool = False,
    draw: int = 0,
    of: Callable[[Path], bool] = lambda path: True,
) -> Suite:
    """The suite, written if it is a drawn one, with the examples of that draw; of its tasks, those
    of that half and of that kind, and a sample of these."""
    if name in find_drawn():
        folder = DRAWN / f"{name}{'.zeros' if zeros else ''}{f'{DRAW}{draw}' if draw else ''}"
        suite = Suite(folder.name, tuple(load_drawn(name).write(folder, draw, zeros=zeros)))
    else:
        suite = load_suite(name)
    paths = [path for path in suite.specs if half in (None, _half(path)) and of(path)]
    if sample is not None and sample < len(paths):
        random = Random(f"{name}/{sample_seed}")
        paths = sorted(sorted(paths, key=lambda _: random.random())[:sample])
    return Suite(suite.name, tuple(paths))


def _half(path: Path) -> Half:
    return half_of(path.stem)


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
