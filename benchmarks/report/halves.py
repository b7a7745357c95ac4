"""Drawn suites: what is solved of the half that is looked at, and of the one that is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.report.failures import WHY, why_not
from benchmarks.report.groups import Group, Record, count
from benchmarks.report.queries import INTERVAL, Table
from benchmarks.statistics import rate
from benchmarks.store import is_solved
from benchmarks.suites.drawn.find import DRAW, find_drawn
from benchmarks.suites.halves import HALVES, half_of

__all__ = ["by_half"]


def by_half(group: Group) -> Table:
    """A row for each drawn suite and engine, and one for all suites where there are several. All
    draws of a task's examples are one observation, as all seeds are."""
    drawn = find_drawn()
    records = [r | {"suite": r["suite"].partition(DRAW)[0]} for r in group.records]
    names = sorted({r["suite"] for r in records})
    suites = [suite for suite in names if suite.partition(".")[0] in drawn]
    rows = []
    for engine in group.engines:
        of_engine = [r for r in records if r["engine"] == engine]
        runs = {suite: [r for r in of_engine if r["suite"] == suite] for suite in suites}
        if len(suites) > 1:
            runs["all"] = [r for of in runs.values() for r in of]
        rows += [[suite, engine, *_cells(of)] for suite, of in runs.items() if of]
    return Table(
        f"Verified, by half ({INTERVAL}); how many points the halves are apart; why others are not",
        ["suite", "engine", *HALVES, "apart", *WHY],
        rows,
    )


def _cells(records: Sequence[Record]) -> list[str]:
    halves = [count([r for r in records if half_of(r["task"]) == half]) for half in HALVES]
    rates = [rate(of.solved, of.runs, of.tasks) for of in halves]
    shares = [100 * of.solved / of.runs for of in halves if of.runs]
    apart = f"{abs(shares[0] - shares[1]):.0f}" if len(shares) == len(HALVES) else "–"
    why = Counter(why_not(r) for r in records if not is_solved(r))
    return [*rates, apart, *(str(why[reason]) for reason in WHY)]
