"""Pictures: how fast tables of readings are made, and what a likelihood costs beside its nets.

    pytest benchmarks/perf/test_perception.py --benchmark-only

`extra_info` holds machine steps per second of tabulation, on one core; and gradient steps per
second of a block of candidates with tables, beside those of the same nets with a likelihood that
costs nothing (the nets' own throughput), measured in turns, and their ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from backend.perception import Answers, Likelihood, make_tables
from backend.perception.nets import make_net
from backend.perception.race import Contest, Entry, make_course
from backend.perception.runners import CHUNK
from backend.perception.training import advance, stack
from benchmarks.perf.clock import seconds
from bridge import Machine, parse_program
from bridge.batch import run_batch
from bridge.images import ImageSet
from bridge.program import encode
from bridge.readings import Group, group_examples, tabulate

DIGITS = tuple(range(1, 10))
MACHINE = Machine(words=32, registers=6, lines=16, steps=96)
SUM = parse_program("""
loop:
  read 1 2
  jump 2 end
  add 3 2 3
  inc 1 1
  jump 4 loop
end:
  write 1 3
""")
LANES = 8


def lists(n: int, lengths: Sequence[int]) -> tuple[Group, ...]:
    """Lists of pictures; answers of no meaning."""
    rng = np.random.default_rng(0)
    which, expect = np.full((n, 32), -1), np.zeros((n, 38), int)
    checked = np.zeros((n, 38), bool)
    for i in range(n):
        length = lengths[i % len(lengths)]
        which[i, :length] = 0
        expect[i, length], checked[i, length] = rng.integers(length, 9 * length + 1), True
    index = rng.integers(0, 1000, (n, 32))
    return group_examples(np.zeros((n, 32), int), which, index, expect, checked, [DIGITS])


def test_tables(benchmark):
    (group,) = lists(100, [3])
    code = np.stack([encode(SUM, MACHINE.lines)] * 64)
    memory = group.read(0, group.all_readings())
    steps = int(run_batch(code[:1], memory, MACHINE)[2].sum()) * len(code)
    tabulate(code, group, MACHINE)
    benchmark.pedantic(lambda: tabulate(code, group, MACHINE), rounds=20)
    benchmark.extra_info["machine steps/s"] = f"{steps / benchmark.stats.stats.min:.3g}"


class Free(Likelihood):
    """Costs nothing."""

    kind: ClassVar[str] = "none"

    @property
    def cost(self) -> float:
        return 0.0

    def __call__(self, read: Float[Array, "n k words"], answers: Answers) -> Float[Array, " n"]:
        return read[:, :, 0].prod(1)


@pytest.mark.parametrize("lengths", [(2,), (2, 3)])
def test_training_beside_bare_nets(benchmark, lengths):
    groups = lists(300, lengths)
    pixels = np.random.default_rng(0).random((1000, 8, 8), np.float32)
    images = ImageSet("image", pixels, DIGITS)
    contest = Contest(make_course(groups, [images], noise=0.02, seed=0), (images,), make_net, 0)
    course, first, size = contest.course, jnp.asarray(0), jnp.asarray(CHUNK)

    def trained(likelihoods: tuple[Likelihood, ...]):
        lanes = [contest.enter(Entry(0, likelihoods), restart).state for restart in range(LANES)]
        block = stack(lanes, course.plan)

        def run() -> None:
            them = advance(block, course.train, course.recipe, course.plan, first, size)
            jax.block_until_ready(them.adam)

        run()
        return run

    ours = trained(tuple(make_tables([SUM], group, MACHINE)[0] for group in groups))
    bare = trained(tuple(Free() for _ in groups))
    turns = [(seconds(ours), seconds(bare)) for _ in range(10)]
    best, bare_best = (min(column) for column in zip(*turns, strict=True))
    benchmark.pedantic(ours, rounds=3)
    benchmark.extra_info["gradient steps/s"] = round(CHUNK * LANES / best)
    benchmark.extra_info["bare nets' steps/s"] = round(CHUNK * LANES / bare_best)
    benchmark.extra_info["ratio"] = round(bare_best / best, 3)
