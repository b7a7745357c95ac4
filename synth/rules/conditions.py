"""Conditions of rules outside egglog: their values, given values for the pattern variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bridge.errors import SkeletuneError
from bridge.term import Term
from synth.language import Language
from synth.language.patterns import Pattern, PatternVar
from synth.rules.rule import Rule, pattern_vars, show

__all__ = ["CALLS", "CannotTell", "hold", "solve"]


class CannotTell(SkeletuneError):
    """A condition that is known only inside the e-graph."""


CALLS: dict[str, Callable[..., Any]] = {
    "i64.__add__": lambda a, b: a + b,
    "i64.__sub__": lambda a, b: a - b,
    "i64.__mul__": lambda a, b: a * b,
    "i64.__mod__": lambda a, b: abs(a) % abs(b) * (1 if a >= 0 else -1),  # egglog truncates
    "i64.__lt__": lambda a, b: a < b,
    "i64.__le__": lambda a, b: a <= b,
    "i64.__gt__": lambda a, b: a > b,
    "i64.__ge__": lambda a, b: a >= b,
    "i64.min": min,
    "i64.max": max,
    "Set.not_contains": lambda a, b: b not in a,
    "Set.contains": lambda a, b: b in a,
}
"""What egglog's own functions give."""

_DEPENDS = ("depends", "depends1", "depends2")


def solve(
    rule: Rule,
) -> tuple[list[PatternVar], list[tuple[Pattern, Pattern]]]:
    """(the variables of a rule that may be anything, the equations that they must fulfil). What the
    other variables are follows: each stands alone on a side of another equation."""
    on_the_left = {v.name for v in pattern_vars(rule.left)}
    given: dict[str, list[str]] = {}  # variable -> those that it is made of
    equations: list[tuple[Pattern, Pattern]] = []

    def made_of(pattern: Pattern) -> set[str]:
        found, waiting = set[str](), [v.name for v in pattern_vars(pattern)]
        while waiting:
            if (name := waiting.pop()) not in found:
                found.add(name)
                waiting += given.get(name, ())
        return found

    for one, other in rule.conditions:
        if other is None:
            continue
        sides = [(one, other), (other, one)]
        alone = [(v, side) for v, side in sides if isinstance(v, PatternVar)]
        # One that only this equation speaks of can be nothing else than what it says.
        for variable, side in sorted(alone, key=lambda pair: pair[0].name in on_the_left):
            if variable.name not in given and variable.name not in made_of(side):
                given[variable.name] = [v.name for v in pattern_vars(side)]
                break
        else:
            equations.append((one, other))
    every = pattern_vars(rule.left, *(side for pair in rule.conditions for side in pair))
    return [v for v in every if v.name not in given], equations


def hold(
    rule: Rule,
    values: dict[str, Any],
    words: int,
    depends: Callable[[Any], Any],
    build: Callable[[Pattern], Any],
    language: Language,
    same: Callable[[str, Any, Any], bool],
) -> bool:
    """Whether all conditions of the rule hold; adds the values of variables that they define.

    `depends` gives the names that a word or function depends on, `build` the value of a pattern of
    constructs (None if it has none), `same` whether two values of a sort are equal. Raises
    CannotTell if a condition calls a function that only egglog can evaluate.
    """

    def value(pattern: Pattern) -> Any:
        if isinstance(pattern, PatternVar):
            return values[pattern.name]
        if not isinstance(pattern, Term):
            return pattern
        if pattern.op == "word_size":
            return words
        if pattern.op in _DEPENDS:
            return depends(value(pattern.args[0]))
        if pattern.op == "!=":
            return not equal(*pattern.args)
        if pattern.op in CALLS:
            return CALLS[pattern.op](*map(value, pattern.args))
        if pattern.op not in language:
            raise CannotTell(f"the condition {show(pattern)} is known only inside the e-graph")
        return build(pattern)

    def equal(one: Pattern, other: Pattern) -> bool:
        found = value(one), value(other)
        return None not in found and same(_sort(one, language), *found)

    waiting = list(rule.conditions)
    missing: list[str] = []
    while waiting:
        for condition in waiting:
            one, other = condition
            missing = _missing(values, one, other)
            if not missing:
                if not (value(one) if other is None else equal(one, other)):
                    return False
                break
            if other is not None and isinstance(one, PatternVar) and missing == [one.name]:
                values[one.name] = value(other)
                break
            if isinstance(other, PatternVar) and missing == [other.name]:
                values[other.name] = value(one)
                break
        else:
            raise CannotTell(f"nothing in the rule says what ?{missing[0]} is")
        waiting.remove(condition)
    return None not in values.values()


def _sort(pattern: Pattern, language: Language) -> str:
    if isinstance(pattern, PatternVar):
        return pattern.sort
    return language[pattern.op].sort if isinstance(pattern, Term) and pattern.op in language else ""


def _missing(values: Mapping[str, Any], *patterns: Pattern | None) -> list[str]:
    return [s.name for s in pattern_vars(*patterns) if s.name not in values]
