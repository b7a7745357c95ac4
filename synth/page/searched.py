"""How the search went: over time, rung by rung, and what came near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from bridge import Program, verify
from bridge.errors import SkeletuneError
from bridge.term import Term
from synth.language import check_term
from synth.page.plots import progress_plot
from synth.page.run import Run
from synth.page.svg import draws
from synth.problem import Problem
from synth.sketch import parse_source

__all__ = ["Near", "Rung", "Searched", "searched"]

MOST: Final = 15
"""Rows of a table of programs."""
WORK: Final = ("terms", "states", "programs", "skeletons", "restarts", "gradient_steps", "diverged")


@dataclass(frozen=True)
class Rung:
    """A stage of the search: what it cost, and what it gave."""

    name: str
    seconds: float | None
    work: tuple[str, ...]
    """In the order of `Searched.columns`; empty where there was none."""
    gain: str


@dataclass(frozen=True)
class Near:
    """A program that came near."""

    cells: int
    text: str
    found_by: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Searched:
    """The section of the search."""

    cells: int
    """That are expected, in all examples."""
    plot: Markup | None
    told: str
    """The plot in words."""
    columns: tuple[str, ...]
    rungs: tuple[Rung, ...]
    best: tuple[Near, ...]
    """Programs that were the best so far, the last ones."""
    misses: tuple[Near, ...]
    """What enumeration left for others to start from, the best first."""


def searched(run: Run) -> Searched | None:
    """The section of the search."""
    history, points = run.history, run.history.points
    cells = history.cells or run.problem.cells
    stages = history.stages or {
        name: {"seconds": seconds} for name, seconds in run.told.stats.stages.items()
    }
    columns = tuple(name for name in WORK if any(told.get(name) for told in stages.values()))
    plot, told = None, ""
    if len(points) > 2:
        best = points[-1].cells
        told = (
            f"In {points[-1].seconds:.1f} s the best program came from {points[0].cells:,} to "
            f"{best:,} of {cells:,} expected cells; the first with {best:,} came after "
            f"{next(p.seconds for p in points if p.cells == best):.1f} s."
        )
        plot = progress_plot(history) if draws() else None
    rungs = tuple(_rungs(stages, columns, cells))
    log = tuple(
        Near(c.cells, c.term or c.program, c.found_by, c.seconds) for c in run.candidates[-MOST:]
    )
    misses = tuple(_misses(run.starts[:MOST], run.problem))
    if not (rungs or log or misses):
        return None
    return Searched(
        cells, plot, told, tuple(c.replace("_", " ") for c in columns), rungs, log, misses
    )


def _rungs(
    stages: dict[str, dict[str, float]], columns: tuple[str, ...], cells: int
) -> Iterator[Rung]:
    before = 0
    for name, told in stages.items():
        if name == "starting" and not any(told.get(c) for c in columns):
            continue
        gain = ""
        if "cells" in told:
            now = int(told["cells"])
            gain = f"{now:,} of {cells:,}" + (f" (+{now - before:,})" if now > before else "")
            before = max(before, now)
        work = tuple(f"{int(n):,}" if (n := told.get(c)) else "" for c in columns)
        yield Rung(name, told.get("seconds"), work, gain)


def _misses(starts: tuple[str, ...], problem: Problem) -> Iterator[Near]:
    for text in starts:
        try:
            start = parse_source(text, "start")
            if isinstance(start, Term):
                check_term(start, language=problem.language)
        except SkeletuneError:  # of a ruleset that is not there
            continue
        program = start if isinstance(start, Program) else next(problem.lowerings(start), None)
        if program is not None and not program.has_hole:
            yield Near(verify(program, problem.examples, problem.machine).cells, text)
