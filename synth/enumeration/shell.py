"""Statements with a blank for a body, and how large a statement's code may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bridge.term import Arg, Term

__all__ = ["MAX_LINES", "MAX_REGISTERS", "Shell"]

MAX_LINES, MAX_REGISTERS = 96, 32
"""The longest statement, and the most registers (scratch ones too) of one, that are enumerated."""


@dataclass(frozen=True)
class Shell:
    """A statement with a blank where its body goes: `term` has one (hole-stmt)."""

    term: Term
    rows: np.ndarray
    blank: int

    def fill(self, body: Sequence[Arg]) -> Term:
        """The statement with that body."""

        def go(term: Arg) -> Arg:
            if not isinstance(term, Term):
                return term
            if term.op == "do" and term.args == (Term("hole-stmt"),):
                return Term("do", tuple(body))
            return Term(term.op, tuple(go(a) for a in term.args))

        filled = go(self.term)
        assert isinstance(filled, Term)
        return filled
