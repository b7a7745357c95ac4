"""Programs drawn from weights and executed: how many a second, on one thread and on all cores.

pytest benchmarks/perf/test_explorer.py --benchmark-only
"""

from __future__ import annotations

import numpy as np
import pytest

from backend.compiler import compile_rows, decode_packed
from backend.explorer import Explored, Starts, explore
from backend.ledger import SLICE
from backend.plan import Tuning
from benchmarks.perf.clock import fastest
from benchmarks.suites import ROOT
from bridge import load_spec, parse_program
from bridge.cores import cores
from bridge.program import encode
from bridge.tests import encode_examples

TASK, START = "parity", "map_inc"
"""None of the programs near the start is right, so that all draws are made."""


@pytest.fixture(scope="module")
def table(printed) -> list[str]:
    printed.append(f"\nmillion programs per second near {START}, on the examples of {TASK}")
    return printed


def test_threads(benchmark, table):
    spec = load_spec(ROOT / "table1" / f"{TASK}.json")
    program = parse_program((ROOT / "table1" / f"{START}.asm").read_text())
    machine, tuning = spec.machine, Tuning()
    lines, registers = machine.lines, machine.registers
    heads = machine.opcodes + 3 * registers + lines + 1
    rows = np.repeat(encode(program, lines)[None], SLICE, 0)
    noise = np.random.default_rng(0).random((SLICE, lines, heads), np.float32)
    packed = compile_rows(rows, 0.3 * noise, 1e-30, registers)
    likeliest, free = decode_packed(packed, registers), np.ones(packed.shape, bool)
    words = np.zeros((SLICE, registers, machine.words), np.float32)
    starts = Starts(words, *(np.zeros((SLICE, registers), kind) for kind in "B?"))
    tests = encode_examples(spec.examples, machine)
    limits = np.full(SLICE, np.iinfo(np.int64).max)

    def run(threads: int = cores()) -> Explored:
        return explore(
            packed, likeliest, free, starts, np.arange(SLICE), limits, tests, machine,
            samples=tuning.samples, uniform=tuning.uniform, registers=registers, threads=threads,
        )  # fmt: skip

    executed = int(run().executed.sum())
    rates = {n: executed / fastest(lambda n=n: run(n), 5) / 1e6 for n in (1, cores())}
    for threads, rate in rates.items():
        benchmark.extra_info[f"million programs/s, {threads} threads"] = round(rate, 3)
    table.append("  ".join(f"{rate:.3f} on {n}" for n, rate in rates.items()))
    benchmark.pedantic(run, rounds=1)
