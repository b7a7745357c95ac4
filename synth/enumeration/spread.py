"""A search whose chunks are executed by workers, and merged in order: the same as on one
machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Int32, Int64, UInt64

from bridge.tests import Tests
from synth.enumeration.expand import Box, Expand
from synth.enumeration.statespace import Statements, Store, merge
from synth.enumeration.workers import GOALS, Chunk, Found

__all__ = ["Crew", "Executor", "Spread"]

BATCH: Final = 200_000
"""Pairs of a statement and a state that a worker is given at a time: some tenths of a second."""
WORTH: Final = 5
"""How many batches a layer has, at least, that is spread."""


@runtime_checkable
class Crew(Protocol):
    """Workers, wherever they are (see `synth.enumeration.workers.Worker`)."""

    notes: list[str]
    """What the user should know of them; whoever tells it takes it out."""

    def follow(
        self,
        statements: Statements,
        made: Int32[np.ndarray, "n 4"],
        hashes: UInt64[np.ndarray, " n"],
    ) -> None:
        """Tells all workers of a layer, before they are given any of it."""
        ...

    def give(self, chunks: Sequence[Chunk]) -> int | None:
        """Gives chunks to a worker that has room for them: a number by which to ask for what comes
        of them; None where no worker has."""
        ...

    def take(self, number: int) -> list[Found] | None:
        """Waits for what came of the chunks given under that number; None where they are lost."""
        ...

    def close(self) -> None:
        """Lets the workers go."""
        ...


@runtime_checkable
class Executor(Protocol):
    """Where the chunks of a search are executed."""

    def hire(self, tests: Tests, may_fail: int) -> Crew:
        """Workers for a search on these examples, of which an answer may fail so many. It doesn't
        wait until they are there."""
        ...


class Spread:
    """Executes a search's chunks by workers. What no worker has room for, or is lost, is executed
    here: so the course of the search depends on them no more than on the clock."""

    def __init__(self, crew: Crew, here: Expand, goals: int) -> None:
        """`here` executes on this machine, and notes so many goals of a chunk at most."""
        self._crew, self._here, self._most = crew, here, goals
        self._told = 1  # the states that the workers know
        self._todo: deque[tuple[Chunk, ...]] = deque()
        self._given: deque[tuple[int, tuple[Chunk, ...]]] = deque()
        self._done: deque[tuple[Chunk, Found | None]] = deque()

    def plan(self, statements: Statements, store: Store, chunks: Iterable[Chunk]) -> None:
        """Says which chunks come next: all that is left of a layer."""
        for queue in (self._todo, self._given, self._done):
            queue.clear()
        batches = [*_batches(chunks)]
        if len(batches) < WORTH:
            return
        self._todo.extend(batches)
        new = slice(self._told, int(store.length[0]))
        self._crew.follow(statements, store.made[new], store.hash[new])
        self._told = new.stop

    def __call__(
        self,
        statements: Statements,
        store: Store,
        box: Box,
        cursor: Int64[np.ndarray, " 12"],
        most: int,
    ) -> tuple[Int64[np.ndarray, "goals 7"], int]:
        """As `Layers` expects of what executes: what the workers found, if it was planned."""
        while self._todo and (number := self._crew.give(self._todo[0])) is not None:
            self._given.append((number, self._todo.popleft()))
        chunk = Chunk(box, box.place(cursor), box.place(cursor[8:]))
        found = self._found(chunk)
        cut_off = found is not None and most < chunk.high - chunk.low and found.executed >= most
        if found is None or cut_off or len(found.goals) == GOALS:
            return self._here(statements, store, box, cursor, most)
        cursor[:4] = cursor[8:]
        return _merged(found, store)[: self._most], found.executed

    def _found(self, chunk: Chunk) -> Found | None:
        """What the workers found there; None where it is to be executed here."""
        if not self._done and self._given and self._given[0][1][0] == chunk:
            number, chunks = self._given.popleft()
            results = self._crew.take(number) or [None] * len(chunks)
            self._done.extend(zip(chunks, results, strict=True))
        if self._done and self._done[0][0] == chunk:
            return self._done.popleft()[1]
        if self._todo and self._todo[0][0] == chunk:  # no worker has begun it
            self._done.extend((other, None) for other in self._todo.popleft()[1:])
        return None


def _batches(chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, ...]]:
    """The chunks in order, some at a time."""
    some: list[Chunk] = []
    pairs = 0
    for chunk in chunks:
        some.append(chunk)
        pairs += chunk.high - chunk.low
        if pairs >= BATCH:
            yield tuple(some)
            some, pairs = [], 0
    if some:
        yield tuple(some)


def _merged(found: Found, store: Store) -> Int64[np.ndarray, "goals 7"]:
    """Adds the states that are new; the goals, but for those of states that are not."""
    number = np.empty(len(found.score), np.int64)
    made, score, hashes, goals = map(np.array, (found.made, found.score, found.hashes, found.goals))
    merge(store, made, score, hashes, number)
    after = goals[:, 0] >= found.base
    goals[after, 0] = number[goals[after, 0] - found.base]
    return goals[goals[:, 0] >= 0]
