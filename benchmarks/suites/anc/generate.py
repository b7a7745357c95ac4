"""Draws the specs of this suite: `python -m benchmarks.suites.anc.generate` rewrites them.

`layouts.py` says what each task's inputs look like; here they become specs. A biased form has the
general form's program as its `start`, and asks for few steps.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from benchmarks.suites.anc import layouts
from benchmarks.suites.inputs import Layout, Recipe, write_specs

__all__ = ["BIASED", "TASKS", "draw_spec", "main"]

FOLDER = Path(__file__).parent
SEED = 0
BIASED = "_biased"
"""The ending of the names of biased forms."""


def recipe(
    layout: Layout,
    words: int,
    registers: int,
    example_sizes: tuple[int, ...],
    holdout_sizes: tuple[int, ...],
    examples: int = 12,
    holdout: int = 32,
    *,
    lines: int = 16,
    steps: int = 256,
) -> Recipe:
    machine = {
        "words": words,
        "registers": registers,
        "lines": lines,
        "steps": steps,
        "halt": True,
    }
    return Recipe(layout, machine, example_sizes, holdout_sizes, examples, holdout)


TASKS: dict[str, Recipe] = {
    "access": recipe(layouts.access, 10, 3, (0,), (0,)),
    "increment": recipe(layouts.increment, 7, 6, (0, 1, 1, 2, 2, 2, 3, 3), (2, 3, 4, 5, 6), 8),
    "swap": recipe(layouts.swap, 10, 5, (2, 3, 4, 5), (2, 3, 4, 5, 6, 7, 8)),
    "list_k": recipe(layouts.list_k, 20, 7, (1, 2, 3, 4), (2, 3, 4, 5, 6, 7, 8)),
    "addition": recipe(layouts.addition, 15, 6, (4,), (14,)),
    "bubble_sort": recipe(
        layouts.bubble_sort, 21, 10, (1, 2, 3, 3), (2, 3, 4, 5, 6), lines=24, steps=1024
    ),
    "copy": recipe(layouts.copy, 15, 7, (1, 2, 3, 4), (2, 3, 4, 5, 6)),
    "reverse": recipe(layouts.reverse, 15, 8, (1, 2, 3, 4), (2, 3, 4, 5, 6, 7)),
    "permutation": recipe(layouts.permutation, 15, 8, (2, 3, 4), (3, 4, 5, 6, 7)),
    "list_search": recipe(layouts.list_search, 15, 8, (1, 2, 3, 4), (2, 3, 4, 5, 6)),
    "merge": recipe(layouts.merge, 30, 13, (2, 3, 4, 5), (4, 6, 8, 10, 12), lines=32, steps=1024),
    "tree_walk": recipe(layouts.tree_walk, 30, 8, (1, 3, 4, 5), (4, 5, 6, 7, 8)),
    "dijkstra": recipe(
        layouts.dijkstra, 100, 16, (2, 3, 4), (3, 4, 5, 6, 7), lines=56, steps=8192
    ),
    "access_biased": recipe(layouts.access_third, 10, 3, (0,), (0,), 48),
    # There are but five lists of one value: see the README.
    "increment_biased": recipe(
        layouts.increment_equal, 7, 6, (6,), (6,), 3, 2
    ),
    "swap_biased": recipe(layouts.swap_ends, 10, 5, (3, 4, 5, 6, 7), (3, 4, 5, 6, 7), 48),
    "list_k_biased": recipe(layouts.list_k_contiguous, 20, 7, (2, 3, 4, 5, 6, 7),
                          (2, 3, 4, 5, 6, 7), 48),
    "addition_biased": recipe(layouts.addition_any, 15, 6, (0,), (0,), 24, 16),
    "bubble_sort_biased": recipe(layouts.bubble_sort_first, 21, 10, (3,), (3,), 48, lines=24,
                               steps=1024),
}  # fmt: skip
"""Words and registers are ANC's, but for dijkstra's 23 registers: here a machine has 16."""


def draw_spec(name: str, seed: int = SEED, *, preload: bool = False) -> dict[str, Any]:
    """The spec of that task, as plain dicts and lists; with `preload`, programs say what registers
    start with, as ANC's do."""
    general = name.removesuffix(BIASED)
    random = Random(f"anc/{name}/{seed}")
    spec = TASKS[name].spec(name, random, corners=name == general)
    if preload:
        spec["machine"] = {**spec["machine"], "preload": True}
    if name != general:
        spec |= {"start": (FOLDER / f"{general}.asm").read_text(), "objective": "steps"}
    return spec


def main(folder: Path = FOLDER) -> None:
    """Writes every spec into that folder."""
    write_specs(folder, map(draw_spec, TASKS))


if __name__ == "__main__":
    main()
