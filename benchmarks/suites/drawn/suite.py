"""A suite of tasks -> its specs, drawn by a seed and written as files.

Specs name inputs and outputs; where these lie in memory, and how many words and steps the machine
has, follows from them (`bridge.examples`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.suites.drawn.task import Task
from benchmarks.suites.inputs import format_spec
from bridge.spec import MAX_LINES, MAX_REGISTERS

__all__ = ["DrawnSuite"]

MACHINE: Final = {
    "registers": MAX_REGISTERS,
    "lines": MAX_LINES,
    "instructions": "arithmetic",
}
"""As large as machines are: how long a program may be isn't what the sources ask. Multiplication,
division, remainder and comparisons are instructions: the sources have them."""


@dataclass(frozen=True)
class DrawnSuite:
    """Tasks by name, and those that cannot be posed on this machine, with the reasons."""

    name: str
    tasks: Mapping[str, Task]
    unfit: Mapping[str, str] = field(default_factory=dict[str, str])

    def spec(self, task: str, seed: int = 0, *, zeros: bool = False) -> dict[str, Any]:
        """The spec of that task, as plain dicts and lists."""
        drawn = self.tasks[task].spec(Random(f"{self.name}/{task}/{seed}"), zeros=zeros)
        return {"name": task, **drawn, "machine": MACHINE | drawn.get("machine", {})}

    def write(self, folder: Path, seed: int = 0, *, zeros: bool = False) -> list[Path]:
        """Writes all specs into that folder, and nothing where they are there; their files, in the
        order of the tasks."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{task}.json" for task in self.tasks]
        for path in {*folder.glob("*.json")} - {*paths}:  # of another version
            path.unlink()
        for path in paths:
            text = format_spec(self.spec(path.stem, seed, zeros=zeros))
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
        return paths
