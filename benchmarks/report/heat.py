"""A heat map of results: the share of verified runs of each task, by engine; each run's page."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.report.groups import Group, count

__all__ = ["Cell", "HeatMap", "Run", "heat_map"]


@dataclass(frozen=True)
class Run:
    """A run that has a page."""

    seed: int
    page: str


@dataclass(frozen=True)
class Cell:
    """A task's runs, with one engine."""

    share: float | None
    """Of verified ones; None without a run."""
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class HeatMap:
    """Rows are tasks, columns engines."""

    title: str
    engines: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def heat_map(group: Group, suite: str) -> HeatMap:
    """The share of verified runs of each task, by engine."""
    tasks = sorted({r["task"] for r in group.runs(suite=suite)})
    rows = tuple(
        (task, tuple(_cell(group, suite, task, engine) for engine in group.engines))
        for task in tasks
    )
    return HeatMap(f"{suite}: runs verified, %", tuple(group.engines), rows)


def _cell(group: Group, suite: str, task: str, engine: str) -> Cell:
    records = group.runs(suite=suite, task=task, engine=engine)
    of = count(records)
    runs = tuple(Run(r["seed"], r["page"]) for r in records if r.get("page"))
    return Cell(of.solved / of.runs if of.runs else None, runs)
