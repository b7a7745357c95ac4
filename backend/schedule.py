"""Which restarts run when: skeletons -> chunks of restarts -> waves of chunks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int, UInt64

from backend.descent import Chunks, fresh
from backend.plan import Shape, begin
from backend.task import Task

__all__ = ["Chunk", "Wave", "waves"]

CHUNKS: Final = 4
"""Chunks per device in a wave."""


@dataclass(frozen=True)
class Chunk:
    """Restarts that descend in lockstep, and run equally long."""

    members: tuple[tuple[int, int], ...]
    """(index of the skeleton, restart)"""
    horizon: int
    curriculum: bool


@dataclass(frozen=True)
class Wave:
    """The restarts that are tuned at the same time, k chunks of n places; a place that none takes
    has the key (−1, −1)."""

    shape: Shape
    chunks: dict[int, Chunk]
    keys: Int[np.ndarray, "k n 2"]
    """(index of the skeleton, restart)"""
    rows: Float[np.ndarray, "k n lines heads"]
    free: Bool[np.ndarray, "k n lines heads"]
    seeds: UInt64[np.ndarray, "k n"]
    """Where each restart's draws of programs begin."""
    first: Float[np.ndarray, "k n r b"] | None
    """The logits of what registers start with; None where the machine does not preload."""
    first_free: Bool[np.ndarray, "k n r b"] | None

    @property
    def taken(self) -> Bool[np.ndarray, "k n"]:
        """The places that are restarts."""
        return self.keys[..., 1] >= 0

    def begin(self, task: Task) -> Chunks:
        """The state before the first gradient."""
        size = len(self.rows)
        return Chunks(
            rows=self.rows,
            adam=fresh(self.rows, self.first),
            alive=self.taken,
            free=self.free,
            cells=np.ones((size, *task.recipe.memory.shape), np.float32),
            whole=np.ones(size, np.float32),
            steps=np.zeros(size, np.int32),
            gradient_steps=np.zeros(size, np.int32),
            first=self.first,
            first_free=self.first_free,
        )

    def order(self, state: Chunks, task: Task, done: int, still: Bool[np.ndarray, "k n"]) -> Chunks:
        """That state, with what the next round is to do after `done` gradient steps. A chunk
        is skipped when none of its restarts is `still` of interest."""
        tuning = task.tuning
        part = tuning.lesson(done)
        cells, whole, steps = (np.array(x) for x in (state.cells, state.whole, state.steps))
        for k, chunk in self.chunks.items():
            shown = part if chunk.curriculum else 1.0
            cells[k] = task.first_cells(shown)
            whole[k] = shown == 1
            # Where no halt is demanded, the state after exactly so many steps counts.
            shown = shown if task.machine.halt else 1.0
            steps[k] = max(1, round(shown * chunk.horizon))
        count = min(tuning.decode_every, tuning.steps - done)
        count = np.where(still.any(1), count, 0).astype(np.int32)
        return state._replace(cells=cells, whole=whole, steps=steps, gradient_steps=count)


def waves(task: Task, restarts: int, devices: int) -> Iterator[Wave]:
    """All restarts: the first of each skeleton, then the second, and so on, in chunks whose
    members run equally long, and waves whose chunks share a compiled function."""
    filling: dict[Chunk, list[tuple[int, int]]] = {}
    full: dict[Shape, list[Chunk]] = {}

    def close(kind: Chunk) -> Iterator[Wave]:
        shape = task.shape(kind.horizon)
        chunks = full.setdefault(shape, [])
        chunks.append(Chunk(tuple(filling.pop(kind)), kind.horizon, kind.curriculum))
        if len(chunks) == CHUNKS * devices:
            yield _make_wave(task, shape, full.pop(shape), devices)

    for restart in range(restarts):
        for i, (skeleton, horizon) in enumerate(zip(task.skeletons, task.horizons, strict=True)):
            kind = Chunk((), horizon, task.tuning.arm(skeleton, restart).curriculum)
            members = filling.setdefault(kind, [])
            members.append((task.first + i, restart))
            if len(members) == task.shape(horizon).chunk:
                yield from close(kind)
    for kind in list(filling):
        yield from close(kind)
    for shape, chunks in full.items():
        yield _make_wave(task, shape, chunks, devices)


def _make_wave(task: Task, shape: Shape, chunks: Sequence[Chunk], devices: int) -> Wave:
    # Each device takes a block of places: deal the chunks out evenly.
    dealt = {k % devices * CHUNKS + k // devices: chunk for k, chunk in enumerate(chunks)}
    places = (CHUNKS * devices, shape.chunk)
    words = (*places, shape.registers, shape.words) if task.machine.preload else None
    wave = Wave(
        shape,
        dealt,
        keys=np.full((*places, 2), -1),
        rows=np.zeros((*places, shape.lines, sum(shape.heads)), np.float32),
        free=np.zeros((*places, shape.lines, sum(shape.heads)), bool),
        seeds=np.zeros(places, np.uint64),
        first=None if words is None else np.zeros(words, np.float32),
        first_free=None if words is None else np.zeros(words, bool),
    )
    for k, chunk in dealt.items():
        for n, (skeleton, restart) in enumerate(chunk.members):
            key = (task.seed, skeleton, restart)
            program = task.skeletons[skeleton - task.first]
            begun = begin(program, task.machine, shape, task.tuning, key)
            wave.rows[k, n], wave.free[k, n] = begun.weights, begun.free
            wave.keys[k, n], wave.seeds[k, n] = (skeleton, restart), begun.seed
            if wave.first is not None and wave.first_free is not None:
                wave.first[k, n], wave.first_free[k, n] = begun.first, begun.first_free
    return wave
