"""Results: JSON lines, only ever added to. A kill at any moment costs the line being written."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeVar

from rich.console import Console
from rich.progress import track

from benchmarks.environment import describe, differences, fingerprint
from bridge import SkeletuneError
from bridge.counts import counted

__all__ = ["Store", "StoreError", "is_solved", "key_of", "read_records", "run_missing"]

Job = TypeVar("Job")

_NEEDED = ("key", "suite", "task", "engine", "seed", "result", "environment")


class StoreError(SkeletuneError):
    """A file of results that cannot be read, or not be added to."""


def read_records(path: Path) -> list[dict[str, Any]]:
    """The records of a file, compressed or not, in the order of their runs. Lines that a kill cut
    off are left out. Raises StoreError if the file cannot be read or holds something else."""
    try:
        data = path.read_bytes()
        lines = (gzip.decompress(data) if path.suffix == ".gz" else data).split(b"\n")
    except (OSError, EOFError, zlib.error) as e:
        raise StoreError(f"{path}: cannot be read: {getattr(e, 'strerror', None) or e}") from None
    records = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:  # cut off; or empty, as the end of the file is
            continue
        if not isinstance(record, dict) or any(name not in record for name in _NEEDED):
            raise StoreError(f"{path}, line {number}: no record of a run: name a file of results")
        records.append(record)
    if not records and any(lines):
        raise StoreError(f"{path}: no record in it: name a file of results")
    return records


def is_solved(record: dict[str, Any]) -> bool:
    """Whether the engine found a program that was verified, or that generalises, where the spec
    asks for no more. One that the spec gives to start from, and that was handed back, nobody
    found."""
    return record["result"] in ("verified", "generalises") and record["found_by"] != "start"


class Store:
    """A file of results, open for adding to it. Only one process can have it open."""

    def __init__(
        self,
        path: Path,
        environment: dict[str, Any],
        *,
        engines: Mapping[str, str | None] | None = None,
        mix: bool = False,
    ) -> None:
        """Raises StoreError if another process adds to the file, or if, without `mix`, it holds
        runs of another version or machine than `environment` is of, or of another version of one
        of the `engines`, given with their digests."""
        self.path = path
        if path.suffix == ".gz":
            raise StoreError(f"{path}: compressed: gunzip it first, or choose another --out")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("a+b")
        except OSError as e:
            raise StoreError(f"{path}: cannot be written: {e.strerror or e}") from None
        try:
            self._lock()
            if path.stat().st_size:
                self._close_last_line()
                self.records = read_records(path)
            else:
                self.records = []
            if not mix:
                self._check_environment(environment)
                self._check_engines(engines or {})
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def keys(self) -> set[str]:
        """The keys of the runs that it holds."""
        return {record["key"] for record in self.records}

    def append(self, record: dict[str, Any]) -> None:
        """Adds a record; when this returns, it is on the disk."""
        self._file.write(json.dumps(record).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.records.append(record)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(
                f"{self.path}: another process adds to it: wait for it, or choose another --out"
            ) from None

    def _close_last_line(self) -> None:
        """So that what a kill cut off doesn't swallow the next record."""
        self._file.seek(-1, os.SEEK_END)
        if self._file.read(1) != b"\n":
            self._file.write(b"\n")
            self._file.flush()

    def _check_environment(self, environment: dict[str, Any]) -> None:
        own = fingerprint(environment)
        for other in _environments(self.records):
            if fingerprint(other) != own:
                what = "; ".join(differences(other, environment))
                raise StoreError(
                    f"{self.path}: holds runs of another version or machine ({what}): choose "
                    "another --out, or add to it with --mix"
                )

    def _check_engines(self, engines: Mapping[str, str | None]) -> None:
        for record in self.records:
            engine = record["engine"]
            if engine in engines and record.get("engine_source") != engines[engine]:
                raise StoreError(
                    f"{self.path}: holds runs of another version of the engine {engine}: choose "
                    "another --out, or add to it with --mix"
                )


def key_of(*what: object) -> str:
    """A word for all that a run depends on, but for the version: that of their `repr`s."""
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def run_missing(
    path: Path, jobs: Mapping[str, Job], measure: Callable[[Job], dict[str, Any]]
) -> list[dict[str, Any]]:
    """The records of the jobs, which are given by key. Those that the file doesn't hold are run in
    this process, one after the other, and added to it. Raises StoreError."""
    environment = describe()
    with Store(path, environment) as store:
        records = {record["key"]: record for record in store.records}
        missing = [(key, job) for key, job in jobs.items() if key not in records]
        for key, job in track(missing, counted(len(missing), "run"), console=Console(stderr=True)):
            records[key] = {"key": key, **measure(job), "environment": environment}
            store.append(records[key])
    return [records[key] for key in jobs]


def _environments(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The different ones, in the order of their first runs."""
    return list({fingerprint(r["environment"]): r["environment"] for r in records}.values())
