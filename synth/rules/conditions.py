"""Conditions of rules outside egglog: their values, given values for the pattern variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bridge.errors import SkeletuneError
from bridge.term import Term
from synth.language import Language
from synth.language.patterns import Pattern, PatternVar
from synth.rules.rule import Rule, pattern_vars, show

__all__ = ["CALLS", "CannotTell", "hold"]


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
    "!=": lambda a, b: a != b,
    "Set.not_contains": lambda a, b: b not in a,
    "Set.contains": lambda a, b: b in a,
}
"""What egglog's own functions give."""

_DEPENDS = ("depends", "depends1", "depends2")


def hold(
    rule: Rule,
    values: dict[str, Any],
    words: int,
    depends: Callable[[Any], Any],
    build: Callable[[Pattern], Any],
    language: Language,
) -> bool:
    """Whether all conditions of the rule hold; adds the values of variables that they define.

    `depends` gives the names that a word or function depends on, `build` the value of a pattern of
    constructs. Raises CannotTell if a condition calls a function that only egglog can evaluate.
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
        if pattern.op in CALLS:
            return CALLS[pattern.op](*map(value, pattern.args))
        if pattern.op not in language:
            raise CannotTell(f"the condition {show(pattern)} is known only inside the e-graph")
        return build(pattern)

    waiting = list(rule.conditions)
    missing: list[str] = []
    while waiting:
        for condition in waiting:
            one, other = condition
            missing = _missing(values, one, other)
            if not missing:
                found = value(one)
                if not (found if other is None else found == value(other)):
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
    return True


def _missing(values: Mapping[str, Any], *patterns: Pattern | None) -> list[str]:
    return [s.name for s in pattern_vars(*patterns) if s.name not in values]
