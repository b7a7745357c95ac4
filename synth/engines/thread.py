"""An engine at work in a thread of its own, which the clock can leave behind.

Compilers cannot be interrupted: XLA's takes seconds, numba's the more with a cold cache. So whoever
looks at the clock does not work, and who works looks at no clock. A thread that is left behind ends
at its next event, where the engine is closed as always; a process that ends before that kills what
the thread had started.
"""

from __future__ import annotations

import atexit
import contextvars
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue, SimpleQueue
from typing import Final

from bridge.spec import Budget
from synth.child import kill_children
from synth.engines.base import Candidate, Engine, Event, Running, engine_name
from synth.problem import Problem

__all__ = ["EngineThread", "end_process"]

AHEAD: Final = 64
"""Events that the engine may be ahead of who takes them."""
LOOK: Final = 0.05
"""Seconds between two looks at the clock."""
GRACE: Final = 1.0
"""Seconds in which an engine that is closed usually ends: compiled code runs for fractions of one
at a time."""
PATIENCE: Final = 60.0
"""Seconds that the interpreter's end waits for compilers, which it would crash otherwise."""
STACK: Final = 16 << 20
"""Bytes of stack, whatever the system's limit: compilers recurse."""

_left: list[threading.Thread] = []


@dataclass(frozen=True)
class _End:
    error: BaseException | None


class EngineThread(AbstractContextManager["EngineThread"]):
    """An engine at work, closed at the end of the context, as `Running` is; but waiting for its
    next event ends when `over` says so, which is asked about every LOOK seconds."""

    def __init__(
        self,
        engine: Engine,
        problem: Problem,
        budget: Budget,
        seed: int,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._over, self._owed, self._closing = over, False, False
        self._events: Queue[Event | _End] = Queue(AHEAD)
        self._replies: SimpleQueue[bool | None] = SimpleQueue()
        self._here: Running | None = None
        self._thread = threading.Thread(
            target=contextvars.copy_context().run,
            args=(self._work, engine, problem, budget, seed),
            name=engine_name(engine),
            daemon=True,
        )
        size = threading.stack_size(STACK)
        try:
            self._thread.start()
        except RuntimeError:  # no more threads: then here, where the clock waits
            self._here = Running(engine, problem, budget, seed)
        finally:
            threading.stack_size(size)

    def next(self, reply: bool | None = None) -> Event | None:
        """The next event, or None if it has ended or is over; `reply` is the value of the `yield`
        before. What the engine raises is raised."""
        if self._here is not None:
            return self._here.next(reply)
        if self._owed:
            self._replies.put(reply)
            self._owed = False
        while True:
            try:
                event = self._events.get(timeout=LOOK)
            except Empty:
                if self._over():
                    return None
                continue
            if not isinstance(event, _End):
                self._owed = isinstance(event, Candidate)
                return event
            if event.error is not None:
                raise event.error
            return None

    def __exit__(self, *given: object) -> None:
        if self._here is not None:
            self._here.__exit__(*given)
            return
        self._closing = True
        self._replies.put(None)
        self._thread.join(GRACE)
        if self._thread.is_alive():
            if not _left:
                atexit.register(_wait)
            _left.append(self._thread)

    # ------------------------------------------------------------ in the thread

    def _work(self, engine: Engine, problem: Problem, budget: Budget, seed: int) -> None:
        error: BaseException | None = None
        try:
            with Running(engine, problem, budget, seed) as running:
                reply = None
                while not self._closing and (event := running.next(reply)) is not None:
                    self._put(event)
                    reply = self._replies.get() if isinstance(event, Candidate) else None
        except BaseException as raised:
            error = raised
        self._put(_End(error))

    def _put(self, event: Event | _End) -> None:
        while not self._closing:
            with suppress(Full):
                self._events.put(event, timeout=LOOK)
                return


def _wait() -> None:
    deadline = time.monotonic() + PATIENCE
    for thread in _left:
        thread.join(max(0.0, deadline - time.monotonic()))


def end_process(code: int) -> int:
    """The code, to exit with; but where an engine was left behind that still works, ends the
    process with it at once, and what the engine had started."""
    if any(thread.is_alive() for thread in _left):
        kill_children()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
    return code
