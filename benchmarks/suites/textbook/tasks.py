"""All tasks, by the library or book that names them."""

from __future__ import annotations

from typing import Final

from benchmarks.suites.drawn.suite import DrawnSuite
from benchmarks.suites.textbook.arrays import APL, NUMPY
from benchmarks.suites.textbook.books import BOOKS, NINETY_NINE
from benchmarks.suites.textbook.libraries import DATA_LIST, ITERTOOLS, SRFI_1, STATISTICS

__all__ = ["SUITE"]

TASKS: Final = DATA_LIST | SRFI_1 | ITERTOOLS | STATISTICS | APL | NUMPY | NINETY_NINE | BOOKS
UNFIT: Final[dict[str, str]] = dict.fromkeys(
    ("inits", "tails", "group", "splitAt", "transpose", "subsequences", "permutations", "pairwise",
     "pack", "combination", "lsort", "group3", "outer"),
    "lists of lists",
)  # fmt: skip
SUITE: Final = DrawnSuite("textbook", TASKS, UNFIT)
