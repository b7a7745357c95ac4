"""The tables: steps by task, and what they amount to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean, median
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.optimise.measure import ARMS
from benchmarks.statistics import bootstrap, rate

__all__ = ["show"]


GOAL: Final = 3.0
"""Seconds that saturation and extraction may take, in all rounds together."""


def show(records: Sequence[dict[str, Any]], console: Console) -> None:
    """Tables for short lists, and for long ones, with their sums."""
    for lists in dict.fromkeys(r["lists"] for r in records):
        some = [r for r in records if r["lists"] == lists]
        console.print(_table(some, "Mean steps, lists as in the tasks" if lists == "short" else
                             "Mean steps, lists of 20 to 24"))  # fmt: skip
        console.print(_seconds_table(some))
        for line in _summary(some):
            console.print(line)


def _table(records: Sequence[dict[str, Any]], title: str) -> Table:
    table = Table("task", "words", "found", *ARMS, "both/found", title=title, title_justify="left")
    for task in dict.fromkeys(r["task"] for r in records):
        rows = [r for r in records if r["task"] == task]
        cells = [f"{mean(s):.1f}" if (s := _after(rows, arm)) else "–" for arm in ARMS]
        found, both = mean(r["before"] for r in rows), _after(rows, "both")
        ratio = f"{mean(both) / found:.2f}" if both and found else "–"
        table.add_row(task, str(rows[0]["words"]), f"{found:.1f}", *cells, ratio)
    return table


def _seconds_table(records: Sequence[dict[str, Any]]) -> Table:
    """Where the time went, of all rounds together; of several seeds the longest run."""
    title = "Seconds of wall-clock of `both`; of `rewriting` where there is none"
    columns = "task", "saturation", "extraction", "both of these", "lowering, executing", "edits"
    table = Table(*columns, "all", title=title, title_justify="left")
    for task in dict.fromkeys(r["task"] for r in records):
        rows = [r for r in records if r["task"] == task]
        runs = [r for r in rows if r["engine"] == "both"] or [
            r for r in rows if r["engine"] == "rewriting"
        ]
        if runs:
            run = max(runs, key=_searching)
            stages = (_stage(run, s) for s in ("rewriting", "edits"))
            parts = _stage(run, "saturation"), _stage(run, "extraction"), _searching(run)
            cells = (*parts, *stages, run["seconds"])
            table.add_row(task, *(f"{seconds:.2f}" for seconds in cells))
    return table


def _stage(run: dict[str, Any], stage: str) -> float:
    return run["stages"].get(stage, 0.0)


def _searching(run: dict[str, Any]) -> float:
    return _stage(run, "saturation") + _stage(run, "extraction")


def _after(rows: Sequence[dict[str, Any]], arm: str) -> list[float]:
    return [r["after"] for r in rows if r["engine"] == arm]


def _summary(records: Sequence[dict[str, Any]]) -> Iterator[str]:
    lost = {r["task"]: r["result"]["answer_wrong"] for r in records if r["result"]["answer_wrong"]}
    for task, wrong in lost.items():
        yield f"{task}: the answer itself, as found, is wrong on {wrong} fresh inputs: not counted"
    for arm in ARMS:
        rows = [r for r in records if r["engine"] == arm]
        if not rows:
            continue
        quicker = sum(r["after"] < r["before"] for r in rows)
        wrong = sum(r["result"]["holdout_wrong"] > 0 for r in rows)
        fresh = sum(r["result"]["fresh_wrong"] > 0 for r in rows)
        ratios = [r["after"] / r["before"] for r in rows if r["before"]]
        seconds = [r["seconds"] for r in rows]
        yield (
            f"{arm}: {rate(quicker, len(rows))} quicker; {wrong} wrong on held-out, {fresh} on "
            f"fresh inputs; mean ratio {_interval(ratios)}; seconds: median {median(seconds):.1f}, "
            f"most {max(seconds):.1f}"
        )
        if arm != "edits":
            within = sum(_searching(r) <= GOAL for r in rows)
            yield (
                f"  saturation and extraction: {_spread(list(map(_searching, rows)))}, "
                f"{rate(within, len(rows))} within {GOAL:g} s; lowering and executing besides: "
                f"{_spread([_stage(r, 'rewriting') for r in rows])}"
            )
        proofs = [r["proof"] for r in rows if r["proof"] is not None]
        if proofs:
            steps = [p["steps"] for p in proofs if p["steps"] is not None]
            slowest = max(p["seconds"] for p in proofs)
            yield (
                f"  made by rules alone: {len(proofs)}; proved {len(steps)}, in {min(steps)} to "
                f"{max(steps)} rewrites, at most {slowest:.2f} s; differing on random memories: "
                f"{sum(p['differing'] for p in proofs)}"
            )
    pairs = _pairs(records)
    if pairs:
        yield f"both against edits alone: mean ratio {_interval([b / e for b, e in pairs])}"


def _pairs(records: Sequence[dict[str, Any]]) -> list[tuple[float, float]]:
    after = {(r["task"], r["seed"], r["engine"]): r["after"] for r in records}
    keys = {(task, seed) for task, seed, _ in after}
    pairs = ((after.get((*key, "both")), after.get((*key, "edits"))) for key in sorted(keys))
    return [(both, edits) for both, edits in pairs if both is not None and edits]


def _spread(seconds: Sequence[float]) -> str:
    return f"median {median(seconds):.1f} s, most {max(seconds):.1f} s"


def _interval(values: Sequence[float]) -> str:
    low, high = bootstrap(values, mean)
    return f"{mean(values):.3f} ({low:.3f}-{high:.3f})"
