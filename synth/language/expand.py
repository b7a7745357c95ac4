"""Derived constructs away: a term in core constructs only."""

from __future__ import annotations

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.language.language import Language
from synth.language.shipped import LANGUAGE

__all__ = ["expand"]


def expand(term: Arg, language: Language = LANGUAGE) -> Arg:
    """The same meaning in core constructs only: derived statements replaced by their definitions,
    functions by what applying them gives. Raises TermError for a function that is never applied.

    A definition may take an argument twice. That is expanded once, and is the same object in both
    places, so the result is made in linear time, though written out it may be exponentially long.
    """
    done: dict[int, tuple[Arg, Arg]] = {}  # by identity: to hash is to walk through all of it

    def expanded(term: Arg) -> Arg:
        if not isinstance(term, Term):
            return term
        if (known := done.get(id(term))) is None:
            known = done[id(term)] = term, found(term)  # which keeps the identity taken
        return known[1]

    def found(term: Arg) -> Arg:
        while isinstance(term, Term):
            construct = language.get(term.op)
            if construct is not None and construct.applies:
                function, *words = term.args
                if not isinstance(function, Term) or language[function.op].definition is None:
                    raise TermError(f"{function}: no function that can be applied")
                term = language.unfold(function.op, (*function.args, *words))
            elif construct is not None and not construct.core:
                if construct.is_function:
                    raise TermError(f"{term}: a function must be applied: (apply {term} …)")
                term = language.unfold(term.op, term.args)
            else:
                return Term(term.op, tuple(map(expanded, term.args)))
        return term

    return expanded(term)
