"""Two walks over the same list in one.

Only walks that do not write to memory are fused: a zero that the first one writes would end the
second one early. So there is no fusion of maps for lists that end with a zero.
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, String, ne, ruleset

from synth.language import Block, Fun2, Word, apply2, assign, do, fold, load, walk
from synth.rulesets.base import independent, independent2
from synth.rulesets.named import birewrite

__all__ = ["fusion"]


@ruleset
def fusion(
    p: String, q: String, a: String, c: String, e: Word, g: Fun2, h: Fun2, k: Block
) -> Iterable[RewriteOrRule]:
    both = walk(p, do(assign(a, apply2(g, a, load(p))), assign(c, apply2(h, c, load(p)))))
    apart = [ne(a).to(c), ne(a).to(p), ne(c).to(p)]
    # p = e; fold p a g; p = e; fold p c h; k = p = e; walk p (a = g(a, M[p]); c = h(c, M[p])); k,
    # if a, c, p differ, e does not depend on p and a, g not on c, h not on a
    yield birewrite(
        "fold-fold", do(assign(p, e), fold(p, a, g), assign(p, e), fold(p, c, h), rest=k)
    ).to(
        do(assign(p, e), both, rest=k),
        *apart,
        *independent(e, p, a),
        *independent2(g, c),
        *independent2(h, a),
    )
