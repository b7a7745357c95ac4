"""Saturation in a process of its own, which ends when it must: caps that nothing gets past.

egglog cannot be interrupted, and one iteration may take any time and memory; a rule may make it
panic or abort. Here the process that saturates is watched from outside and killed at its cap. What
it has sent until then, the last good state, is the result.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Final

from bridge.term import Term
from synth.child import Child
from synth.egraph.automaton import Automaton, Node
from synth.egraph.caps import Caps, SaturationReport
from synth.egraph.graph import SaturationError, TermGraph
from synth.egraph.pack import pack, unpack
from synth.language import LANGUAGE, Language
from synth.rulesets import Rules

__all__ = ["Worker", "serve"]

_GIB: Final = 1 << 30
_LOOK: Final = 0.05  # seconds between two looks at the process's memory
_GRACE: Final = 0.5  # seconds to hand in what is there when time is up
_START: Final = 60.0  # seconds to start in
_SHARE: Final = 5  # sending a state may take one part in so many of the time


class Worker:
    """A process that saturates, started at once in the background, and anew after it was killed.

    A context manager: the process ends with it.
    """

    def __init__(self) -> None:
        self._start()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process."""
        self._child.close()
        self._connection.close()

    def saturate(
        self,
        terms: Sequence[Term],
        words: int,
        rulesets: Iterable[Rules],
        caps: Caps,
        language: Language = LANGUAGE,
    ) -> Generator[None, None, tuple[Automaton, SaturationReport]]:
        """Returns the terms' e-graph, saturated as far as the caps allow, and how far that was;
        yields while it waits, and may be closed then.

        Whatever happens to the process is told in the report's `stopped`; then the e-graph is that
        of some iterations before, at worst of the terms alone.
        """
        if self._busy:  # with what nobody waits for any more
            self._again()
        self._busy = True
        state: list[Any] | None = None
        reached, start = _ended(""), time.perf_counter()
        why = yield from self._ask((list(terms), words, pack(rulesets, language), caps))
        while not why:
            found, report = yield from self._receive(caps, start)
            if found is not None:
                state, reached = found, report
            elif not report.stopped:
                start = time.perf_counter()  # it begins
            why = report.stopped
        self._busy = False
        if state is None:
            automaton = _untouched(terms, words, language)
        else:
            automaton = _from_plain(state, words, language)
        nodes, classes = automaton.size, len(automaton.classes)
        lost = not reached.stopped
        return automaton, replace(reached, stopped=why, nodes=nodes, classes=classes, lost=lost)

    # -------------------------------------------------------- the process

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from synth.egraph.worker import serve; serve({theirs.fileno()})"
        )
        self._child = Child([sys.executable, "-c", code], pass_fds=[theirs.fileno()])
        theirs.close()
        self._ready = self._busy = False

    def _again(self) -> None:
        self.close()
        self._start()

    def _ask(self, request: tuple[Any, ...]) -> Generator[None, None, str]:
        """Sends a request; why it could not be, or nothing."""
        deadline = time.monotonic() + _START
        while not self._ready:
            if self._connection.poll(_LOOK):
                with suppress(EOFError):
                    self._ready = self._connection.recv()
                    continue
            if self._child.ended() or time.monotonic() > deadline:
                reason = self._died()
                self._again()
                return f"not begun: {reason}"
            yield
        try:
            self._connection.send(request)
        except OSError:  # it was killed while it was idle
            reason = self._died()
            self._again()
            return f"not begun: {reason}"
        return ""

    def _receive(
        self, caps: Caps, start: float
    ) -> Generator[None, None, tuple[list[Any] | None, SaturationReport]]:
        """The next state that the process sends; or none, and why there will be no other."""
        try:
            while not self._connection.poll(_LOOK):
                if why := self._too_much(caps, start):
                    break
                yield
            else:
                return self._connection.recv()
        except (EOFError, OSError):  # it is gone
            why = self._died(caps)
        self._again()
        return None, _ended(why)

    def _too_much(self, caps: Caps, start: float) -> str:
        """The cap that is exceeded, in words, or nothing."""
        if time.perf_counter() - start > caps.seconds + _GRACE:
            return f"stopped after {caps.seconds:g} s"
        if self._child.resident() > caps.memory * _GIB:
            return _out_of_memory(caps)
        return ""

    def _died(self, caps: Caps | None = None) -> str:
        """Why the process ended by itself, by its exit code and its last words."""
        self._child.ended(_GRACE)
        said = self._child.stderr().strip().splitlines()
        if caps is not None and any("memory allocation of" in line for line in said):
            return _out_of_memory(caps)
        code = self._child.code
        name = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return f"stopped: egglog's process died ({name})" + (f": {said[-1]}" if said else "")


def _out_of_memory(caps: Caps) -> str:
    return f"stopped at {caps.memory:.1f} GiB of memory"


def _ended(why: str) -> SaturationReport:
    return SaturationReport(why, 0, 0, 0, 0.0, {})


def _untouched(terms: Sequence[Term], words: int, language: Language) -> Automaton:
    """The e-graph of the terms alone, before any rule has run."""
    graph = TermGraph(words, language)
    for term in terms:
        graph.add(term)
    return graph.freeze()


# ------------------------------------------------------------ what is sent


def _plain(automaton: Automaton) -> list[Any]:
    """E-nodes as tuples, which are sent ten times as fast."""
    return [[(n.op, n.children, n.cost, n.leaf) for n in nodes] for nodes in automaton.classes]


def _from_plain(classes: list[Any], words: int, language: Language) -> Automaton:
    nodes = tuple(tuple(Node(*node) for node in nodes) for nodes in classes)
    return Automaton(nodes, words, language)


# ------------------------------------------------------------ in the other process


def serve(descriptor: int) -> None:
    """Answers requests on a connection until it is closed: a number of states for each, the last
    with the reason why it is the last."""
    with Connection(descriptor) as connection, suppress(EOFError, BrokenPipeError):
        connection.send(True)
        while True:
            _answer(connection, *connection.recv())


def _answer(
    connection: Connection, terms: list[Term], words: int, packed: bytes, caps: Caps
) -> None:
    _limit(caps.memory)
    rulesets, language = unpack(packed)
    graph = TermGraph(words, language)
    for term in terms:
        graph.add(term)
    connection.send((None, _ended("")))
    sent, took = time.perf_counter(), 0.0
    steps = graph.steps(
        rulesets, nodes=caps.nodes, seconds=caps.seconds, iterations=caps.iterations
    )
    try:
        for report in steps:
            now = time.perf_counter()
            if report.stopped or now - sent > _SHARE * took:
                connection.send((_plain(graph.freeze()), report))
                sent = time.perf_counter()
                took = sent - now
    except SaturationError as error:
        connection.send((None, _ended(f"stopped: {error}")))


def _limit(memory: float) -> None:
    """A second wall, where the system has it: what is allocated at once is not seen in time."""
    try:
        with open("/proc/self/statm") as file:
            data = int(file.read().split()[5]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_DATA, (data + int(memory * _GIB), -1))
    except (OSError, ValueError):
        return
