"""Runs a command in a process of its own, within hard limits of time and memory.

The limits hold whatever the command does: all processes that it started are watched together and
killed together, and the kernel bounds each one's data and processor time besides.
"""

from __future__ import annotations

import contextlib
import os
import resource
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from synth.child import Child

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
    began = time.monotonic()
    with Child(command, env=env) as child:
        _limit(child.pid, seconds, memory, cores)
        state, peak = _watch(child, began + seconds, memory, stop)
        child.kill()
        code = child.code
        assert code is not None  # it has ended
        took = time.monotonic() - began
        return Ended(state, code, child.stdout(), child.stderr(TAIL), took, peak)


def _watch(
    child: Child, deadline: float, memory: int, stop: threading.Event | None
) -> tuple[str, int]:
    """Waits for the end, or a reason to bring it about: the state, and the peak of memory."""
    peak = 0
    while child.code is None:
        peak = max(peak, child.resident())
        if peak > memory:
            return "out_of_memory", peak
        if time.monotonic() >= deadline:
            return "timeout", peak
        if stop is not None and stop.is_set():
            return "stopped", peak
        child.ended(POLL)
    return "exited", peak


def _limit(pid: int, seconds: float, memory: int, cores: Sequence[int]) -> None:
    """What the kernel enforces by itself, in case that the watch ends first or looks too late."""
    with contextlib.suppress(OSError, AttributeError):  # gone already, or no Linux
        if cores:
            os.sched_setaffinity(pid, cores)
        busy = int(seconds * max(1, len(cores) or os.cpu_count() or 1)) + 1
        resource.prlimit(pid, resource.RLIMIT_CPU, (busy, busy + 1))
        resource.prlimit(pid, resource.RLIMIT_DATA, (memory + SLACK, memory + SLACK))
