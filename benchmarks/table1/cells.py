"""A cell of the table: a row and a task, with a seed; and one run of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

import synth
from benchmarks.store import key_of
from benchmarks.suites import ROOT, SolvedSpec, load_solved
from benchmarks.table1.skeletons import jumps_only, loop_with_blanks
from bridge import Program, parse_program, verify

__all__ = ["ROWS", "SEARCHES", "TASKS", "Cell", "Controller", "cells", "key", "measure"]

Controller = Literal["logits", "softmaxes"]
"""`backend.machine.Controller`, without its import of JAX."""

TASKS: Final = ("inc", "map_inc", "map_dec", "reduce", "parity", "fibonacci")
TUNED: Final = ("optimization", "from map_inc", "from map_dec", "loop", "jumps")
SEARCHES: Final = {"synthesis": "enumeration", "both": "ladder", "loop, all rungs": "ladder"}
"""The engine of each row that counts runs."""
ROWS: Final = (*TUNED, *SEARCHES)


@dataclass(frozen=True)
class Cell:
    """What is run at once: k restarts, or a search."""

    row: str
    task: str
    seed: int
    restarts: int
    seconds: float
    """Of a search at most; tuning alone ends by itself."""
    padding: int = 1
    """Blank lines more, behind each run of them."""
    controller: Controller = "logits"
    entropy: float = 0.0
    anneal: bool = False
    """`backend.Tuning`'s, of tuning alone."""


def cells(
    rows: Sequence[str], tasks: Sequence[str], seeds: range, **options: Any
) -> Iterator[Cell]:
    """The cells of these rows, with these options of a cell. What doesn't depend on a seed, and
    restarts, are run with the first one only; the recipe of tuning alone is no search's."""
    recipe = ("controller", "entropy", "anneal")
    of_searches = {name: value for name, value in options.items() if name not in recipe}
    for row in rows:
        for task in tasks:
            for seed in seeds if row in ("both", "loop, all rungs") else seeds[:1]:
                yield Cell(row, task, seed, **(options if row in TUNED else of_searches))


def key(cell: Cell, environment: str) -> str:
    """A word for all that the run depends on."""
    task = load(cell.task)
    skeleton = _skeleton(cell, task) if cell.row in TUNED else None
    return key_of(cell, task.spec, str(task.program), str(skeleton), environment)


def load(task: str) -> SolvedSpec:
    """A task of the suite table1."""
    return load_solved(ROOT / "table1" / f"{task}.json")


def measure(cell: Cell) -> dict[str, Any]:
    """Runs a cell; the record."""
    began = time.perf_counter()
    found = _tune(cell) if cell.row in TUNED else _search(cell)
    return {
        "suite": "table1",
        "task": cell.task,
        "engine": cell.row,
        "seed": cell.seed,
        "k": cell.restarts,
        "padding": cell.padding,
        "controller": cell.controller,
        "entropy": cell.entropy,
        "anneal": cell.anneal,
        **found,
        "seconds": round(time.perf_counter() - began, 2),
    }


def _skeleton(cell: Cell, task: SolvedSpec) -> Program:
    if cell.row == "optimization":
        return parse_program("?\n" * task.spec.machine.lines)
    if cell.row.startswith("from "):
        return load(cell.row.removeprefix("from ")).program.bare()
    make = jumps_only if cell.row == "jumps" else loop_with_blanks
    return make(task.program.bare(), cell.padding)


def _tune(cell: Cell) -> dict[str, Any]:
    from backend import Tuning, tune

    task = load(cell.task)
    spec = task.spec
    tuning = Tuning(
        controller=cell.controller,
        entropy=cell.entropy,
        anneal=cell.anneal,
        stop_at_first=False,
        to_the_end=True,
    )
    skeletons, k = [_skeleton(cell, task)], cell.restarts
    result = tune(skeletons, spec.examples, spec.machine, restarts=k, seed=cell.seed, tuning=tuning)
    right = (verify(s.program, spec.holdout, spec.machine).correct for s in result.solutions)
    return {
        "result": {"restarts": result.restarts, "soft": result.soft, "solved": sum(right)},
        "fits": len(result.solutions),
        "diverged": result.diverged,
        "gradients": result.gradient_steps,
        "programs": result.programs,
        "compile_seconds": round(result.compile_seconds, 2),
    }


def _search(cell: Cell) -> dict[str, Any]:
    task = load(cell.task)
    spec = task.spec
    restarts = None
    if cell.row.startswith("loop"):
        skeleton = loop_with_blanks(task.program.bare(), cell.padding)
        spec = msgspec.structs.replace(spec, sketch=str(skeleton))
        restarts = cell.restarts
    engine, seed, seconds = SEARCHES[cell.row], cell.seed, cell.seconds
    solution = synth.solve(spec, engine=engine, seed=seed, seconds=seconds, restarts=restarts)
    return {
        "result": {"solved": solution.result is synth.Result.VERIFIED},
        "found_by": solution.found_by,
        "fits": solution.examples.correct,
        "terms": solution.stats.terms,
        "restarts": solution.stats.restarts,
        "programs": solution.stats.programs,
    }
