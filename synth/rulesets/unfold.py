"""Definitions as rules: each derived construct equals what it unfolds to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from egglog import RewriteOrRule, Ruleset, ruleset

from synth.language import apply, apply2
from synth.language.constructs import AnyConstruct
from synth.language.language import Language
from synth.rulesets.named import rewrite

__all__ = ["unfold"]


def _unfolding(construct: AnyConstruct) -> RewriteOrRule:
    """construct(args) = its definition; for a function, applied to words."""
    assert construct.definition is not None
    args = list(construct.parameters.values())
    own, words = args[: len(construct.sorts)], args[len(construct.sorts) :]
    whole = construct(*own)
    applied = {"Fun1": apply, "Fun2": apply2}.get(construct.sort)
    if applied is not None:
        whole = applied(whole, *words)
    return rewrite(construct.name, whole).to(construct.definition(*args))


@cache
def unfold(language: Language) -> Ruleset:
    """The ruleset, for the constructs of a language."""

    @ruleset
    def unfold() -> Iterable[RewriteOrRule]:
        for construct in language.values():
            if construct.definition is not None:
                yield _unfolding(construct)

    return unfold
