"""Templates with their variables renamed, as numbers: what compiled code applies to states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bridge.term import Arg, Term
from synth.enumeration.grammar import VARIABLES
from synth.enumeration.orders import ORDERS
from synth.enumeration.sizes import MAX_LINES
from synth.enumeration.statespace import Statements
from synth.enumeration.templates import Template, orders_within, renamed

__all__ = ["Renamed", "as_arrays", "fill"]


class Renamed:
    """Statements, or shells, in the order in which they were added."""

    def __init__(self) -> None:
        self.templates: list[Template] = []
        self.template: list[int] = []
        """Which template each is."""
        self.uses: list[int] = []
        """Its order of variables."""
        self._number: dict[int, int] = {}  # of each template, by identity

    def __len__(self) -> int:
        return len(self.template)

    def add(self, templates: Iterable[Template], variables: int) -> None:
        """Adds all that can be made of these with so many variables."""
        for template in templates:
            number = self._number.setdefault(id(template), len(self.templates))
            if number == len(self.templates):
                self.templates.append(template)
            orders = orders_within(variables, template.orders)
            self.template += [number] * len(orders)
            self.uses += orders

    def term(self, number: int) -> Term:
        """The term of a statement."""
        order = ORDERS[self.uses[number]]
        names = {own: VARIABLES[v] for own, v in zip(VARIABLES, order, strict=True)}
        term = renamed(self.templates[self.template[number]].term, names.__getitem__)
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
    code = [template.rows for template in statements.templates]
    around = [template.rows for template in shells.templates]
    padded = np.zeros((len(around), MAX_LINES, 5), np.int16)
    for row, rows in zip(padded, around, strict=True):
        row[: len(rows)] = rows
    return Statements(
        code=np.concatenate([np.zeros((0, 5), np.int16), *code]),
        offset=np.cumsum([0, *map(len, code)]).astype(np.int32),
        template=np.array(statements.template, np.int32),
        uses=np.array(statements.uses, np.uint8),
        shells=padded,
        shell_lines=np.array([*map(len, around)], np.int32),
        shell_blank=np.array([np.flatnonzero(rows[:, 0] < 0)[0] for rows in around], np.int32),
        shell_template=np.array(shells.template, np.int32),
        shell_uses=np.array(shells.uses, np.uint8),
    )
