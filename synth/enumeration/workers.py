"""A part of a search, executed on a store that follows the search's own.

What is worth a try in a chunk, and what comes of it, depends on the states before the chunk's layer
alone. So chunks can be executed anywhere in any order; which of their states are new is decided
where they are merged, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

import numpy as np
from jaxtyping import Int32, Int64, UInt64

from bridge.tests import Tests
from synth.enumeration.expand import Box, expand
from synth.enumeration.judge import GOAL
from synth.enumeration.statespace import (
    Statements,
    insert_all,
    make_scratch,
    new_store,
    with_room,
)

__all__ = ["GOALS", "Chunk", "Found", "Worker"]

GOALS: Final = 4096
"""The most goals that a worker notes in a chunk. Where it finds so many, the chunk is executed
again where it is merged, as some may be missing."""

Arrays = TypeVar("Arrays", Tests, Statements)


class Chunk(NamedTuple):
    """The pairs of a statement and a state of a box, from one place to another."""

    box: Box
    low: int
    high: int


class Found(NamedTuple):
    """What came of a chunk."""

    base: int
    """How many states there were before its layer."""
    made: Int32[np.ndarray, "n 4"]
    """The states that were new to the worker, as `statespace.Store` has them; the first of them has
    the number `base` in the goals."""
    score: Int32[np.ndarray, " n"]
    hashes: UInt64[np.ndarray, " n"]
    goals: Int64[np.ndarray, "goals 7"]
    executed: int


class Worker:
    """Executes chunks. States that it has found itself are known to it, though their numbers are
    given elsewhere: so of a layer's chunks, it is given earlier ones first."""

    def __init__(self, tests: Tests, may_fail: int) -> None:
        """On these examples; what is right fails so many of them at most."""
        self._tests, self._may_fail = _own(tests), may_fail
        self._scratch = make_scratch(self._tests)
        self._store = new_store(1 << 12)
        self._goals = np.empty((GOALS, GOAL), np.int64)
        self._statements: Statements | None = None
        self._beyond = 0  # how many hashes are in its table of states that have no number here

    def ready(self) -> bool:
        """True, once it can be asked."""
        return True

    def follow(
        self,
        statements: Statements,
        made: Int32[np.ndarray, "n 4"],
        hashes: UInt64[np.ndarray, " n"],
    ) -> None:
        """Takes in the statements of a layer, and the states found since it was told last."""
        self._statements = _own(statements)
        self._store = store = with_room(self._store, len(made))
        low = int(store.length[0])
        store.made[low : low + len(made)] = made
        insert_all(store.seen, np.array(hashes))
        store.length[0] += len(made)
        self._beyond = int(np.count_nonzero(store.seen)) - int(store.length[0]) + 1

    def run(self, chunks: Sequence[Chunk]) -> list[Found]:
        """What comes of each chunk of the layer."""
        return [self._run(*chunk) for chunk in chunks]

    def _run(self, box: Box, low: int, high: int) -> Found:
        assert self._statements is not None
        base, cursor, most = int(self._store.length[0]), box.cursor(low, high), high - low
        self._store = store = with_room(self._store, self._beyond + most)
        n_goals, executed = expand(
            self._tests, self._statements, store, box, cursor, most, self._scratch,
            self._may_fail, self._goals,
        )  # fmt: skip
        end = int(store.length[0])
        store.length[0] = base
        self._beyond += end - base
        new = slice(base, end)
        return Found(
            base, store.made[new].copy(), store.score[new].copy(), store.hash[new].copy(),
            self._goals[:n_goals].copy(), executed,
        )  # fmt: skip


def _own(given: Arrays) -> Arrays:
    """The same with arrays that can be written: those that come over a wire can't, and kernels
    would be compiled again for them."""
    return type(given)._make(x.copy() if isinstance(x, np.ndarray) else x for x in given)
