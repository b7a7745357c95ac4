"""What generators of suites share: inputs drawn at random, none twice; specs made of them, written.

Memory is given by its first cells, before and after; what is expected is None where any word is
right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Final

__all__ = ["CORNERS", "Cells", "Expected", "Layout", "Recipe", "answered", "format_spec",
           "integer", "several", "write_specs"]  # fmt: skip

Cells = list[int]
Expected = Sequence[int | None]
Layout = Callable[[Random, int, int], tuple[Cells, Expected]]
"""(random, words, size) -> memory before and after; `size` is the length of its list, if any."""

TRIES: Final = 10_000
"""How often an input is drawn again before there seem to be no others."""
CORNERS: Final = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
"""Lowest and highest for the first two choices of an input."""


def integer(random: Random, low: int, high: int) -> int:
    """Uniform in low … high. By `random()` alone: what that draws is the same for ever."""
    return low + int(random.random() * (high - low + 1))


def several(random: Random, count: int, low: int, high: int) -> Cells:
    """So many words, uniform in low … high."""
    return [integer(random, low, high) for _ in range(count)]


def answered(
    draw: Callable[[Random, int, int], Cells], answer: Callable[[Cells, int], Expected]
) -> Layout:
    """The layout of a task whose answer, of (memory, words), draws nothing."""

    def layout(random: Random, words: int, size: int) -> tuple[Cells, Expected]:
        memory = draw(random, words, size)
        return memory, answer(list(memory), words)

    return layout


class Corner(Random):
    """Draws numbers given in advance (1 means just below it), then as the other one does."""

    def __init__(self, given: tuple[float, ...], then: Random) -> None:
        super().__init__()
        self._given = [min(x, 1 - 2**-53) for x in given]
        self._then = then

    def random(self) -> float:
        return self._given.pop(0) if self._given else self._then.random()


@dataclass(frozen=True)
class Recipe:
    """What a spec is drawn from: what inputs look like, and how many there are of which sizes."""

    layout: Layout
    machine: Mapping[str, Any]
    example_sizes: tuple[int, ...]
    """Over and over, as the next."""
    holdout_sizes: tuple[int, ...]
    examples: int
    holdout: int = 32

    def spec(self, name: str, random: Random, *, corners: bool = False) -> dict[str, Any]:
        """The spec, as plain dicts and lists. No input occurs in it twice. With `corners` there
        are more examples, whose first two choices are at their ends. Raises ValueError if there
        are not so many inputs of a size."""
        seen: set[tuple[int, ...]] = set()

        def new(random: Random, size: int) -> dict[str, Any] | None:
            """None if its input was there before."""
            memory, after = self.layout(random, self.machine["words"], size)
            if tuple(memory) in seen:
                return None
            seen.add(tuple(memory))
            return {"memory": memory, "expect": {"memory": after}}

        def fresh(size: int) -> dict[str, Any]:
            for _ in range(TRIES):
                if (example := new(random, size)) is not None:
                    return example
            raise ValueError(f"no more inputs of size {size}: ask for fewer examples")

        def draw(count: int, sizes: Sequence[int]) -> list[dict[str, Any]]:
            return [fresh(size) for _, size in zip(range(count), cycle(sizes), strict=False)]

        examples = draw(self.examples, self.example_sizes)
        if corners:
            pairs = zip(CORNERS, cycle(self.example_sizes), strict=False)
            found = (new(Corner(given, random), size) for given, size in pairs)
            examples += [example for example in found if example is not None]
        holdout = draw(self.holdout, self.holdout_sizes)
        machine = dict(self.machine)
        return {"name": name, "machine": machine, "examples": examples, "holdout": holdout}


def write_specs(folder: Path, specs: Iterable[dict[str, Any]]) -> int:
    """Writes each as `NAME.json` into that folder; how many there are."""
    number = 0
    for spec in specs:
        (folder / f"{spec['name']}.json").write_text(format_spec(spec))
        number += 1
    return number


def format_spec(spec: dict[str, Any]) -> str:
    """The spec as JSON text, one example a line."""
    rows = []
    for key, value in spec.items():
        text = json.dumps(value)
        if key in ("examples", "holdout"):
            text = "[\n" + ",\n".join(f"    {json.dumps(example)}" for example in value) + "\n  ]"
        rows.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(rows) + "\n}\n"
