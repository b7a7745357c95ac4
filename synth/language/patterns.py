"""Patterns: terms with variables of their own, as the sides of rules and definitions are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from bridge.term import Arg, Term

__all__ = ["Pattern", "PatternVar", "substitute"]


@dataclass(frozen=True, slots=True)
class PatternVar:
    """A variable of a pattern: it stands for any term of its sort."""

    name: str
    sort: str

    def __str__(self) -> str:
        return f"?{self.name}"


Pattern = Arg | PatternVar
"""A term that may have pattern variables. Inside, blocks are still chains of `seq` and `end`."""


def substitute(pattern: Pattern, values: Mapping[str, Arg]) -> Arg:
    """The term that the pattern becomes with these values; blocks are flat again."""
    if isinstance(pattern, PatternVar):
        return values[pattern.name]
    if not isinstance(pattern, Term):
        return pattern
    args = tuple(substitute(a, values) for a in pattern.args)
    match pattern.op:
        case "const" | "var":
            return args[0]
        case "end":
            return Term("do")
        case "seq":
            return Term("do", (args[0], *cast("Term", args[1]).args))
        case "append":
            return Term("do", (*cast("Term", args[0]).args, *cast("Term", args[1]).args))
        case "hole" | "hole-stmt":
            return Term(pattern.op)
        case op:
            return Term(op, args)
