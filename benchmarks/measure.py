"""One job -> one record: the search command in a process of its own, its answer executed again."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from benchmarks.environment import code_path, describe, engine_source, fingerprint, source_digest
from benchmarks.isolate import Ended, run_isolated
from benchmarks.jobs import Job
from benchmarks.store import key_of
from bridge import SkeletuneError, Spec, Verdict, parse_program, verify
from bridge.loading import load_spec
from synth.child import temporary_folder
from synth.judging import is_enough
from synth.loading import load_solution
from synth.page import read_page, render
from synth.problem import accuracy_of

__all__ = ["measure", "search_command"]

State = Literal["finished", "timeout", "out_of_memory", "crashed", "refused"]
"""The states that a record can have: the engine ended by itself; it was killed at a hard limit, of
time or of memory; it crashed; it refused the spec or its own name."""


class CodeChangedError(SkeletuneError):
    """Code that was edited while it ran: what it gave is of no version."""


def measure(
    job: Job, *, cores: Sequence[int] = (), stop: threading.Event | None = None
) -> dict[str, Any] | None:
    """Runs the job in a process of its own, on these cores; its record, as plain values. None if
    it was stopped from outside, so that nothing is known. Raises CodeChangedError if the code on
    the disk is no more what it was when this process described it."""
    environment, limits = describe(), job.limits
    started = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    with temporary_folder() as folder:
        spec = folder / f"{job.task}.json"
        spec.write_text(job.spec)
        for name, data in job.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        costs = None
        if job.costs is not None:
            costs = folder / f"{job.task}.costs.json"
            costs.write_text(job.costs)
        ended = run_isolated(
            search_command(
                spec,
                folder / "run",
                engine=job.engine,
                seed=job.seed,
                seconds=limits.seconds,
                terms=limits.terms,
                programs=limits.programs,
                restarts=limits.restarts,
                costs=None if costs is None else str(costs),
            ),
            seconds=limits.seconds + limits.grace,
            memory=int(limits.memory * 2**30),
            cores=cores,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([*code_path(), *_python_path()])},
            stop=stop,
        )
        found, state, reason = _read(ended, job)
        outcome = _outcome(found, load_spec(spec), folder / "run")
        if job.page and ended.state != "stopped":
            outcome["page"] = _page(folder / "run")
    if ended.state == "stopped":
        return None
    for where, before, now in (
        (", ".join(code_path()), environment["source"], source_digest()),
        (job.engine, job.engine_source, engine_source(job.engine)),
    ):
        if now != before:
            raise CodeChangedError(
                f"{where}: the code changed while it was measured: run a checkout that nobody edits"
            )
    return {
        "key": job.key(fingerprint(environment)),
        "suite": job.suite,
        "task": job.task,
        "spec": job.digest,
        "engine": job.engine,
        "engine_source": job.engine_source,
        "seed": job.seed,
        "costs": None if job.costs is None else key_of(job.costs),
        "budget": limits.given(),
        "state": state,
        "reason": reason,
        **outcome,
        "wall_seconds": round(ended.seconds, 3),
        "peak_memory_mib": round(ended.peak_memory / 2**20, 1),
        "started": started,
        "environment": environment,
    }


def _page(run: Path) -> str | None:
    """The page of the run, as HTML; None where it left nothing that can be shown."""
    try:
        return render(read_page(run))
    except SkeletuneError:
        return None


def search_command(spec: Path, out: Path, **options: str | float | None) -> list[str]:
    """The command that searches, with those options that are not None. It doesn't look for our
    packages in the working folder (-P): PYTHONPATH must say where they are, if not installed."""
    command = [sys.executable, "-P", "-m", "synth.search", str(spec), f"--out={out}"]
    command += ["--json", "--quiet"]
    return command + [f"--{name}={x}" for name, x in options.items() if x is not None]


def _python_path() -> list[str]:
    return [path for path in [os.environ.get("PYTHONPATH")] if path]


def _read(ended: Ended, job: Job) -> tuple[dict[str, Any], State, str | None]:
    """What the command printed, the record's state, and the reason where nothing came of it."""
    last = next((x.strip() for x in reversed(ended.stderr.splitlines()) if x.strip()), "")
    if ended.state == "timeout":
        limit = job.limits.seconds + job.limits.grace
        return {}, "timeout", f"killed after {limit:g} s, {job.limits.grace:g} s over its budget"
    if ended.state == "out_of_memory" or "MemoryError" in last or "bad_alloc" in last:
        peak = ended.peak_memory / 2**30
        return {}, "out_of_memory", f"{peak:.2f} GiB of {job.limits.memory:g}: {last}".rstrip(": ")
    if ended.code == 2:
        return {}, "refused", last
    try:
        found = json.loads(ended.stdout)
        if ended.code in (0, 1) and isinstance(found, dict):
            return found, "finished", None
    except json.JSONDecodeError:
        pass
    how = f"signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}"
    return {}, "crashed", f"{how}: {last}".rstrip(": ")


def _outcome(found: dict[str, Any], spec: Spec, run: Path) -> dict[str, Any]:
    """What came out. Whether a program is right is found out here, by executing it once more,
    whatever the engine says."""
    program, examples, holdout = _verified(found.get("program"), spec, run)
    accuracy = accuracy_of(spec)
    fits = examples is not None and (bool(spec.images) or is_enough(examples, accuracy))
    holds = holdout is not None and holdout.total > 0
    if examples is None or holdout is None or not fits:
        result = "not_found"
    elif holds and examples.correct and holdout.correct and not spec.images:
        result = "verified"
    elif holds and accuracy < 1 and holdout.interval[0] >= accuracy:
        result = "generalises"
    else:
        result = "not_found" if spec.images else "fits_examples"
    stats = found.get("stats", {})
    steps = [s for verdict in (examples, holdout) if verdict is not None for s in verdict.steps]
    return {
        "result": result,
        "found_by": None if result == "not_found" else found.get("found_by"),
        "examples": _counts(examples),
        "holdout": _counts(holdout),
        "steps": round(sum(steps) / len(steps), 3) if steps and fits else None,
        "program": program,
        "term": found.get("term"),
        "work": {k: v for k, v in stats.items() if isinstance(v, int) and v},
        "search_seconds": stats.get("seconds"),
        "stages": stats.get("stages", {}),
        "notes": found.get("notes", []),
    }


def _verified(
    program: str | None, spec: Spec, run: Path
) -> tuple[str | None, Verdict | None, Verdict | None]:
    """The program, if it can be run, and how it did on examples and on held-out ones; with the nets
    of the run's folder, where memory holds pictures."""
    if program is None:
        return None, None, None
    try:
        if spec.images:
            solution = load_solution(run)
            return program, solution.examples, solution.holdout
        code = parse_program(program)
        examples, holdout = (verify(code, g, spec.machine) for g in (spec.examples, spec.holdout))
    except SkeletuneError:
        return None, None, None
    return program, examples, holdout


def _counts(verdict: Verdict | None) -> dict[str, int] | None:
    return None if verdict is None else {"passed": verdict.passed, "total": verdict.total}
