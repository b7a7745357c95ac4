"""Planted unsound rules of all kinds, each of which the checker must catch."""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, String, eq, i64, ne, rewrite, ruleset

from synth.language import (
    Block,
    Fun1,
    Fun2,
    Word,
    add,
    append,
    apply,
    assign,
    bind,
    compose,
    const,
    dec,
    do,
    do_until,
    do_while,
    find,
    flip,
    fold,
    forever,
    halt,
    if_zero,
    inc,
    load,
    map_,
    max_,
    min_,
    minus,
    noop,
    plus,
    pred,
    reverse,
    scan,
    store,
    sub,
    succ,
    swap,
    times,
    until,
    variable,
    walk,
    while_,
    zip_,
)
from synth.rulesets.base import MEMORY, independent, word_size

__all__ = ["unsound"]


@ruleset
def unsound(
    x: Word, y: Word, e: Word, d: Word, a: Word, c: Word, i: Block, j: Block, k: Block,
    f: Fun1, g: Fun1, o: Fun2, p: String, q: String, n: i64, m: i64, b: i64,
) -> Iterable[RewriteOrRule]:  # fmt: skip
    # ---- wrap-around
    yield rewrite(inc(max_(x, y))).to(max_(inc(x), inc(y)))
    yield rewrite(sub(max_(x, y), min_(x, y))).to(sub(x, y))
    yield rewrite(min_(x, add(x, y))).to(x)
    yield rewrite(max_(const(n), const(m))).to(const(m), n <= m)
    yield rewrite(min_(x, const(n))).to(x, n >= 7)
    yield rewrite(dec(min_(x, y))).to(min_(dec(x), dec(y)))
    yield rewrite(sub(x, y)).to(sub(y, x))
    yield rewrite(min_(const(n), x)).to(x, eq(b).to(word_size()), n >= b)
    yield rewrite(add(x, const(120))).to(x)  # sound for b = 2, 3, 4, 5 and 8
    # ---- aliasing
    yield rewrite(do(store(a, e), store(c, d), rest=k)).to(do(store(c, d), store(a, e), rest=k))
    yield rewrite(do(store(a, e), store(c, d), store(a, x), rest=k)).to(
        do(store(c, d), store(a, x), rest=k)
    )
    yield rewrite(do(store(a, e), assign(p, load(a)), rest=k)).to(
        do(store(a, e), assign(p, e), rest=k)
    )
    yield rewrite(do(assign(p, e), assign(q, d), rest=k)).to(
        do(assign(q, d), assign(p, e), rest=k), *independent(e, q), *independent(d, p)
    )
    yield rewrite(do(assign(p, e), assign(q, variable(p)), rest=k)).to(
        do(assign(p, e), assign(q, e), rest=k)
    )
    yield rewrite(do(swap(a, c), swap(a, c), rest=k)).to(k)
    yield rewrite(do(store(a, e), store(a, d), rest=k)).to(
        do(store(a, d), rest=k), *independent(a, MEMORY)
    )
    # ---- dropped effects
    yield rewrite(do(assign(p, e), rest=k)).to(k)
    yield rewrite(do(store(a, e), halt())).to(do(halt()))
    yield rewrite(do(if_zero(e, i, i), rest=k)).to(k)
    yield rewrite(map_(p, bind(plus(), const(0)))).to(noop())
    yield rewrite(fold(p, q, o)).to(walk(p, do()))
    yield rewrite(do(halt(), rest=k)).to(k)
    # ---- loops that stop diverging, or tests in the wrong sense
    yield rewrite(forever(j)).to(noop())
    yield rewrite(forever(do(store(a, e)))).to(forever(do()))
    yield rewrite(while_(e, do())).to(noop())
    yield rewrite(while_(e, j)).to(until(e, j))
    yield rewrite(do_while(j, e)).to(do_until(j, e))
    yield rewrite(find(p, f)).to(find(p, compose(succ(), f)))
    # ---- rounds too many or too few
    yield rewrite(while_(e, j)).to(do_while(j, e))
    yield rewrite(do(do_while(j, e), rest=k)).to(do(while_(e, j), rest=k))
    yield rewrite(do(while_(e, j), rest=k)).to(append(j, do(while_(e, j), rest=k)))
    yield rewrite(times(p, j)).to(while_(dec(p), append(j, do(assign(p, dec(p))))))
    yield rewrite(walk(p, j)).to(while_(load(p), append(do(assign(p, inc(p))), j)))
    yield rewrite(reverse(p, q)).to(
        while_(sub(q, p), do(swap(p, q), assign(p, inc(p)), assign(q, dec(q))))
    )
    # ---- functions and fusion
    yield rewrite(compose(f, g)).to(compose(g, f))
    yield rewrite(flip(minus())).to(minus())
    yield rewrite(apply(bind(o, d), e)).to(apply(bind(o, e), d))
    yield rewrite(compose(pred(), succ())).to(succ())
    yield rewrite(do(assign(p, e), map_(p, f), assign(p, e), map_(p, g), rest=k)).to(
        do(assign(p, e), map_(p, compose(g, f)), rest=k), *independent(e, p, MEMORY)
    )
    yield rewrite(scan(p, q, o)).to(fold(p, q, o))
    yield rewrite(zip_(p, q, o)).to(zip_(q, p, flip(o)), ne(p).to(q))
    # ---- what is held by a variable that is looked at behind the loop, or changes in it
    held = do(assign("held", e), find(p, bind(o, variable("held"))), store(a, d), halt())
    yield rewrite(do(find(p, bind(o, e)), store(a, d), halt())).to(held, *independent(e, p))
    yield rewrite(do(find(p, bind(o, e)), store(a, d), halt())).to(
        held, ne(p).to(String("held")), *independent(a, "held"), *independent(d, "held")
    )
    # ---- loops unrolled that end in the wrong round
    yield rewrite(do(while_(e, j), store(a, d), halt())).to(
        do(forever(append(j, do(if_zero(e, do(store(a, d), halt()), do())))))
    )
    yield rewrite(while_(e, j)).to(while_(e, append(j, j)))
