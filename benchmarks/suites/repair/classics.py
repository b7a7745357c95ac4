"""The tasks of `benchmarks.repair`: three of table1, and some classics, whose programs lie here."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

from benchmarks.suites import ROOT, SolvedSpec, load_solved
from benchmarks.suites.inputs import Cells, Layout, Recipe, answered, integer, several
from bridge import parse_program, verify
from bridge.loading import convert_spec

__all__ = ["repair_tasks"]

TABLE1: Final = ("map_inc", "reduce", "fibonacci")
MACHINE: Final = {"words": 12, "registers": 6, "lines": 16, "steps": 128}


def terminated(random: Random, words: int, size: int) -> Cells:
    """A list of 1 to 5 words that are not 0, and the 0 behind it."""
    return [*several(random, integer(random, 1, 5), 1, words - 1), 0]


def counted(random: Random, words: int, size: int) -> Cells:
    """n, then n words."""
    n = integer(random, 1, 6)
    return [n, *several(random, n, 0, words - 1)]


def pointed(random: Random, words: int, size: int) -> Cells:
    """k, then five words."""
    return [integer(random, 0, 4), *several(random, 5, 0, words - 1)]


def addressed(random: Random, words: int, size: int) -> Cells:
    """Two addresses, then six words."""
    return [*random.sample(range(2, 8), 2), *several(random, 6, 0, words - 1)]


def swapped(memory: Cells) -> Cells:
    one, other = memory[:2]
    memory[one], memory[other] = memory[other], memory[one]
    return memory


def with_cells(memory: Cells, at: int, new: Cells, words: int) -> Cells:
    """All of memory, with some cells replaced."""
    full = [*memory, *[0] * (words - len(memory))]
    full[at : at + len(new)] = new
    return full


CLASSICS: Final[dict[str, Layout]] = {
    # a list of known length: each element one more
    "increment": answered(counted, lambda m, b: [m[0], *((x + 1) % b for x in m[1:])]),
    # the words at the addresses in cells 0 and 1 change places
    "swap": answered(addressed, lambda m, b: [*swapped(m)]),
    # a list is copied to cell 6
    "copy": answered(terminated, lambda m, b: [*with_cells(m, 6, m[:-1], b)]),
    # a list is written backwards from the last cell down
    "reverse": answered(terminated, lambda m, b: [*with_cells(m, b - len(m) + 1, m[-2::-1], b)]),
    # the k-th of five words goes to cell 0
    "list_k": answered(pointed, lambda m, b: [m[1 + m[0]], *m[1:]]),
    # the sum of cells 0 and 1 goes to cell 0, one by one
    "addition": answered(
        lambda random, words, size: [integer(random, 0, 5), integer(random, 0, 6)],
        lambda m, b: [m[0] + m[1]],
    ),
    # the greatest of a list goes to its end
    "list_max": answered(terminated, lambda m, b: [*m[:-1], max(m)]),
}


def repair_tasks() -> list[SolvedSpec]:
    """All tasks. The programs solve them: it is checked."""
    tasks = [load_solved(ROOT / "table1" / f"{name}.json") for name in TABLE1]
    for name, layout in CLASSICS.items():
        recipe = Recipe(layout, MACHINE, (0,), (0,), examples=8)
        spec = convert_spec(recipe.spec(name, Random(f"repair/{name}")))
        code = (Path(__file__).parent / f"{name}.asm").read_text()
        tasks.append(SolvedSpec(spec, parse_program(code)))
    for task in tasks:
        every = (*task.spec.examples, *task.spec.holdout)
        assert verify(task.program, every, task.spec.machine).correct, task.spec.name
    return tasks
