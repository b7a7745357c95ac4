"""Rules as plain data: equations between patterns, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.term import Arg, Term
from synth.language.patterns import Pattern, PatternVar, substitute

__all__ = ["Rule", "equation", "show", "pattern_vars"]


@dataclass(frozen=True)
class Rule:
    """A rule of a ruleset as an equation between patterns.

    - `name`: its ruleset's name and its own: `arith/add-zero`.
    - `left`, `right`: the two sides; None for a rule that derives facts only.
    - `conditions`: pairs of patterns that must be equal, or (pattern, None) that must hold;
      calls of egglog's own functions are named `i64.__add__`, `Set.not_contains` and so on.
    - `problem`: why it cannot be read as an equation, or "".
    """

    name: str
    sort: str
    left: Pattern | None
    right: Pattern | None
    conditions: tuple[tuple[Pattern, Pattern | None], ...] = ()
    both_ways: bool = False
    problem: str = ""


def equation(rule: Rule) -> str:
    """The rule as an equation between terms: variables are written ?x."""
    if rule.left is None or rule.right is None:
        return "(facts)"
    text = f"{show(rule.left)} {'=' if rule.both_ways else '→'} {show(rule.right)}"
    conditions = [
        show(one) if other is None else f"{show(one)} = {show(other)}"
        for one, other in rule.conditions
    ]
    return f"{text}  if {', '.join(conditions)}" if conditions else text


def show(pattern: Pattern) -> str:
    """A pattern as a term."""
    values: dict[str, Arg] = {}
    for variable in pattern_vars(pattern):
        name = f"?{variable.name}"
        values[variable.name] = Term("do", (name,)) if variable.sort == "Block" else name
    return str(substitute(pattern, values))


def pattern_vars(*patterns: Pattern | None) -> list[PatternVar]:
    """The variables of the patterns, each once, in order."""
    found: dict[str, PatternVar] = {}
    stack = list(reversed(patterns))
    while stack:
        pattern = stack.pop()
        if isinstance(pattern, PatternVar):
            found.setdefault(pattern.name, pattern)
        elif isinstance(pattern, Term):
            stack.extend(reversed(pattern.args))
    return list(found.values())
