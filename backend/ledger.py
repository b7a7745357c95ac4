"""Executes what tuning brings up, and keeps account of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int16

from backend.compiler import decode_packed
from backend.descent import Progress
from backend.plan import Shape
from backend.results import Candidate, Solved, TuneProgress, TuneResult
from backend.sampler import draw
from backend.schedule import Wave
from backend.task import Task
from backend.weights import Weights, unpack
from bridge.batch import count_right
from bridge.program import decode_rows

__all__ = ["Account", "Ledger"]


@dataclass
class Account:
    """One wave's restarts."""

    wave: Wave
    open: Bool[np.ndarray, "k n"]
    """Those that still look for their first solution."""
    soft: Bool[np.ndarray, "k n"]
    diverged: Bool[np.ndarray, "k n"]


class Ledger:
    """What was found so far, and at which cost."""

    def __init__(self, task: Task, total: int):
        self._task = task
        self._total = total
        self._began = time.perf_counter()
        self._solutions: list[Solved] = []
        self._best: Candidate | None = None
        self._restarts = self._gradients = self._programs = self._diverged = self._soft = 0
        self._loss = float("inf")
        self.compile_seconds = 0.0
        self.interrupted = False

    @property
    def over(self) -> bool:
        """Whether there is no reason to go on."""
        return self.interrupted or (self._task.tuning.stop_at_first and bool(self._solutions))

    def open(self, wave: Wave) -> Account:
        """The account of a wave that begins."""
        nobody = np.zeros_like(wave.taken)
        self._restarts += int(wave.taken.sum())
        return Account(wave, wave.taken, nobody, nobody)

    def close(self, account: Account) -> None:
        """Adds up a wave that has ended."""
        self._soft += int(account.soft.sum())
        self._diverged += int(account.diverged.sum())

    def settle(self, account: Account, progress: Progress, step: int) -> None:
        """Decodes and draws programs from the weights of one round, and executes them."""
        task, wave = self._task, account.wave
        alive, done = np.asarray(progress.chunks.alive), np.asarray(progress.chunks.gradients)
        account.soft = account.soft | (account.open & np.asarray(progress.right))
        account.diverged = account.diverged | (account.open & ~alive)
        self._gradients += int((account.open * done[:, None]).sum())
        account.open = account.open & alive
        if not account.open.any():
            return
        self._loss = min(self._loss, float(np.asarray(progress.loss)[account.open].min()))

        packed = np.asarray(progress.packed)[account.open]
        code = self._candidates(account, packed, step)
        cells, _ = count_right(np.ascontiguousarray(code[:, 0]), task.tests, task.machine)
        flat = code.reshape(-1, *code.shape[2:])
        _, passed = count_right(flat, task.tests, task.machine, early=True)
        self._programs += len(flat)
        solved = passed.reshape(code.shape[:2]) == len(task.tests.memory)

        keys = wave.keys[account.open]

        def candidate(i: int, which: int, right: int) -> Candidate:
            weights = machine_weights(packed[i], wave.shape, task)
            skeleton, restart = keys[i].tolist()
            return Candidate(skeleton, restart, decode_rows(code[i, which]), right, weights)

        for i in np.nonzero(solved.any(1))[0].tolist():
            which = int(solved[i].argmax())
            found = candidate(i, which, task.tests.cells)
            self._solutions.append(Solved(**vars(found), step=step, sampled=which > 0))
        best = int(cells.argmax())
        if self._best is None or cells[best] > self._best.cells:
            self._best = candidate(best, 0, int(cells[best]))
        account.open[account.open] = ~solved.any(1)

    def _candidates(
        self, account: Account, packed: np.ndarray, step: int
    ) -> Int16[np.ndarray, "n samples+1 lines 5"]:
        """Each open restart's likeliest program, then those drawn from its weights."""
        task, wave = self._task, account.wave
        likeliest = decode_packed(packed, wave.shape.registers)
        seeds = wave.seeds[account.open] ^ np.uint64(step << 40)
        drawn = draw(
            packed, likeliest, wave.free[account.open], seeds,
            samples=task.tuning.samples, uniform=task.tuning.uniform,
            registers=wave.shape.registers,
        )  # fmt: skip
        code = np.concatenate([likeliest[:, None], drawn], 1)
        return np.ascontiguousarray(code[:, :, : task.machine.lines])

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
        return TuneResult(
            solutions=tuple(self._solutions),
            best=self._solutions[0] if self._solutions else self._best,
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
