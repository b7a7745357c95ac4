"""Templates with their variables renamed, as numbers: what compiled code applies to states."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from bridge.lowering.fragment import BLANK_ROW
from bridge.term import Arg, Term
from synth.enumeration.grammar import VARIABLES
from synth.enumeration.making.batch import Batch
from synth.enumeration.making.codes import Pool
from synth.enumeration.making.columns import Column
from synth.enumeration.orders import ORDERS
from synth.enumeration.statespace import Statements

__all__ = ["Renamed", "as_arrays", "fill"]


class Renamed:
    """Statements, or shells, in the order in which they were added."""

    def __init__(self) -> None:
        self.pool = Pool()
        """The code of their templates."""
        self._batches: list[Batch] = []
        self._starts: list[int] = []  # of each batch, the number of its first template
        self._start: dict[int, int] = {}  # the same, by identity
        self.template = Column(np.int32)
        """Which template each is."""
        self.uses = Column(np.uint8)
        """Its order of variables."""

    def __len__(self) -> int:
        return len(self.template)

    def add(self, batches: Iterable[Batch], variables: int) -> None:
        """Adds all that can be made of these with so many variables."""
        for batch in batches:
            if (start := self._start.get(id(batch))) is None:
                start = self._start[id(batch)] = len(self.pool)
                self.pool.add(batch.codes)
                self._batches.append(batch)
                self._starts.append(start)
            template, uses = batch.within(variables)
            self.template.add(template + start)
            self.uses.add(uses)

    def term(self, number: int) -> Term:
        """The term of a statement."""
        order, template = ORDERS[self.uses.rows[number]], int(self.template.rows[number])
        names = {own: VARIABLES[v] for own, v in zip(VARIABLES, order, strict=True)}
        batch = bisect_right(self._starts, template) - 1
        term = _renamed(
            self._batches[batch].term(template - self._starts[batch]), names.__getitem__
        )
        assert isinstance(term, Term)
        return term


def fill(shell: Term, body: Sequence[Arg]) -> Term:
    """The shell's term with that body for its blank."""

    def go(term: Arg) -> Arg:
        if not isinstance(term, Term):
            return term
        if term.op == "do" and term.args == (Term("hole-stmt"),):
            return Term("do", tuple(body))
        return Term(term.op, tuple(go(a) for a in term.args))

    filled = go(shell)
    assert isinstance(filled, Term)
    return filled


def as_arrays(statements: Renamed, shells: Renamed) -> Statements:
    """What compiled code takes."""
    code, around = statements.pool.codes, shells.pool.codes
    (blanks,) = np.nonzero(around.rows[:, 0] == BLANK_ROW)
    return Statements(
        code=code.rows,
        offset=code.offset,
        template=statements.template.rows,
        uses=statements.uses.rows,
        shell_code=around.rows,
        shell_offset=around.offset,
        shell_blank=blanks.astype(np.int32),
        shell_template=shells.template.rows,
        shell_uses=shells.uses.rows,
    )


def _renamed(term: Arg, name: Callable[[str], str]) -> Arg:
    """The term with other names of variables."""
    if isinstance(term, str):
        return name(term)
    if not isinstance(term, Term):
        return term
    return Term(term.op, tuple(_renamed(arg, name) for arg in term.args))
