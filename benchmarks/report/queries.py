"""Questions to results -> tables of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from benchmarks.report.groups import Group, Record, count
from benchmarks.statistics import rate
from benchmarks.store import is_solved
from bridge.counts import counted

__all__ = ["Table", "attribution", "by_steps", "by_suite", "by_task", "repairs", "short",
           "unsolved"]  # fmt: skip

LATE: Final = 1
"""Seconds over its budget from which on a run is called late: one compilation may take longer."""
INTERVAL: Final = "Wilson's 95 % interval; all seeds of a task are one observation"


@dataclass(frozen=True)
class Table:
    """Column names, and rows of text."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def by_suite(group: Group) -> Table:
    """How much each engine solved, and at what cost."""
    every = [(suite, group.runs(suite=suite)) for suite in sorted(group.suites)]
    rows = []
    for suite, runs in every:
        for engine, of in _grouped(runs, lambda r: r["engine"]):
            solved = [r for r in of if is_solved(r)]
            work = [
                [r["work"].get(w, 0) for r in solved] for w in ("terms", "programs", "restarts")
            ]
            medians = (_median(x) for x in ([r["search_seconds"] for r in solved], *work))
            counts = (
                sum(r["found_by"] == "start" for r in of),
                sum(r["search_seconds"] > group.seconds + LATE for r in solved),
                sum(r["state"] != "finished" for r in of),
            )
            fits = sum(r["result"] == "fits_examples" for r in of)
            memory = short(max(r["peak_memory_mib"] for r in of))
            row = [suite, engine, _rate(of), str(fits), *medians, memory, *map(str, counts)]
            rows.append((suite, -len(solved), row))
    return Table(
        f"Verified runs, by suite and engine ({INTERVAL}); what a verified run took, medians",
        ["suite", "engine", "verified", "fits examples only", "s", "terms", "programs", "restarts",
         "peak MiB, any run", "start as given", f"verified, but > {LATE} s late",
         "killed, crashed or refused"],
        [row for *_, row in sorted(rows)],
    )  # fmt: skip


def by_task(group: Group, suite: str) -> Table:
    """Verified runs of each task, by engine; and the median seconds of these."""

    def cell(of: list[Record]) -> str:
        seconds = [r["search_seconds"] for r in of if is_solved(r)]
        return f"{len(seconds)}/{len(of)}" + (f", {_median(seconds)} s" if seconds else "")

    rows = _grouped(group.runs(suite=suite), lambda r: r["task"])
    title = f"{suite}: verified runs by task, and their median seconds"
    return _by_engine(group, title, ["task"], (([task], of) for task, of in rows), cell)


def by_steps(group: Group) -> Table:
    """How quick the verified programs are; in brackets those that the spec gave and no run of the
    engine improved on."""

    def cell(of: list[Record]) -> str:
        found = [r["steps"] for r in of if is_solved(r)]
        return f"{median(found):.1f}" if found else f"({median(r['steps'] for r in of):.1f})"

    title = (
        "Steps that verified programs take, mean over all examples, median over runs; in brackets: "
        "the program to start from, as given"
    )
    rows = _grouped(group.runs(result="verified"), lambda r: (r["suite"], r["task"]))
    return _by_engine(group, title, ["suite", "task"], rows, cell)


def attribution(group: Group) -> Table:
    """Which stage the verified answers owe themselves to, and where the time went."""
    found: dict[tuple[str, str], tuple[int, float]] = {}
    for r in group.records:
        answers = [(r["found_by"], 1, 0.0)] if is_solved(r) else []
        spent = [(s, 0, seconds) for s, seconds in r["stages"].items() if s != "starting"]
        for stage, n, seconds in answers + spent:
            before = found.get((r["engine"], stage), (0, 0.0))
            found[r["engine"], stage] = before[0] + n, before[1] + seconds
    return Table(
        "Attribution: verified answers by the stage that found them, and seconds in it, all runs",
        ["engine", "stage", "answers", "seconds"],
        [[*key, str(n), short(seconds)] for key, (n, seconds) in sorted(found.items())],
    )


def repairs(group: Group) -> list[tuple[str, Table]]:
    """Verified runs by number of instructions changed, for holes and for wrong instructions."""
    found = []
    for change, what in (("holes", "holes"), ("wrong", "wrong instructions")):
        rows = [([str(number)], of) for number, of in group.repairs(change).items()]
        if rows:
            title = f"Repaired, by number of {what} ({INTERVAL})"
            found.append((change, _by_engine(group, title, [what], rows, _rate)))
    return found


def unsolved(group: Group) -> Table:
    """The runs that did not end verified, a row for each task and engine, with the reasons."""
    failed = [r for r in group.records if not is_solved(r)]
    rows = _grouped(failed, lambda r: (r["suite"], r["task"], r["engine"]))
    return Table(
        "Not verified",
        ["suite", "task", "engine", "runs", "what happened"],
        [[*key, str(len(of)), "; ".join(dict.fromkeys(map(_reason, of)))] for key, of in rows],
    )


def _reason(record: Record) -> str:
    if record["state"] != "finished":
        return f"{record['state']}: {record['reason']}"
    examples, holdout = record["examples"], record["holdout"]
    if record["found_by"] == "start":
        return "the program to start from, as given"
    if record["result"] == "fits_examples":
        return (
            f"overfits: {holdout['passed']} of {counted(holdout['total'], 'held-out input')} right"
        )
    if examples is None:
        return "nothing to execute within the budget"
    return f"best passes {examples['passed']} of {counted(examples['total'], 'example')}"


def _grouped(
    records: Iterable[Record], by: Callable[[Record], Any]
) -> list[tuple[Any, list[Record]]]:
    """The records that have the same key, in order of the keys."""
    found: dict[Any, list[Record]] = {}
    for record in records:
        found.setdefault(by(record), []).append(record)
    return sorted(found.items(), key=lambda item: item[0])


def _by_engine(
    group: Group,
    title: str,
    names: list[str],
    rows: Iterable[tuple[Iterable[str], list[Record]]],
    cell: Callable[[list[Record]], str],
) -> Table:
    """A row for each key, which has these names, and a column for each engine."""
    texts = []
    for key, of in rows:
        runs = dict(_grouped(of, lambda r: r["engine"]))
        texts.append([*key, *(cell(runs[e]) if e in runs else "–" for e in group.engines)])
    return Table(title, [*names, *group.engines], texts)


def _rate(records: Sequence[Record]) -> str:
    of = count(records)
    return rate(of.solved, of.runs, of.tasks)


def _median(values: Sequence[float]) -> str:
    return short(median(values)) if values else "–"


def short(value: float) -> str:
    """As text, with three digits at most where it is below 1,000."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"
