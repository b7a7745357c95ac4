"""Engines side by side: one leads, and others take turns with it, by work.

Where there are more cores than one, the others work on them, ahead of their turns.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec.structs import replace

from bridge import Program
from bridge.cores import cores
from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import (
    Checkpoint,
    Engine,
    Event,
    Running,
    Spent,
    Starts,
    Work,
    engine_name,
    relay,
)
from synth.engines.thread import EngineThread
from synth.problem import Problem

__all__ = ["Beside", "Companion"]

Relayed: TypeAlias = Generator[Event, bool | None, tuple[Work, tuple[Term | Program, ...]]]


@dataclass(frozen=True)
class Companion:
    """An engine that works beside another."""

    engine: Engine
    share: float
    """Its terms and programs for each of the other's."""
    after: int = 0
    """How many of the other's come before its first."""
    most: Mapping[str, int] = field(default_factory=dict[str, int])
    """The most work that it may do, by the budget's names of it."""
    when: Callable[[Problem], bool] = lambda problem: True
    """Which problems it is for."""

    def within(self, budget: Budget) -> Budget:
        """What it may do of it."""
        return replace(
            budget, **{kind: min(getattr(budget, kind), n) for kind, n in self.most.items()}
        )


@dataclass(frozen=True)
class Beside:
    """An engine, and others beside it until it ends. Whose turn it is depends on the work done so
    far alone: the same course whatever the cores and the clock. It is called as the leading engine,
    whose checkpoints are its own; what the others had done is done again."""

    leader: Engine
    companions: tuple[Companion, ...]

    @property
    def name(self) -> str:
        """The leader's."""
        return engine_name(self.leader)

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        with ExitStack() as opened:

            def opening(run: Relayed) -> Relayed:
                return opened.enter_context(closing(run))

            others = EngineThread if cores() > 1 else Running
            leader = opening(relay(self.leader, problem, budget, seed, saved=Checkpoint))
            turns = list[_Turns]()
            for each in self.companions:
                if each.when(problem):
                    run = relay(each.engine, problem, each.within(budget), seed, run=others)
                    turns.append(_Turns(each, opening(run)))
            done, reply = 0, None
            while True:
                turn = next((t for t in turns if t.is_due(done)), None)
                try:
                    event = (leader if turn is None else turn.run).send(reply)
                except StopIteration as end:
                    reply = None
                    if turn is not None:
                        turns.remove(turn)
                        continue
                    yield Starts(end.value[1])
                    return
                if isinstance(event, Spent):
                    units = event.work.terms + event.work.programs
                    if turn is None:
                        done += units
                    else:
                        turn.done += units
                reply = yield event


@dataclass
class _Turns:
    """A companion at work."""

    companion: Companion
    run: Relayed
    done: int = 0

    def is_due(self, leader: int) -> bool:
        """Whether it is behind, where the leader has done so much."""
        return self.done < self.companion.share * (leader - self.companion.after)
