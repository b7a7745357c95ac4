"""Constants that are made of one another, where a program with many of them has too many lines.

A machine has no instruction for a constant: 77 takes nine lines alone. Of constants that a program
needs anyway the next one is often one instruction away, or two: an addition chain, with the other
operators beside addition. Chains are found by a beam search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.isa import INDEX, lookup_table
from bridge.term import Arg, Term
from synth.language import Language

__all__ = ["chain", "shared"]

OPERATORS: Final = ("inc", "dec", "add", "sub", "mul")
BEAM: Final = 8
"""Sets of constants that are gone on with."""
MOST: Final = 24
"""Constants of a chain."""

Chain = Mapping[int, tuple[str, int, int]]
"""How each constant is made: an operator, and the one or two constants that it takes."""


@dataclass(frozen=True)
class _Made:
    """Constants that there are, in the order in which they are made, 0 first."""

    known: tuple[int, ...]
    names: tuple[str, ...]
    tables: UInt8[np.ndarray, "operators b b"]

    @cached_property
    def within(self) -> Bool[np.ndarray, " b"]:
        """Those that are one operator away."""
        found = np.zeros(self.tables.shape[1], np.bool_)
        known = np.array(self.known)
        found[self.tables[:, known[:, None], known]] = True
        return found

    def beside(self, more: np.ndarray) -> Bool[np.ndarray, "more b"]:
        """Those that each of these, as one more, brings within reach."""
        found = np.zeros((len(more), self.tables.shape[1]), np.bool_)
        row, known = np.arange(len(more)), np.array([*self.known])
        for table in self.tables:
            found[row, table[more, more]] = True
            for pairs in (table[more[:, None], known], table[known, more[:, None]]):
                found[row[:, None], pairs] = True
        return found

    def having(self, more: Iterable[int]) -> _Made:
        return _Made((*self.known, *more), self.names, self.tables)

    def steps(self) -> dict[int, tuple[str, int, int]]:
        """How each is made of those before it."""
        made: dict[int, tuple[str, int, int]] = {}
        for i, value in enumerate(self.known[1:], 1):
            before = np.array(self.known[:i])
            op, a, b = np.argwhere(self.tables[:, before[:, None], before] == value)[0].tolist()
            made[value] = self.names[op], self.known[a], self.known[b]
        return made


def chain(wanted: Iterable[int], language: Language, words: int) -> Chain | None:
    """A short chain that makes these constants from 0; None where none is found."""
    names = tuple(name for name in OPERATORS if name in language)
    table = lookup_table(words)
    states = [_Made((0,), names, table[[INDEX[name] for name in names]])]
    target = np.zeros(words, np.bool_)
    target[[*wanted]] = True
    for _ in range(MOST):
        following: list[tuple[int, _Made]] = []
        for state in states:
            left = target.copy()
            left[[*state.known]] = False
            while (near := np.flatnonzero(left & state.within)).size:
                state = state.having(near.tolist())
                left[near] = False
            if not left.any():
                return state.steps()
            more = np.setdiff1d(np.flatnonzero(state.within), state.known)
            reach = (state.beside(more) & left).sum(1)
            for i in np.argsort(-reach, kind="stable")[:BEAM].tolist():
                grade = len(state.known) + 2 * int(left.sum()) - int(reach[i])
                following.append((grade, state.having([int(more[i])])))
        following.sort(key=lambda pair: pair[0])
        states = [state for _, state in following[:BEAM]]
        if not states or len(states[0].known) > MOST:
            return None
    return None


def shared(statements: Sequence[Term], language: Language, words: int) -> tuple[Term, ...] | None:
    """The statements, their constants as variables, each of which is assigned before the first one
    that needs it; None where no chain is found, or none is needed: 1 and a single 2 are as short
    where they stand."""
    every = Counter(value for statement in statements for value in _constants(statement))
    needed = [sorted({*_constants(statement)}) for statement in statements]
    gains = any(value > 2 or (value == 2 and times > 1) for value, times in every.items())
    made = chain(every, language, words) if gains else None
    if made is None:
        return None
    found: list[Term] = []
    known = {0}

    def make(value: int) -> None:
        if value in known:
            return
        op, a, b = made[value]
        args = (a,) if op in ("inc", "dec") else (a, b)
        for arg in args:
            make(arg)
        known.add(value)
        word = value if value == 1 else Term(op, tuple(map(_named, args)))
        found.append(Term("assign", (f"c{value}", word)))

    for statement, values in zip(statements, needed, strict=True):
        for value in values:
            make(value)
        found.append(_with_names(statement))
    return tuple(found)


def _named(value: int) -> Arg:
    return f"c{value}" if value else 0


def _is_address(term: Term, place: int) -> bool:
    return term.op in ("store", "load") and place == 0


def _constants(term: Term) -> Iterator[int]:
    """Those that stand in it, but for addresses, which are small, and the loops' own ones."""
    for i, arg in enumerate(term.args):
        if isinstance(arg, Term):
            yield from _constants(arg)
        elif isinstance(arg, int) and arg > 0 and not _is_address(term, i):
            yield arg


def _with_names(term: Term) -> Term:
    return Term(
        term.op,
        tuple(
            _with_names(arg)
            if isinstance(arg, Term)
            else _named(arg)
            if isinstance(arg, int) and not _is_address(term, i)
            else arg
            for i, arg in enumerate(term.args)
        ),
    )
