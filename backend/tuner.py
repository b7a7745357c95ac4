"""Tuning: skeletons and examples in, programs that pass the examples out.

Many restarts of many skeletons descend together, in waves of a fixed size. Between two rounds of
gradient steps, each restart's likeliest program and others drawn from its weights are executed:
nothing counts as a solution but a decoded program that passes every example.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

import numpy as np
from jax.sharding import Mesh

from backend.descent import Chunks, Descended, compiled
from backend.ledger import Ledger
from backend.machine import Controller
from backend.plan import Shape, Tuning
from backend.results import TuneResult
from backend.runtime import prepare
from backend.schedule import Wave, waves
from backend.task import Task, make_task
from bridge.program import Program
from bridge.spec import Example, Machine

__all__ = ["tune", "tune_rounds"]

DEFAULT: Final = Tuning()


def tune(
    skeletons: Sequence[Program], examples: Sequence[Example], machine: Machine, **options: Any
) -> TuneResult:
    """What tuning finds in the end: the last of `tune_rounds`, which has the options."""
    *_, result = tune_rounds(skeletons, examples, machine, **options)
    return result


def tune_rounds(
    skeletons: Sequence[Program],
    examples: Sequence[Example],
    machine: Machine,
    *,
    restarts: int,
    seed: int,
    tuning: Tuning = DEFAULT,
    objective: Literal["correct", "steps"] = "correct",
    first_skeleton_index: int = 0,
) -> Iterator[TuneResult]:
    """Tunes each skeleton from `restarts` starts, and executes what comes by.

    Holes of a skeleton start blank; the rest starts sharp, noisy or frozen, as the recipe's arms
    say. With the objective "steps", the loss counts steps too, and a restart goes on from its
    first solution to shorter ones. The skeletons' first restarts are tuned first, then their
    second, and so on. Yields what was found so far, between rounds of gradient steps and while
    programs are executed (fractions of a second; a second or two where words and steps are many):
    whoever has enough stops asking. A restart's course depends on the seed and on its skeleton's
    index, which counts from `first_skeleton_index`, but on nothing that runs beside it. Raises
    AssemblyError if a skeleton does not fit the machine.
    """
    mesh = prepare()
    thrifty, first = objective == "steps", first_skeleton_index
    task = make_task(skeletons, examples, machine, tuning, seed=seed, thrifty=thrifty, first=first)
    ledger = Ledger(task)
    for wave in waves(task, restarts, mesh.size):
        for _ in _tune_wave(wave, task, ledger, mesh):
            yield ledger.result()
        if ledger.over:
            break
    yield ledger.result()


def _tune_wave(wave: Wave, task: Task, ledger: Ledger, mesh: Mesh) -> Iterator[None]:
    """Tunes the restarts of one wave to their end. The host executes the programs of one round
    while the devices compute the next."""
    state, account = wave.begin(task), ledger.open(wave)
    pending: tuple[Descended, int] | None = None
    for done in range(0, task.tuning.steps, task.tuning.decode_every):
        if ledger.over or not account.going.any():
            break
        yield
        orders = wave.order(state, task, done, account.going)
        progress = _descend(orders, task, wave.shape, mesh, ledger)
        state = progress.chunks
        if pending is not None:
            yield from ledger.settle(account, *pending)
        pending = progress, done + int(np.max(orders.gradient_steps))
    if pending is not None:
        yield from ledger.settle(account, *pending)
    ledger.close(account)


_compiled: set[tuple[Shape, int, Controller, bool, bool]] = set()
"""For which shapes, on how many devices, for which controller, with entropy pressure or without,
with weights for what registers start with or without, this process has compiled: their first call
is slow."""


def _descend(orders: Chunks, task: Task, shape: Shape, mesh: Mesh, ledger: Ledger) -> Descended:
    began = time.perf_counter()
    controller = task.tuning.controller
    function = compiled(mesh, shape.registers, shape.horizon, controller)
    progress = function(orders, task.recipe)
    pressed, preloads = task.recipe.entropy is not None, orders.first is not None
    kind = (shape, mesh.size, controller, pressed, preloads)
    if kind not in _compiled:
        _compiled.add(kind)
        ledger.compile_seconds += time.perf_counter() - began
    return progress
