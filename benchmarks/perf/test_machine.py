"""The machine's step, forward and backward, against the einsum of eq. 6; memory; start-up.

    pytest benchmarks/perf/test_machine.py --benchmark-only

A lane-step is one step of one restart on one example. `extra_info` holds µs per lane-step. The
baseline is the reference of the tests, eq. 6 contracted as written, chunked as we chunk; the same
as one matrix product stands beside it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from backend.loss import Targets, loss
from backend.machine import Run, head_sizes, rollout, start, tables
from backend.plan import Shape, Tuning
from backend.runtime import prepare
from backend.schedule import waves
from backend.task import make_task
from backend.weights import unpack
from bridge.program import parse_program
from bridge.spec import Example, Expect, Machine
from tests.backend.reference import AS_WRITTEN, BEST, lookup_tensor, reference_rollout

LINES, REGISTERS, STEPS, EXAMPLES = 16, 6, 32, 16
WORDS: Final = [8, 16, 32]
TARGET: Final = {8: 5, 16: 15, 32: 200}
"""How many times faster than the einsum we want to be."""


def gradient(run, words: int, chunk: int):
    """A compiled function: packed weights of a chunk -> gradient of the loss."""
    rng = np.random.default_rng(0)
    memory = rng.integers(0, words, (EXAMPLES, words))
    targets = Targets(
        rng.integers(0, words, (EXAMPLES, words)), np.ones((EXAMPLES, words)),
        np.zeros((EXAMPLES, REGISTERS), int), np.zeros((EXAMPLES, REGISTERS)),
        np.ones(EXAMPLES), np.zeros(EXAMPLES),
    )  # fmt: skip

    def objective(rows):
        state = start(jnp.broadcast_to(memory, (chunk, *memory.shape)), REGISTERS, LINES)
        return loss(run(unpack(rows, REGISTERS).pack(), state), targets).sum()

    weights = rng.normal(size=(chunk, LINES, sum(head_sizes(REGISTERS, LINES))))
    compiled = jax.jit(jax.grad(objective)).lower(weights.astype(np.float32)).compile()
    return compiled, weights.astype(np.float32)


def structured(words: int):
    def run(weights, state) -> Run:
        return rollout(weights, state, tables(words), STEPS, STEPS)

    return gradient(run, words, Shape(words, REGISTERS, LINES, STEPS, EXAMPLES).chunk)


def einsum(words: int, order=AS_WRITTEN):
    tensor = lookup_tensor(words)

    def run(weights, state) -> Run:
        return reference_rollout(weights, state, tensor, STEPS, order)

    return gradient(run, words, Shape(words, REGISTERS, LINES, STEPS, EXAMPLES).chunk)


def one_product(words: int):
    return einsum(words, BEST)


def measure(benchmark, made) -> float:
    function, weights = made
    benchmark.pedantic(
        lambda: function(weights).block_until_ready(), rounds=5, iterations=1, warmup_rounds=1
    )
    lane_steps = len(weights) * EXAMPLES * STEPS
    micros = benchmark.stats.stats.min / lane_steps * 1e6
    benchmark.extra_info["µs per lane-step"] = round(micros, 3)
    return micros


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("machine", [structured, einsum, one_product])
def test_forward_and_backward(benchmark, machine, words):
    measure(benchmark, machine(words))


@pytest.mark.parametrize("words", WORDS)
def test_structured_against_einsum(benchmark, words):
    """Both in one run, in turns."""
    import time

    (ours, weights), (theirs, same) = structured(words), einsum(words)
    best = {}
    for name, function, argument in (("ours", ours, weights), ("theirs", theirs, same)) * 3:
        began = time.perf_counter()
        function(argument).block_until_ready()
        best[name] = min(best.get(name, np.inf), time.perf_counter() - began)
    benchmark.pedantic(lambda: ours(weights).block_until_ready(), rounds=3)
    ratio = best["theirs"] / best["ours"]
    benchmark.extra_info["times faster"] = round(ratio, 1)
    benchmark.extra_info["target"] = TARGET[words]
    assert ratio > 1


def test_memory_of_a_thousand_restarts(benchmark):
    """1,000 restarts × 16 examples × 128 steps at 16 words: what one call needs, in MiB."""
    from backend.descent import compiled

    machine = Machine(words=16, registers=REGISTERS, lines=LINES, steps=128)
    example = Example(memory=(1,), expect=Expect(memory=(2,)))
    task = make_task(
        [parse_program("inc 1 1")], [example] * EXAMPLES, machine, Tuning(horizon=128),
        seed=0, thrifty=False, first=0,
    )  # fmt: skip
    mesh = prepare()
    wave = next(waves(task, 1000, mesh.size))
    orders = wave.order(wave.begin(task), task, 0, wave.taken)
    lowered = compiled(mesh, wave.shape.registers, wave.shape.horizon).lower(orders, task.recipe)
    stats = benchmark.pedantic(lambda: lowered.compile().memory_analysis(), rounds=1)
    mib = (stats.temp_size_in_bytes + stats.argument_size_in_bytes) * mesh.size / 2**20
    benchmark.extra_info["MiB"] = round(mib)
    assert mib < 1024


START_UP = """
import time; began = time.perf_counter()
from backend import Tuning, tune
from bridge import Example, Machine, parse_program
from bridge.spec import Expect
example = Example(memory=(1,), expect=Expect(memory=(2,)))
tune([parse_program("noop")], [example], Machine(words=12), restarts=1, seed=0,
     tuning=Tuning(steps=1, decode_every=1, samples=1))
print(time.perf_counter() - began)
"""


def test_second_process_starts_fast(benchmark, tmp_path):
    """Seconds from the first import to the first gradient step, with a warm cache."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    def seconds() -> float:
        out = subprocess.run(
            [sys.executable, "-c", START_UP], env=environment, capture_output=True, check=True
        )
        return float(out.stdout)

    benchmark.extra_info["cold"] = round(seconds(), 2)
    warm = benchmark.pedantic(seconds, rounds=1)
    benchmark.extra_info["warm"] = round(warm, 2)
