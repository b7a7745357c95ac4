"""What derived constructs mean by themselves, without their definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bridge.term import Arg, Term
from synth.language.semantics import TermState
from tests.meanings.lists import LISTS
from tests.meanings.loops import LOOPS

__all__ = ["DERIVED", "Independent"]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "apply": lambda s, f, x: s.fun1(f, s.word(x)),
    "apply2": lambda s, g, x, y: s.fun2(g, s.word(x), s.word(y)),
    "id": lambda s, x: x,
    "succ": lambda s, x: x + 1,
    "pred": lambda s, x: x - 1,
    "fetch": lambda s, x: s.memory[x],
    "is-zero": lambda s, x: int(x == 0),
    "bind": lambda s, x, g, y: s.fun2(g, x, s.word(y)),
    "compose": lambda s, x, f, g: s.fun1(f, s.fun1(g, x)),
    "plus": lambda s, x, y: x + y,
    "minus": lambda s, x, y: x - y,
    "least": lambda s, x, y: min(x, y),
    "greatest": lambda s, x, y: max(x, y),
    "monus": lambda s, x, y: max(x - y, 0),
    "first": lambda s, x, y: x,
    "second": lambda s, x, y: y,
    "flip": lambda s, x, y, g: s.fun2(g, y, x),
    "product": lambda s, x, y: x * y,
    "quotient": lambda s, x, y: x // y if y else 0,
    "remainder": lambda s, x, y: x % y if y else x,
    "equal": lambda s, x, y: int(x == y),
    "below": lambda s, x, y: int(x < y),
    "odd": lambda s, x: x % 2,
    "even": lambda s, x: int(x % 2 == 0),
    "multiplied": lambda s, x, y: x * s.word(y),
    "divided": lambda s, x, y: x // y if (y := s.word(y)) else 0,
    "modulo": lambda s, x, y: x % y if (y := s.word(y)) else x,
    "equals": lambda s, x, y: int(x == s.word(y)),
    "under": lambda s, x, y: int(x < s.word(y)),
    "over": lambda s, x, y: int(x > s.word(y)),
    "if": lambda s, c, x, y: s.word(x) if s.word(c) else s.word(y),
}

DERIVED = FUNCTIONS | LOOPS | LISTS
"""By construct. A meaning takes the state, for a function the words that it is applied to, then the
construct's arguments, not yet evaluated."""


class Independent(TermState):
    """Runs derived constructs by these meanings, not by their definitions."""

    def fun1(self, function: Arg, x: int) -> int:
        """The value of a function at x."""
        return DERIVED[function.op](self, x, *function.args) % self.words

    def fun2(self, function: Arg, x: int, y: int) -> int:
        """The value of a function at x and y."""
        return DERIVED[function.op](self, x, y, *function.args) % self.words

    def word(self, term: Arg) -> int:
        if isinstance(term, Term) and term.op in DERIVED:
            return DERIVED[term.op](self, *term.args) % self.words
        return super().word(term)

    def execute(self, term: Arg) -> None:
        if isinstance(term, Term) and term.op in DERIVED:
            self.spend()
            DERIVED[term.op](self, *term.args)
        else:
            super().execute(term)
