"""Which runs can be compared, and what is counted of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.environment import fingerprint
from benchmarks.statistics import wilson
from benchmarks.store import is_solved
from bridge import SkeletuneError
from bridge.counts import counted

__all__ = ["REPAIR", "Count", "Group", "Record", "ReportError", "count", "groups"]

Record = dict[str, Any]

REPAIR: Final = re.compile(r".+\.(holes|wrong)\.(\d+)\.\d+")
"""Names of tasks in the suite `repair`: what was done to how many instructions."""


class ReportError(SkeletuneError):
    """Results that cannot be reported."""


@dataclass(frozen=True)
class Count:
    """Runs verified, of how many. All seeds of a task are one observation."""

    solved: int
    runs: int
    tasks: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson(self.solved, self.runs, units=self.tasks)


def count(records: Sequence[Record]) -> Count:
    tasks = {(r["suite"], r["task"]) for r in records}
    return Count(sum(map(is_solved, records)), len(records), len(tasks))


@dataclass(frozen=True)
class Group:
    """Runs that can be compared: of the same version and machine, at the same budget."""

    number: int
    title: str
    records: list[Record]

    @property
    def engines(self) -> list[str]:
        return list(dict.fromkeys(record["engine"] for record in self.records))

    @property
    def suites(self) -> list[str]:
        return list(dict.fromkeys(record["suite"] for record in self.records))

    @property
    def seconds(self) -> float:
        """The budget."""
        return self.records[0]["budget"]["seconds"]

    def runs(self, **where: str) -> list[Record]:
        """Those of an engine, a suite, a task."""
        return [r for r in self.records if all(r[key] == value for key, value in where.items())]

    def repairs(self, change: str, **where: str) -> dict[int, list[Record]]:
        """Those of repairs, by the number of instructions changed, in order."""
        found: dict[int, list[Record]] = {}
        for r in self.runs(**where):
            name = REPAIR.fullmatch(r["task"])
            if name is not None and name[1] == change:
                found.setdefault(int(name[2]), []).append(r)
        return dict(sorted(found.items()))

    def is_repair(self, suite: str) -> bool:
        """Whether the suite is one of repairs, reported by number of changes and not by task."""
        return all(REPAIR.fullmatch(r["task"]) for r in self.runs(suite=suite))


def groups(records: Sequence[Record]) -> list[Group]:
    """The records, those apart that were measured by another version, on another machine or at
    another budget; other versions of an engine count as another engine. Of a run that is there
    twice, one counts. Raises ReportError if some are no records of `benchmarks.run`."""
    found: dict[tuple[str, str], dict[str, Record]] = {}
    for record in records:
        if "budget" not in record or "search_seconds" not in record:
            raise ReportError(
                f"the run of {record['engine']} on {record['task']} is none of benchmarks.run: "
                "name files that it wrote"
            )
        key = fingerprint(record["environment"]), json.dumps(record["budget"], sort_keys=True)
        found.setdefault(key, {})[record["key"]] = record
    every = (_versions_named(list(runs.values())) for runs in found.values())
    return [Group(number, _title(runs), runs) for number, runs in enumerate(every, 1)]


def _versions_named(records: list[Record]) -> list[Record]:
    """The records; engines of others that are there in several versions have each a name."""
    versions = {(r["engine"], r.get("engine_source")) for r in records}
    engines = [engine for engine, _ in versions]

    def named(r: Record) -> Record:
        if engines.count(r["engine"]) == 1:
            return r
        return r | {"engine": f"{r['engine']} @{r.get('engine_source')}"}

    return [named(r) for r in records]


def _title(records: list[Record]) -> str:
    environment, budget = records[0]["environment"], records[0]["budget"]
    seeds = sorted({r["seed"] for r in records})
    return (
        f"{counted(len(records), 'run')} of {budget['seconds']:g} s and {budget['memory']:g} GiB "
        f"at most, on {budget['cores']} of {environment['cores']} cores ({environment['cpu']}, "
        f"{environment['device']}); seeds {', '.join(map(str, seeds))}; source "
        f"{environment['source']}, Python {environment['python']}"
    )
