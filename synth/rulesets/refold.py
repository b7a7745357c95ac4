"""Definitions as rules, backwards: what a derived construct unfolds to is that construct.

So loops become combinators again, whoever wrote them. As in `unfold`, the rules are made from the
definitions: each is an instance of the same equation, so they are as sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import egglog
from egglog import RewriteOrRule, Ruleset, ruleset

from bridge.term import Term
from synth.language import apply, apply2, do, load, variable
from synth.language.constructs import AnyConstruct
from synth.language.language import Language
from synth.language.patterns import Pattern, PatternVar
from synth.language.sorts import CLASSES
from synth.rulesets.named import rewrite

__all__ = ["refold"]

_LENGTHS: Final = ("empty", "one", "two", "three", "four")
"""How many statements a block may have that stands before others in a definition: there is a rule
for each, since such a block is no part of the whole one."""

_Given = Mapping[str, Any]
"""An egglog expression for each parameter of a definition; for such a block, its statements."""


def _refoldings(construct: AnyConstruct, language: Language) -> Iterator[RewriteOrRule]:
    """its definition = construct(args); for a function, applied to words"""
    definition = language.definition(construct.name)
    for suffix, given in _instances(construct, definition):
        args = [_block(given[name]) for name in construct.parameters]
        own, words = args[: len(construct.sorts)], args[len(construct.sorts) :]
        whole = construct(*own)
        applied = {"Fun1": apply, "Fun2": apply2}.get(construct.sort)
        if applied is not None:
            whole = applied(whole, *words)
        yield rewrite(f"{construct.name}{suffix}", _expression(definition, given, language)).to(
            whole
        )


def _instances(construct: AnyConstruct, definition: Pattern) -> Iterator[tuple[str, _Given]]:
    """What the parameters are in each rule, and how it is called.

    A function that gives what it takes, or that composes others, applies to everything again and
    again: so only to what loops apply functions to, a cell or a variable.
    """
    parameters = construct.parameters
    blocks = [name for name in parameters if _precedes(definition, name)]
    bare = isinstance(definition, PatternVar)
    if construct.sort == "Fun1" and (bare or "Fun1" in construct.sorts):
        (word,) = [*parameters][len(construct.sorts) :]
        yield "-cell", {**parameters, word: load(parameters[word])}
        if not bare:
            yield "-variable", {**parameters, word: variable(egglog.var(word, egglog.String))}
    elif blocks:
        for length, suffix in enumerate(_LENGTHS):
            inside = {
                b: [egglog.var(f"{b}{i}", CLASSES["Stmt"]) for i in range(length)] for b in blocks
            }
            yield f"-{suffix}", {**parameters, **inside}
    elif not bare:  # a word is its own second of anything
        yield "", parameters


def _precedes(pattern: Pattern, name: str) -> bool:
    """Whether a block parameter stands before other statements."""
    if not isinstance(pattern, Term):
        return False
    first = pattern.args[0] if pattern.op == "append" else None
    here = isinstance(first, PatternVar) and first.name == name
    return here or any(_precedes(arg, name) for arg in pattern.args)


def _expression(pattern: Pattern, given: _Given, language: Language) -> Any:
    """The egglog expression of a definition, for what is given for its parameters."""
    match pattern:
        case PatternVar(name):
            return _block(given[name])
        case Term("append", (PatternVar(name), rest)):
            return do(*given[name], rest=_expression(rest, given, language))
        case Term(op, args):
            return language[op](*(_expression(arg, given, language) for arg in args))
        case _:
            return pattern


def _block(given: Any) -> Any:
    """Statements as the block that they are."""
    return do(*given) if isinstance(given, list) else given


@cache
def refold(language: Language) -> Ruleset:
    """The ruleset, for the constructs of a language."""

    @ruleset
    def refold() -> Iterable[RewriteOrRule]:
        for construct in language.values():
            if construct.definition is not None:
                yield from _refoldings(construct, language)

    return refold
