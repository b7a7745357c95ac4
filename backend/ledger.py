"""Executes what tuning brings up, and keeps account of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float16, Int

from backend.compiler import EPSILON, decode_packed
from backend.descent import Descended
from backend.explorer import Starts, explore
from backend.machine import head_sizes
from backend.plan import Shape
from backend.results import Candidate, Course, Solved, TuneResult
from backend.schedule import Wave
from backend.task import Task
from backend.weights import HEADS, Weights, unpack
from bridge.program import decode_rows

__all__ = ["Account", "Ledger"]

HIGHEST: Final = float(np.finfo(np.float16).max)
SLICE: Final = 4
"""Restarts whose programs are executed at a time: a fraction of a second where they run long."""


class Round(NamedTuple):
    """What is kept of one round of gradient steps: half floats are enough to be looked at."""

    step: int
    loss: Float16[np.ndarray, "k n"]
    packed: Float16[np.ndarray, "k n lines heads"]


@dataclass
class Account:
    """One wave's restarts."""

    wave: Wave
    open: Bool[np.ndarray, "k n"]
    """Those that still look for their first solution."""
    going: Bool[np.ndarray, "k n"]
    """Those that still descend."""
    soft: Bool[np.ndarray, "k n"]
    diverged: Bool[np.ndarray, "k n"]
    limits: Int[np.ndarray, "k n"]
    """Only programs that take less steps are of interest."""
    rounds: list[Round] = field(default_factory=list[Round])


class Ledger:
    """What was found so far, and at which cost."""

    def __init__(self, task: Task):
        self._task = task
        self._solutions: dict[tuple[int, int], Solved] = {}
        self._best: Candidate | None = None
        counted = ("restarts", "gradient_steps", "programs", "diverged", "soft")
        self._counts = dict.fromkeys(counted, 0)
        self._loss = float("inf")
        self.compile_seconds = 0.0

    @property
    def over(self) -> bool:
        """Whether there is no reason to go on."""
        enough = self._task.tuning.stop_at_first and not self._task.thrifty
        return enough and bool(self._solutions)

    def open(self, wave: Wave) -> Account:
        """The account of a wave that begins."""
        nobody = np.zeros_like(wave.taken)
        self._counts["restarts"] += int(wave.taken.sum())
        limits = np.full(nobody.shape, np.iinfo(np.int64).max)
        return Account(wave, wave.taken, wave.taken, nobody, nobody, limits)

    def close(self, account: Account) -> None:
        """Adds up a wave that has ended."""
        self._counts["soft"] += int(account.soft.sum())
        self._counts["diverged"] += int(account.diverged.sum())

    def settle(self, account: Account, progress: Descended, step: int) -> Iterator[None]:
        """Decodes and draws programs from the weights of one round, and executes them: those of a
        few restarts at a time, then it yields."""
        alive, done = np.asarray(progress.chunks.alive), np.asarray(progress.chunks.gradient_steps)
        account.soft = account.soft | (account.going & np.asarray(progress.right))
        account.diverged = account.diverged | (account.going & ~alive)
        self._counts["gradient_steps"] += int((account.going * done[:, None]).sum())
        account.open, account.going = account.open & alive, account.going & alive
        if not account.open.any():
            return
        self._loss = min(self._loss, float(np.asarray(progress.loss)[account.open].min()))
        packed, places = np.asarray(progress.packed), np.argwhere(account.open)
        loss = np.asarray(progress.loss).clip(max=HIGHEST)
        account.rounds.append(Round(step, loss.astype(np.float16), packed.astype(np.float16)))
        first = None if progress.first is None else np.asarray(progress.first)
        for begin in range(0, len(places), SLICE):
            some = tuple(places[begin : begin + SLICE].T)
            words = None if first is None else first[some]
            solved = self._explore(account, packed[some], words, some, step)
            if not self._task.thrifty:
                account.open[some] = ~solved
            yield
        if not self._task.thrifty and not self._task.tuning.to_the_end:
            account.going = account.open.copy()

    def _explore(
        self,
        account: Account,
        packed: Float[np.ndarray, "n lines heads"],
        first: Float[np.ndarray, "n r b"] | None,
        some: tuple[np.ndarray, ...],
        step: int,
    ) -> Bool[np.ndarray, " n"]:
        """Executes programs near these weights, of the restarts at `some` places of the wave, and
        books them; which restarts have a solution."""
        task, wave = self._task, account.wave
        registers = wave.shape.registers
        found = explore(
            packed,
            decode_packed(packed, registers),
            wave.free[some],
            self._starts(wave, first, some),
            wave.seeds[some] ^ np.uint64(step << 40),
            account.limits[some],
            task.tests,
            task.machine,
            samples=task.tuning.samples,
            uniform=task.tuning.uniform,
            registers=registers,
        )
        self._counts["programs"] += int(found.executed.sum())
        keys = wave.keys[some]

        def begun(i: int) -> np.ndarray | None:
            return None if first is None else first[i]

        def candidate(i: int) -> Candidate:
            return Candidate(
                *keys[i].tolist(),
                program=decode_rows(found.code[i, : task.machine.lines], found.first[i]),
                cells=int(found.cells[i]),
                steps=int(found.steps[i]),
                weights=machine_weights(packed[i], wave.shape, task, begun(i)),
                course=_course(account, tuple(int(axis[i]) for axis in some), task),
            )

        solved = found.cells == task.tests.total
        for i in np.nonzero(solved)[0].tolist():
            solution = Solved(**vars(candidate(i)), step=step, sampled=bool(found.drawn[i] > 0))
            self._solutions[solution.skeleton, solution.restart] = solution
        best = int(found.cells.argmax())
        if self._best is None or found.cells[best] > self._best.cells:
            self._best = candidate(best)
        if task.thrifty:
            account.limits[some] = np.where(solved, found.steps, account.limits[some])
        return solved

    def _starts(
        self,
        wave: Wave,
        first: Float[np.ndarray, "n r b"] | None,
        some: tuple[np.ndarray, ...],
    ) -> Starts:
        """What registers of these restarts may start with; zeros where nothing is preloaded."""
        machine, n = self._task.machine, len(some[0])
        size = n, machine.registers, machine.words
        if first is None or wave.first_free is None:
            return Starts(np.zeros(size, np.float32), *(np.zeros(size[:2], t) for t in "B?"))
        chances = first[:, : machine.registers, : machine.words]
        free = np.asarray(wave.first_free[some][:, : machine.registers].any(-1))
        return Starts(chances, chances.argmax(-1).astype(np.uint8), free)

    def result(self) -> TuneResult:
        """What came of tuning so far."""
        solutions = tuple(self._solutions.values())
        best = self._best
        if solutions:
            thrifty = self._task.thrifty
            best = min(solutions, key=lambda s: s.steps) if thrifty else solutions[0]
        return TuneResult(
            solutions=solutions,
            best=best,
            cells=self._task.tests.total,
            loss=self._loss,
            **self._counts,
            compile_seconds=self.compile_seconds,
        )


def machine_weights(
    packed: np.ndarray, shape: Shape, task: Task, first: np.ndarray | None = None
) -> Weights:
    """Restarts' weights as NumPy arrays, without what only the bucket has; `first` are the
    probabilities of what registers start with."""
    machine, bucket = task.machine, unpack(packed, shape.registers)
    sizes = zip(HEADS, head_sizes(machine.registers, machine.lines, machine.opcodes), strict=True)
    heads = (getattr(bucket, head)[..., : machine.lines, :size] for head, size in sizes)
    if first is None:
        return Weights(*heads)
    words = first[: machine.registers, : machine.words]
    return Weights(*heads, first=np.log(words + EPSILON))


def _course(account: Account, place: tuple[int, ...], task: Task) -> Course:
    """How the restart at that place of the wave went until now."""
    steps, losses, packed = zip(*account.rounds, strict=True)
    loss = np.array([np.nan, *(each[place] for each in losses)])
    rows = [account.wave.rows[place].astype(np.float16), *(each[place] for each in packed)]
    weights = machine_weights(np.stack(rows), account.wave.shape, task)
    return Course(np.array([0, *steps]), loss, weights)
