"""Runs a command in a process of its own, within hard limits of time and memory.

The limits hold whatever the command does: all processes that it started are watched together and
killed together, and the kernel bounds each one's data and processor time besides.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import psutil

__all__ = ["Ended", "run_isolated"]

POLL: Final = 0.05
"""Seconds between two looks at the processes."""
SLACK: Final = 2 << 30
"""Bytes that a process may reserve, but not use, beyond its limit of memory."""
TAIL: Final = 2000
"""Characters of stderr that are kept."""


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    state: str
    """`exited`, `timeout`, `out_of_memory` or `stopped`."""
    code: int
    """The exit code; −N if signal N killed it."""
    stdout: str
    stderr: str
    seconds: float
    peak_memory: int
    """The most bytes resident at once, over all its processes, as seen every 50 ms."""


def run_isolated(
    command: Sequence[str],
    *,
    seconds: float,
    memory: int,
    cores: Sequence[int] = (),
    env: Mapping[str, str] | None = None,
    stop: threading.Event | None = None,
) -> Ended:
    """Runs the command until it ends, for `seconds` at most and with at most `memory` bytes
    resident, bound to these cores (all if none are named). When `stop` is set, it is killed.
    Whatever it started dies with it. Raises OSError if it cannot be started."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env,
            start_new_session=True,
        )  # fmt: skip
        try:
            _limit(process.pid, seconds, memory, cores)
            state, peak = _watch(process, began + seconds, memory, stop)
        finally:
            _kill(process)
        return Ended(
            state, process.wait(), _tail(out, None), _tail(err, TAIL),
            time.monotonic() - began, peak,
        )  # fmt: skip


def _watch(
    process: subprocess.Popen[bytes], deadline: float, memory: int, stop: threading.Event | None
) -> tuple[str, int]:
    """Waits for the end, or brings it about: the state, and the peak of memory."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        if peak > memory:
            return "out_of_memory", peak
        if time.monotonic() >= deadline:
            return "timeout", peak
        if stop is not None and stop.is_set():
            return "stopped", peak
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(POLL)
    return "exited", peak


def _limit(pid: int, seconds: float, memory: int, cores: Sequence[int]) -> None:
    """What the kernel enforces by itself, in case that the watch ends first or looks too late."""
    with contextlib.suppress(OSError, AttributeError):  # gone already, or no Linux
        if cores:
            os.sched_setaffinity(pid, cores)
        busy = int(seconds * max(1, len(cores) or os.cpu_count() or 1)) + 1
        resource.prlimit(pid, resource.RLIMIT_CPU, (busy, busy + 1))
        resource.prlimit(pid, resource.RLIMIT_DATA, (memory + SLACK, memory + SLACK))


def _resident(pid: int) -> int:
    """Bytes resident in the process and all that it started."""
    total = 0
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, those that it started, and those of its group that outlived it."""
    family: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        family = psutil.Process(process.pid).children(recursive=True)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for child in family:
        with contextlib.suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(family, timeout=5)


def _tail(file, most: int | None) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(0 if most is None else max(0, size - most))
    return file.read().decode(errors="replace")
