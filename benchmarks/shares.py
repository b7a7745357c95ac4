"""Which shares of the budget solve the most, by what single engines needed: counted, not run again.

    python -m benchmarks.ladder --half dev --sample 12 --seconds 30 --out runs/dev.jsonl
    python -m benchmarks.shares runs/dev.jsonl

In the ladder, chains and edits take turns with enumeration, by work: so much for each of its terms,
from a head start on. When each alone has its answer is in the records, in terms and programs; so
when the three together would have it follows, for any shares, and in which time, by the engines'
median rates. Tasks that a rung before them solves say nothing of shares, and are left out.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from statistics import median
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import UsageError, check_positive, make_app, run_app
from benchmarks.report.__main__ import show
from benchmarks.report.groups import Record
from benchmarks.report.queries import Table
from benchmarks.statistics import rate, sign_test
from benchmarks.store import is_solved, read_records
from synth.engines import Ladder, engine_name
from synth.engines.beside import Beside, Companion

__all__ = ["Needed", "Setting", "main", "solved_within"]

HEADS: Final = (0, 100_000, 300_000, 1_000_000, 3_000_000)
SHARES: Final = (0.0, 0.25, 0.5, 1.0, 2.0)
MARKS: Final = (10_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)

app = make_app("benchmarks.shares")


@dataclass(frozen=True)
class Setting:
    """Shares, by companion, and after how many of the leader's terms they begin."""

    after: int
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Needed:
    """What a task took: the leader's work, and each companion's; infinite where it failed."""

    task: str
    leader: float
    companions: tuple[float, ...]


@app.default
def shares(
    *results: Annotated[Path, Parameter(help="Records of single engines: see above.")],
    seconds: Annotated[float, Parameter(help="That the ladder has, for each task.")] = 30.0,
) -> None:
    """How many tasks each setting of shares solves, the best ones first; and after how much work
    each engine has its answers: what a cap would cost."""
    check_positive(seconds=seconds)
    if not results:
        raise UsageError("name files of results: see benchmarks.ladder")
    records = [record for path in results for record in read_records(path)]
    leader, companions = shipped()
    names = [leader, *(engine_name(each.engine) for each in companions)]
    if missing := {*names} - {r["engine"] for r in records}:
        raise UsageError(f"no run of {min(missing)} in the results: benchmarks.ladder makes them")
    console = Console()
    show(by_work(records), console)
    tasks = [*needed(records, names, [c.most.get("terms", inf) for c in companions])]
    rates = [rate_of([r for r in records if r["engine"] == name]) for name in names]
    now = Setting(companions[0].after, tuple(each.share for each in companions))
    show(compared(tasks, rates, seconds, now, names[1:]), console)


def shipped() -> tuple[str, tuple[Companion, ...]]:
    """The ladder's engine that leads others, and these."""
    beside = next(r.engine for r in Ladder().correct if isinstance(r.engine, Beside))
    return beside.name, beside.companions


def by_work(records: Sequence[Record]) -> Table:
    """How many answers each engine has after how much work: terms and programs."""
    rows = []
    for engine in dict.fromkeys(r["engine"] for r in records):
        of = [r for r in records if r["engine"] == engine]
        work = [_work(r) for r in of if is_solved(r)]
        found = [sum(units <= mark for units in work) for mark in MARKS]
        rows.append([engine, str(len(of)), *map(str, found), str(len(work))])
    marks = [f"{mark:,}" for mark in MARKS]
    title = "Answers after so many terms and programs, by engine"
    return Table(title, ["engine", "runs", *marks, "all"], rows)


def needed(
    records: Sequence[Record], names: Sequence[str], most: Sequence[float]
) -> Iterator[Needed]:
    """For each task that no rung before them solves, what each of these took; answers after more
    terms than a companion's `most` are never reached."""
    runs: dict[tuple[str, str, int], dict[str, Record]] = {}
    for r in records:
        runs.setdefault((r["suite"], r["task"], r["seed"]), {})[r["engine"]] = r
    beside = {*names, Ladder().name, "tuning"}
    for (suite, task, _), of in sorted(runs.items()):
        before = any(is_solved(r) for engine, r in of.items() if engine not in beside)
        if {*names} <= of.keys() and not before:
            works = (
                _work(of[name])
                if is_solved(of[name]) and of[name]["work"].get("terms", 0) <= cap
                else inf
                for name, cap in zip(names, [inf, *most], strict=True)
            )
            yield Needed(f"{suite}/{task}", next(works), tuple(works))


def solved_within(needed: Needed, setting: Setting, rates: Sequence[float]) -> float:
    """After how many seconds the task is solved, by units a second of the leader and of each
    companion."""
    until = needed.leader  # how much the leader has done by then
    for units, share in zip(needed.companions, setting.shares, strict=True):
        if share:
            until = min(until, setting.after + units / share)
    beside = max(0.0, until - setting.after)
    if until == inf:
        return inf
    turns = zip(setting.shares, rates[1:], strict=True)
    return until / rates[0] + sum(share * beside / rate for share, rate in turns)


def compared(
    tasks: Sequence[Needed],
    rates: Sequence[float],
    seconds: float,
    now: Setting,
    companions: Sequence[str],
) -> Table:
    """The settings that solve most, each once of such as solve the same tasks, in the least time;
    and the shipped one. Each against the shipped one, task by task."""

    def solves(setting: Setting) -> tuple[bool, ...]:
        return tuple(solved_within(task, setting, rates) <= seconds for task in tasks)

    def seconds_of(setting: Setting) -> float:
        return sum(min(solved_within(task, setting, rates), seconds) for task in tasks)

    grid = [Setting(a, s) for a in HEADS for s in itertools.product(SHARES, repeat=len(companions))]
    best: dict[tuple[bool, ...], Setting] = {}
    for setting in sorted(grid, key=seconds_of):
        best.setdefault(solves(setting), setting)
    order = sorted(best, key=lambda solved: -sum(solved))
    chosen, own = [best[solved] for solved in order], solves(now)
    rows = []
    for setting in [now, *chosen[:8]]:
        solved = solves(setting)
        gained, lost = (sum(a > b for a, b in zip(*both, strict=True))
                        for both in ((solved, own), (own, solved)))  # fmt: skip
        alike = (
            "shipped" if setting == now else f"{sum(solves(s) == solved for s in grid)} settings"
        )
        rows.append([
            alike, f"{setting.after:,}", *(f"{share:g}" for share in setting.shares),
            rate(sum(solved), len(tasks)), f"{seconds_of(setting):.0f}",
            str(gained), str(lost), f"{sign_test(gained, lost):.2g}",
        ])  # fmt: skip
    return Table(
        f"Solved within {seconds:g} s by enumeration, and by others beside it: the quickest of the "
        "settings that solve the same tasks; against the shipped one",
        ["", "head start", *companions, "solved", "seconds in all", "gained", "lost",
         "p (sign test)"],
        rows,
    )  # fmt: skip


def rate_of(records: Sequence[Record]) -> float:
    """Units of work a second, the median of runs that took a second or more."""
    long = [r for r in records if (r["search_seconds"] or 0) >= 1 and _work(r)] or records
    return median(_work(r) / max(r["search_seconds"] or 0, 1e-3) for r in long) or 1.0


def _work(record: Record) -> int:
    return sum(record["work"].get(kind, 0) for kind in ("terms", "programs"))


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
