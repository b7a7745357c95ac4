"""Repair at equal wall-clock: reference programs with some instructions replaced by wrong ones.

    python -m benchmarks.repair --seeds 0:16 --seconds 2 [--out runs/repair.jsonl]

An instance is a task, a number of wrong instructions and a seed: so many lines, drawn without
replacement, become other instructions (the opcode drawn uniformly, then its operands), redrawn if
the program still passes the examples. It is repaired if the engine's answer passes all examples
*and* all held-out inputs, executed. Engines see the examples and the wrong program, not where it is
wrong. All have the same wall-clock, and as many threads as there are cores.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import track
from rich.table import Table

import synth
from benchmarks.command import UsageError, make_app, run_app, seed_range
from benchmarks.environment import describe
from benchmarks.statistics import wilson
from benchmarks.store import Store
from benchmarks.suites import SolvedSpec
from benchmarks.suites.repair.changes import breakage
from benchmarks.suites.repair.classics import repair_tasks
from bridge import Program
from bridge.program import Instruction

__all__ = ["Outcome", "breakage", "main"]

OUT: Final = Path("runs/repair.jsonl")

app = make_app("benchmarks.repair", "Repair rates by engine.")


@dataclass(frozen=True)
class Outcome:
    """What became of one instance."""

    task: str
    wrong: int
    seed: int
    engine: str
    repaired: bool
    fits: bool
    """Right on the examples, held-out ones aside."""
    found_by: str | None
    """The rung that the answer owes itself to, right or not."""
    programs: int
    seconds: float


def attempt(
    task: SolvedSpec, program: Program, wrong: int, seed: int, engine: str, seconds: float
) -> Outcome:
    """Runs one engine on one instance."""
    spec = msgspec.structs.replace(task.spec, start=str(program))
    solution = synth.solve(spec, engine=engine, seed=seed, seconds=seconds)
    return Outcome(
        spec.name, wrong, seed, engine, solution.solved, solution.examples.correct,
        solution.found_by, solution.stats.programs, round(solution.stats.seconds, 3),
    )  # fmt: skip


def recorded(outcome: Outcome, key: str, environment: dict[str, Any]) -> dict[str, Any]:
    """The outcome as a record of `benchmarks.store`."""
    values = asdict(outcome)
    result = {name: values.pop(name) for name in ("repaired", "fits")}
    return {"key": key, "suite": "repair", **values, "result": result, "environment": environment}


def outcome_of(record: dict[str, Any]) -> Outcome:
    """And back."""
    values = {**record, **record["result"]}
    return Outcome(**{field.name: values[field.name] for field in fields(Outcome)})


def key(task: SolvedSpec, program: Program, seed: int, engine: str, seconds: float) -> str:
    """A word for all that a run depends on, but for the version."""
    what = (task.spec, str(program), seed, engine, seconds)
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def instances(tasks: list[SolvedSpec], wrongs: list[int], seeds: range) -> Iterator[tuple]:
    for task in tasks:
        for wrong in wrongs:
            for seed in seeds:
                if (program := breakage(task, wrong, seed)) is not None:
                    yield task, program, wrong, seed


def tables(outcomes: list[Outcome], engines: list[str], title: str) -> Iterator[Table]:
    """Rates by engine and number of wrong instructions; then by task."""
    wrongs = sorted({o.wrong for o in outcomes})
    columns = [(engine, wrong) for engine in engines for wrong in wrongs]

    def cells(task: str | None) -> Iterator[str]:
        for engine, wrong in columns:
            of = [
                o.repaired for o in outcomes
                if o.engine == engine and o.wrong == wrong and task in (None, o.task)
            ]  # fmt: skip
            text = f"{sum(of)}/{len(of)}" if of else "–"
            if task is None and of:
                low, high = wilson(sum(of), len(of))
                text += f"\n{sum(of) / len(of):.1%}\n{low:.0%}–{high:.0%}"
            yield text

    table = Table("task", *(f"{engine}\n{wrong} wrong" for engine, wrong in columns), title=title)
    for task in dict.fromkeys(o.task for o in outcomes):
        table.add_row(task, *cells(task))
    table.add_section()
    table.add_row("all", *cells(None))
    yield table


@app.default
def main(
    *,
    seeds: Annotated[str, Parameter(help="FROM:TO, TO excluded.")] = "0:16",
    seconds: Annotated[float, Parameter(help="For each instance and engine.")] = 2.0,
    engines: Annotated[list[str], Parameter(consume_multiple=True)] = ["ladder", "mcmc"],  # noqa: B006
    wrong: Annotated[list[int], Parameter(consume_multiple=True)] = [1, 2, 3],  # noqa: B006
    tasks: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    out: Annotated[Path, Parameter(help="Runs, one a line; none is run again.")] = OUT,
) -> list[Outcome]:
    """Breaks each task's program in seeded ways, and lets each engine repair it."""
    known = {task.spec.name: task for task in repair_tasks()}
    if unknown := [name for name in tasks or () if name not in known]:
        raise UsageError(f"--tasks {unknown[0]}: choose from {', '.join(known)}")
    if min(wrong) < 1 or seconds <= 0:
        raise UsageError("--wrong and --seconds must be more than 0")
    chosen = [known[name] for name in tasks or known]
    for engine in engines:  # compiled before the clock runs
        for task in chosen[:1]:
            attempt(task, task.program, 0, 0, engine, 30.0)
            attempt(task, Program((Instruction("noop"),) * 5), 0, 0, engine, 0.2)
    outcomes: list[Outcome] = []
    todo = list(instances(chosen, wrong, seed_range(seeds)))
    environment = describe()
    with Store(out, environment) as store:
        done = {record["key"]: outcome_of(record) for record in store.records}
        for task, program, count, seed in track(todo, console=Console(stderr=True)):
            for engine in engines:
                name = key(task, program, seed, engine, seconds)
                if name not in done:
                    done[name] = attempt(task, program, count, seed, engine, seconds)
                    store.append(recorded(done[name], name, environment))
                outcomes.append(done[name])
    title = f"Repaired, of {len(chosen)} tasks × seeds {seeds}, {seconds:g} s each; 95 % Wilson"
    for table in tables(outcomes, engines, title):
        Console(width=150).print(table)
    return outcomes


if __name__ == "__main__":
    sys.exit(run_app(app))
