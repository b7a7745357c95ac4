"""The first of several words that stands so to a bound: it, or its place; else another word.

The words have one form, so what is said once costs once: the inputs in their order, or an
instruction of each two neighbours. So examples that never come to the last of them tell of it, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Final

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from bridge.isa import INDEX, lookup_table
from bridge.term import Arg, Term
from synth.divide.counts import ORDERS, Order, compared, price
from synth.divide.tree import BRANCH
from synth.divide.values import Values
from synth.enumeration.constants import SMALL

__all__ = ["First", "firsts"]

_FORMS: Final = ("", "add", "sub", "max", "min")
"""The inputs themselves; instructions of two neighbours."""
_TO_A_CONSTANT: Final[tuple[Order, ...]] = ("below", "above", "same")
"""How words stand to a constant: those that are at most one are below another."""
_FEWEST: Final = 2
"""Examples in which one of the words stands so."""
_CHEAP: Final = 2
"""What the word costs at most that is the answer where none does."""
_ALIKE: Final = 2
"""Constants that tell the same words apart on all examples, of those that are offered."""


@dataclass(frozen=True)
class First:
    """The first of these inputs, or of the `form` of each two neighbours, that stands in that order
    to the input of that number, or to a number."""

    inputs: tuple[int, ...]
    form: str
    order: Order
    number: int
    constant: bool
    places: bool
    """Whether its place is meant, from 0 on."""
    otherwise: int = 0
    """The word where none stands so, by its number."""

    def rows(self, values: Values) -> UInt8[np.ndarray, "n examples"]:
        """The words on each example."""
        rows = values.inputs[list(self.inputs)]
        if not self.form:
            return rows
        return lookup_table(values.words)[INDEX[self.form]][rows[:-1], rows[1:]]

    def passes(self, values: Values) -> Bool[np.ndarray, "n examples"]:
        """Which of the words stand so."""
        to = self.number if self.constant else values.inputs[self.number]
        return ORDERS[self.order](self.rows(values), to)

    def values(self, values: Values) -> UInt8[np.ndarray, " examples"]:
        """What it is on each example."""
        passes, rows = self.passes(values), self.rows(values)
        at = passes.argmax(0)
        made = at if self.places else rows[at, np.arange(rows.shape[1])]
        return np.where(passes.any(0), made, values.values[self.otherwise]).astype(np.uint8)

    def cost(self, values: Values) -> int:
        """What is said costs: the bound, the inputs, one branch with its test, what becomes of the
        two cases."""
        bound = price(self.number, values.constants) if self.constant else 1
        own = len(self.inputs) + (self.form != "") + (self.order in ("at most", "at least"))
        return BRANCH + 1 + bound + own + 1 + int(values.costs[self.otherwise])

    def statements(self, cell: int, otherwise: Arg) -> tuple[Term, ...]:
        """What stores it in that cell."""
        to: Arg = self.number if self.constant else Term("load", (self.number,))
        begin: tuple[Term, ...] = ()
        if self.constant and self.number > SMALL:  # is made once
            begin, to = (Term("assign", ("c", to)),), "c"
        loads = [Term("load", (i,)) for i in self.inputs]
        words = [Term(self.form, pair) for pair in pairwise(loads)] if self.form else loads
        rest: tuple[Term, ...] = (Term("assign", ("x", otherwise)),)
        for place, word in reversed([*enumerate(words)]):
            then = (Term("assign", ("x", place)),) if self.places else ()
            blocks = Term("do", rest), Term("do", then)
            choose = Term("if-zero", (compared("x", self.order, to), *blocks))
            rest = Term("assign", ("x", word)), choose
        return (*begin, *rest, Term("store", (cell, "x")))


def firsts(values: Values, wanted: Int64[np.ndarray, " examples"]) -> Iterator[First]:
    """Those that are right on all examples. Of constants that tell the same words apart some are
    offered: the cheapest, among equals round ones, then those that inputs have most often."""
    if not {"less", "eq"} <= {*values.language}:
        return
    few = np.flatnonzero(values.costs <= _CHEAP)
    few = few[np.argsort(values.costs[few], kind="stable")]
    for first in _telling(values):
        passes = first.passes(values)
        some = passes.any(0)
        if some.sum() < _FEWEST:
            continue
        rows, at = first.rows(values), passes.argmax(0)
        fits = few[(values.values[few][:, ~some] == wanted[~some]).all(1)]
        for places, made in ((False, rows[at, np.arange(len(wanted))]), (True, at)):
            if len(fits) and (made == wanted)[some].all():
                yield replace(first, places=places, otherwise=int(fits[0]))


def _telling(values: Values) -> Iterator[First]:
    """Words and what they are held against."""
    count = len(values.inputs)
    often = np.bincount(values.inputs.reshape(-1), minlength=values.words)
    for form, bound in product(_FORMS, (None, *range(count))):
        own = tuple(i for i in range(count) if i != bound)
        if (form and form not in values.language) or len(own) < 2:
            continue
        if bound is not None:
            yield from (First(own, form, order, bound, False, False) for order in ORDERS)
            continue
        likely = sorted(
            range(values.words),
            key=lambda c: (price(c, values.constants), c % 10 > 0, c % 5 > 0, -often[c], c),
        )
        for order in _TO_A_CONSTANT:
            yield from _apart((First(own, form, order, c, True, False) for c in likely), values)


def _apart(each: Iterable[First], values: Values) -> Iterator[First]:
    """Of those of which the same words stand so on all examples the first ones."""
    met: dict[bytes, int] = {}
    for first in each:
        key = first.passes(values).tobytes()
        met[key] = met.get(key, 0) + 1
        if met[key] <= _ALIKE:
            yield first
