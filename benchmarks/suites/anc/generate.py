"""Draws the specs of this suite: `python -m benchmarks.suites.anc.generate` rewrites them.

`layouts.py` says what each task's inputs look like; here they become specs. A biased form has the
general form's program as its `start`, and asks for few steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.suites.anc import layouts
from benchmarks.suites.anc.layouts import Layout
from benchmarks.suites.inputs import Inputs, write_specs

__all__ = ["TASKS", "Task", "draw_spec", "main"]

FOLDER = Path(__file__).parent
SEED = 0


CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
"""Lowest and highest for the first two choices of an input."""


class Corner(Random):
    """Draws numbers given in advance (1 means just below it), then as the other one does."""

    def __init__(self, given: tuple[float, ...], then: Random) -> None:
        super().__init__()
        self._given = [min(x, 1 - 2**-53) for x in given]
        self._then = then

    def random(self) -> float:
        return self._given.pop(0) if self._given else self._then.random()


@dataclass(frozen=True)
class Task:
    """How a task's inputs are drawn, and how many."""

    layout: Layout
    words: int
    registers: int
    example_sizes: tuple[int, ...]
    """The sizes of example inputs, over and over."""
    holdout_sizes: tuple[int, ...]
    examples: int = 12
    holdout: int = 32
    lines: int = 16
    steps: int = 256
    adapts: str | None = None
    """The general form, for a biased one."""


TASKS: dict[str, Task] = {
    "access": Task(layouts.access, 10, 3, (0,), (0,)),
    "increment": Task(layouts.increment, 7, 6, (0, 1, 1, 2, 2, 2, 3, 3), (2, 3, 4, 5, 6), 8),
    "swap": Task(layouts.swap, 10, 5, (2, 3, 4, 5), (2, 3, 4, 5, 6, 7, 8)),
    "list_k": Task(layouts.list_k, 20, 7, (1, 2, 3, 4), (2, 3, 4, 5, 6, 7, 8)),
    "addition": Task(layouts.addition, 15, 6, (4,), (14,)),
    "bubble_sort": Task(
        layouts.bubble_sort, 21, 10, (1, 2, 3, 3), (2, 3, 4, 5, 6), lines=24, steps=1024
    ),
    "copy": Task(layouts.copy, 15, 7, (1, 2, 3, 4), (2, 3, 4, 5, 6)),
    "reverse": Task(layouts.reverse, 15, 8, (1, 2, 3, 4), (2, 3, 4, 5, 6, 7)),
    "permutation": Task(layouts.permutation, 15, 8, (2, 3, 4), (3, 4, 5, 6, 7)),
    "list_search": Task(layouts.list_search, 15, 8, (1, 2, 3, 4), (2, 3, 4, 5, 6)),
    "merge": Task(layouts.merge, 30, 13, (2, 3, 4, 5), (4, 6, 8, 10, 12), lines=32, steps=1024),
    "tree_walk": Task(layouts.tree_walk, 30, 8, (1, 3, 4, 5), (4, 5, 6, 7, 8)),
    "dijkstra": Task(
        layouts.dijkstra, 100, 16, (2, 3, 4), (3, 4, 5, 6, 7), lines=56, steps=8192
    ),
    "access_biased": Task(layouts.access_third, 10, 3, (0,), (0,), 48, adapts="access"),
    # There are but five lists of one value: see the README.
    "increment_biased": Task(
        layouts.increment_equal, 7, 6, (6,), (6,), examples=3, holdout=2, adapts="increment"
    ),
    "swap_biased": Task(layouts.swap_ends, 10, 5, (3, 4, 5, 6, 7), (3, 4, 5, 6, 7), 48,
                        adapts="swap"),
    "list_k_biased": Task(layouts.list_k_contiguous, 20, 7, (2, 3, 4, 5, 6, 7),
                          (2, 3, 4, 5, 6, 7), 48, adapts="list_k"),
    "addition_biased": Task(layouts.addition_any, 15, 6, (0,), (0,), 24, 16, adapts="addition"),
    "bubble_sort_biased": Task(layouts.bubble_sort_first, 21, 10, (3,), (3,), 48, lines=24,
                               steps=1024, adapts="bubble_sort"),
}  # fmt: skip
"""Words and registers are ANC's, but for dijkstra's 23 registers: here a machine has 16."""


def draw_spec(name: str, seed: int = SEED) -> dict[str, Any]:
    """The spec of that task, as plain dicts and lists. No input occurs in it twice."""
    task = TASKS[name]
    random = Random(f"anc/{name}/{seed}")
    inputs = Inputs(lambda size: task.layout(random, task.words, size))
    examples = inputs.several(task.examples, task.example_sizes)
    if task.adapts is None:  # and inputs whose first two choices are at their ends
        for given, size in zip(CORNERS, cycle(task.example_sizes), strict=False):
            corner = inputs.add(*task.layout(Corner(given, random), task.words, size))
            examples += [] if corner is None else [corner]
    spec = {
        "name": name,
        "machine": {
            "words": task.words, "registers": task.registers, "lines": task.lines,
            "steps": task.steps, "halt": True,
        },
        "examples": examples,
        "holdout": inputs.several(task.holdout, task.holdout_sizes),
    }  # fmt: skip
    if task.adapts is not None:
        start = (FOLDER / f"{task.adapts}.asm").read_text()
        spec |= {"start": start, "objective": "steps"}
    return spec


def main(folder: Path = FOLDER) -> None:
    """Writes every spec into that folder."""
    write_specs(folder, map(draw_spec, TASKS))


if __name__ == "__main__":
    main()
