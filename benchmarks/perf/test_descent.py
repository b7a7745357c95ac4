"""Gradient steps of many restarts: throughput, memory, start-up, recompilation.

pytest benchmarks/perf/test_descent.py --benchmark-only
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import jax
import numpy as np
import pytest
from jax.sharding import Mesh

from backend.descent import Chunks, compiled
from backend.plan import Tuning
from backend.runtime import AXIS, prepare
from backend.schedule import Wave, waves
from backend.task import Task, make_task
from backend.tuner import tune
from benchmarks.perf.clock import fastest
from bridge.program import parse_program
from bridge.spec import Example, Expect, Machine

WORDS, LINES, REGISTERS, EXAMPLES = 16, 16, 6, 16
GRADIENTS = 2


def restarts(count: int, steps: int, mesh: Mesh) -> tuple[Chunks, Task, Wave, int]:
    """At least so many restarts with random examples, about to take gradient steps; how many
    they are."""
    rng = np.random.default_rng(0)
    machine = Machine(words=WORDS, registers=REGISTERS, lines=LINES, steps=steps)
    memories = rng.integers(0, WORDS, (2, EXAMPLES, WORDS)).tolist()
    examples = [
        Example(memory=tuple(given), expect=Expect(memory=tuple(wanted)))
        for given, wanted in zip(*memories, strict=True)
    ]
    tuning = Tuning(horizon=steps, decode_every=GRADIENTS)
    skeleton = parse_program("noop\n" * LINES)
    task = make_task([skeleton], examples, machine, tuning, seed=0, thrifty=False, first=0)
    chunk = task.shape(steps).chunk
    wave = next(waves(task, chunk * mesh.size, mesh.size))
    one = wave.order(wave.begin(task), task, 0, wave.taken)
    busy = np.flatnonzero(one.gradient_steps)[:1]  # the wave's surplus chunks are empty
    chunks = -(-count // (chunk * mesh.size)) * mesh.size
    return jax.tree.map(lambda x: np.repeat(np.asarray(x)[busy], chunks, 0), one), task, wave, (
        chunks * chunk
    )  # fmt: skip


@pytest.fixture(scope="module")
def table(printed) -> list[str]:
    printed.append(f"\nmillion lane-steps per second, forward, backward and Adam, {WORDS} words")
    return printed


@pytest.mark.parametrize(
    ("count", "steps"), [(16, 32), (256, 32), (4096, 32), (64, 16), (64, 64), (64, 256)]
)
def test_throughput(benchmark, table, count, steps):
    """By restarts and by steps T of the machine, on one device and on all."""
    every = prepare()
    line, again = f"{count:>5} restarts, T = {steps:>3}:", None
    for mesh in {1: Mesh(np.array(jax.devices()[:1]), (AXIS,)), every.size: every}.values():
        orders, task, wave, taken = restarts(count, steps, mesh)

        function = compiled(mesh, wave.shape.registers, wave.shape.horizon, task.tuning.controller)

        def run(function: Any = function, orders=orders, task=task):
            jax.block_until_ready(function(orders, task.recipe))

        rate = taken * EXAMPLES * steps * GRADIENTS / fastest(run, 3) / 1e6
        benchmark.extra_info[f"million lane-steps/s, {mesh.size} devices"] = round(rate, 2)
        line += f"  {rate:.2f} on {mesh.size}"
        again = run
    benchmark.pedantic(again, rounds=1)
    table.append(line)


def test_memory_of_a_thousand_restarts(benchmark, printed):
    """1,000 restarts × 16 examples × 128 steps at 16 words: what one call needs, in MiB."""
    mesh = prepare()
    orders, task, wave, _ = restarts(1000, 128, mesh)
    function = compiled(mesh, wave.shape.registers, wave.shape.horizon, "logits")
    lowered = function.lower(orders, task.recipe)
    stats = benchmark.pedantic(lambda: lowered.compile().memory_analysis(), rounds=1)
    parts = (stats.temp_size_in_bytes, stats.argument_size_in_bytes, stats.output_size_in_bytes)
    mib = sum(parts) * mesh.size / 2**20
    benchmark.extra_info["MiB"] = round(mib)
    printed.append(f"\n1,000 restarts × 16 examples × 128 steps at 16 words: {mib:.0f} MiB")
    assert mib < 1024


def test_a_second_skeleton_of_the_bucket_compiles_nothing(benchmark):
    """Nor does another word size of the same bucket."""

    def run(text: str, words: int):
        machine = Machine(words=words, registers=4, lines=8, steps=32)
        examples = [Example(memory=(x,), expect=Expect(memory=(x + 2,))) for x in range(4)]
        tuning = Tuning(steps=2, decode_every=2, samples=1, horizon=32, stop_at_first=False)
        tune([parse_program(text)], examples, machine, restarts=1, seed=0, tuning=tuning)

    run("read 1 2\ninc 2 2\nwrite 1 2", 9)
    function: Any = compiled(prepare(), 4, 32, "logits")
    before = function._cache_size()
    benchmark.pedantic(lambda: run("read 1 3\ndec 3 3\nwrite 1 3\nhalt", 11), rounds=1)
    assert compiled(prepare(), 4, 32, "logits") is function
    assert function._cache_size() == before == 1


START_UP = """
import time; began = time.perf_counter()
from backend import Tuning, tune
from bridge import Example, Machine, parse_program
from bridge.spec import Expect
example = Example(memory=(1,), expect=Expect(memory=(2,)))
tune([parse_program("noop")], [example], Machine(words=12), restarts=1, seed=0,
     tuning=Tuning(steps=1, decode_every=1, samples=1))
print(time.perf_counter() - began, time.process_time())
"""


def test_second_process_starts_fast(benchmark, printed, tmp_path):
    """Seconds from the first import to the first gradient step, with cold and warm caches (XLA's
    and numba's)."""
    caches = {"XDG_CACHE_HOME": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "numba")}

    def seconds() -> list[float]:
        out = subprocess.run(
            [sys.executable, "-c", START_UP],
            env={**os.environ, **caches}, capture_output=True, check=True,
        )  # fmt: skip
        return [float(x) for x in out.stdout.split()]

    cold = seconds()
    warm = benchmark.pedantic(seconds, rounds=1)
    benchmark.extra_info |= {"cold": cold, "warm": warm}
    printed.append(
        f"to the first gradient step: {cold[0]:.1f} s cold, {warm[0]:.1f} s in a second process"
        f" ({cold[1]:.1f} s and {warm[1]:.1f} s of processor time)"
    )
