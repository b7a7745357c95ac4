"""Repair at equal wall-clock: reference programs with some instructions replaced by wrong ones.

    python -m benchmarks.repair --seeds 0:16 --seconds 2 [--out runs/repair.jsonl]

An instance is a task, a number of wrong instructions and a seed: so many lines, drawn without
replacement, become other instructions (the opcode drawn uniformly, then its operands), redrawn if
the program still passes the examples. It is repaired if the engine's answer passes all examples
*and* all held-out inputs, executed. Engines see the examples and the wrong program, not where it is
wrong. All have the same wall-clock, and as many threads as there are cores.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

import synth
from benchmarks.command import (
    Seeds,
    check_known,
    check_positive,
    make_app,
    run_app,
    seed_range,
)
from benchmarks.statistics import wilson
from benchmarks.store import key_of, run_missing
from benchmarks.suites import SolvedSpec
from benchmarks.suites.repair.changes import breakage
from benchmarks.suites.repair.classics import repair_tasks
from bridge import Program
from bridge.program import Instruction
from synth.named_engines import engine_named

__all__ = ["Attempt", "main"]

app = make_app("benchmarks.repair")


@dataclass(frozen=True)
class Attempt:
    """One engine on one instance."""

    task: SolvedSpec
    program: Program
    """The one to repair."""
    wrong: int
    seed: int
    engine: str
    seconds: float

    @property
    def key(self) -> str:
        program = str(self.program)
        return key_of(self.task.spec, program, self.seed, self.engine, self.seconds)

    def run(self) -> dict[str, Any]:
        """The record. `found_by` is the rung that the answer owes itself to, right or not."""
        spec = msgspec.structs.replace(self.task.spec, start=str(self.program))
        solution = synth.solve(spec, engine=self.engine, seed=self.seed, seconds=self.seconds)
        return {
            "suite": "repair",
            "task": spec.name,
            "wrong": self.wrong,
            "seed": self.seed,
            "engine": self.engine,
            "found_by": solution.found_by,
            "programs": solution.stats.programs,
            "seconds": round(solution.stats.seconds, 3),
            "result": {"repaired": solution.solved, "fits": solution.examples.correct},
        }


def attempts(
    tasks: Sequence[SolvedSpec],
    wrongs: Sequence[int],
    seeds: Sequence[int],
    engines: Sequence[str],
    seconds: float,
) -> Iterator[Attempt]:
    """All instances, engines next to each other."""
    for task in tasks:
        for wrong in wrongs:
            for seed in seeds:
                if (program := breakage(task, wrong, seed)) is not None:
                    for engine in engines:
                        yield Attempt(task, program, wrong, seed, engine, seconds)


def table(records: Sequence[dict[str, Any]], engines: Sequence[str], title: str) -> Table:
    """Rates by engine and number of wrong instructions, of each task and of all."""
    wrongs = sorted({r["wrong"] for r in records})
    columns = [(engine, wrong) for engine in engines for wrong in wrongs]

    def cells(task: str | None) -> Iterator[str]:
        for column in columns:
            of = [
                r["result"]["repaired"]
                for r in records
                if (r["engine"], r["wrong"]) == column and task in (None, r["task"])
            ]
            text = f"{sum(of)}/{len(of)}" if of else "–"
            if task is None and of:
                low, high = wilson(sum(of), len(of))
                text += f"\n{sum(of) / len(of):.1%}\n{low:.0%}–{high:.0%}"
            yield text

    found = Table("task", *(f"{engine}\n{wrong} wrong" for engine, wrong in columns), title=title)
    for task in dict.fromkeys(r["task"] for r in records):
        found.add_row(task, *cells(task))
    found.add_section()
    found.add_row("all", *cells(None))
    return found


@app.default
def repair(
    *,
    seeds: Seeds = "0:16",
    seconds: Annotated[float, Parameter(help="For each instance and engine.")] = 2.0,
    engines: Annotated[list[str], Parameter(consume_multiple=True)] = ["ladder", "mcmc"],  # noqa: B006
    wrong: Annotated[list[int], Parameter(consume_multiple=True)] = [1, 2, 3],  # noqa: B006
    tasks: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = Path(
        "runs/repair.jsonl"
    ),
) -> None:
    """Breaks each task's program in seeded ways, and lets each engine repair it."""
    known = {task.spec.name: task for task in repair_tasks()}
    check_known("tasks", tasks or (), known)
    check_positive(wrong=min(wrong), seconds=seconds)
    chosen = [known[name] for name in tasks or known]
    for engine in engines:  # all, before any of them works
        engine_named(engine)
    for engine in engines:  # compiled before the clock runs
        Attempt(chosen[0], chosen[0].program, 0, 0, engine, 30.0).run()
        Attempt(chosen[0], Program((Instruction("noop"),) * 5), 0, 0, engine, 0.2).run()
    wanted = attempts(chosen, wrong, seed_range(seeds), engines, seconds)
    records = run_missing(out, {attempt.key: attempt for attempt in wanted}, Attempt.run)
    title = f"Repaired, of {len(chosen)} tasks × seeds {seeds}, {seconds:g} s each; 95 % Wilson"
    Console(width=150).print(table(records, engines, title))


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
