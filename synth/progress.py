"""How a search goes, while it does: a line for each stage on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bridge.errors import printable
from synth.engines.base import KINDS
from synth.solution import Progress

__all__ = ["Line", "left_of", "lines_of", "show_progress"]

SHOWN: Final = ("terms", "restarts", "gradient_steps", "programs")
"""What a stage's work is told in: the first of these that it did any of."""
EVERY: Final = 10.0
"""Seconds between two plain lines of the same stage."""
SHORT: Final = 1.0
"""A search of fewer seconds leaves no line behind."""


@dataclass(frozen=True)
class Line:
    """A stage of the search, in words."""

    stage: str
    work: str = ""
    rate: str = ""
    best: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        parts = filter(None, (self.work, self.rate, self.best, f"{self.seconds:.1f} s"))
        return f"{self.stage}: {', '.join(parts)}"


def lines_of(progress: Progress) -> list[Line]:
    """The stages that did any work, in order, and the one at work."""
    lines: list[Line] = []
    for stage, told in progress.stages.items():
        kind = next((kind for kind in SHOWN if told.get(kind)), None)
        if kind is None and stage != progress.stage:
            continue
        seconds, work, rate = told.get("seconds", 0.0), "", ""
        if kind is not None:
            work = f"{told[kind]:,.0f} {kind.replace('_', ' ')}"
            rate = f"{_short(told[kind] / max(seconds, 1e-3))}/s"
        best = f"best {told.get('cells', 0):,.0f} of {progress.cells:,} cells"
        lines.append(Line(printable(stage), work, rate, best, seconds))
    return lines


def left_of(progress: Progress) -> str:
    """How long it is, at the pace of the stage at work, until a budget is spent; and which, if it
    is not that of seconds."""
    budget, stats = progress.budget, progress.stats
    told = progress.stages.get(progress.stage, {})
    ends = {"seconds": budget.seconds - stats.seconds}
    for kind in KINDS:
        if done := told.get(kind):
            more = getattr(budget, kind) - getattr(stats, kind)
            ends[kind] = more * max(told.get("seconds", 0.0), 1e-3) / done
    first = min(ends, key=lambda kind: ends[kind])
    return f"{max(0, ends[first]):.0f} s left" + (f" by --{first}" * (first != "seconds"))


def _short(number: float) -> str:
    """In four digits at most, with a unit: 81, 9,310, 12.5 k, 1.2 M."""
    for unit, least, name in ((1e9, 1e9, " G"), (1e6, 1e6, " M"), (1e3, 1e4, " k")):
        if number >= least:
            return f"{number / unit:.1f}{name}"
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


@contextmanager
def show_progress(console: Console, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """What is told of a search's progress: on a terminal a line for each stage, the last at work;
    elsewhere the same as plain lines, now and then, and of each stage in the end."""
    if quiet:
        yield lambda progress: None
    elif console.is_terminal:
        with Live(Spinner("dots", "starting"), console=console, transient=True) as live:

            def draw(progress: Progress) -> None:
                live.transient = progress.stats.seconds < SHORT
                live.update(_table(progress))

            yield draw
    else:
        told = _Told(console)
        try:
            yield told
        finally:
            told.end()


def _table(progress: Progress) -> Group:
    """Stages, the one at work with a spinner and the time that is left, then where it is."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "right", "right", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    for line in lines_of(progress):
        now = line.stage == printable(progress.stage)
        name = Spinner("dots", line.stage) if now else Text(f"  {line.stage}")
        rest = (line.work, line.rate, line.best, f"{line.seconds:.1f} s")
        table.add_row(name, *rest, left_of(progress) if now else "")
    return Group(table, *(Text(f"  {printable(part)}") for part in _where(progress)))


def _where(progress: Progress) -> list[str]:
    """Where the stage is, in its own words, part by part."""
    return progress.detail.split("; ") if progress.detail else []


class _Told:
    """Tells it in plain lines: of a stage when another has begun, now and then, and at the end; but
    not whenever stages that work side by side take turns."""

    def __init__(self, console: Console) -> None:
        self._console, self._said_at = console, 0.0
        self._last: Progress | None = None
        self._seen: set[str] = set()
        self._said: dict[str, str] = {}

    def __call__(self, progress: Progress) -> None:
        last, seconds = self._last, progress.stats.seconds
        if last is not None and progress.stage not in self._seen:
            self._say(progress, last.stage)
        if seconds - self._said_at >= EVERY:
            self._said_at = seconds
            self._say(progress, progress.stage, left_of(progress), *_where(progress))
        self._last = progress
        self._seen.add(progress.stage)

    def end(self) -> None:
        """Tells of each stage what has not been told, when the search ends."""
        if (last := self._last) is not None:
            for stage in last.stages:
                self._say(last, stage, *(_where(last) if stage == last.stage else ()))

    def _say(self, progress: Progress, stage: str, *more: str) -> None:
        """Of a stage, unless all is over soon or it was said before."""
        for line in lines_of(progress):
            if line.stage == printable(stage) and progress.stats.seconds >= SHORT:
                if self._said.get(stage) == str(line) and not more:
                    continue
                self._said[stage] = str(line)
                text = "; ".join((str(line), *map(printable, more)))
                self._console.print(Text(text), soft_wrap=True)
