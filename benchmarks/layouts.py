"""In which layout of lists programs are found: ended by a 0, or headed by their length.

    python -m benchmarks.layouts --seeds 0:3 [--terms 1000000] [--seconds 60]

The examples are the same in both: no list holds a 0. Enumeration is cut off by its terms, so that
the result is the same wherever the seconds are enough. Each task is one function of lists; each
seed draws other examples; a search counts if what it finds passes all held-out ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

import synth
from benchmarks.command import Seeds, check_positive, make_app, run_app, seed_range
from benchmarks.statistics import rate
from benchmarks.suites.inputs import integer, several
from bridge.loading import convert_spec

__all__ = ["LAYOUTS", "TASKS", "draw_spec", "main"]

LAYOUTS: Final = ("terminated", "prefixed")
EXAMPLES: Final = 10
HOLDOUT: Final = 20
Inputs = tuple[Any, ...]

app = make_app("benchmarks.layouts")


def one(random: Random, size: int) -> Inputs:
    return (several(random, size, 1, 9),)


def two_alike(random: Random, size: int) -> Inputs:
    return several(random, size, 1, 9), several(random, size, 1, 9)


def two(random: Random, size: int) -> Inputs:
    return several(random, size, 1, 9), several(random, integer(random, 1, 3), 1, 9)


def number_and_list(random: Random, size: int) -> Inputs:
    return integer(random, 1, 6), several(random, size, 1, 9)


def index_and_list(random: Random, size: int) -> Inputs:
    return integer(random, 0, size - 1), several(random, size, 1, 9)


TASKS: Final[dict[str, tuple[Callable[[Random, int], Inputs], Callable[..., Any]]]] = {
    "increase each": (one, lambda x: [v + 1 for v in x]),
    "add k to each": (number_and_list, lambda k, x: [v + k for v in x]),
    "cap each": (number_and_list, lambda k, x: [min(v, k) for v in x]),
    "sum": (one, sum),
    "length": (one, len),
    "greatest": (one, max),
    "last": (one, lambda x: x[-1]),
    "element k": (index_and_list, lambda k, x: x[k]),
    "all but the last": (one, lambda x: x[:-1]),
    "all but the first": (one, lambda x: x[1:]),
    "reverse": (one, lambda x: x[::-1]),
    "those above k": (number_and_list, lambda k, x: [v for v in x if v > k]),
    "sums in pairs": (two_alike, lambda x, y: [v + w for v, w in zip(x, y, strict=True)]),
    "concatenate": (two, lambda x, y: x + y),
    "k in front": (number_and_list, lambda k, x: [k, *x]),
    "k behind": (number_and_list, lambda k, x: [*x, k]),
    "running sums": (one, lambda x: [sum(x[: i + 1]) for i in range(len(x))]),
}


def draw_spec(task: str, layout: str, seed: int) -> dict[str, Any]:
    """The spec, as plain data. Lists have 1 to 4 elements, in held-out examples up to 7."""
    draw, answer = TASKS[task]
    random = Random(f"layouts/{task}/{seed}")

    def example(i: int, longest: int) -> dict[str, Any]:
        inputs = draw(random, 1 + i % longest)
        return {"inputs": list(inputs), "output": answer(*inputs)}

    return {
        "machine": {"words": 64, "steps": 256},
        "layout": layout,
        "examples": [example(i, 4) for i in range(EXAMPLES)],
        "holdout": [example(i, 7) for i in range(HOLDOUT)],
    }


@app.default
def layouts(
    *,
    seeds: Seeds = "0:3",
    terms: Annotated[int, Parameter(help="That each search executes at most.")] = 1_000_000,
    seconds: Annotated[float, Parameter(help="Of a search at most.")] = 60.0,
) -> None:
    """Solves each task in each layout, and prints how often, and after how many terms."""
    check_positive(terms=terms, seconds=seconds)
    numbers = seed_range(seeds)
    jobs = [(task, layout, seed) for task in TASKS for layout in LAYOUTS for seed in numbers]
    found: dict[tuple[str, str], list[synth.Solution]] = {}
    for task, layout, seed in track(jobs, "searches", console=Console(stderr=True)):
        spec = convert_spec(draw_spec(task, layout, seed))
        solution = synth.solve(spec, engine="enumeration", terms=terms, seconds=seconds)
        found.setdefault((task, layout), []).append(solution)
    shown = Table("task", *LAYOUTS, title=f"Solved, and the median of terms; {terms:,} at most")
    for task in TASKS:
        shown.add_row(task, *(_cell(found[task, layout]) for layout in LAYOUTS))
    sums = ([s for task in TASKS for s in found[task, layout]] for layout in LAYOUTS)
    rates = (rate(sum(map(_solved, s)), len(s), units=len(TASKS)) for s in sums)
    shown.add_row("all (95 %, by tasks)", *rates)
    Console(width=100).print(shown)


def _solved(solution: synth.Solution) -> bool:
    return solution.result is synth.Result.VERIFIED


def _cell(solutions: list[synth.Solution]) -> str:
    terms = sorted(s.stats.terms for s in solutions if _solved(s))
    median = f", {terms[len(terms) // 2]:,}" if terms else ""
    return f"{len(terms)}/{len(solutions)}{median}"


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
