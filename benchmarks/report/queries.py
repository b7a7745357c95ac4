"""Questions to results, in SQL: duckdb over one row a run."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from benchmarks.environment import fingerprint
from benchmarks.statistics import rate
from benchmarks.store import is_solved
from bridge import SkeletuneError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Group", "ReportError", "Table", "attribution", "by_steps", "by_suite", "by_task",
           "connect", "groups", "repairs", "unsolved"]  # fmt: skip

REPAIR: Final = re.compile(r".+\.(holes|wrong)\.(\d+)\.\d+")
"""Names of tasks in the suite `repair`: what was done to how many instructions."""
LATE: Final = 1
"""Seconds over its budget from which on a run is called late: one compilation may take longer."""
INTERVAL: Final = "Wilson's 95 % interval; all seeds of a task are one observation"


class ReportError(SkeletuneError):
    """Results that cannot be reported."""


@dataclass(frozen=True)
class Group:
    """Runs that can be compared: of the same version and machine, at the same budget."""

    number: int
    title: str
    records: list[dict[str, Any]]

    @property
    def engines(self) -> list[str]:
        return list(dict.fromkeys(record["engine"] for record in self.records))

    @property
    def suites(self) -> list[str]:
        return list(dict.fromkeys(record["suite"] for record in self.records))

    def solved(self, engine: str) -> int:
        """How many of its runs found a verified program."""
        return sum(is_solved(r) for r in self.records if r["engine"] == engine)

    def tasks(self, engine: str) -> int:
        """How many it was run on, each with all its seeds."""
        return len({(r["suite"], r["task"]) for r in self.records if r["engine"] == engine})

    def is_repair(self, suite: str) -> bool:
        """Whether the suite is one of repairs, reported by number of changes and not by task."""
        tasks = {record["task"] for record in self.records if record["suite"] == suite}
        return all(REPAIR.fullmatch(task) for task in tasks)

    @property
    def seconds(self) -> float:
        """The budget."""
        return self.records[0]["budget"]["seconds"]


@dataclass(frozen=True)
class Table:
    """Column names, and rows of text."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def groups(records: Sequence[dict[str, Any]]) -> list[Group]:
    """The records, those apart that were measured by another version, on another machine or at
    another budget; other versions of an engine count as another engine. Of a run that is there
    twice, one counts. Raises ReportError if some are no records of `benchmarks.run`."""
    found: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for record in records:
        if "budget" not in record or "search_seconds" not in record:
            raise ReportError(
                f"the run of {record['engine']} on {record['task']} is none of benchmarks.run: "
                "name files that it wrote"
            )
        key = fingerprint(record["environment"]), json.dumps(record["budget"], sort_keys=True)
        found.setdefault(key, {})[record["key"]] = record
    return [
        Group(number, _title(runs), runs)
        for number, runs in enumerate(
            (_versions_named(list(f.values())) for f in found.values()), 1
        )
    ]


def _versions_named(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records; engines of others that are there in several versions have each a name."""
    sources: dict[str, set[str | None]] = {}
    for record in records:
        sources.setdefault(record["engine"], set()).add(record.get("engine_source"))
    return [
        r | {"engine": f"{r['engine']} @{r.get('engine_source')}"}
        if len(sources[r["engine"]]) > 1 else r
        for r in records
    ]  # fmt: skip


def _title(records: list[dict[str, Any]]) -> str:
    environment, budget = records[0]["environment"], records[0]["budget"]
    seeds = sorted({r["seed"] for r in records})
    return (
        f"{len(records)} runs of {budget['seconds']:g} s and {budget['memory']:g} GiB at most, on "
        f"{budget['cores']} of {environment['cores']} cores ({environment['cpu']}, "
        f"{environment['device']}); seeds {', '.join(map(str, seeds))}; source "
        f"{environment['source']}, Python {environment['python']}"
    )


def connect(group: Group) -> DuckDBPyConnection:
    """A database of the group, in memory, with the tables `runs` and `stages`. Raises ReportError
    if duckdb is not installed."""
    try:
        import duckdb
    except ImportError:
        raise ReportError("duckdb is not installed: pip install 'skeletune[report]'") from None
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE runs (suite TEXT, task TEXT, engine TEXT, seed INT, state TEXT, result TEXT,"
        " verified BOOL, found_by TEXT, seconds DOUBLE, wall DOUBLE, memory DOUBLE, steps DOUBLE,"
        " terms BIGINT, programs BIGINT, restarts BIGINT, change TEXT, changed INT, late BOOL)"
    )
    con.execute("CREATE TABLE stages (engine TEXT, stage TEXT, seconds DOUBLE)")
    rows, stages = [], []
    for r in group.records:
        work, repair = r["work"], REPAIR.fullmatch(r["task"])
        rows.append(
            [
                r["suite"], r["task"], r["engine"], r["seed"], r["state"], r["result"],
                is_solved(r), r["found_by"], r["search_seconds"], r["wall_seconds"],
                r["peak_memory_mib"], r["steps"], work.get("terms", 0), work.get("programs", 0),
                work.get("restarts", 0), repair and repair[1], repair and int(repair[2]),
                is_solved(r) and r["search_seconds"] > group.seconds + LATE,
            ]
        )  # fmt: skip
        stages += [[r["engine"], stage, seconds] for stage, seconds in r["stages"].items()]
    con.executemany(f"INSERT INTO runs VALUES ({', '.join('?' * 18)})", rows)
    if stages:
        con.executemany("INSERT INTO stages VALUES (?, ?, ?)", stages)
    return con


def by_suite(con: DuckDBPyConnection) -> Table:
    """How much each engine solved, and at what cost."""
    rows = con.execute(
        "SELECT suite, engine, sum(verified::INT), count(*), count(DISTINCT task),"
        " sum((result='fits_examples')::INT),"
        " median(seconds) FILTER (verified), median(terms) FILTER (verified),"
        " median(programs) FILTER (verified), median(restarts) FILTER (verified),"
        " max(memory), sum((found_by IS NOT DISTINCT FROM 'start')::INT),"
        " sum(late::INT), sum((state != 'finished')::INT)"
        " FROM runs GROUP BY suite, engine ORDER BY suite, sum(verified::INT) DESC, engine"
    ).fetchall()
    return Table(
        f"Verified runs, by suite and engine ({INTERVAL}); what a verified run took, medians",
        ["suite", "engine", "verified", "fits examples only", "s", "terms", "programs", "restarts",
         "peak MiB, any run", "start as given", f"verified, but > {LATE} s late",
         "killed, crashed or refused"],
        [
            [suite, engine, rate(solved, n, tasks), str(fits), _number(seconds), _number(terms),
             _number(programs), _number(restarts), _number(memory), str(given), str(late), str(bad)]
            for suite, engine, solved, n, tasks, fits, seconds, terms, programs, restarts, memory,
            given, late, bad in rows
        ],
    )  # fmt: skip


def by_task(con: DuckDBPyConnection, engines: Sequence[str], suite: str) -> Table:
    """Verified runs of each task, by engine; and the median seconds of these."""
    rows = con.execute(
        "SELECT task, engine, sum(verified::INT), count(*), median(seconds) FILTER (verified)"
        " FROM runs WHERE suite = ? GROUP BY task, engine",
        [suite],
    ).fetchall()
    cells = {
        (task, engine): f"{solved}/{n}" + (f", {_number(seconds)} s" if solved else "")
        for task, engine, solved, n, seconds in rows
    }
    tasks = sorted({task for task, _ in cells})
    return Table(
        f"{suite}: verified runs by task, and their median seconds",
        ["task", *engines],
        [[task, *(cells.get((task, engine), "–") for engine in engines)] for task in tasks],
    )


def by_steps(con: DuckDBPyConnection, engines: Sequence[str]) -> Table:
    """How quick the verified programs are; in brackets those that the spec gave and no run of the
    engine improved on."""
    rows = con.execute(
        "SELECT suite, task, engine, median(steps) FILTER (verified), median(steps) FROM runs"
        " WHERE result = 'verified' GROUP BY ALL"
    ).fetchall()
    cells = {
        (suite, task, engine): f"({given:.1f})" if found is None else f"{found:.1f}"
        for suite, task, engine, found, given in rows
    }
    return Table(
        "Steps that verified programs take, mean over all examples, median over runs; in brackets: "
        "the program to start from, as given",
        ["suite", "task", *engines],
        [
            [*task, *(cells.get((*task, engine), "–") for engine in engines)]
            for task in sorted({key[:2] for key in cells})
        ],
    )


def attribution(con: DuckDBPyConnection) -> Table:
    """Which stage the verified answers owe themselves to, and where the time went."""
    rows = con.execute(
        "SELECT engine, stage, coalesce(n, 0), coalesce(spent, 0) FROM"
        " (SELECT engine, found_by AS stage, count(*) AS n FROM runs WHERE verified"
        "  GROUP BY ALL) FULL JOIN"
        " (SELECT engine, stage, sum(seconds) AS spent FROM stages WHERE stage != 'starting'"
        "  GROUP BY ALL) USING (engine, stage) ORDER BY engine, stage"
    ).fetchall()
    return Table(
        "Attribution: verified answers by the stage that found them, and seconds in it, all runs",
        ["engine", "stage", "answers", "seconds"],
        [[engine, stage, str(n), _number(spent)] for engine, stage, n, spent in rows],
    )


def repairs(con: DuckDBPyConnection, engines: Sequence[str]) -> list[tuple[str, Table]]:
    """Verified runs by number of instructions changed, for holes and for wrong instructions."""
    found = []
    for change, what in (("holes", "holes"), ("wrong", "wrong instructions")):
        rows = con.execute(
            "SELECT changed, engine, sum(verified::INT), count(*), count(DISTINCT (suite, task))"
            " FROM runs WHERE change = ?"
            " GROUP BY ALL ORDER BY changed",
            [change],
        ).fetchall()
        cells = {
            (number, engine): rate(solved, n, tasks) for number, engine, solved, n, tasks in rows
        }
        if cells:
            numbers = sorted({number for number, _ in cells})
            table = Table(
                f"Repaired, by number of {what} ({INTERVAL})",
                [what, *engines],
                [[str(n), *(cells.get((n, e), "–") for e in engines)] for n in numbers],
            )
            found.append((change, table))
    return found


def unsolved(group: Group) -> Table:
    """The runs that did not end verified, a row for each task and engine, with the reasons."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for r in group.records:
        if not is_solved(r):
            rows.setdefault((r["suite"], r["task"], r["engine"]), []).append(_reason(r))
    return Table(
        "Not verified",
        ["suite", "task", "engine", "runs", "what happened"],
        [
            [*key, str(len(reasons)), "; ".join(dict.fromkeys(reasons))]
            for key, reasons in sorted(rows.items())
        ],
    )


def _reason(record: dict[str, Any]) -> str:
    if record["state"] != "finished":
        return f"{record['state']}: {record['reason']}"
    examples, holdout = record["examples"], record["holdout"]
    if record["found_by"] == "start":
        return "the program to start from, as given"
    if record["result"] == "fits_examples":
        return f"overfits: {holdout['passed']} of {holdout['total']} held-out inputs right"
    if examples is None:
        return "nothing to execute within the budget"
    return f"best passes {examples['passed']} of {examples['total']} examples"


def _number(value: float | None) -> str:
    """With three digits at most."""
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"
