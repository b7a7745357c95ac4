"""The laws of list combinators, and of functions."""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, String, i64, ne, ruleset

from synth.language import (
    Block,
    Fun1,
    Fun2,
    Word,
    add,
    assign,
    bind,
    compose,
    const,
    do,
    find,
    first,
    flip,
    fold,
    greatest,
    id_,
    iterate,
    least,
    map_,
    minus,
    plus,
    pred,
    second,
    sub,
    succ,
    times,
    walk,
)
from synth.rulesets.base import word_size
from synth.rulesets.named import birewrite, rewrite

__all__ = ["combinators", "functions"]


@ruleset
def functions(f: Fun1, g: Fun1, h: Fun1, o: Fun2, e: Word, n: i64) -> Iterable[RewriteOrRule]:
    # ---- composition
    # f ∘ id = f
    yield rewrite("compose-id", compose(f, id_())).to(f)
    # id ∘ f = f
    yield rewrite("id-compose", compose(id_(), f)).to(f)
    # (f ∘ g) ∘ h = f ∘ (g ∘ h)
    yield rewrite("compose-associates", compose(compose(f, g), h)).to(compose(f, compose(g, h)))
    # succ ∘ pred = id
    yield rewrite("succ-pred", compose(succ(), pred())).to(id_())
    # pred ∘ succ = id
    yield rewrite("pred-succ", compose(pred(), succ())).to(id_())
    # succ ∘ succ = (+ 2)
    yield birewrite("succ-succ", compose(succ(), succ())).to(bind(plus(), 2))
    # pred ∘ pred = (− 2)
    yield birewrite("pred-pred", compose(pred(), pred())).to(bind(minus(), 2))

    # ---- a bound argument
    # (+ 1) = succ
    yield birewrite("plus-one", bind(plus(), 1)).to(succ())
    # (− 1) = pred
    yield birewrite("minus-one", bind(minus(), 1)).to(pred())
    # (+ 0) = id
    yield rewrite("plus-zero", bind(plus(), 0)).to(id_())
    # (− 0) = id
    yield rewrite("minus-zero", bind(minus(), 0)).to(id_())
    # max with 0 = id
    yield rewrite("greatest-zero", bind(greatest(), 0)).to(id_())
    # min with b−1 = id
    yield rewrite("least-top", bind(least(), const(n))).to(
        id_(), n + 1 >= word_size(), n < word_size()
    )
    # first with e = id
    yield rewrite("first-bound", bind(first(), e)).to(id_())
    # (+ −e) = (− e)
    yield birewrite("plus-negated", bind(plus(), sub(0, e))).to(bind(minus(), e))

    # ---- swapped arguments
    # flip (flip o) = o
    yield rewrite("flip-flip", flip(flip(o))).to(o)
    # flip plus = plus
    yield rewrite("flip-plus", flip(plus())).to(plus())
    # flip least = least
    yield rewrite("flip-least", flip(least())).to(least())
    # flip greatest = greatest
    yield rewrite("flip-greatest", flip(greatest())).to(greatest())
    # flip first = second
    yield birewrite("flip-first", flip(first())).to(second())
    # flip second = first
    yield birewrite("flip-second", flip(second())).to(first())


@ruleset
def combinators(
    p: String, a: String, n: String, x: String, f: Fun1, i: Block, j: Block, k: Block
) -> Iterable[RewriteOrRule]:
    # map p id = walk p
    yield rewrite("map-id", map_(p, id_())).to(walk(p, do()))
    # find p id = walk p
    yield birewrite("find-id", find(p, id_())).to(walk(p, do()))
    # fold p a first = walk p
    yield rewrite("fold-first", fold(p, a, first())).to(walk(p, do()))
    # n times x + 1: x = x + n; n = 0
    yield rewrite("iterate-succ", do(iterate(n, x, succ()), rest=k)).to(
        do(assign(x, add(x, n)), assign(n, 0), rest=k), ne(n).to(x)
    )
    # n times x − 1: x = x − n; n = 0
    yield rewrite("iterate-pred", do(iterate(n, x, pred()), rest=k)).to(
        do(assign(x, sub(x, n)), assign(n, 0), rest=k), ne(n).to(x)
    )
    # n times nothing: n = 0
    yield rewrite("times-nothing", times(n, do())).to(assign(n, 0))
    # walk p j; walk p i; k = walk p j; k
    yield rewrite("walk-twice", do(walk(p, j), walk(p, i), rest=k)).to(do(walk(p, j), rest=k))
    # find p f; find p f; k = find p f; k
    yield rewrite("find-twice", do(find(p, f), find(p, f), rest=k)).to(do(find(p, f), rest=k))
