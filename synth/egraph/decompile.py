"""A program -> the cheapest term that the e-graph knows for it: loops become combinators again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from bridge import Program, TermError
from bridge.lowering.lift import Style, lift_program
from bridge.lowering.reroll import reroll
from bridge.term import Term
from synth.egraph.equivalents import saturate_all
from synth.language import LANGUAGE, Language
from synth.rulesets import BACKWARDS, DEFAULT, Rules

__all__ = ["decompile"]


def decompile(
    program: Program,
    words: int,
    *,
    outputs: Sequence[int] = (),
    rulesets: Sequence[Rules] = (),
    nodes: int = 5_000,
    seconds: float = 2.0,
    language: Language = LANGUAGE,
) -> Term | None:
    """A term that means what the program does, for every memory of so many words: of those that the
    shipped rules, those given, and the definitions of the constructs lead to, the cheapest. Its
    variables are the program's registers.

    None if the program cannot be lifted (see `bridge.lowering.lift.lift_program`). Saturation ends
    at so many e-nodes or seconds. As no rule knows that variables count at the end, the term is as
    lifted if registers do, the `outputs`. Raises SaturationError if a rule that was given fails.
    """
    if outputs:
        return lift_program(program, words, outputs, Style.TERSE)
    lifted = [lift_program(program, words, style=style) for style in (Style.TERSE, Style.PLAIN)]
    found = [term for term in lifted if term is not None]
    terms = list(dict.fromkeys([*found, *(reroll(term, words) for term in found)]))
    try:
        equals = saturate_all(
            terms,
            words,
            rulesets=(*DEFAULT, *BACKWARDS, *rulesets),
            nodes=nodes,
            seconds=seconds,
            language=language,
        )
    except TermError:  # it has more statements than are saturated
        equals = []
    terms += [term for each in equals for term in islice(each.terms(), 1)]
    return min(terms, key=lambda term: language.cost(term, words), default=None)
