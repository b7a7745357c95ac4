"""Rates with their intervals, and comparisons in pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.saturation.arms import ARMS
from benchmarks.statistics import rate, sign_test

__all__ = ["show"]


COMPARED: Final = (
    ("equals", "miss"),
    ("equals", "padded"),
    ("quicker", "padded"),
    ("lifted", "padded"),
    ("quicker", "equals"),
    ("lifted", "equals"),
)


def show(runs: Sequence[dict[str, Any]], console: Console) -> None:
    """The table, and the comparisons in pairs: the same task with the same seed."""
    table = Table(title="solved, of all runs (95 % interval)", title_justify="left")
    for column in ("task", "lines", *ARMS):
        table.add_column(column, overflow="fold")
    tasks = dict.fromkeys(run["task"] for run in runs)
    for number in tasks:
        rows = [run for run in runs if run["task"] == number]
        table.add_row(f"{number}: {rows[0]['name']}", rows[0]["lines"], *map(_cell, _by_arm(rows)))
    failed = {r["task"] for r in runs if r["engine"] == "miss" and not r["result"]["solved"]}
    harder = [run for run in runs if run["task"] in failed]
    table.add_section()
    table.add_row("all", "", *map(_cell, _by_arm(runs)))
    table.add_row(f"the {len(failed)} where miss is below 100 %", "", *map(_cell, _by_arm(harder)))
    console.print(table)
    results = [(run["engine"], run["result"]) for run in runs]
    overfit = Counter(arm for arm, found in results if found["fits"] and not found["solved"])
    counts = ", ".join(f"{arm} {overfit[arm]}" for arm in ARMS)
    console.print(f"right on the examples, wrong on what was held out: {counts}")
    ran = {run["engine"] for run in runs}
    for one, other in COMPARED:
        for label, some in (("all tasks", runs), ("these tasks", harder)):
            if {one, other} <= ran and some:
                wins, losses = _pairs(some, one, other)
                p = sign_test(wins, losses)
                console.print(f"{one} against {other}, {label}: {wins} : {losses}, p = {p:.2g}")
    console.print(f"{sum(run['seconds'] for run in runs):.0f} s of tuning")


def _by_arm(runs: Sequence[dict[str, Any]]) -> list[list[bool]]:
    return [[run["result"]["solved"] for run in runs if run["engine"] == arm] for arm in ARMS]


def _cell(solved: Sequence[bool]) -> str:
    return rate(sum(solved), len(solved))


def _pairs(runs: Sequence[dict[str, Any]], one: str, other: str) -> tuple[int, int]:
    """How often only the one arm solved the task, and how often only the other."""
    solved = {(run["task"], run["seed"], run["engine"]): run["result"]["solved"] for run in runs}
    pairs = [(s, solved.get((*pair, other))) for (*pair, arm), s in solved.items() if arm == one]
    return pairs.count((True, False)), pairs.count((False, True))
