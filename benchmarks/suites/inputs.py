"""What generators of suites share: inputs drawn at random, none twice; specs written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["Inputs", "integer", "write_specs"]

TRIES = 10_000
"""How often an input is drawn again before there seem to be no others."""


def integer(random: Random, low: int, high: int) -> int:
    """Uniform in low … high. By `random()` alone: what that draws is the same for ever."""
    return low + int(random.random() * (high - low + 1))


class Inputs:
    """The examples and held-out examples of one spec."""

    def __init__(self, draw: Callable[[int], tuple[Sequence[int], Sequence[int | None]]]) -> None:
        """`draw(size)` gives the first cells of memory, before and after."""
        self._draw = draw
        self._seen: set[tuple[int, ...]] = set()

    def add(self, memory: Sequence[int], after: Sequence[int | None]) -> dict[str, Any] | None:
        """The example, as plain dicts and lists; None if its input was there before."""
        if tuple(memory) in self._seen:
            return None
        self._seen.add(tuple(memory))
        return {"memory": memory, "expect": {"memory": after}}

    def several(self, count: int, sizes: Sequence[int]) -> list[dict[str, Any]]:
        """So many new examples, of these sizes over and over. Raises ValueError if there are no
        more of a size."""
        return [self._fresh(sizes[i % len(sizes)]) for i in range(count)]

    def _fresh(self, size: int) -> dict[str, Any]:
        for _ in range(TRIES):
            if (example := self.add(*self._draw(size))) is not None:
                return example
        raise ValueError(f"no more inputs of size {size}: ask for fewer examples")


def write_specs(folder: Path, specs: Iterable[dict[str, Any]]) -> int:
    """Writes each as `NAME.json` into that folder; how many there are."""
    number = 0
    for spec in specs:
        (folder / f"{spec['name']}.json").write_text(_format(spec))
        number += 1
    return number


def _format(spec: dict[str, Any]) -> str:
    """The spec as JSON text, one example a line."""
    rows = []
    for key, value in spec.items():
        text = json.dumps(value)
        if key in ("examples", "holdout"):
            text = "[\n" + ",\n".join(f"    {json.dumps(example)}" for example in value) + "\n  ]"
        rows.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(rows) + "\n}\n"
