"""The clock of a search, and which stage's the time is."""

from __future__ import annotations

import time
from collections.abc import Mapping

__all__ = ["Stages"]


class Stages:
    """It starts when it is made."""

    def __init__(self) -> None:
        self.now, self.detail = "starting", ""
        """The stage, and where it is in its own words."""
        self._began = self._now_began = time.monotonic()
        self._before: dict[str, float] = {}

    @property
    def seconds(self) -> float:
        """Wall-clock since the start."""
        return time.monotonic() - self._began

    def go_on(
        self, stage: str, detail: str = "", others: Mapping[str, float] | None = None
    ) -> None:
        """From the first work of a stage on, time is that stage's, but for the seconds of it that
        were others'."""
        self._give(others or {})
        if stage != self.now:
            self._before, self._now_began = self.each(), time.monotonic()
            self.now = stage
        self.detail = detail

    def add(self, other: Stages) -> None:
        """Gives another's stages the seconds that it took meanwhile."""
        self._give(other.each())

    def _give(self, others: Mapping[str, float]) -> None:
        """Gives stages seconds of the one at work."""
        for stage, seconds in others.items():
            self._before[stage] = self._before.get(stage, 0.0) + seconds
            self._now_began += seconds

    def each(self) -> dict[str, float]:
        """The seconds of each stage so far."""
        spent = time.monotonic() - self._now_began
        return {**self._before, self.now: self._before.get(self.now, 0.0) + spent}
