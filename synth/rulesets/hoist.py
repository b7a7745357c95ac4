"""What a loop computes anew in every round, computed once before it.

The variable that holds it is scratch: the store with which the program ends must not depend on it.

A search gains whose test has an operand in memory: of the answers to lists, find_last_idx 3 %
(`python -m synth.rules show hoist`).
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, String, ne, ruleset

from synth.language import Fun2, Word, assign, bind, do, find, find_down, halt, store, variable
from synth.rulesets.base import independent, independent2
from synth.rulesets.named import rewrite

__all__ = ["hoist"]

HELD = "held"
"""The variable's name: any would do, as the rules hold of programs that have it already."""


@ruleset
def hoist(p: String, a: Word, d: Word, e: Word, g: Fun2) -> Iterable[RewriteOrRule]:
    same = [ne(p).to(String(HELD)), *independent(e, p), *independent2(g, HELD)]
    apart = [*independent(a, HELD), *independent(d, HELD)]
    for name, search in (("find", find), ("find-down", find_down)):
        anew, held = search(p, bind(g, e)), search(p, bind(g, variable(HELD)))
        # find p (g with e); M[a] = d; halt = held = e; find p (g with held); M[a] = d; halt
        yield rewrite(name, do(anew, store(a, d), halt())).to(
            do(assign(HELD, e), held, store(a, d), halt()), *same, *apart
        )
