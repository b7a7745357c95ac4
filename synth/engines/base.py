"""What an engine is: a function of a problem, a budget and a seed that yields what it finds.

An engine executes nothing that counts, keeps no clock and writes no file: one driver
(`synth.driver`) does. What it yields are events; `yield Candidate(...)` gives back whether the
driver accepted the program. It ends by itself when its budget of work is spent, and is closed when
time is up, when the user interrupts, or when an answer is found: so it should yield several times a
second, and hold nothing that `close()` does not let go of.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

import msgspec
import numpy as np

from bridge import Program, SkeletuneError
from bridge.spec import Budget
from bridge.term import Term
from bridge.violations import explain
from synth.engines.reader import Race, Reader
from synth.sources import cause

if TYPE_CHECKING:
    from synth.problem import Problem

__all__ = [
    "AMBIGUOUS", "INSTEAD", "Candidate", "Checkpoint", "Engine", "EngineFailed", "Event",
    "NoCandidate", "Note", "Refuted", "Running", "SavedError", "Spent", "Starts", "Work",
    "engine_name", "relay", "saved_as",
]  # fmt: skip

Saved = TypeVar("Saved", bound=msgspec.Struct)

INSTEAD: Final = "use the ladder (the default), which chooses engines"
"""What a note says, behind why an engine is not made for a problem."""
AMBIGUOUS: Final = "different things fit the examples"
"""What a note says, behind their number, where one is about as likely as the program chosen."""
KINDS: Final = ("terms", "programs", "restarts")
"""The kinds of work that a budget bounds."""


@dataclass(frozen=True)
class Candidate:
    """A program to execute: the answer, if it passes; else, maybe, the best so far."""

    program: Program
    term: Term | None = None
    """The term that it was lowered from, if it was."""
    skeleton: Term | Program | None = None
    """What it was tuned or edited from."""
    near_miss: Term | None = None
    """The enumerated term that the skeleton equals, where it does."""
    weights: Mapping[str, np.ndarray] | None = field(default=None, compare=False)
    course: Mapping[str, np.ndarray] | None = field(default=None, compare=False)
    """How the weights became so, round by round: steps, loss, and the weights, their axis first."""
    rewritten_from: Term | None = None
    """The term of the program to adapt, where rules alone lead from it to `term`."""
    entropy: tuple[float, ...] | None = None
    """Nats of doubt in the weights, line by line of the program."""
    found_by: str = ""
    """The engine that it owes itself to: the one that yields it, unless it says another."""
    reader: Reader | None = field(default=None, compare=False)
    """What reads the pictures for it: of a program on pictures there must be one. There a later
    candidate is a better one, for engines keep examples back to judge by."""
    race: Race | None = field(default=None, compare=False)
    """The programs that it was trained beside."""
    tentative: bool = False
    """Whether the engine looks for others that are right: it is the answer where none follows."""
    before: Candidate | None = field(default=None, compare=False)
    """The answer that it was made from, where that was made quicker after it was found."""


@dataclass(frozen=True)
class Work:
    """Work done, counted."""

    terms: int = 0
    """Terms that enumeration executed."""
    states: int = 0
    """Distinct behaviours among them."""
    skeletons: int = 0
    """Skeletons tuned."""
    restarts: int = 0
    """Restarts of tuning, over all skeletons."""
    gradient_steps: int = 0
    """Optimiser steps, over all restarts."""
    programs: int = 0
    """Assembly programs executed."""
    soft: int = 0
    """Restarts whose soft outputs were right on the examples: never counted as success."""
    solved: int = 0
    """Restarts that led to a program that passes all examples, executed."""
    diverged: int = 0
    """Restarts dropped because they overflowed."""
    compile_seconds: float = 0.0

    def plus(self, other: Work, sign: int = 1) -> Work:
        """Both added up; with a sign of −1, what is more in this one."""
        names = [f.name for f in fields(Work)]
        return Work(**{n: getattr(self, n) + sign * getattr(other, n) for n in names})

    def left_of(self, budget: Budget) -> dict[str, int]:
        """The budgets of work that remain; nothing if more was spent."""
        return {kind: max(0, getattr(budget, kind) - getattr(self, kind)) for kind in KINDS}


@dataclass(frozen=True)
class Spent:
    """Work done since the last time, by a stage of the search; also a sign of life."""

    stage: str
    work: Work = Work()
    detail: str = ""
    """Where the stage is, in its own words; noted where it is cut off."""
    others: Mapping[str, float] = field(default_factory=dict[str, float], compare=False)
    """Of the seconds since the last time, those that were other stages' which take turns with it
    too quickly to tell of each."""


@dataclass(frozen=True)
class Note:
    """What the user should know of the search: a limit reached, a part left out."""

    text: str


@dataclass(frozen=True)
class Refuted:
    """No program of the machine passes the examples (or completes the sketch and passes), for a
    reason: the search ends."""

    why: str


@dataclass(frozen=True)
class NoCandidate:
    """That no program among those that the engine can try explains the examples; why not."""

    why: str


@dataclass(frozen=True)
class Checkpoint:
    """Plain values and NumPy arrays from which the engine can go on: handed back as
    `Problem.saved`. Arrays must not change any more."""

    state: Mapping[str, Any]


@dataclass(frozen=True)
class Starts:
    """What an engine that comes after this one may start from, the best first."""

    found: tuple[Term | Program, ...]


Event: TypeAlias = Candidate | Spent | Note | Refuted | NoCandidate | Checkpoint | Starts


class Engine(Protocol):
    """What `--engine` names: any function of this kind. Its name is its `name`, if it has one, or
    the function's. It is run on problems with pictures only if its `pictures` is true."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """Searches; the same arguments, the same events. What it raises ends the search; one that
        knows that it cannot work here says so before, by a method `ready` that raises (see
        `synth.engines.ready`)."""
        ...


def engine_name(engine: Engine) -> str:
    """The name that results give."""
    return getattr(engine, "name", None) or getattr(engine, "__name__", type(engine).__name__)


class SavedError(SkeletuneError):
    """A checkpoint from which an engine cannot go on: where in it, and what is wrong."""

    def __init__(self, at: str, what: str) -> None:
        super().__init__(f"${at}: {what}")
        self.at, self.what = at, what


def saved_as(problem: Problem, kind: type[Saved]) -> Saved:
    """The engine's last checkpoint, by which it goes on; without one, the kind's defaults. Raises
    SavedError unless it is of that kind."""
    try:
        return msgspec.convert(dict(problem.saved), kind)
    except msgspec.ValidationError:
        why = explain(dict(problem.saved), msgspec.json.schema(kind))
        at, _, what = why.removeprefix("$").partition(": ")
        raise SavedError(at, what) from None


class EngineFailed(SkeletuneError):
    """An engine of the user's that raised an error: where, and which."""


class Running(AbstractContextManager["Running"]):
    """An engine at work, closed at the end of the context. What it raises, if it is none of ours,
    is an EngineFailed that names the user's file and line."""

    def __init__(self, engine: Engine, problem: Problem, budget: Budget, seed: int) -> None:
        if problem.images and not getattr(engine, "pictures", False):
            refusal = f"{engine_name(engine)} can't: it executes words, and nobody says which the "
            self._events: Iterator[Event] = iter((Note(refusal + "pictures show"),))
        else:
            with _blaming(engine):
                self._events = iter(engine(problem, budget, seed))
        self._engine = engine

    def __exit__(self, *_: object) -> None:
        if (close := getattr(self._events, "close", None)) is not None:
            close()

    def next(self, reply: bool | None = None) -> Event | None:
        """The next event, or None if it has ended; `reply` is the value of the `yield` before."""
        try:
            with _blaming(self._engine):
                if isinstance(self._events, Generator):
                    return self._events.send(reply)
                return next(self._events)
        except StopIteration:
            return None


class Run(Protocol):
    """What is asked for the events of an engine at work."""

    def next(self, reply: bool | None = None) -> Event | None:
        """As of `Running`."""
        ...


@contextmanager
def _blaming(engine: Engine) -> Iterator[None]:
    """Errors of users' engines are said as such; those of ours are ours."""
    try:
        yield
    except (SkeletuneError, StopIteration):
        raise
    except (Exception, SystemExit) as error:
        module = getattr(engine, "__module__", None) or type(engine).__module__
        if module.startswith("synth."):
            raise
        file = getattr(sys.modules.get(module), "__file__", None)
        why = cause(error, None if file is None else Path(file).resolve())
        raise EngineFailed(f"engine {engine_name(engine)}: {why}") from error


def relay(
    engine: Engine,
    problem: Problem,
    budget: Budget,
    seed: int,
    *,
    saved: Callable[[Mapping[str, Any]], Checkpoint | None] = lambda state: None,
    accepted: Callable[[Candidate], None] = lambda candidate: None,
    run: Callable[[Engine, Problem, Budget, int], AbstractContextManager[Run]] = Running,
) -> Generator[Event, bool | None, tuple[Work, tuple[Term | Program, ...]]]:
    """Runs an engine within another: its events, but for what it leaves to start from, which is
    returned with the work that it did. `saved` makes of its checkpoints the outer engine's own, and
    `accepted` is told of programs that the driver accepted. `run` makes what is asked for them."""
    name, spent, reply = engine_name(engine), Work(), None
    starts: tuple[Term | Program, ...] = ()
    with run(engine, problem, budget, seed) as running:
        while (event := running.next(reply)) is not None:
            reply = None
            match event:
                case Starts(found):
                    starts = found
                case Checkpoint(state):
                    if (outer := saved(state)) is not None:
                        yield outer
                case Candidate():
                    reply = yield replace(event, found_by=event.found_by or name)
                    if reply:
                        accepted(event)
                case _:
                    if isinstance(event, Spent):
                        spent = spent.plus(event.work)
                    yield event
    return spent, starts
