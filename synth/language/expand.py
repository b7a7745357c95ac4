"""Derived constructs away: a term in core constructs only."""

from __future__ import annotations

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.language.language import Language
from synth.language.shipped import LANGUAGE

__all__ = ["expand"]


def expand(term: Arg, language: Language = LANGUAGE) -> Arg:
    """The same meaning in core constructs only: derived statements replaced by their definitions,
    functions by what applying them gives. Raises TermError for a function that is never applied."""
    while isinstance(term, Term):
        found = language.get(term.op)
        if found is not None and found.applies:
            function, *words = term.args
            if not isinstance(function, Term) or language[function.op].definition is None:
                raise TermError(f"{function}: no function that can be applied")
            term = language.unfold(function.op, (*function.args, *words))
        elif found is not None and not found.core:
            if found.is_function:
                raise TermError(f"{term}: a function must be applied: (apply {term} …)")
            term = language.unfold(term.op, term.args)
        else:
            return Term(term.op, tuple(expand(arg, language) for arg in term.args))
    return term
