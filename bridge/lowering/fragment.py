"""Pieces of code that start from any state, as rows: what enumeration applies to states."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Int16

from bridge.errors import LoweringError
from bridge.isa import INDEX, OPCODES, Slot
from bridge.lowering.emit import ZERO, Code, emit
from bridge.term import Arg, Term

__all__ = ["Fragments", "lower_fragment"]

_ROW: Final = 1 + len(Slot)
_LABEL: Final = _ROW - 1
"""The column of a jump's label."""
_COLUMNS: Final = {
    row.name: (number, tuple(1 + int(slot) for slot in row.operands))
    for number, row in enumerate(OPCODES)
}
"""Of each instruction, its number and the columns of its operands in an encoded program."""
_MOVE, _ZERO, _BLANK = INDEX["move"], INDEX["zero"], -1
_OUT: Final = "$out"
"""The variable into which a word's code computes it."""


def lower_fragment(
    term: Term, variables: Sequence[str], words: int
) -> Int16[np.ndarray, "lines 5"]:
    """Code of a block that starts from any state, as `bridge.program.encode` writes it: variable
    number i lives in register i, the register after them must be 0, further ones are scratch.

    Nothing is simplified, so that it is made fast and a hole (a row of -1) stays where it is.
    Raises LoweringError if the term has a variable that is not listed.
    """
    return _joined(_piece(emit(term, words), variables), (), len(variables))


class Fragments:
    """The same for many statements, put together from the code of their parts: each word is lowered
    once, and each statement once for all words that it may be of."""

    def __init__(self, variables: Sequence[str], words: int, expand: Callable[[Arg], Arg]) -> None:
        """`expand` makes core terms of others."""
        self._variables, self._words, self._expand = variables, words, expand
        self._patterns: dict[Hashable, _Piece] = {}
        self._of_words: dict[Hashable, tuple[Arg, int | _Piece]] = {}

    def lower(
        self, key: Hashable, pattern: Callable[[], Term], words: Sequence[Arg]
    ) -> Int16[np.ndarray, "lines 5"]:
        """The code of the statement that a pattern is with these words for (hole 0), (hole 1), …;
        `key` says which pattern it is. Words must be kept by the caller: they are known by
        identity. Raises LoweringError."""
        if (piece := self._patterns.get(key)) is None:
            piece = self._patterns[key] = self._emitted(self._expand(pattern()))
        return _joined(piece, [self._word(word) for word in words], len(self._variables))

    def _emitted(self, statement: Arg) -> _Piece:
        return _piece(emit(Term("do", (statement,)), self._words), self._variables)

    def _word(self, word: Arg) -> int | _Piece:
        """The register that holds it, or the code that computes it."""
        key = id(word) if isinstance(word, Term) else (word,)
        if (known := self._of_words.get(key)) is None:
            known = self._of_words[key] = word, self._made(word)
        return known[1]

    def _made(self, word: Arg) -> int | _Piece:
        word = self._expand(word)
        if isinstance(word, str):
            return _number_of(word, self._variables)
        if isinstance(word, int) and word % self._words == 0:
            return len(self._variables)
        return self._emitted(Term("assign", (_OUT, word)))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Virtual code, as rows are made of it."""

    ops: tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]
    """Each op's number, the columns of its operands, and these; of a hole with a number, −1, no
    columns, and its number and the virtual register that it sets."""
    labels: tuple[int, ...]
    registers: Mapping[int, int]
    """The registers of variables, and of 0."""
    out: int
    """The virtual register of the word that it computes, if it does; else −1."""


def _number_of(name: str, variables: Sequence[str]) -> int:
    if name not in variables:
        raise LoweringError(f"{name}: no such variable here")
    return variables.index(name)


def _piece(code: Code, variables: Sequence[str]) -> _Piece:
    registers = {ZERO: len(variables)}
    for name, register in code.variables.items():
        if name != _OUT:
            registers[register] = _number_of(name, variables)
    ops: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
    for op in code.ops:
        if op.opcode is not None:
            ops.append((*_COLUMNS[op.opcode], op.operands))
        elif op.operands and op.out is not None:
            ops.append((_BLANK, (), (*op.operands, op.out)))
        else:
            ops.append((_BLANK, (), ()))
    return _Piece(tuple(ops), code.labels, registers, code.variables.get(_OUT, -1))


def _joined(
    piece: _Piece, words: Sequence[int | _Piece], variables: int
) -> Int16[np.ndarray, "lines 5"]:
    """The rows of a piece with these words put in. Registers that have no number yet get the next
    ones behind that which is 0, in the order in which they appear."""
    registers, free = dict(piece.registers), variables + 1
    rows: list[list[int]] = []
    starts: list[int] = []  # of each op
    jumps: list[list[int]] = []
    for number, columns, operands in piece.ops:
        starts.append(len(rows))
        if number != _BLANK:
            row = [number] + [0] * _LABEL
            for column, value in zip(columns, operands, strict=True):
                if column == _LABEL:
                    row[column] = value
                    jumps.append(row)
                elif (register := registers.get(value)) is None:
                    row[column] = registers[value] = free
                    free += 1
                else:
                    row[column] = register
            rows.append(row)
            continue
        if not operands:
            rows.append([_BLANK] * _ROW)
            continue
        which, out = operands
        word = words[which]
        if not isinstance(word, _Piece):
            given = registers.setdefault(out, word)  # else it is needed in a variable
            if given != word:
                what = [_ZERO, 0] if word == variables else [_MOVE, word]
                rows.append([*what, 0, given, 0])
            continue
        own = dict(word.registers)
        for number, columns, operands in word.ops:
            row = [number] + [0] * _LABEL
            for column, value in zip(columns, operands, strict=True):
                where, what = (registers, out) if value == word.out else (own, value)
                if (register := where.get(what)) is None:
                    where[what] = register = free
                    free += 1
                row[column] = register
            rows.append(row)
    starts.append(len(rows))
    for row in jumps:
        row[_LABEL] = starts[piece.labels[row[_LABEL]]]
    return np.array(rows, np.int16).reshape(-1, _ROW)
