"""A sketch's term with its holes filled, the cheapest fillings first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from bridge.term import HOLES, Arg, Term
from synth.costs.costs import SIZES, Costs
from synth.enumeration.grammar import VARIABLES, Grammar
from synth.language import LANGUAGE, Language

__all__ = ["completions"]


def completions(
    sketch: Term, words: int, steps: int, language: Language = LANGUAGE, costs: Costs = SIZES
) -> Iterator[Term]:
    """The term with its holes filled in all ways, the cheapest fillings first, without end. Of
    words and statements that behave alike, one is tried."""
    own = {t for t in sketch.subterms() if isinstance(t, str)}
    spare = [name for name in VARIABLES if name not in own]
    names = (*sorted(own), *spare[:1])
    grammar = Grammar(words, len(names), steps, names=names, language=language, costs=costs)
    holes = [t.op for t in sketch.subterms() if isinstance(t, Term) and t.op in HOLES]
    cost = len(holes)
    while True:
        for filling in _fillings(grammar, holes, cost):
            yield cast("Term", _fill(sketch, iter(filling)))
        cost += 1


def _fillings(grammar: Grammar, holes: list[str], cost: int) -> Iterator[tuple[Arg, ...]]:
    """Ways to fill the holes that cost so much together."""
    if not holes:
        if cost == 0:
            yield ()
        return
    for own in range(1, cost - len(holes) + 2):
        for term in grammar.terms(HOLES[holes[0]], own):
            for rest in _fillings(grammar, holes[1:], cost - own):
                yield (term, *rest)


def _fill(term: Arg, filling: Iterator[Arg]) -> Arg:
    if not isinstance(term, Term):
        return term
    if term.op in HOLES:
        return next(filling)
    return Term(term.op, tuple(_fill(arg, filling) for arg in term.args))
