"""Users' engines in processes of their own: whatever one does, the search ends when it must.

What the engine needs is sent: the problem as plain data; constructs and rulesets by where they
stand, for they are code. What it yields is sent back. Where something stands nowhere, since it was
made in a function or on the command line, or where the problem has pictures, the engine runs here.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Final, get_args

from bridge.errors import SkeletuneError
from bridge.spec import Budget
from synth.child import Child
from synth.engines.base import (
    Candidate,
    Engine,
    EngineFailed,
    Event,
    Note,
    Running,
    Spent,
    engine_name,
)
from synth.language import FULL, LANGUAGE, extended_for
from synth.problem import Problem
from synth.sources import Standing, place_of, standing_of

__all__ = ["ApartEngine", "serve"]

_LOOK: Final = 0.05  # seconds between two looks at the process
_SILENT: Final = 1.0  # seconds after which it is said that nothing came


@dataclass(frozen=True)
class ApartEngine:
    """A user's engine."""

    engine: Engine
    """As it is loaded here, where it only runs if it must."""
    source: str
    """Where it stands, or its name among the installed plug-ins'."""

    @property
    def name(self) -> str:
        """The engine's own."""
        return engine_name(self.engine)

    @property
    def pictures(self) -> bool:
        """Whether it can do something with pictures."""
        return getattr(self.engine, "pictures", False)

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """What the engine yields. Raises EngineFailed, with the user's file and line, where it
        fails or its process dies."""
        if (request := self._request(problem, budget, seed)) is None:
            yield from _run_here(self.engine, problem, budget, seed)
            return
        stage = self.name
        yield Spent(stage)
        here, there = Pipe()
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from synth.engines.apart import serve; serve({there.fileno()})"
        )
        env = os.environ | {"PYTHONHASHSEED": "0"}  # sets of strings in the same order each time
        command, fds = [sys.executable, "-c", code], [there.fileno()]
        with here, Child(command, env=env, pass_fds=fds, shown=True) as child:
            there.close()
            here.send_bytes(request)
            while True:
                since = time.monotonic()
                while not here.poll(_LOOK):
                    silent = time.monotonic() - since
                    more = f"nothing came for {silent:.0f} s" if silent > _SILENT else ""
                    yield Spent(stage, detail=more)
                match _receive(here, child, self.name):
                    case None:
                        return
                    case str(why):
                        raise EngineFailed(f"{place_of(self.source)}: {why}")
                    case Candidate() as event:
                        here.send((yield event))
                    case event:
                        stage = event.stage if isinstance(event, Spent) else stage
                        yield event

    def _request(self, problem: Problem, budget: Budget, seed: int) -> bytes | None:
        """All that the process is told; None if it cannot be told all."""
        own = [c for c in problem.language.constructs if c not in FULL.constructs]
        modules = [getattr(c.definition, "__module__", "") for c in own]
        constructs = [standing_of(c, m) for c, m in zip(own, modules, strict=True)]
        idents = [getattr(r, "ident", None) for r in problem.rulesets]
        modules = [getattr(i, "module", None) or getattr(r, "__module__", "")
                   for i, r in zip(idents, problem.rulesets, strict=True)]  # fmt: skip
        rulesets = [standing_of(r, m) for r, m in zip(problem.rulesets, modules, strict=True)]
        if None in (*constructs, *rulesets) or problem.images or problem.net is not None:
            return None
        code = ("language", "rulesets")
        plain = {f.name: getattr(problem, f.name) for f in fields(Problem) if f.name not in code}
        return pickle.dumps((self.source, plain, constructs, rulesets, budget, seed))


def _run_here(engine: Engine, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
    reply = None
    with Running(engine, problem, budget, seed) as running:
        while (event := running.next(reply)) is not None:
            reply = yield event


def _receive(connection: Connection, child: Child, name: str) -> Any:
    """The next event, None at the end, or in words why there is none."""
    try:
        return connection.recv()
    except (EOFError, OSError):
        child.ended(1.0)
        return f"engine {name}: its process ended by itself, with exit code {child.code}"


# ------------------------------------------------------------ in the other process

_EVENTS: Final = get_args(Event)


def serve(descriptor: int) -> None:
    """Runs the engine that the connection asks for, and sends what it yields, then None; or, in
    words, why it failed."""
    from synth.named_engines import engine_named

    with Connection(descriptor) as connection:
        source, plain, constructs, rulesets, budget, seed = pickle.loads(connection.recv_bytes())
        try:
            found = engine_named(source)
            engine = found.engine if isinstance(found, ApartEngine) else found
            language = LANGUAGE.extended(*_values(constructs))
            instructions, by_lists = plain["machine"].instructions, plain["lists"] is not None
            language = extended_for(language, instructions, by_lists)
            problem = Problem(**plain, language=language, rulesets=tuple(_values(rulesets)))
            reply = None
            with Running(engine, problem, budget, seed) as running:
                while (event := running.next(reply)) is not None:
                    reply = None
                    _send(connection, _plain(event, engine_name(engine)), engine)
                    if isinstance(event, Candidate):
                        reply = connection.recv()
                    elif not isinstance(event, _EVENTS):
                        break
            connection.send(None)
        except EngineFailed as error:
            connection.send(error.args[0])
        except SkeletuneError as error:
            connection.send(f"engine {source}: {error}")


def _send(connection: Connection, event: Event, engine: Engine) -> None:
    try:
        connection.send(event)
    except Exception as error:  # whatever pickling raises
        name = engine_name(engine)
        raise EngineFailed(f"engine {name}: an event cannot be sent: {error}") from error


def _values(places: Iterable[Standing]) -> Iterator[Any]:
    return (place.value() for place in places)


def _plain(event: Any, name: str) -> Event:
    """The event as its own class, which the other side knows, too."""
    for kind in _EVENTS:
        if type(event) is kind:
            return event
        if isinstance(event, kind):
            return kind(**{f.name: getattr(event, f.name) for f in fields(kind)})
    return Note(f"{name} yielded a {type(event).__name__}: yield an event of synth.engines")
