"""Executes what tuning brings up, and keeps account of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from backend.compiler import decode_packed
from backend.descent import Progress
from backend.explorer import explore
from backend.plan import Shape
from backend.results import Candidate, Solved, TuneProgress, TuneResult
from backend.schedule import Wave
from backend.task import Task
from backend.weights import Weights, unpack
from bridge.program import decode_rows

__all__ = ["Account", "Ledger"]


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


class Ledger:
    """What was found so far, and at which cost."""

    def __init__(self, task: Task, total: int):
        self._task = task
        self._total = total
        self._began = time.perf_counter()
        self._solutions: dict[tuple[int, int], Solved] = {}
        self._best: Candidate | None = None
        self._restarts = self._gradients = self._programs = self._diverged = self._soft = 0
        self._loss = float("inf")
        self.compile_seconds = 0.0
        self.interrupted = False

    @property
    def over(self) -> bool:
        """Whether there is no reason to go on."""
        enough = self._task.tuning.stop_at_first and not self._task.thrifty
        return self.interrupted or (enough and bool(self._solutions))

    def open(self, wave: Wave) -> Account:
        """The account of a wave that begins."""
        nobody = np.zeros_like(wave.taken)
        self._restarts += int(wave.taken.sum())
        limits = np.full(nobody.shape, np.iinfo(np.int64).max)
        return Account(wave, wave.taken, wave.taken, nobody, nobody, limits)

    def close(self, account: Account) -> None:
        """Adds up a wave that has ended."""
        self._soft += int(account.soft.sum())
        self._diverged += int(account.diverged.sum())

    def settle(
        self, account: Account, progress: Progress, step: int, stop: Callable[[], bool]
    ) -> None:
        """Decodes and draws programs from the weights of one round, and executes them; only those
        of the first few restarts once `stop()` is true."""
        task, wave = self._task, account.wave
        alive, done = np.asarray(progress.chunks.alive), np.asarray(progress.chunks.gradients)
        account.soft = account.soft | (account.going & np.asarray(progress.right))
        account.diverged = account.diverged | (account.going & ~alive)
        self._gradients += int((account.going * done[:, None]).sum())
        account.open, account.going = account.open & alive, account.going & alive
        if not account.open.any():
            return
        self._loss = min(self._loss, float(np.asarray(progress.loss)[account.open].min()))

        packed = np.asarray(progress.packed)[account.open]
        registers = wave.shape.registers
        found = explore(
            packed, decode_packed(packed, registers), wave.free[account.open],
            wave.seeds[account.open] ^ np.uint64(step << 40), account.limits[account.open],
            task.tests, task.machine,
            samples=task.tuning.samples, uniform=task.tuning.uniform, registers=registers,
            stop=stop,
        )  # fmt: skip
        self._programs += int(found.executed.sum())
        keys = wave.keys[account.open]

        def candidate(i: int) -> Candidate:
            return Candidate(
                *keys[i].tolist(),
                program=decode_rows(found.code[i, : task.machine.lines]),
                cells=int(found.cells[i]),
                steps=int(found.steps[i]),
                weights=machine_weights(packed[i], wave.shape, task),
            )

        solved = found.cells == task.tests.cells
        for i in np.nonzero(solved)[0].tolist():
            solution = Solved(**vars(candidate(i)), step=step, sampled=bool(found.drawn[i] > 0))
            self._solutions[solution.skeleton, solution.restart] = solution
        best = int(found.cells.argmax())
        if self._best is None or found.cells[best] > self._best.cells:
            self._best = candidate(best)
        if task.thrifty:
            limits = account.limits[account.open]
            account.limits[account.open] = np.where(solved, found.steps, limits)
        else:
            account.open[account.open] = ~solved
            if not task.tuning.to_the_end:
                account.going = account.open.copy()

    def progress(self) -> TuneProgress:
        """How far tuning is."""
        return TuneProgress(
            restarts=self._restarts,
            total=self._total,
            gradients=self._gradients,
            programs=self._programs,
            solved=len(self._solutions),
            best_cells=self._best.cells if self._best else 0,
            cells=self._task.tests.cells,
            loss=self._loss,
        )

    def result(self) -> TuneResult:
        """What tuning hands back."""
        solutions = tuple(self._solutions.values())
        best = self._best
        if solutions:
            thrifty = self._task.thrifty
            best = min(solutions, key=lambda s: s.steps) if thrifty else solutions[0]
        return TuneResult(
            solutions=solutions,
            best=best,
            cells=self._task.tests.cells,
            restarts=self._restarts,
            gradients=self._gradients,
            programs=self._programs,
            diverged=self._diverged,
            soft=self._soft,
            compile_seconds=self.compile_seconds,
            run_seconds=time.perf_counter() - self._began - self.compile_seconds,
            interrupted=self.interrupted,
        )


def machine_weights(packed: np.ndarray, shape: Shape, task: Task) -> Weights:
    """A restart's weights as NumPy arrays, without what only the bucket has."""
    lines, registers = task.machine.lines, task.machine.registers
    bucket = unpack(packed, shape.registers)
    head = {"opcode": None, "a": registers, "b": registers, "out": registers, "label": lines + 1}
    return Weights(
        **{name: np.asarray(getattr(bucket, name))[:lines, :size] for name, size in head.items()}
    )
