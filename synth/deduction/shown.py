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

__all__ = ["FEWEST", "Shown", "after", "shown"]

FEWEST: Final = 3
"""Examples: what fewer have in common says little."""


@dataclass(frozen=True)
class Shown:
    """Memory of each example when the program, or the rest of it, begins; and what it must hold at
    the end."""

    memory: UInt8[np.ndarray, "examples words"]
    first: int
    """The address of the first list's first element."""
    counted: bool
    """Whether lists begin with their length, in the cell before; else a 0 ends them."""
    numbers: int
    """Inputs that are numbers: they stand in the first cells."""
    others: tuple[int, ...]
    """The cells that hold the addresses of further lists."""
    wanted: tuple[tuple[int, ...], ...]
    """The output of each example; a number as one word."""
    is_number: bool
    """Whether outputs are numbers (or booleans), which are expected in cell 0."""
    language: Language
    opened: int = 0
    """How many openings were tried until this one; 0 where none has been run."""
    spent: float = 0.0
    """Bits that it took to choose what came before, an opening or a test: the examples tell as much
    less of what follows."""

    @property
    def words(self) -> int:
        return self.memory.shape[1]

    @property
    def flat(self) -> list[int]:
        """All words that are wanted, one behind the other."""
        return [word for words in self.wanted for word in words]

    @cached_property
    def lists(self) -> tuple[tuple[int, ...], ...]:
        """The first list of each example."""
        return tuple(self._list_at(cells, self.first) for cells in self.memory)

    def other(self, cell: int) -> tuple[tuple[int, ...], ...]:
        """The list of each example whose address is in that cell."""
        starts = self.memory[:, cell] + self.counted
        return tuple(self._list_at(*of) for of in zip(self.memory, starts.tolist(), strict=True))

    def _list_at(self, cells: UInt8[np.ndarray, " words"], address: int) -> tuple[int, ...]:
        """The words from there on, as many as the cell before says, or up to a 0; at most to the
        end of memory."""
        rest = cells[address:]
        if self.counted:
            return tuple(rest[: int(cells[address - 1])].tolist())
        ends = np.flatnonzero(rest == 0)
        return tuple(rest[: ends[0] if len(ends) else len(rest)].tolist())

    # ------------------------------------------------------------ as text

    @property
    def length(self) -> str:
        """The word that is the first list's length, where it is counted."""
        return f"(load {self.first - 1})"

    @property
    def end(self) -> str:
        """The word that is the address behind the first list, where it is counted."""
        return f"(inc {self.length})" if self.first == 1 else f"(add {self.length} {self.first})"

    def to_end(self, p: str = "p") -> str:
        """What moves p behind the first list."""
        if self.counted:
            return f"(assign {p} {self.end})"
        return f"(assign {p} {self.first}) (find {p} (id))"

    def each(self, body: str, p: str = "p") -> str:
        """The body for each element of the first list, p at it; ends behind the list."""
        if self.counted:
            step = f"(while (sub e {p}) (do {body} (assign {p} (inc {p}))))"
            return f"(assign {p} {self.first}) (assign e {self.end}) {step}"
        return f"(assign {p} {self.first}) (walk {p} (do {body}))"

    def since(self, p: str) -> str:
        """The word that says how many cells p is behind the first element."""
        return {0: p, 1: f"(dec {p})"}.get(self.first, f"(sub {p} {self.first})")

    def closed(self, p: str) -> str:
        """What makes the list that is wanted end before p."""
        return f"(store {self.first - 1} {self.since(p)})" if self.counted else f"(store {p} 0)"


def shown(
    examples: Sequence[Example], layout: Layout | None, words: int, language: Language
) -> Shown | None:
    """The examples; None if they are too few, or no lists."""
    if layout is None or len(examples) < FEWEST:
        return None
    if not any("list" in kind for kind in (*layout.inputs, layout.output)):
        return None
    counted = layout.name == "prefixed"
    is_list = [kind.startswith("list") for kind in layout.inputs]
    memory = np.zeros((len(examples), words), np.uint8)
    wanted: list[tuple[int, ...]] = []
    for row, example in zip(memory, examples, strict=True):
        row[: len(example.words)] = example.words
        expected = example.expect.memory
        _, output = layout.values(example.words, expected)
        size = len(output) if isinstance(output, Sequence) else 1
        place = layout.place + (counted and isinstance(output, Sequence))
        cells = expected[place : place + size]
        wanted.append(tuple(int(cell or 0) for cell in cells))
    numbers = is_list.count(False)
    others = tuple(range(numbers, numbers + max(is_list.count(True) - 1, 0)))
    return Shown(
        memory, layout.first + counted, counted, numbers, others, tuple(wanted),
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
    memory, kept = np.array(cells, np.uint8), given.first - given.counted
    if (memory[:, :kept] != given.memory[:, :kept]).any():
        return None
    return replace(given, memory=memory, opened=given.opened + 1)
