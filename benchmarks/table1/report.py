"""What came of the cells -> the table, ours beside the paper's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich.table import Table

from benchmarks.statistics import rate
from benchmarks.table1.cells import ROWS, SEARCHES, TASKS

__all__ = ["PAPER", "table"]

PAPER: Final[dict[str, tuple[int | None, ...]]] = {
    "optimization": (19, 86, 56, 41, 95, 4),
    "synthesis": (100, 100, 100, 100, 100, 0),
    "both": (100, 100, 100, 100, 100, 75),
    "from map_inc": (None, 100, 7, None, 7, 26),
    "from map_dec": (None, 45, 100, None, 6, 41),
    "loop": (100, 100, 100, 100, 49, 75),
}
"""Table 1 of Saldyt (2022): percent of k = 100 tuning runs that were recovered, judged by soft
outputs on sampled inputs. In the order of `TASKS`."""


def table(records: Sequence[dict[str, Any]]) -> Table:
    """Rates with Wilson's 95 % interval. A cell of tuning alone: the paper's figure; restarts
    whose soft outputs were right; restarts whose program is right, executed on held-out inputs. A
    cell of searches: the paper's figure; verified runs; by which rung."""
    title = "Table 1: paper · soft per restart · executed on held-out inputs, per restart or run"
    found = Table("row", *TASKS, title=title, show_lines=True)
    for row in ROWS:
        of_row = [r for r in records if r["engine"] == row]
        if of_row:
            by_task = ([r for r in of_row if r["task"] == task] for task in TASKS)
            found.add_row(row, *(_cell(row, i, some) for i, some in enumerate(by_task)))
    return found


def _cell(row: str, column: int, records: Sequence[dict[str, Any]]) -> str:
    paper = PAPER.get(row, (None,) * len(TASKS))[column]
    lines = [] if paper is None else [f"paper {paper} %"]
    if records and row in SEARCHES:
        lines.append(f"runs {rate(sum(r['result']['solved'] for r in records), len(records))}")
        rungs = [r["found_by"] for r in records if r["result"]["solved"]]
        lines += [f"{rungs.count(rung)} by {rung}" for rung in dict.fromkeys(rungs)]
    elif records:
        counts = {
            name: sum(r["result"][name] for r in records) for name in ("restarts", "soft", "solved")
        }
        lines.append(f"soft {rate(counts['soft'], counts['restarts'])}")
        lines.append(f"exec {rate(counts['solved'], counts['restarts'])}")
    return "\n".join(lines) or "–"
