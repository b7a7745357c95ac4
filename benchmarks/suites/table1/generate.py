"""Draws the specs of this suite: `python -m benchmarks.suites.table1.generate` rewrites them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.suites.inputs import Cells, Expected, Recipe, answered, several, write_specs

__all__ = ["TASKS", "draw_spec", "main"]

FOLDER = Path(__file__).parent
SEED = 0


def recipe(
    words: int,
    steps: int,
    draw: Callable[[Random, int, int], Cells],
    answer: Callable[[Cells, int], Expected],
    example_sizes: tuple[int, ...] = (1,) * 8,
    holdout_sizes: tuple[int, ...] = (1,),
    halt: bool = True,
) -> Recipe:
    """`draw` and `answer` as in `answered`."""
    machine = {"words": words, "registers": 6, "lines": 16, "steps": steps, "halt": halt}
    layout = answered(draw, answer)
    return Recipe(layout, machine, example_sizes, holdout_sizes, len(example_sizes))


def cells(low: int, below: int = 0) -> Callable[[Random, int, int], Cells]:
    """Draws `size` words in low … words − 1 − below."""

    return lambda random, words, size: several(random, size, low, words - 1 - below)


def zero_terminated(low: int, below: int = 0) -> Callable[[Random, int, int], Cells]:
    """Draws a list of `size` words in low … words − 1 − below, and the 0 behind it."""
    elements = cells(low, below)
    return lambda random, words, size: [*elements(random, words, size), 0]


def fibonacci(first: Cells, words: int, length: int) -> Cells:
    """That many cells: each, from the third on, the sum of the two before it."""
    memory = list(first)
    while len(memory) < length:
        memory.append((memory[-2] + memory[-1]) % words)
    return memory


def reduce_list(memory: Cells, words: int) -> Cells:
    """The list, and its sum where the terminator was."""
    return [*memory[:-1], sum(memory) % words]


# The empty list is an example, so that no held-out input asks for what no example shows.
LISTS: dict[str, Any] = {
    "example_sizes": (0, 1, 2, 2, 3, 3, 4, 4),
    "holdout_sizes": (1, 2, 3, 4, 5, 6, 7),
}

TASKS: dict[str, Recipe] = {
    "inc": recipe(40, 16, cells(0), lambda m, b: [(m[0] + 1) % b]),
    "map_inc": recipe(
        12, 128, zero_terminated(1, below=1), lambda m, b: [x + 1 for x in m[:-1]] + [0], **LISTS
    ),
    "map_dec": recipe(
        12, 128, zero_terminated(2), lambda m, b: [x - 1 for x in m[:-1]] + [0], **LISTS
    ),
    "reduce": recipe(12, 128, zero_terminated(1), reduce_list, **LISTS),
    "parity": recipe(40, 256, cells(0), lambda m, b: [m[0] % 2]),
    "fibonacci": recipe(
        12, 192, cells(0), lambda m, b: fibonacci(m, b, b), (2,) * 8, holdout_sizes=(2,)
    ),
    # The paper's listings never halt, or know the length of the list. `steps` cuts the map and
    # the fibonacci loop off after they passed the expected cells, before they come round again.
    "map_inc_unhalting": recipe(
        16, 80, cells(1, below=1), lambda m, b: [x + 1 for x in m],
        example_sizes=(1, 2, 2, 3, 3, 4, 4, 5), holdout_sizes=(2, 3, 4, 5, 6, 7, 8), halt=False,
    ),
    "reduce_unhalting": recipe(
        12, 64, zero_terminated(1), reduce_list, (3,) * 8, holdout_sizes=(3,), halt=False
    ),
    "fibonacci_unhalting": recipe(
        16, 80, cells(0), lambda m, b: fibonacci([1, 2], b, 8), (16,) * 8, (16,), halt=False
    ),
}  # fmt: skip


def draw_spec(name: str, seed: int = SEED) -> dict[str, Any]:
    """The spec of that task, as plain dicts and lists."""
    return TASKS[name].spec(name, Random(f"table1/{name}/{seed}"))


def main(folder: Path = FOLDER) -> None:
    """Writes every spec into that folder."""
    write_specs(folder, map(draw_spec, TASKS))


if __name__ == "__main__":
    main()
