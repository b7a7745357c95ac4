"""What learned costs gain: sizes against costs learned from other tasks, at equal work.

    python -m benchmarks.lists --half dev --engines enumeration --out runs/dev.jsonl
    python -m benchmarks.costs runs/dev.jsonl

Only tasks of the half `dev` are run. They are parted in two, by a hash of their names; each part is
searched with costs that were learned from the answers to the other one, and with sizes, with so
many terms to execute: the seconds don't matter. A task counts where its answer was verified on the
held-out examples.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, log
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

import synth
from benchmarks.command import check_known, check_positive, make_app, run_app
from benchmarks.lists import choose
from benchmarks.statistics import bootstrap, rate, sign_test
from benchmarks.store import key_of, run_missing
from benchmarks.suites.drawn.find import find_drawn
from bridge import load_spec
from synth.costs.costs import SIZES, Costs
from synth.costs.files import digest_of
from synth.costs.fit import fit
from synth.costs.read import read_solved

__all__ = ["main", "part_of"]

SECONDS: Final = 900.0
"""Of each search; the terms should end it."""

app = make_app("benchmarks.costs")


@dataclass(frozen=True)
class Run:
    """One search."""

    suite: str
    path: Path
    costs: Costs
    terms: int

    @property
    def key(self) -> str:
        """What it depends on, as a word."""
        return key_of(self.suite, self.path.read_text(), digest_of(self.costs), self.terms)


@app.default
def costs(
    results: Annotated[Path, Parameter(help="What the costs are learned from: see above.")],
    suites: Annotated[list[str] | None, Parameter(help="Names of suites; all by default.")] = None,
    /,
    *,
    terms: Annotated[int, Parameter(help="To execute, for each search.")] = 300_000,
    sample: Annotated[int | None, Parameter(help="Only so many tasks of each suite.")] = None,
    sample_seed: int = 0,
    out: Annotated[Path, Parameter(help="JSON lines; what is there is not run again.")] = Path(
        "runs/costs.jsonl"
    ),
) -> None:
    """Searches with sizes and with learned costs, and compares task by task."""
    check_positive(terms=terms, sample=sample or 1)
    every = find_drawn()
    check_known("suites", suites or (), every)
    found = read_solved([results]).terms
    learned = [fit(t for task, t in found if part_of(task) != part) for part in (0, 1)]
    runs = [
        (Run(name, path, SIZES, terms), Run(name, path, learned[part_of(path.stem)], terms))
        for name in suites or every
        for path in choose(name, "dev", sample, sample_seed).specs
    ]
    records = run_missing(out, {run.key: run for pair in runs for run in pair}, search)
    by_key = {record["key"]: record for record in records}
    pairs = [(by_key[one.key], by_key[other.key]) for one, other in runs]
    for name in suites or every:
        print(f"{name:16}{compared([pair for pair in pairs if pair[0]['suite'] == name])}")
    print(f"{'all':16}{compared(pairs)}")


def part_of(task: str) -> int:
    """The part of a task, by its name up to the first dot, as halves go."""
    return hashlib.sha256(task.partition(".")[0].encode()).digest()[4] % 2


def search(run: Run) -> dict[str, Any]:
    """The record of a search."""
    solution = synth.solve(
        load_spec(run.path), engine="enumeration", costs=run.costs, terms=run.terms, seconds=SECONDS
    )
    return {
        "suite": run.suite,
        "task": run.path.stem,
        "engine": "enumeration",
        "costs": digest_of(run.costs),
        "seed": 0,
        "result": solution.result.value,
        "term": None if solution.term is None else str(solution.term),
        "terms": solution.stats.terms,
        "budget": run.terms,
        "seconds": round(solution.stats.seconds, 2),
    }


def compared(pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    """How many are solved with either, which by one alone (sign test), and by how many times fewer
    terms where both are: the geometric mean, with a bootstrap interval."""
    solved = [tuple(r["result"] == "verified" for r in pair) for pair in pairs]
    sizes, learned = (sum(one[i] for one in solved) for i in (0, 1))
    gained, lost = (sum(one == which for one in solved) for which in ((False, True), (True, False)))
    said = f"sizes {rate(sizes, len(pairs))}, learned {rate(learned, len(pairs))}: "
    said += f"{gained} gained, {lost} lost (p = {sign_test(gained, lost):.2f})"
    ratios = [log((one["terms"] + 1) / (other["terms"] + 1))
              for (one, other), both in zip(pairs, solved, strict=True) if all(both)]  # fmt: skip
    if len(ratios) > 1:
        low, high = bootstrap(ratios, statistics.mean)
        said += f"; solved by both with {exp(statistics.mean(ratios)):.2f} times"
        said += f" ({exp(low):.2f}-{exp(high):.2f}) fewer terms"
    return said


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
