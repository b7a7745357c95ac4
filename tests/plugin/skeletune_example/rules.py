"""A ruleset: `python -m synth.rules check shifting` tests each rule for soundness."""

from collections.abc import Iterable

from egglog import RewriteOrRule, String, rewrite, ruleset

from skeletune_example.construct import shift
from synth.language import Word, add, assign, do, inc, load, max_, min_, store, sub, while_

__all__ = ["shifting"]


@ruleset
def shifting(p: String, x: Word, y: Word) -> Iterable[RewriteOrRule]:
    # while [p] ([p] = [p + 1]; p = p + 1) = shift p
    step = do(store(p, load(inc(p))), assign(p, inc(p)))
    yield rewrite(while_(load(p), step)).to(shift(p))
    # max(x, y) = x + y − min(x, y)
    yield rewrite(max_(x, y)).to(sub(add(x, y), min_(x, y)))
