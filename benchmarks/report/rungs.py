"""The ladder beside its rungs: what each solves alone, at the same budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from benchmarks.report.compare import Pair, distinct, verified_of
from benchmarks.report.groups import Group, Record
from benchmarks.report.queries import INTERVAL, Table
from benchmarks.statistics import rate, sign_test
from benchmarks.store import is_solved

__all__ = ["LADDER", "in_pairs", "solved_by"]

LADDER: Final = "ladder"


def solved_by(group: Group) -> Table:
    """How many runs each engine solved of the ladder's, suite by suite, and in all; those that an
    engine was not given count as not solved. And by how many the ladder is ahead of the best of the
    others: on each suite, and in the sum."""
    suites = [suite for suite in sorted(group.suites) if group.runs(suite=suite, engine=LADDER)]
    runs = {suite: len(group.runs(suite=suite, engine=LADDER)) for suite in suites}
    tasks = len({(r["suite"], r["task"]) for r in group.runs(engine=LADDER)})
    solved = {
        engine: [_solved(group.runs(suite=suite, engine=engine)) for suite in suites]
        for engine in [LADDER, *_others(group)]
    }
    rows = [
        [
            engine,
            *(f"{n}/{runs[suite]}" for suite, n in zip(suites, found, strict=True)),
            rate(sum(found), sum(runs.values()), tasks),
        ]
        for engine, found in solved.items()
    ]
    in_all = [[*found, sum(found)] for found in solved.values()]
    if len(in_all) > 1:
        own, *others = in_all
        ahead = (n - max(of) for n, *of in zip(own, *others, strict=True))
        rows.append(["ladder ahead of the best other by", *(f"{n:+d}" for n in ahead)])
    return Table(f"Verified, by engine and suite ({INTERVAL})", ["engine", *suites, "all"], rows)


def in_pairs(group: Group) -> Table:
    """The ladder against each other engine, on what both were given; and what it lost. All seeds of
    a task count once where they end alike."""
    rows = []
    for engine in _others(group):
        pairs = _pairs(group, engine)
        both, gained, lost, neither = verified_of(pairs)
        names = [_name(own) for own, other in pairs if is_solved(other) and not is_solved(own)]
        counts = map(str, (len(pairs), both, gained, lost, neither))
        p = f"{sign_test(gained, lost):.2g}"
        rows.append([engine, *counts, p, ", ".join(dict.fromkeys(names)) or "–"])
    return Table(
        "The ladder against each engine alone, in pairs",
        ["engine", "pairs", "both", "only ladder", "only it", "neither", "p (McNemar, exact)",
         "the ladder lost"],
        rows,
    )  # fmt: skip


def _pairs(group: Group, engine: str) -> list[Pair]:
    runs = {_run(r): r for r in group.runs(engine=engine)}
    by_task: dict[tuple[str, str], list[Pair]] = {}
    for own in group.runs(engine=LADDER):
        if (other := runs.get(_run(own))) is not None:
            by_task.setdefault((own["suite"], own["task"]), []).append((own, other))
    return [pair for of in by_task.values() for pair in distinct(of)]


def _others(group: Group) -> list[str]:
    return [engine for engine in group.engines if engine != LADDER]


def _run(record: Record) -> tuple[str, str, int]:
    return record["suite"], record["task"], record["seed"]


def _name(record: Record) -> str:
    return f"{record['suite']}/{record['task']}"


def _solved(records: Sequence[Record]) -> int:
    return sum(map(is_solved, records))
