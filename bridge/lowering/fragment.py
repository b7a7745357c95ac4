"""Pieces of code that start from any state, as rows: what enumeration applies to states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Int16

from bridge.errors import LoweringError
from bridge.isa import OPCODES, Slot
from bridge.lowering.emit import ZERO, emit
from bridge.term import Term

__all__ = ["BLANK_ROW", "WORD_ROW", "lower_fragment"]

BLANK_ROW: Final = -1
"""What a hole is instead of an instruction's number: a row of it alone."""
WORD_ROW: Final = -2
"""The same of a hole with a number: then follow this, 0, the register that it sets, and 0."""
_ROW: Final = 1 + len(Slot)
_COLUMNS: Final = {
    row.name: (number, tuple(1 + int(slot) for slot in row.operands))
    for number, row in enumerate(OPCODES)
}
"""Of each instruction, its number and the columns of its operands in an encoded program."""
_LABEL: Final = _ROW - 1
"""The column of a jump's label."""


def lower_fragment(
    term: Term, variables: Sequence[str], words: int
) -> Int16[np.ndarray, "lines 5"]:
    """Code of a block that starts from any state, as `bridge.program.encode` writes it: variable
    number i lives in register i, the register after them must be 0, further ones are scratch,
    numbered in the order in which they appear.

    Nothing is simplified, so that it is made fast and a hole (BLANK_ROW, WORD_ROW) stays where it
    is. Raises LoweringError if the term has a variable that is not listed.
    """
    code = emit(term, words)
    registers = {ZERO: len(variables)}
    for name, register in code.variables.items():
        if name not in variables:
            raise LoweringError(f"{name}: no such variable here")
        registers[register] = variables.index(name)
    free = len(variables) + 1
    rows: list[list[int]] = []  # an array's elements are set far slower, one by one
    for op in code.ops:
        if op.opcode is not None:
            number, columns = _COLUMNS[op.opcode]
            row, operands = [number, 0, 0, 0, 0], op.operands
        elif op.operands and op.out is not None:
            row, columns, operands = [WORD_ROW, *op.operands, 0, 0, 0], (3,), (op.out,)
        else:
            row, columns, operands = [BLANK_ROW] * _ROW, (), ()
        for column, value in zip(columns, operands, strict=True):
            if column == _LABEL:
                row[column] = code.labels[value]
                continue
            if value not in registers:
                registers[value], free = free, free + 1
            row[column] = registers[value]
        rows.append(row)
    return np.array(rows, np.int16).reshape(-1, _ROW)
