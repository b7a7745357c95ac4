"""Programs and tasks that several suites share: the paper's listings and the suite table1."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.suites import SolvedSpec, find_suites, load_solved
from bridge.spec import Machine

__all__ = ["LISTINGS", "TABLE1", "Listing"]


@dataclass(frozen=True)
class Listing:
    """One of the paper's three programs, and what it does."""

    pdf: str
    """As copied from the PDF: line numbers, and an arrow where a line was too long."""
    text: str
    """As one would write it."""
    labels: tuple[tuple[str, int], ...]
    machine: Machine
    memory: tuple[int, ...]
    after: tuple[int, ...]
    """The whole memory after `machine.steps` steps."""


LISTINGS: dict[str, Listing] = {
    "map": Listing(
        pdf="""\
 1 map_loop:
  2 read 1 2
  3 inc 2 2
  4 write 1 2
  5 inc 1 1
  6 jump 3
   ↪ map_loop
  7
  8
  9
 10
""",
        text="""\
map_loop:
  read 1 2
  inc 2 2
  write 1 2
  inc 1 1
  jump 3 map_loop""",
        labels=(("map_loop", 0),),
        machine=Machine(words=8, registers=3, lines=5, steps=5 * 8, halt=False),
        memory=(3, 1, 4, 1, 5, 0, 2, 6),
        after=(4, 2, 5, 2, 6, 1, 3, 7),
    ),
    "sum": Listing(
        pdf="""\
 1 inc 4 4
 2 inc 4 4
 3 sum_loop:
 4 read 3 2
 5 add 1 2 1
 6 inc 3 3
 7 max 3 4 5
 8 sub 4 5 5
 9 jump 5
  ↪ sum_loop
10 write 3 1
""",
        text="""\
  inc 4 4
  inc 4 4
sum_loop:
  read 3 2
  add 1 2 1
  inc 3 3
  max 3 4 5
  sub 4 5 5
  jump 5 sum_loop
  write 3 1""",
        labels=(("sum_loop", 2),),
        machine=Machine(words=12, registers=5, lines=10, steps=32),
        memory=(3, 1, 4, 9, 5, 2),
        after=(3, 1, 4, 8, 5, 2, 0, 0, 0, 0, 0, 0),
    ),
    "fib": Listing(
        pdf="""\
 1 inc 2 2
 2 fib_loop:
 3 write 3 2
 4 add 1 2 2
 5 read 3 1
 6 write 3 2
 7 inc 3 3
 8 jump 4
  ↪ fib_loop
 9
10
""",
        text="""\
  inc 2 2
fib_loop:
  write 3 2
  add 1 2 2
  read 3 1
  write 3 2
  inc 3 3
  jump 4 fib_loop""",
        labels=(("fib_loop", 1),),
        machine=Machine(words=24, registers=4, lines=7, steps=1 + 6 * 7, halt=False),
        memory=(9, 9, 9, 9, 9, 9, 9, 9),
        after=(1, 2, 3, 5, 8, 13, 21, 9, *[0] * 16),
    ),
}
"""Listing 1 of the paper, from left to right."""

TABLE1: dict[str, SolvedSpec] = {path.stem: load_solved(path) for path in find_suites()["table1"]}
"""The tasks of benchmarks/suites/table1, by name."""
