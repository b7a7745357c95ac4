"""Executions that repeat earlier ones, but for the names of variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from bridge import Example, Machine
from bridge.term import Arg, Term
from synth.enumeration.search import Enumeration

__all__ = ["repeats"]


def repeats(examples: tuple[Example, ...], machine: Machine, terms: int) -> tuple[int, int]:
    """Of so many terms executed: how many were, and how many of these had been before under other
    names. One term at a time, which takes long."""
    enumeration = Enumeration(examples, machine, terms)
    layers, seen, repeated = enumeration.layers, set[Term](), 0
    expand = layers.expand

    def one_by_one(statements: Any, store: Any, box: Any, cursor: Any, most: int) -> Any:
        nonlocal repeated
        done, goals = 0, [np.empty((0, 7), np.int64)]
        while done < most:
            found, executed = expand(statements, store, box, cursor, 1)
            if not executed:
                break
            goals.append(found.copy())
            done += 1
            term = _named_in_order(layers.program(*cursor[4:8].tolist()))
            repeated += term in seen
            seen.add(term)
        return np.concatenate(goals), done

    layers.expand = one_by_one
    for _ in enumeration.programs():
        pass
    return enumeration.terms, repeated


def _named_in_order(term: Term) -> Term:
    """The term with its variables numbered in the order of their first use."""
    names: dict[str, str] = {}

    def go(arg: Arg) -> Arg:
        if isinstance(arg, str):
            return names.setdefault(arg, str(len(names)))
        return arg if isinstance(arg, int) else Term(arg.op, tuple(map(go, arg.args)))

    named = go(term)
    assert isinstance(named, Term)
    return named
