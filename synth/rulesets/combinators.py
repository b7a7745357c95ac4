"""List combinators: loops that they recognise, and the laws of functions."""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, String, birewrite, i64, ne, rewrite, ruleset

from synth.language import (
    Block,
    Fun1,
    Fun2,
    Stmt,
    Word,
    add,
    apply,
    apply2,
    assign,
    bind,
    compose,
    const,
    dec,
    do,
    find,
    first,
    flip,
    fold,
    greatest,
    id_,
    inc,
    iterate,
    least,
    load,
    map_,
    max_,
    min_,
    minus,
    plus,
    pred,
    second,
    store,
    sub,
    succ,
    times,
    walk,
    while_,
)
from synth.rulesets.base import word_size

__all__ = ["combinators", "functions", "recognise"]


@ruleset
def functions(f: Fun1, g: Fun1, h: Fun1, o: Fun2, e: Word, n: i64) -> Iterable[RewriteOrRule]:
    # ---- composition
    # f ∘ id = f
    yield rewrite(compose(f, id_())).to(f)
    # id ∘ f = f
    yield rewrite(compose(id_(), f)).to(f)
    # (f ∘ g) ∘ h = f ∘ (g ∘ h)
    yield rewrite(compose(compose(f, g), h)).to(compose(f, compose(g, h)))
    # succ ∘ pred = id
    yield rewrite(compose(succ(), pred())).to(id_())
    # pred ∘ succ = id
    yield rewrite(compose(pred(), succ())).to(id_())
    # succ ∘ succ = (+ 2)
    yield birewrite(compose(succ(), succ())).to(bind(plus(), 2))
    # pred ∘ pred = (− 2)
    yield birewrite(compose(pred(), pred())).to(bind(minus(), 2))

    # ---- a bound argument
    # (+ 1) = succ
    yield birewrite(bind(plus(), 1)).to(succ())
    # (− 1) = pred
    yield birewrite(bind(minus(), 1)).to(pred())
    # (+ 0) = id
    yield rewrite(bind(plus(), 0)).to(id_())
    # (− 0) = id
    yield rewrite(bind(minus(), 0)).to(id_())
    # max with 0 = id
    yield rewrite(bind(greatest(), 0)).to(id_())
    # min with b−1 = id
    yield rewrite(bind(least(), const(n))).to(id_(), n + 1 >= word_size(), n < word_size())
    # first with e = id
    yield rewrite(bind(first(), e)).to(id_())
    # (+ −e) = (− e)
    yield birewrite(bind(plus(), sub(0, e))).to(bind(minus(), e))

    # ---- swapped arguments
    # flip (flip o) = o
    yield rewrite(flip(flip(o))).to(o)
    # flip plus = plus
    yield rewrite(flip(plus())).to(plus())
    # flip least = least
    yield rewrite(flip(least())).to(least())
    # flip greatest = greatest
    yield rewrite(flip(greatest())).to(greatest())
    # flip first = second
    yield birewrite(flip(first())).to(second())
    # flip second = first
    yield birewrite(flip(second())).to(first())


@ruleset
def combinators(
    p: String, a: String, n: String, x: String, f: Fun1, i: Block, j: Block, k: Block
) -> Iterable[RewriteOrRule]:
    # map p id = walk p
    yield rewrite(map_(p, id_())).to(walk(p, do()))
    # find p id = walk p
    yield birewrite(find(p, id_())).to(walk(p, do()))
    # fold p a first = walk p
    yield rewrite(fold(p, a, first())).to(walk(p, do()))
    # n times x + 1: x = x + n; n = 0
    yield rewrite(do(iterate(n, x, succ()), rest=k)).to(
        do(assign(x, add(x, n)), assign(n, 0), rest=k), ne(n).to(x)
    )
    # n times x − 1: x = x − n; n = 0
    yield rewrite(do(iterate(n, x, pred()), rest=k)).to(
        do(assign(x, sub(x, n)), assign(n, 0), rest=k), ne(n).to(x)
    )
    # n times nothing: n = 0
    yield rewrite(times(n, do())).to(assign(n, 0))
    # walk p j; walk p i; k = walk p j; k
    yield rewrite(do(walk(p, j), walk(p, i), rest=k)).to(do(walk(p, j), rest=k))
    # find p f; find p f; k = find p f; k
    yield rewrite(do(find(p, f), find(p, f), rest=k)).to(do(find(p, f), rest=k))


@ruleset
def recognise(
    p: String, n: String, a: String, e: Word, d: Word, s: Stmt, r: Stmt, f: Fun1, g: Fun2
) -> Iterable[RewriteOrRule]:
    # ---- words as applications
    # e + 1 = succ(e)
    yield rewrite(inc(e)).to(apply(succ(), e))
    # e − 1 = pred(e)
    yield rewrite(dec(e)).to(apply(pred(), e))
    # e + d = plus(e, d)
    yield rewrite(add(e, d)).to(apply2(plus(), e, d))
    # e − d = minus(e, d)
    yield rewrite(sub(e, d)).to(apply2(minus(), e, d))
    # min(e, d) = least(e, d)
    yield rewrite(min_(e, d)).to(apply2(least(), e, d))
    # max(e, d) = greatest(e, d)
    yield rewrite(max_(e, d)).to(apply2(greatest(), e, d))
    # g(e, d) = (g with d)(e)
    yield rewrite(apply2(g, e, d)).to(apply(bind(g, d), e))

    # ---- loops as combinators
    # while M[p] (s; p = p + 1) = walk p s
    yield rewrite(while_(load(p), do(s, assign(p, inc(p))))).to(walk(p, do(s)))
    # while M[p] (s; r; p = p + 1) = walk p (s; r)
    yield rewrite(while_(load(p), do(s, r, assign(p, inc(p))))).to(walk(p, do(s, r)))
    # while n (s; n = n − 1) = times n s
    yield rewrite(while_(n, do(s, assign(n, dec(n))))).to(times(n, do(s)))
    # while n (s; r; n = n − 1) = times n (s; r)
    yield rewrite(while_(n, do(s, r, assign(n, dec(n))))).to(times(n, do(s, r)))
    # walk p (M[p] = f(M[p])) = map p f
    yield rewrite(walk(p, do(store(p, apply(f, load(p)))))).to(map_(p, f))
    # walk p (a = g(a, M[p])) = fold p a g
    yield rewrite(walk(p, do(assign(a, apply2(g, a, load(p)))))).to(fold(p, a, g))
