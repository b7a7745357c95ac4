"""Laws of the constructs for lists: nothing, where the language has none."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from egglog import RewriteOrRule, Ruleset, String, ruleset

from synth.language import (
    Fun1,
    add,
    apply,
    assign,
    do,
    fill,
    id_,
    load,
    max_,
    min_,
    variable,
    walk,
)
from synth.language.language import Language
from synth.language.lists import any_, count, each_if, range_
from synth.rulesets.named import birewrite, rewrite

__all__ = ["lists"]


@cache
def lists(language: Language) -> Ruleset:
    """The ruleset, for a language that has these constructs."""

    @ruleset
    def lists(p: String, n: String, x: String, a: String, f: Fun1) -> Iterable[RewriteOrRule]:
        if "each-if" not in language:
            return
        # each-if p f (nothing) = walk p (nothing)
        yield rewrite("nothing-if", each_if(p, f, do())).to(walk(p, do()))
        # count p n f = walk p (n = n + min(f(M[p]), 1))
        once = min_(apply(f, load(p)), 1)
        yield rewrite("count-as-sum", count(p, n, f)).to(
            walk(p, do(assign(n, add(variable(n), once))))
        )
        # any p a f = each-if p f (a = max(a, 1))
        yield birewrite("any-if", any_(p, a, f)).to(
            each_if(p, f, do(assign(a, max_(variable(a), 1))))
        )
        # range p n x id = fill p n x
        yield birewrite("range-of-one", range_(p, n, x, id_())).to(fill(p, n, variable(x)))

    return lists
