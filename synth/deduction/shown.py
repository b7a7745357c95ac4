"""The examples as the hypotheses see them: lists before, lists or numbers after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import UInt8

from bridge.lists import Layout
from bridge.spec import Example
from bridge.term import Term
from synth.language import Language
from synth.language.semantics import evaluate

__all__ = ["Shown", "after", "shown"]

FEWEST: Final = 3
"""Examples: what fewer have in common says little."""


@dataclass(frozen=True)
class Shown:
    """Memory of each example when the program, or the rest of it, begins; and what it must hold at
    the end."""

    memory: UInt8[np.ndarray, "examples words"]
    first: int
    """The address of the first list."""
    numbers: int
    """Inputs that are numbers: they stand in the first cells."""
    others: tuple[int, ...]
    """The cells that hold the addresses of further lists."""
    wanted: tuple[tuple[int, ...], ...]
    """The output of each example; a number as one word."""
    is_number: bool
    """Whether outputs are numbers (or booleans), which are expected in cell 0."""
    language: Language

    @property
    def words(self) -> int:
        return self.memory.shape[1]

    @cached_property
    def lists(self) -> tuple[tuple[int, ...], ...]:
        """The first list of each example."""
        return tuple(_list_at(cells, self.first) for cells in self.memory)

    def other(self, cell: int) -> tuple[tuple[int, ...], ...]:
        """The list of each example whose address is in that cell."""
        return tuple(_list_at(cells, int(cells[cell])) for cells in self.memory)


def shown(
    examples: Sequence[Example], layout: Layout | None, words: int, language: Language
) -> Shown | None:
    """The examples; None if they are too few, no lists, or such as don't end with a 0."""
    if layout is None or layout.name != "terminated" or len(examples) < FEWEST:
        return None
    is_list = [kind.startswith("list") for kind in layout.inputs]
    memory = np.zeros((len(examples), words), np.uint8)
    wanted: list[tuple[int, ...]] = []
    for row, example in zip(memory, examples, strict=True):
        row[: len(example.words)] = example.words
        expected = example.expect.memory
        _, output = layout.values(example.words, expected)
        size = len(output) if isinstance(output, Sequence) else 1
        cells = expected[layout.place : layout.place + size]
        wanted.append(tuple(int(cell or 0) for cell in cells))
    numbers = is_list.count(False)
    others = tuple(range(numbers, numbers + max(is_list.count(True) - 1, 0)))
    return Shown(
        memory, layout.first, numbers, others, tuple(wanted),
        not layout.output.startswith("list"), language,
    )  # fmt: skip


def after(given: Shown, opening: Term) -> Shown | None:
    """What there is when that block has been run; None where it doesn't end, or changes what stands
    before the lists."""
    cells = []
    for row in given.memory:
        outcome = evaluate(opening, row.tolist(), given.words, language=given.language)
        if not outcome.halted:
            return None
        cells.append(outcome.memory)
    memory = np.array(cells, np.uint8)
    if (memory[:, : given.first] != given.memory[:, : given.first]).any():
        return None
    return replace(given, memory=memory)


def _list_at(cells: UInt8[np.ndarray, " words"], address: int) -> tuple[int, ...]:
    """The words from there on up to a 0, or to the end of memory."""
    rest = cells[address:]
    ends = np.flatnonzero(rest == 0)
    return tuple(rest[: ends[0] if len(ends) else len(rest)].tolist())
