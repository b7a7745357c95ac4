"""The machine's step, forward and backward, against the einsum of eq. 6 and against a roofline.

    pytest benchmarks/perf/test_machine.py --benchmark-only

A lane-step is one step of one restart on one example. All that a line of the table compares runs
in the same process, in turns; the best of the turns counts. Each contestant takes gradient steps
within one compiled call, as tuning does. The einsum is the reference of the tests, eq. 6 contracted
as written; the same as one matrix product stands beside it. XLA's products run on all cores, a
native kernel on one per device: ratios are those of native kernels on all devices, as tuning runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, PartitionSpec

from backend.loss import Targets, loss
from backend.machine import PAPER, Run, head_sizes, start, tables
from backend.plan import Shape
from backend.rollouts import rollout, structured_rollout
from backend.runtime import AXIS, prepare
from backend.weights import unpack
from benchmarks.perf.roofline import least_micros, peak_bandwidth, peak_flops
from tests.backend.reference import AS_WRITTEN, BEST, lookup_tensor, reference_rollout

LINES, REGISTERS, STEPS, EXAMPLES, TURNS = 16, 6, 32, 16, 5
TARGET: Final = {8: 5, 16: 15, 32: 200}
"""How many times faster than the einsum we want to be."""
CAP: Final = {8: 1.0, 16: 2.0, 32: 4.0}
"""µs per lane-step that we want at most, on a quiet machine."""


def contestant(
    run, words: int, steps: int, chunk: int, gradients: int, mesh: Mesh | None = None
) -> Callable[[], float]:
    """A function that takes so many gradient steps, and returns µs per lane-step. With a mesh, each
    of its devices takes a chunk."""
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

    def descend(rows):
        slope = jax.grad(objective)
        return jax.lax.fori_loop(0, gradients, lambda _, x: x - 1e-3 * slope(x), rows)

    restarts = chunk if mesh is None else chunk * mesh.size
    weights = rng.normal(size=(restarts, LINES, sum(head_sizes(REGISTERS, LINES, PAPER))))
    weights = weights.astype(np.float32)
    if mesh is not None:
        across = PartitionSpec(AXIS)
        descend = jax.shard_map(
            descend, mesh=mesh, in_specs=across, out_specs=across, check_vma=False
        )
    compiled = jax.jit(descend).lower(weights).compile()
    compiled(weights).block_until_ready()

    def micros() -> float:
        began = time.perf_counter()
        compiled(weights).block_until_ready()
        return (time.perf_counter() - began) / (restarts * EXAMPLES * steps * gradients) * 1e6

    return micros


def contestants(words: int) -> dict[str, Callable[[], float]]:
    table, tensor = tables(words), lookup_tensor(words, opcodes=PAPER)
    chunk = Shape(words, REGISTERS, LINES, STEPS, EXAMPLES, PAPER).chunk
    # The einsum takes seconds at 64 words: there, few lanes and steps. Cost is flat in both.
    slow = (2, 1) if words > 32 else (STEPS, chunk)

    def native(weights, state) -> Run:
        return rollout(weights, state, table, STEPS, STEPS)

    def structured(weights, state) -> Run:
        return structured_rollout(weights, state, table, STEPS, STEPS)

    def einsum(order):
        return lambda weights, state: reference_rollout(weights, state, tensor, slow[0], order)

    return {
        "one device": contestant(native, words, STEPS, chunk, 4),
        "native": contestant(native, words, STEPS, chunk, 4, prepare()),
        "structured": contestant(structured, words, STEPS, chunk, 4),
        "einsum": contestant(einsum(AS_WRITTEN), words, *slow, 1),
        "one product": contestant(einsum(BEST), words, *slow, 1),
    }


@pytest.fixture(scope="module")
def table(printed) -> list[str]:
    """Where lines of the table go."""
    printed += [
        f"\nµs per lane-step, forward and backward; native on {prepare().size} devices and on one",
        f"{'words':>5} {'native':>8} {'on one':>8} {'structured':>10} {'eq. 6':>9}"
        f" {'one product':>11} {'× eq. 6':>8} {'× product':>9} {'roofline':>9}",
    ]
    return printed


@pytest.mark.parametrize("words", [8, 16, 32, 64])
def test_forward_and_backward(benchmark, table, words):
    peaks = peak_flops(), peak_bandwidth()
    racers = contestants(words)
    best = dict.fromkeys(racers, np.inf)
    for _ in range(TURNS):
        for name, micros in racers.items():
            best[name] = min(best[name], micros())
    benchmark.pedantic(racers["native"], rounds=TURNS)
    least = least_micros(words, REGISTERS, LINES, *peaks)  # of one core
    ratio = best["einsum"] / best["native"]
    benchmark.extra_info |= {
        "µs per lane-step": {name: round(micros, 3) for name, micros in best.items()},
        "times faster than the einsum": round(ratio, 1),
        "target": TARGET.get(words),
        "most µs": CAP.get(words),
        "part of the roofline": round(least / best["one device"], 3),
        "peak GFLOP/s": round(peaks[0] / 1e9, 1),
        "peak GB/s": round(peaks[1] / 1e9, 1),
    }
    table.append(
        f"{words:>5} {best['native']:>8.3f} {best['one device']:>8.3f}"
        f" {best['structured']:>10.2f} {best['einsum']:>9.2f}"
        f" {best['one product']:>11.2f} {ratio:>8.1f} {best['one product'] / best['native']:>9.1f}"
        f" {least / best['one device']:>8.0%}"
        f"   peaks: {peaks[0] / 1e9:.0f} GFLOP/s, {peaks[1] / 1e9:.0f} GB/s"
    )
