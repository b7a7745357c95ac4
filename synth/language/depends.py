"""What the value of a word or a function may depend on: variables, and memory.

One analysis, by definitions: rules over the e-graph (`synth.rulesets.base`), the check of rules and
the proofs all take from it what a construct reads by itself.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from bridge.term import Term
from synth.language.language import Language
from synth.language.patterns import Pattern

__all__ = ["MEMORY", "depends", "reads"]

MEMORY: Final = "$memory"
"""The name under which memory is among the things that a word depends on."""


def depends(pattern: Pattern, language: Language) -> frozenset[str]:
    """The names of variables, and MEMORY, that the value of a word or function depends on at most;
    without what its pattern variables stand for."""
    if isinstance(pattern, str):
        return frozenset({pattern})
    if not isinstance(pattern, Term):
        return frozenset()
    return reads(pattern.op, language).union(*(depends(a, language) for a in pattern.args))


@cache
def reads(name: str, language: Language) -> frozenset[str]:
    """What the value of a construct depends on by itself, whatever its arguments are."""
    found = language[name]
    if found.definition is not None:
        return depends(language.definition(name), language)
    return frozenset({MEMORY} if found.reads_memory else ())
