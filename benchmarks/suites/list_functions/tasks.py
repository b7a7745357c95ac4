"""All 250 concepts, by their names in the benchmark."""

from __future__ import annotations

from typing import Final

from benchmarks.suites.drawn.suite import DrawnSuite
from benchmarks.suites.drawn.task import nested
from benchmarks.suites.list_functions import first, second

__all__ = ["SUITE"]

NESTED: Final = (
    "c106", "c107", "c110", "c115", "c128", "c153", "c159", "c166", "c174", "c179", "c180", "c193",
    "c197", "c198", "c199", "c200", "c209", "c210", "c213", "c216", "c217", "c224", "c227", "c228",
    "c231", "c233", "c234", "c237", "c238", "c239", "c242", "c246",
)  # fmt: skip
"""Those that sort, group or count for each element."""

CONCEPTS: Final = first.CONCEPTS | second.CONCEPTS
SUITE: Final = DrawnSuite(
    "list_functions", CONCEPTS | {name: nested(CONCEPTS[name]) for name in NESTED}
)
