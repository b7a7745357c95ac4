"""A cell of the table: a row and a task, with a seed; and one run of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import msgspec

import synth
from benchmarks.suites import ROOT
from benchmarks.table1.skeletons import jumps_only, loop_with_blanks
from bridge import Program, Spec, load_spec, parse_program, verify

__all__ = ["ROWS", "SEARCHES", "TASKS", "Cell", "Controller", "cells", "key", "measure"]

Controller = Literal["logits", "softmaxes"]
"""`backend.machine.Controller`, without its import of JAX."""

TASKS: Final = ("inc", "map_inc", "map_dec", "reduce", "parity", "fibonacci")
TUNED: Final = ("optimization", "from map_inc", "from map_dec", "loop", "jumps")
SEARCHES: Final = {"synthesis": "enumeration", "both": "both", "loop, all rungs": "both"}
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
    rows: Sequence[str],
    tasks: Sequence[str],
    seeds: range,
    restarts: int,
    seconds: float,
    padding: int = 1,
    controller: Controller = "logits",
    entropy: float = 0.0,
    anneal: bool = False,
) -> Iterator[Cell]:
    """The cells of these rows. What doesn't depend on a seed, and restarts, are run with the
    first one only; searches have a recipe of their own."""
    for row in rows:
        for task in tasks:
            for seed in seeds if row in ("both", "loop, all rungs") else seeds[:1]:
                cell = Cell(row, task, seed, restarts, seconds, padding)
                if row in TUNED:
                    cell = replace(cell, controller=controller, entropy=entropy, anneal=anneal)
                yield cell


def key(cell: Cell, environment: str) -> str:
    """A word for all that the run depends on."""
    spec, program = load(cell.task)
    skeleton = _skeleton(cell, program, spec) if cell.row in TUNED else None
    what = (cell, spec, str(program), str(skeleton), environment)
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def load(task: str) -> tuple[Spec, Program]:
    """The spec of a task of the suite table1, and the program beside it that solves it."""
    path = ROOT / "table1" / f"{task}.json"
    return load_spec(path), parse_program(path.with_suffix(".asm").read_text())


def measure(cell: Cell) -> dict[str, Any]:
    """Runs a cell; what came of it, as plain values."""
    began = time.perf_counter()
    counts = _tune(cell) if cell.row in TUNED else _search(cell)
    return counts | {"seconds": round(time.perf_counter() - began, 2)}


def _skeleton(cell: Cell, program: Program, spec: Spec) -> Program:
    if cell.row == "optimization":
        return parse_program("?\n" * spec.machine.lines)
    if cell.row.startswith("from "):
        return load(cell.row.removeprefix("from "))[1].bare()
    make = jumps_only if cell.row == "jumps" else loop_with_blanks
    return make(program.bare(), cell.padding)


def _tune(cell: Cell) -> dict[str, Any]:
    from backend import Tuning, tune

    spec, program = load(cell.task)
    result = tune(
        [_skeleton(cell, program, spec)], spec.examples, spec.machine,
        restarts=cell.restarts, seed=cell.seed,
        tuning=Tuning(
            controller=cell.controller, entropy=cell.entropy, anneal=cell.anneal,
            stop_at_first=False, to_the_end=True,
        ),
    )  # fmt: skip
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
    spec, program = load(cell.task)
    if cell.row.startswith("loop"):
        skeleton = loop_with_blanks(program.bare(), cell.padding)
        spec = msgspec.structs.replace(spec, sketch=str(skeleton))
    solution = synth.solve(
        spec, engine=SEARCHES[cell.row], seed=cell.seed, seconds=cell.seconds,
        restarts=cell.restarts if cell.row.startswith("loop") else None,
    )  # fmt: skip
    return {
        "result": {"solved": solution.result is synth.Result.VERIFIED},
        "found_by": solution.found_by,
        "fits": solution.examples.correct,
        "terms": solution.stats.terms,
        "restarts": solution.stats.restarts,
        "programs": solution.stats.programs,
    }
