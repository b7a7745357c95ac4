"""The instruction set: one table, from which all machines, the parser and the searches derive.

An instruction that puts a function of two words in its OUT register is one row, and no more: its
lookup table tells the differentiable machine (eq. 6) and the solver's formula what it does.

A machine has one of the sets of instructions (`SETS`): the paper's, that and `arithmetic`, or all.

An instruction is an opcode and up to four *slots*: two registers that it takes (A, B), the
register that it puts its result in (OUT), and the line that it may jump to (LABEL). They are
the heads of the differentiable machine's controller: r1, r2, r3 and the jump target.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, get_args

import numpy as np
from jaxtyping import Bool, Int64, UInt8

__all__ = ["HALT", "INDEX", "JUMP", "NOOP", "OPCODES", "OUTPUTS", "READ", "SETS", "TABLED", "WRITE"]
__all__ += ["InstructionSet", "Opcode", "Slot", "count_opcodes", "count_tabled", "lookup_table"]
__all__ += ["opcode", "slot_mask", "twin"]

InstructionSet = Literal["paper", "arithmetic", "bits"]
SETS: Final[tuple[InstructionSet, ...]] = get_args(InstructionSet)
"""The sets of instructions that a machine may have; each has those of the ones before it, so that
it is the first rows of the table."""


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
    first_set: InstructionSet = "paper"
    """The smallest set that it is in."""

    @property
    def outputs(self) -> bool:
        """Whether the instruction changes its OUT register."""
        return Slot.OUT in self.operands

    @functools.cached_property
    def commutes(self) -> bool:
        """Whether its output is the same with A and B exchanged."""
        if self.word is None or Slot.B not in self.operands:
            return False
        a, b = np.mgrid[:256, :256]  # all pairs of words that any machine has
        return np.array_equal(self.word(a, b), self.word(b, a))


A, B, OUT, LABEL = Slot


def _quotient(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Nothing divides by 0, as in Lean and Coq: a = b · ⌊a / b⌋ + a mod b holds for it, too."""
    return np.where(b == 0, 0, a // np.maximum(b, 1))


def _remainder(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a - b * _quotient(a, b)


def _shifted(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a >> np.minimum(b, 62)  # no word has so many bits


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
    Opcode("mul", (A, B, OUT), lambda a, b: a * b, "out = a · b", "arithmetic"),
    Opcode("div", (A, B, OUT), _quotient, "out = ⌊a / b⌋; 0 if b = 0", "arithmetic"),
    Opcode("mod", (A, B, OUT), _remainder, "out = a − b · ⌊a / b⌋; a if b = 0", "arithmetic"),
    Opcode("eq", (A, B, OUT), lambda a, b: a == b, "out = 1 if a = b, else 0", "arithmetic"),
    Opcode("less", (A, B, OUT), lambda a, b: a < b, "out = 1 if a < b, else 0", "arithmetic"),
    Opcode("and", (A, B, OUT), np.bitwise_and, "out = the bits of a and b", "bits"),
    Opcode("or", (A, B, OUT), np.bitwise_or, "out = the bits of a or b", "bits"),
    Opcode("xor", (A, B, OUT), np.bitwise_xor, "out = the bits in which a and b differ", "bits"),
    Opcode("shift", (A, B, OUT), _shifted, "out = ⌊a / 2^b⌋", "bits"),
)
"""All instructions, set by set; the paper's 13 come first. A row's position is its number in
encoded programs and tensors."""

INDEX: Final[dict[str, int]] = {row.name: i for i, row in enumerate(OPCODES)}
HALT, NOOP, READ, WRITE, JUMP = (INDEX[n] for n in ("halt", "noop", "read", "write", "jump"))
"""All that is no function of two words: what these do, every machine says itself."""
OUTPUTS: Final[Bool[np.ndarray, " opcodes"]] = np.array([row.outputs for row in OPCODES])
FAMILIES: Final = ("zero", "move", "inc", "dec", "add", "sub", "min", "max")
"""Functions of words that are computed faster than by their lookup tables, where that matters."""
TABLED: Final[Int64[np.ndarray, " tabled"]] = np.array(
    [i for i, row in enumerate(OPCODES) if row.word is not None and row.name not in FAMILIES],
    np.int64,
)
"""The other functions of words."""


@functools.cache
def count_opcodes(instructions: InstructionSet) -> int:
    """How many instructions the set has."""
    last = SETS.index(instructions)
    return sum(SETS.index(row.first_set) <= last for row in OPCODES)


def count_tabled(opcodes: int) -> int:
    """How many of the first `opcodes` instructions are looked up: the first of `TABLED`."""
    return int((opcodes > TABLED).sum())


def opcode(name: str) -> Opcode:
    """The table's row of that name. Raises KeyError where there is none."""
    return OPCODES[INDEX[name]]


@functools.cache
def lookup_table(words: int) -> UInt8[np.ndarray, "opcodes b b"]:
    """What each instruction outputs for each pair of words (A, B): the paper's table T (eq. 6)
    with the last axis as an index rather than one-hot. Rows of instructions whose output is no
    function of two words (read, and those without output) are zero. Read-only."""
    a, b = np.mgrid[:words, :words]
    table = np.zeros((len(OPCODES), words, words), np.uint8)
    for i, row in enumerate(OPCODES):
        if row.word is not None:
            table[i] = row.word(a, b) % words
    table.setflags(write=False)
    return table


@functools.cache
def twin(number: int) -> int | None:
    """The instruction of fewer operands that does the same where A and B are one register."""
    row = OPCODES[number]
    if row.word is None or Slot.B not in row.operands:
        return None
    words = np.arange(256)
    same = (
        other
        for other, simpler in enumerate(OPCODES)
        if simpler.word is not None and Slot.B not in simpler.operands
        if np.array_equal(simpler.word(words, words), row.word(words, words))
    )
    return next(same, None)


@functools.cache
def slot_mask() -> Bool[np.ndarray, "opcodes slots"]:
    """Which slots each instruction uses. Read-only."""
    mask = np.zeros((len(OPCODES), len(Slot)), bool)
    for i, row in enumerate(OPCODES):
        mask[i, list(row.operands)] = True
    mask.setflags(write=False)
    return mask
