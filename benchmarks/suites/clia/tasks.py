"""The tasks: the SyGuS problems of this folder, as `load_spec` reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.suites.drawn.suite import DrawnSuite
from benchmarks.suites.drawn.task import EXAMPLES, HELD_OUT
from benchmarks.suites.inputs import integer
from bridge.sygus import as_spec

__all__ = ["FOLDER", "SUITE", "Problem"]

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Problem:
    """A `.sl` file."""

    path: Path

    def spec(self, random: Random, *, zeros: bool) -> dict[str, Any]:
        """Its numbers are no lists: `zeros` changes nothing."""
        seed = integer(random, 0, 2**32 - 1)
        return as_spec(self.path.read_text(), seed, examples=EXAMPLES, held=HELD_OUT)


MANY: Final = "more than five arguments"
SEVERAL: Final = "several functions to find"
CALLS: Final = "calls with different arguments, or with what it gives itself"
NEGATIVE: Final = "tells negative sums from others; without these it is x + y"

UNFIT: Final = {
    **{f"max{n}": MANY for n in range(6, 21)},
    **{f"array_search_{n}": MANY for n in range(5, 21)},
    **{f"array_sum_{n}_{bound}": MANY for n in range(6, 11) for bound in (5, 15)},
    **{f"mpg_guard{n}": NEGATIVE for n in range(1, 5)},
    "mpg_example4": "its results from inputs that are not negative are above 127, mostly",
    "mpg_example5": "fewer than 30 inputs have a result below 128",
    **dict.fromkeys(("VC22_a", "diff", "large", "large_linear_func", "small",
                     "small_linear_func"), CALLS),
    **dict.fromkeys(("VC22_b", "fivefuncs", "sixfuncs", "sevenfuncs", "eightfuncs", "ninefuncs",
                     "tenfunc1", "tenfunc2", "polynomial", "polynomial1", "polynomial2",
                     "polynomial3", "polynomial4"), SEVERAL),
}  # fmt: skip

SUITE: Final = DrawnSuite(
    "clia", {path.stem: Problem(path) for path in sorted(FOLDER.glob("*.sl"))}, UNFIT
)
