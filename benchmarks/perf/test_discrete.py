"""The discrete machine: compiled against the reference interpreter; and edits decided.

    pytest benchmarks/perf/test_discrete.py --benchmark-only

`extra_info` holds machine steps per second of both, measured in turns in the same run, and their
ratio; and for edits, programs decided per second (each is known to pass or to fail) beside those
executed, and what executing each of them in full would have come to.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from benchmarks.perf.clock import seconds
from benchmarks.suites import ROOT, load_solved
from bridge import Machine, Program, parse_program
from bridge.batch import run_batch
from bridge.interpreter import run
from bridge.program import encode
from bridge.tests import encode_examples
from synth.discrete.chains import mcmc
from synth.discrete.edits import edits

WORDS: Final = [8, 16, 32, 64]
LOOP = """
loop:
  read 1 2
  add 2 3 3
  inc 2 2
  max 2 3 4
  write 1 2
  inc 1 1
  jump 5 loop
"""
"""A loop that never ends: every run takes all its steps."""
EXAMPLES, PROGRAMS, STEPS = 16, 64, 256


@pytest.mark.parametrize("words", WORDS)
def test_steps_per_second(benchmark, words):
    machine = Machine(words=words, registers=6, lines=16, steps=STEPS, halt=False)
    program = parse_program(LOOP)
    memory = np.random.default_rng(0).integers(0, words, (EXAMPLES, words), np.uint8)
    code = np.stack([encode(program, machine.lines)] * PROGRAMS)
    starts = [tuple(row) for row in memory.tolist()]

    def ours():
        run_batch(code, memory, machine)

    def reference():
        for start in starts:
            run(program, start, machine)

    ours()
    times = [(seconds(ours), seconds(reference)) for _ in range(5)]
    fast, slow = (min(column) for column in zip(*times, strict=True))
    benchmark.pedantic(ours, rounds=5)
    fast_rate = PROGRAMS * EXAMPLES * STEPS / fast
    slow_rate = EXAMPLES * STEPS / slow
    benchmark.extra_info["steps/s"] = f"{fast_rate:.3g}"
    benchmark.extra_info["reference steps/s"] = f"{slow_rate:.3g}"
    benchmark.extra_info["times faster"] = round(fast_rate / slow_rate)


def broken(name: str) -> tuple:
    """The reference program of that task with its first two lines lost, its tests, its machine."""
    task = load_solved(ROOT / "table1" / f"{name}.json")
    spec, program = task.spec, task.program
    code = (*parse_program("noop\nnoop").instructions, *program.instructions[2:])
    return Program(code), encode_examples(spec.examples, spec.machine), spec.machine


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("name", ["map_inc", "reduce", "fibonacci"])
def test_edits_per_second(benchmark, name, lines):
    """All edits of a program, decided."""
    program, tests, machine = broken(name)

    def exhaust():
        *_, result = edits(program, tests, machine, lines=lines, limit=1 << 30)
        return result

    result = exhaust()
    benchmark.pedantic(exhaust, rounds=3)
    best = benchmark.stats.stats.min
    assert result.complete
    benchmark.extra_info["decided"] = result.decided
    benchmark.extra_info["executed"] = result.executed
    benchmark.extra_info["decided/s"] = f"{result.decided / best:.3g}"
    benchmark.extra_info["executed/s"] = f"{result.executed / best:.3g}"
    as_if = result.steps / result.executed * result.decided / best
    benchmark.extra_info["machine steps/s, had each been executed"] = f"{as_if:.3g}"


def test_chain_steps_per_second(benchmark):
    program, tests, machine = broken("fibonacci")

    def search():
        *_, result = mcmc(tests, machine, seed=0, start=program, budget=200_000)
        return result

    result = search()
    benchmark.pedantic(search, rounds=3)
    best = benchmark.stats.stats.min
    benchmark.extra_info["programs/s"] = f"{result.executed / best:.3g}"
    benchmark.extra_info["steps/s"] = f"{result.steps / best:.3g}"
