"""How a search went, second by second: little, however long it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from synth.engines.base import Work

__all__ = ["History", "Point", "Recorded"]

MOST: Final = 400
"""Points kept: when there are so many, every other one goes, and half as many are added."""
SAVED_EVERY: Final = 5.0
"""Seconds between two times that it is written, at least, before the search ends."""

Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]


class Point(msgspec.Struct, frozen=True, array_like=True):
    """Where the search was at a time."""

    seconds: Seconds
    stage: str
    cells: Count
    """Expected cells that the best program so far got right."""
    terms: Count
    states: Count
    programs: Count
    restarts: Count
    gradient_steps: Count


class Recorded(msgspec.Struct, frozen=True):
    """history.json."""

    cells: Count = 0
    """Expected cells in all examples."""
    points: tuple[Point, ...] = ()
    stages: dict[str, dict[str, float]] = {}
    """By stage, in order: the work that it did, by `synth.engines.base.Work`'s names of it, the
    seconds that it took, and the cells that the best program got right at its end."""


@dataclass
class History:
    """Recorded as the search goes on."""

    cells: int = 0
    before: float = 0.0
    """Seconds of the run before it was gone on with."""
    points: list[Point] = field(default_factory=list[Point])
    stages: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    _seconds_before: dict[str, float] = field(default_factory=dict[str, float])
    _every: float = 0.1
    _saved: float = 0.0

    @classmethod
    def going_on(cls, recorded: Recorded) -> History:
        """The history of a run that goes on."""
        before = recorded.points[-1].seconds if recorded.points else 0.0
        stages = {stage: dict(told) for stage, told in recorded.stages.items()}
        spent = {stage: told.get("seconds", 0.0) for stage, told in stages.items()}
        every = max(0.1, 2 * before / MOST)
        return cls(recorded.cells, before, list(recorded.points), stages, spent, every)

    def add(self, seconds: float, stage: str, cells: int, total: int, work: Work) -> None:
        """Where the search is; it is kept if the last point is old enough, or at a turn: another
        stage, or a better program."""
        seconds, self.cells = round(self.before + seconds, 3), total
        last = self.points[-1] if self.points else None
        turn = last is None or (last.stage, last.cells) != (stage, cells)
        self._stage(stage)["cells"] = cells
        if last is not None and not turn and seconds - last.seconds < self._every:
            return
        counts = (getattr(work, name) for name in Point.__struct_fields__[3:])
        self.points.append(Point(seconds, stage, cells, *counts))
        if len(self.points) >= MOST:
            self.points, self._every = self.points[::2], 2 * self._every

    def count(self, stage: str, work: Work) -> None:
        """Work that a stage did."""
        told = self._stage(stage)
        for f in fields(work):
            if more := getattr(work, f.name):
                told[f.name] = told.get(f.name, 0) + more

    def join(self, other: History) -> None:
        """Counts the work of another's stages, which ran meanwhile, as its own."""
        for stage, told in other.stages.items():
            mine = self._stage(stage)
            for name, more in told.items():
                mine[name] = more if name == "cells" else mine.get(name, 0) + more

    def due(self) -> bool:
        """Whether it is time to write it again."""
        last = self.points[-1].seconds if self.points else 0.0
        due = last - self._saved >= SAVED_EVERY
        self._saved = last if due else self._saved
        return due

    def recorded(self, seconds: Mapping[str, float]) -> Recorded:
        """As it is written, with the seconds of each stage since the run began or went on."""
        return Recorded(self.cells, tuple(self.points), self.told(seconds))

    def told(self, seconds: Mapping[str, float]) -> dict[str, dict[str, float]]:
        """What `Recorded.stages` is, with these seconds since the run began or went on."""
        stages = {stage: dict(told) for stage, told in self.stages.items()}
        for stage, spent in seconds.items():
            told = stages.setdefault(stage, {})
            told["seconds"] = round(self._seconds_before.get(stage, 0.0) + spent, 3)
        return stages

    def _stage(self, stage: str) -> dict[str, Any]:
        return self.stages.setdefault(stage, {})
