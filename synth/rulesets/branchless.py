"""Branches as arithmetic: the same steps are taken whatever a word is."""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, String, ruleset

from synth.language import Word, add, assign, dec, do, if_zero, inc, max_, min_, sub, variable
from synth.rulesets.named import rewrite

__all__ = ["branchless"]


@ruleset
def branchless(x: String, e: Word, d: Word) -> Iterable[RewriteOrRule]:
    one, other = min_(1, e), sub(1, min_(1, e))  # 1 if e is not 0; 1 if it is
    # ---- counted
    # if e (nothing) else x = x + 1  =  x = x + min(1, e)
    yield rewrite("inc-else", if_zero(e, do(), do(assign(x, inc(x))))).to(assign(x, add(x, one)))
    # if e then x = x + 1  =  x = x + (1 − min(1, e))
    yield rewrite("inc-then", if_zero(e, do(assign(x, inc(x))), do())).to(assign(x, add(x, other)))
    # if e (nothing) else x = x − 1  =  x = x − min(1, e)
    yield rewrite("dec-else", if_zero(e, do(), do(assign(x, dec(x))))).to(assign(x, sub(x, one)))
    # if e then x = x − 1  =  x = x − (1 − min(1, e))
    yield rewrite("dec-then", if_zero(e, do(assign(x, dec(x))), do())).to(assign(x, sub(x, other)))

    # ---- noted
    # if e then x = 0 else x = 1  =  x = min(1, e)
    yield rewrite("is-not-zero", if_zero(e, do(assign(x, 0)), do(assign(x, 1)))).to(assign(x, one))
    # if e then x = 1 else x = 0  =  x = 1 − min(1, e)
    yield rewrite("is-zero", if_zero(e, do(assign(x, 1)), do(assign(x, 0)))).to(assign(x, other))

    # ---- the larger, the smaller
    above = sub(variable(x), min_(variable(x), d))
    below = sub(d, min_(d, variable(x)))
    # if x ≤ d then x = d  =  x = max(x, d)
    yield rewrite("max-then", if_zero(above, do(assign(x, d)), do())).to(assign(x, max_(x, d)))
    # if x > d then x = d  =  x = min(x, d)
    yield rewrite("min-else", if_zero(above, do(), do(assign(x, d)))).to(assign(x, min_(x, d)))
    # if d ≤ x (nothing) else x = d  =  x = max(x, d)
    yield rewrite("max-else", if_zero(below, do(), do(assign(x, d)))).to(assign(x, max_(x, d)))
    # if d ≤ x then x = d  =  x = min(x, d)
    yield rewrite("min-then", if_zero(below, do(assign(x, d)), do())).to(assign(x, min_(x, d)))
