"""Tuning: skeletons and examples in, programs that pass the examples out.

Many restarts of many skeletons descend together, in waves of a fixed size. Between two rounds of
gradient steps, each restart's likeliest program and others drawn from its weights are executed:
nothing counts as a solution but a decoded program that passes every example.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float

from backend.compiler import decode_packed
from backend.descent import Chunks, Recipe, descend, fresh
from backend.loss import Targets
from backend.machine import tables
from backend.plan import Shape, Tuning, begin
from backend.runtime import prepare
from backend.sampler import draw
from backend.weights import Weights, unpack
from bridge.batch import Tests, count_right, encode_examples, run_batch
from bridge.isa import INDEX
from bridge.program import Program, decode_rows, encode
from bridge.spec import Example, Machine

__all__ = ["Solved", "TuneProgress", "TuneResult", "tune"]

MAX_HORIZON = 256
CHUNKS = 4
"""Chunks per device in a wave."""


@dataclass(frozen=True)
class Solved:
    """A program that passes all examples, and the restart that found it."""

    skeleton: int
    restart: int
    program: Program
    step: int
    """Gradient steps that its restart had taken."""
    sampled: bool
    """Whether it was drawn from the weights rather than their likeliest program."""
    weights: Weights
    """The restart's weights at that moment, as NumPy arrays."""


@dataclass(frozen=True)
class TuneProgress:
    """How far tuning is."""

    restarts: int
    total: int
    gradients: int
    programs: int
    solved: int
    best_cells: int
    cells: int
    loss: float


@dataclass(frozen=True)
class TuneResult:
    """What tuning found, and what it cost."""

    solutions: tuple[Solved, ...]
    """At most one per restart: its first."""
    best: Program | None
    """The program with the most expected cells right, among the likeliest of all restarts."""
    best_skeleton: int | None
    best_weights: Weights | None
    best_cells: int
    cells: int
    """Expected cells in all examples."""
    restarts: int
    """Restarts that took at least one gradient step."""
    gradients: int
    """Gradient steps, summed over restarts."""
    programs: int
    """Programs executed."""
    diverged: int
    """Restarts that were dropped because a gradient was not finite."""
    soft: int
    """Restarts whose likeliest *soft* outputs were right on all examples at some decoding:
    what the paper counts; compare with the number of solutions."""
    entropy: Float[np.ndarray, " lines"] = field(compare=False)
    """Nats of doubt per line of the best program's weights (see `Weights.entropy`)."""
    compile_seconds: float = field(compare=False)
    run_seconds: float = field(compare=False)
    interrupted: bool = False
    """Whether `stop` ended it."""


def tune(
    skeletons: Sequence[Program],
    examples: Sequence[Example],
    machine: Machine,
    *,
    restarts: int,
    seed: int,
    tuning: Tuning = Tuning(),
    objective: Literal["correct", "steps"] = "correct",
    stop: Callable[[], bool] = lambda: False,
    report: Callable[[TuneProgress], None] | None = None,
    first_skeleton_index: int = 0,
) -> TuneResult:
    """Tunes each skeleton from `restarts` starts, and executes what comes by.

    Holes of a skeleton start blank; the rest starts sharp, noisy or frozen, as the recipe's arms
    say. With the objective "steps", the loss counts steps too. The skeletons' first restarts are
    tuned first, then their second, and so on. `stop` is asked between rounds (fractions of a
    second); what was found until then is returned. A restart's course depends on the seed and
    on its skeleton's index, which counts from `first_skeleton_index`, but on nothing that runs
    beside it. Raises AssemblyError if a skeleton does not fit the machine.
    """
    for skeleton in skeletons:
        skeleton.check(registers=machine.registers, lines=machine.lines, source="the skeleton")
    devices = tuple(prepare())
    session = _Session(skeletons, examples, machine, seed, tuning, objective, first_skeleton_index)
    ledger = _Ledger(session, restarts * len(skeletons))
    for wave in session.waves(restarts, len(devices)):
        if not _tune_wave(wave, session, ledger, devices, stop, report):
            break
    return ledger.result()


class _Session:
    """What stays the same while one call of `tune` runs."""

    def __init__(self, skeletons, examples, machine, seed, tuning, objective, first):
        self.skeletons: Sequence[Program] = skeletons
        self.machine: Machine = machine
        self.seed: int = seed
        self.tuning: Tuning = tuning
        self.first: int = first
        self.tests: Tests = encode_examples(examples, machine)
        self.horizons = [self._horizon(skeleton) for skeleton in skeletons]
        shown = min(len(examples), tuning.examples)
        self.shape = Shape.of(machine, max(self.horizons, default=1), shown)
        thrift = tuning.thrift or (0.02 if objective == "steps" else 0.0)
        self.recipe = self._recipe(shown, thrift)
        self.chunk = max(1, min(8, 128 // self.shape.words))

    def _horizon(self, skeleton: Program) -> int:
        """How long the soft machine must run: a little longer than the skeleton does, holes
        filled any way, where it halts at all."""
        machine = self.machine
        limit = min(machine.steps, self.tuning.horizon or MAX_HORIZON)
        if not machine.halt or self.tuning.horizon:
            return limit
        rows = encode(skeleton, machine.lines)
        rows[rows[:, 0] < 0, 0] = INDEX["noop"]
        rows = np.maximum(rows, 0)[None]
        *_, taken, halted = run_batch(rows, self.tests.memory, machine)
        if not halted.any():
            return limit
        longest = int(taken[halted].max())
        return min(limit, (longest * 5 // 4 + 15) // 8 * 8)

    def _recipe(self, shown: int, thrift: float) -> Recipe:
        shape, tests, machine = self.shape, self.tests, self.machine

        def fit(array: np.ndarray, width: int, dtype) -> np.ndarray:
            out = np.zeros((shape.examples, width), dtype)
            out[:shown, : array.shape[1]] = array[:shown]
            return out

        # Examples that only the bucket has must count nothing; the mean is over all.
        real = (np.arange(shape.examples) < shown) * np.float32(shape.examples / shown)
        targets = Targets(
            fit(tests.expect_memory, shape.words, np.int32),
            fit(tests.mask_memory, shape.words, np.float32) * real[:, None],
            fit(tests.expect_registers, shape.registers, np.int32),
            fit(tests.mask_registers, shape.registers, np.float32) * real[:, None],
            real * np.float32(self.tuning.halting if machine.halt else 0),
            real * np.float32(thrift),
        )
        return Recipe(
            fit(tests.memory, shape.words, np.int32),
            targets,
            tables(machine.words, shape.words),
            np.float32(self.tuning.learning_rate),
            np.float32(self.tuning.clip),
        )

    def waves(self, restarts: int, devices: int) -> Iterator[_Wave]:
        """All restarts, in chunks whose members run equally long, a few chunks at a time."""
        size = CHUNKS * devices
        open_chunks: dict[tuple[bool, int], list[tuple[int, int]]] = {}
        chunks: list[_Chunk] = []
        for restart in range(restarts):
            arm = self.tuning.arms[restart % len(self.tuning.arms)]
            for i, horizon in enumerate(self.horizons):
                members = open_chunks.setdefault((arm.curriculum, horizon), [])
                members.append((i, restart))
                if len(members) == self.chunk:
                    del open_chunks[arm.curriculum, horizon]
                    chunks.append(_Chunk(tuple(members), arm.curriculum, horizon))
                if len(chunks) == size:
                    yield _Wave(self, chunks, size)
                    chunks = []
        chunks += [_Chunk(tuple(m), *key) for key, m in open_chunks.items()]
        for at in range(0, len(chunks), size):
            yield _Wave(self, chunks[at : at + size], size)

    def lesson(self, done: int) -> float:
        """The part of the task that a curriculum shows at that gradient step."""
        for until, part in self.tuning.lessons:
            if done < until * self.tuning.steps:
                return part
        return 1.0

    def lesson_cells(self, part: float) -> Float[np.ndarray, "e b"]:
        """The mask of the first expected cells, up to that part of those that change."""
        targets = self.recipe.targets
        changes = (targets.memory != self.recipe.memory) & (targets.memory_mask > 0)
        width = changes.shape[1]
        last = np.where(changes.any(1), width - changes[:, ::-1].argmax(1), width)
        return (np.arange(width) < np.ceil(part * last)[:, None]).astype(np.float32)


@dataclass(frozen=True)
class _Chunk:
    members: tuple[tuple[int, int], ...]
    """(position of the skeleton, restart)"""
    curriculum: bool
    horizon: int


class _Wave:
    """The restarts that are tuned at the same time; a place that none takes is never alive."""

    def __init__(self, session: _Session, chunks: Sequence[_Chunk], size: int):
        self.chunks = chunks
        shape = session.shape
        at = (size, session.chunk)
        self.keys = np.full((*at, 2), -1)
        rows = np.zeros((*at, shape.lines, sum(shape.heads)), np.float32)
        self.free = np.zeros(rows.shape, bool)
        self.seeds = np.zeros(at, np.uint64)
        for k, chunk in enumerate(chunks):
            for n, (i, restart) in enumerate(chunk.members):
                key = (session.seed, session.first + i, restart)
                began = begin(session.skeletons[i], session.machine, shape, session.tuning, key)
                rows[k, n], self.free[k, n] = began.rows, began.free
                self.seeds[k, n] = np.random.SeedSequence(key).generate_state(1, np.uint64)[0]
                self.keys[k, n] = i, restart
        self.open = self.keys[..., 0] >= 0
        """Which restarts still look for their first solution."""
        words = (size, shape.examples, shape.words)
        self.state = Chunks(
            rows=rows,
            adam=fresh(rows),
            alive=self.open.copy(),
            free=self.free,
            cells=np.ones(words, np.float32),
            whole=np.ones(size, np.float32),
            steps=np.zeros(size, np.int32),
            gradients=np.zeros(size, np.int32),
        )

    def prepare(self, session: _Session, done: int) -> Chunks:
        """The state with what the next round is to do."""
        tuning = session.tuning
        count = min(tuning.decode_every, tuning.steps - done)
        part = session.lesson(done)
        size = len(self.open)
        cells = np.ones((size, *session.recipe.memory.shape), np.float32)
        whole, steps = np.ones(size, np.float32), np.zeros(size, np.int32)
        for k, chunk in enumerate(self.chunks):
            steps[k] = chunk.horizon
            if chunk.curriculum and part < 1:
                cells[k], whole[k] = session.lesson_cells(part), 0
                if session.machine.halt:
                    steps[k] = max(1, round(part * chunk.horizon))
        gradients = np.where(self.open.any(1), count, 0).astype(np.int32)
        return self.state._replace(cells=cells, whole=whole, steps=steps, gradients=gradients)


_seen: set[tuple] = set()
"""Shapes that this process has compiled."""


def _tune_wave(wave, session, ledger, devices, stop, report) -> bool:
    """Tunes one wave to its end; False if tuning is over. The host executes the programs of one
    round while the devices compute the next."""
    tuning, shape = session.tuning, session.shape
    ledger.begin(wave)
    pending = None
    for round_, done in enumerate(range(0, tuning.steps, tuning.decode_every)):
        if stop():
            ledger.interrupted = True
            break
        began = time.perf_counter()
        chunks = wave.prepare(session, done)
        progress = descend(
            chunks, session.recipe, devices=devices, registers=shape.registers,
            horizon=shape.horizon,
        )  # fmt: skip
        signature = (shape, devices, wave.open.shape)
        if signature not in _seen:
            _seen.add(signature)
            ledger.compile_seconds += time.perf_counter() - began
        wave.state = progress.chunks
        if pending is not None:
            ledger.harvest(wave, *pending)
            if report is not None:
                report(ledger.progress())
        if ledger.over or not wave.open.any():
            pending = None
            break
        pending = (progress, round_, done + int(chunks.gradients.max()), chunks.gradients)
    if pending is not None:
        ledger.harvest(wave, *pending)
    ledger.end(wave)
    if report is not None:
        report(ledger.progress())
    return not (ledger.over or ledger.interrupted)


class _Ledger:
    """What was found so far."""

    def __init__(self, session: _Session, total: int):
        self.session = session
        self.total = total
        self.began = time.perf_counter()
        self.solutions: list[Solved] = []
        self.best: tuple[int, Program | None, int | None, Weights | None] = (-1, None, None, None)
        self.restarts = self.gradients = self.programs = self.diverged = self.soft = 0
        self.compile_seconds = 0.0
        self.interrupted = False
        self.loss = np.inf

    @property
    def over(self) -> bool:
        return self.session.tuning.stop_at_first and bool(self.solutions)

    def begin(self, wave: _Wave) -> None:
        self._soft = np.zeros(wave.open.shape, bool)
        self._alive = wave.open.copy()

    def end(self, wave: _Wave) -> None:
        self.soft += int(self._soft.sum())
        self.restarts += int((wave.keys[..., 0] >= 0).sum())
        self.diverged += int(((wave.keys[..., 0] >= 0) & ~self._alive).sum())

    def harvest(self, wave: _Wave, progress, round_: int, step: int, gradients) -> None:
        """Decodes and draws programs from one round's weights, and executes them."""
        session = self.session
        machine, tuning, registers = session.machine, session.tuning, session.shape.registers
        alive = np.asarray(progress.chunks.alive)
        losses = np.asarray(progress.loss)
        self._alive = alive
        self._soft |= np.asarray(progress.right) & wave.open
        self.gradients += int((gradients[:, None] * wave.open).sum())
        self.loss = min(self.loss, float(losses[wave.open].min(initial=np.inf)))
        wave.open &= alive
        where = np.nonzero(wave.open)
        if not len(where[0]):
            return
        packed = np.asarray(progress.packed)[where]
        likeliest = decode_packed(packed, registers)
        code = likeliest[:, None]
        if tuning.samples:
            with np.errstate(over="ignore"):
                seeds = wave.seeds[where] + np.uint64(round_) * np.uint64(0xD1342543DE82EF95)
            drawn = draw(
                packed, likeliest, wave.free[where], seeds,
                samples=tuning.samples, uniform=tuning.uniform, registers=registers,
            )  # fmt: skip
            code = np.concatenate([code, drawn], 1)
        code = np.ascontiguousarray(code[:, :, : machine.lines])
        cells, _ = count_right(np.ascontiguousarray(code[:, 0]), session.tests, machine)
        _, passed = count_right(
            code.reshape(-1, *code.shape[2:]), session.tests, machine, early=True
        )
        self.programs += len(passed)
        solved = passed.reshape(code.shape[:2]) == len(session.tests.memory)
        keys = wave.keys[where]
        for j in np.nonzero(solved.any(1))[0]:
            which = int(solved[j].argmax())
            weights = self._weights(packed[j])
            self.solutions.append(
                Solved(
                    session.first + int(keys[j, 0]),
                    int(keys[j, 1]),
                    decode_rows(code[j, which]),
                    step,
                    which > 0,
                    weights,
                )  # fmt: skip
            )
        top = int(cells.argmax())
        if cells[top] > self.best[0]:
            self.best = (
                int(cells[top]), decode_rows(code[top, 0]), session.first + int(keys[top, 0]),
                self._weights(packed[top]),
            )  # fmt: skip
        wave.open[where] = ~solved.any(1)

    def _weights(self, packed: np.ndarray) -> Weights:
        """The weights without what only the bucket has."""
        machine = self.session.machine
        full = unpack(packed[: machine.lines], self.session.shape.registers)
        edges = np.cumsum(self.session.shape.heads)[:-1]
        opcode, a, b, out, label = np.split(packed[: machine.lines], edges, -1)
        del full
        return Weights(
            opcode, *(x[:, : machine.registers] for x in (a, b, out)), label[:, : machine.lines + 1]
        )

    def progress(self) -> TuneProgress:
        return TuneProgress(
            self.restarts, self.total, self.gradients, self.programs, len(self.solutions),
            max(self.best[0], 0), self.session.tests.cells, self.loss,
        )  # fmt: skip

    def result(self) -> TuneResult:
        cells, best, skeleton, weights = self.best
        if self.solutions:
            first = self.solutions[0]
            best, skeleton, weights = first.program, first.skeleton, first.weights
            cells = self.session.tests.cells
        lines = self.session.machine.lines
        entropy = np.zeros(lines) if weights is None else np.asarray(weights.entropy())
        elapsed = time.perf_counter() - self.began
        return TuneResult(
            solutions=tuple(self.solutions),
            best=best,
            best_skeleton=skeleton,
            best_weights=weights,
            best_cells=max(cells, 0),
            cells=self.session.tests.cells,
            restarts=self.restarts,
            gradients=self.gradients,
            programs=self.programs,
            diverged=self.diverged,
            soft=self.soft,
            entropy=entropy,
            compile_seconds=self.compile_seconds,
            run_seconds=elapsed - self.compile_seconds,
            interrupted=self.interrupted,
        )
