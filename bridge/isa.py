"""The instruction set: one table. Interpreters, lookup tensor, parser and decoder derive from it.

An instruction is an opcode and up to four *slots*: two registers that it takes (A, B), the
register that it puts its result in (OUT), and the line that it may jump to (LABEL). They are
the heads of the differentiable machine's controller: r1, r2, r3 and the jump target.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from jaxtyping import Bool, UInt8

__all__ = [
    "INDEX", "OPCODES", "Opcode", "Slot", "lookup_table", "opcode", "slot_mask",
]  # fmt: skip


class Slot(IntEnum):
    """Where an operand goes; also its column, after the opcode, in an encoded program."""

    A = 0
    B = 1
    OUT = 2
    LABEL = 3


@dataclass(frozen=True)
class Opcode:
    """One row of the instruction table."""

    name: str
    operands: tuple[Slot, ...]
    """The slots that its operands fill, in the order in which assembly text gives them."""
    word: Callable[[np.ndarray, np.ndarray], np.ndarray] | None
    """The result as a function of the words in A and B (before reduction modulo b); None if it
    is no function of these words alone."""
    meaning: str

    @property
    def outputs(self) -> bool:
        """Whether the instruction changes its OUT register."""
        return Slot.OUT in self.operands


A, B, OUT, LABEL = Slot

OPCODES: Final[tuple[Opcode, ...]] = (
    Opcode("halt", (), None, "stop"),
    Opcode("noop", (), None, "do nothing"),
    Opcode("zero", (OUT,), lambda a, b: 0 * a, "out = 0"),
    Opcode("inc", (A, OUT), lambda a, b: a + 1, "out = a + 1"),
    Opcode("dec", (A, OUT), lambda a, b: a - 1, "out = a - 1"),
    Opcode("move", (A, OUT), lambda a, b: a, "out = a"),
    Opcode("add", (A, B, OUT), lambda a, b: a + b, "out = a + b"),
    Opcode("sub", (A, B, OUT), lambda a, b: a - b, "out = a - b"),
    Opcode("min", (A, B, OUT), lambda a, b: np.minimum(a, b), "out = min(a, b)"),
    Opcode("max", (A, B, OUT), lambda a, b: np.maximum(a, b), "out = max(a, b)"),
    Opcode("read", (A, OUT), None, "out = memory[a]"),
    Opcode("write", (A, B), None, "memory[a] = b"),
    Opcode("jump", (A, LABEL), None, "go to label if a = 0"),
)
"""The 13 instructions. A row's position is its number in encoded programs and tensors."""

INDEX: Final[dict[str, int]] = {row.name: i for i, row in enumerate(OPCODES)}


def opcode(name: str) -> Opcode:
    """The table's row of that name. Raises KeyError where there is none."""
    return OPCODES[INDEX[name]]


@functools.cache
def lookup_table(words: int) -> UInt8[np.ndarray, "opcodes b b"]:
    """What each instruction outputs for each pair of words (A, B): the paper's table T (eq. 6)
    with the last axis as an index rather than one-hot. Rows of instructions whose output is no
    function of two words (read, and those without output) are zero. Read-only."""
    a, b = np.meshgrid(np.arange(words), np.arange(words), indexing="ij")
    table = np.zeros((len(OPCODES), words, words), np.uint8)
    for i, row in enumerate(OPCODES):
        if row.word is not None:
            table[i] = row.word(a, b) % words
    table.setflags(write=False)
    return table


@functools.cache
def slot_mask() -> Bool[np.ndarray, "opcodes slots"]:
    """Which slots each instruction uses. Read-only."""
    mask = np.zeros((len(OPCODES), len(Slot)), bool)
    for i, row in enumerate(OPCODES):
        mask[i, list(row.operands)] = True
    mask.setflags(write=False)
    return mask
