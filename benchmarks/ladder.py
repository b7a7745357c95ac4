"""The ladder against each of its rungs alone, at the same budget: `python -m benchmarks.ladder`.

What is to be found from examples alone is searched, a sample of each suite. A rung alone is given
the tasks on which the ladder itself would use it: deduction where examples are lists, divide where
they are numbers, all programs of a machine where they are few. It solves no others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import Seeds, check_known, check_positive, make_app, run_app, seed_range
from benchmarks.executors import LocalExecutor
from benchmarks.jobs import Job, Limits, draw_up
from benchmarks.lists import GRACE, MEMORY, choose
from benchmarks.report.__main__ import show
from benchmarks.report.failures import how_far
from benchmarks.report.groups import groups
from benchmarks.report.rungs import in_pairs, solved_by
from benchmarks.run import cores_each, run_all
from benchmarks.suites import Suite
from benchmarks.suites.drawn.find import find_drawn
from benchmarks.suites.halves import Half
from bridge import load_spec
from synth.engines import Engine, Ladder, engine_name
from synth.engines.beside import Beside
from synth.problem import Problem, resolve

__all__ = ["main", "rungs_for"]

SHIPPED: Final = ("table1", "anc", "lists")
"""Suites that hold what is to be found from examples alone, besides the drawn ones."""

app = make_app("benchmarks.ladder")


@app.default
def ladder(
    suites: Annotated[list[str] | None, Parameter(help="Names of suites; all by default.")] = None,
    /,
    *,
    half: Annotated[
        Half | None, Parameter(help="Only this half: dev may be looked at, test is measured.")
    ] = None,
    sample: Annotated[int, Parameter(help="Tasks of each suite, drawn by --sample-seed.")] = 6,
    sample_seed: int = 0,
    seconds: Annotated[float, Parameter(help="Of search, for each run.")] = 10.0,
    seeds: Seeds = "0:1",
    jobs: Annotated[int, Parameter(help="Runs at a time.")] = 1,
    out: Annotated[Path, Parameter(help="JSON lines; what is there is not run again.")] = Path(
        "runs/ladder.jsonl"
    ),
) -> int:
    """Runs the ladder and each of its rungs alone, and prints what each solves, suite by suite, and
    the ladder against each rung in pairs.

    Exit code: 0 all ran, 2 bad input, 130 interrupted; the same command then goes on.
    """
    check_positive(seconds=seconds, jobs=jobs, sample=sample)
    every = [*SHIPPED, *find_drawn()]
    names = every if suites is None else suites
    check_known("suites", names, every)
    limits = Limits(seconds, GRACE, MEMORY, cores_each(jobs))
    chosen = [choose(name, half, sample, sample_seed, of=_from_examples) for name in names]
    wanted = [job for suite in chosen for job in _drawn_up(suite, seed_range(seeds), limits)]
    records = run_all(wanted, out, LocalExecutor(jobs))
    console = Console(width=130)
    for group in groups(records):
        console.print(group.title, markup=False, soft_wrap=True)
        show(solved_by(group), console)
        show(in_pairs(group), console)
        show(how_far(group), console)
    console.print(f"results: {out}; to see them: python -m benchmarks.report {out}", soft_wrap=True)
    return 0


def rungs_for(problem: Problem) -> list[str]:
    """The names of the engines of which the ladder would make use, each once."""
    found: list[Engine] = []
    for rung in Ladder().correct:
        if rung.when(problem):
            beside = rung.engine if isinstance(rung.engine, Beside) else None
            found.append(rung.engine if beside is None else beside.leader)
            found += [c.engine for c in beside.companions if c.when(problem)] if beside else []
    return list(dict.fromkeys(map(engine_name, found)))


def _from_examples(path: Path) -> bool:
    """Whether there is no program to make quicker."""
    return load_spec(path).objective == "correct"


def _drawn_up(suite: Suite, seeds: Sequence[int], limits: Limits) -> Iterator[Job]:
    for path in suite.specs:
        engines = ["ladder", *rungs_for(resolve(load_spec(path)))]
        yield from draw_up([Suite(suite.name, (path,))], engines, seeds, limits)


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
