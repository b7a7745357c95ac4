"""Drawn suites are found, not listed: every folder of suites whose `tasks.py` has a `SUITE`."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Final

from benchmarks.suites.drawn.suite import DrawnSuite

__all__ = ["DRAW", "DRAWN", "find_drawn", "load_drawn"]

DRAWN: Final = Path("runs/suites")
"""Where their specs are written."""
DRAW: Final = ".draw"
"""Behind a suite's name, with the number of another draw of examples than draw 0."""


def find_drawn() -> list[str]:
    """Their names; their tasks are not read."""
    paths = sorted(Path(__file__).parent.parent.glob("*/tasks.py"))
    return [path.parent.name for path in paths if "\nSUITE: Final = " in path.read_text()]


def load_drawn(name: str) -> DrawnSuite:
    """The suite of that name, which there is."""
    return importlib.import_module(f"benchmarks.suites.{name}.tasks").SUITE
