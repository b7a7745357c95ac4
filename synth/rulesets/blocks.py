"""Straight-line code and branches: what is dead, what may move, what a value is known to be.

A rule rewrites the statements at the head of a block and leaves the rest `k` as it is. Variables
are dead only before `halt`; whole programs are saturated with a `halt` at their end.
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, String, i64, ne, ruleset

from synth.language import (
    Block,
    Word,
    append,
    assign,
    const,
    dec,
    do,
    forever,
    halt,
    if_zero,
    inc,
    load,
    min_,
    noop,
    store,
    sub,
    swap,
    variable,
)
from synth.rulesets.base import MEMORY, independent, word_size
from synth.rulesets.named import birewrite, rewrite

__all__ = ["blocks", "branches", "dataflow"]


@ruleset
def blocks(
    x: String, e: Word, d: Word, a: Word, c: Word, j: Block, k: Block
) -> Iterable[RewriteOrRule]:
    # ---- dead code
    # noop; k = k
    yield rewrite("noop", do(noop(), rest=k)).to(k)
    # halt; k = halt
    yield rewrite("after-halt", do(halt(), rest=k)).to(do(halt()))
    # x = e; halt; k = halt
    yield rewrite("dead-assign", do(assign(x, e), halt(), rest=k)).to(do(halt()))
    # forever j; k = forever j
    yield rewrite("after-forever", do(forever(j), rest=k)).to(do(forever(j)))
    # x = x; k = k
    yield rewrite("self-assign", do(assign(x, x), rest=k)).to(k)
    # M[a] = M[a]; k = k
    yield rewrite("self-store", do(store(a, load(a)), rest=k)).to(k)
    # swap a a; k = k
    yield rewrite("self-swap", do(swap(a, a), rest=k)).to(k)
    # swap a c = swap c a
    yield rewrite("swap-commutes", swap(a, c)).to(swap(c, a))
    # swap a c; swap a c; k = k, if a and c do not depend on memory
    yield rewrite("swap-twice", do(swap(a, c), swap(a, c), rest=k)).to(
        k, *independent(a, MEMORY), *independent(c, MEMORY)
    )
    # x = e; x = d; k = x = d; k, if d does not depend on x
    yield rewrite("assign-twice", do(assign(x, e), assign(x, d), rest=k)).to(
        do(assign(x, d), rest=k), *independent(d, x)
    )
    # M[a] = e; M[a] = d; k = M[a] = d; k, if a and d do not depend on memory
    yield rewrite("store-twice", do(store(a, e), store(a, d), rest=k)).to(
        do(store(a, d), rest=k), *independent(a, MEMORY), *independent(d, MEMORY)
    )


@ruleset
def dataflow(
    x: String, y: String, e: Word, d: Word, a: Word, c: Word, k: Block
) -> Iterable[RewriteOrRule]:
    # ---- values that are known
    # x = e; x = x + 1; k = x = e + 1; k
    yield rewrite("assign-inc", do(assign(x, e), assign(x, inc(x)), rest=k)).to(
        do(assign(x, inc(e)), rest=k)
    )
    # x = e; x = x − 1; k = x = e − 1; k
    yield rewrite("assign-dec", do(assign(x, e), assign(x, dec(x)), rest=k)).to(
        do(assign(x, dec(e)), rest=k)
    )
    # x = e; x = M[x]; k = x = M[e]; k
    yield birewrite("assign-load", do(assign(x, e), assign(x, load(x)), rest=k)).to(
        do(assign(x, load(e)), rest=k)
    )
    # x = e; y = x; k = x = e; y = e; k, if e does not depend on x
    yield birewrite("copy-assigned", do(assign(x, e), assign(y, variable(x)), rest=k)).to(
        do(assign(x, e), assign(y, e), rest=k), *independent(e, x)
    )
    # x = e; M[a] = x; k = x = e; M[a] = e; k, if e does not depend on x
    yield birewrite("store-assigned", do(assign(x, e), store(a, variable(x)), rest=k)).to(
        do(assign(x, e), store(a, e), rest=k), *independent(e, x)
    )
    # M[a] = e; x = M[a]; k = M[a] = e; x = e; k, if a and e do not depend on memory
    yield birewrite("load-stored", do(store(a, e), assign(x, load(a)), rest=k)).to(
        do(store(a, e), assign(x, e), rest=k), *independent(a, MEMORY), *independent(e, MEMORY)
    )
    # x = M[a]; M[a] = x; k = x = M[a]; k, if a does not depend on x
    yield rewrite("store-loaded", do(assign(x, load(a)), store(a, variable(x)), rest=k)).to(
        do(assign(x, load(a)), rest=k), *independent(a, x)
    )

    # ---- order
    # x = e; y = d; k = y = d; x = e; k, if neither value depends on the other variable
    yield rewrite("exchange-assigns", do(assign(x, e), assign(y, d), rest=k)).to(
        do(assign(y, d), assign(x, e), rest=k), ne(x).to(y), *independent(e, y), *independent(d, x)
    )
    # x = e; M[a] = d; k = M[a] = d; x = e; k, if a, d do not depend on x, e not on memory
    yield birewrite("exchange-assign-store", do(assign(x, e), store(a, d), rest=k)).to(
        do(store(a, d), assign(x, e), rest=k),
        *independent(a, x),
        *independent(d, x),
        *independent(e, MEMORY),
    )
    # x = x + 1; M[a] = d; k = M[a'] = d; x = x + 1; k, for a = x − 1, a' = x
    yield birewrite("exchange-inc-store", do(assign(x, inc(x)), store(dec(x), d), rest=k)).to(
        do(store(x, d), assign(x, inc(x)), rest=k), *independent(d, x)
    )
    # x = x − 1; M[x + 1] = d; k = M[x] = d; x = x − 1; k
    yield birewrite("exchange-dec-store", do(assign(x, dec(x)), store(inc(x), d), rest=k)).to(
        do(store(x, d), assign(x, dec(x)), rest=k), *independent(d, x)
    )
    # M[a] = e; M[a + 1] = d; k = M[a + 1] = d; M[a] = e; k, if none depends on memory
    yield birewrite("exchange-stores", do(store(a, e), store(inc(a), d), rest=k)).to(
        do(store(inc(a), d), store(a, e), rest=k),
        *independent(a, MEMORY),
        *independent(e, MEMORY),
        *independent(d, MEMORY),
    )
    # x = e; swap a c; k = swap a c; x = e; k, if a and c do not depend on x, e not on memory
    yield birewrite("exchange-assign-swap", do(assign(x, e), swap(a, c), rest=k)).to(
        do(swap(a, c), assign(x, e), rest=k),
        *independent(a, x),
        *independent(c, x),
        *independent(e, MEMORY),
    )


@ruleset
def branches(
    x: String, e: Word, d: Word, n: i64, b: i64, i: Block, j: Block, k: Block
) -> Iterable[RewriteOrRule]:
    # if 0 then i else j; k = i; k
    yield rewrite("test-zero", do(if_zero(0, i, j), rest=k)).to(append(i, k))
    # if n then i else j; k = j; k, for 0 < n < b
    yield rewrite("test-number", do(if_zero(const(n), i, j), rest=k)).to(
        append(j, k), n > 0, n < word_size()
    )
    # if e then j else j; k = j; k
    yield rewrite("same-branches", do(if_zero(e, j, j), rest=k)).to(append(j, k))
    # testing x − y = testing y − x
    yield rewrite("test-difference", if_zero(sub(e, d), i, j)).to(if_zero(sub(d, e), i, j))
    # testing min(1, e) = testing e
    yield rewrite("test-min-one", if_zero(min_(1, e), i, j)).to(if_zero(e, i, j))
    # if (1 − min(1, e)) then j else i = if e then i else j
    yield rewrite("test-is-zero", if_zero(sub(1, min_(1, e)), j, i)).to(if_zero(e, i, j))
    # if e then i else j; halt = if e then i; halt else j; halt
    yield rewrite("halt-into-branches", do(if_zero(e, i, j), halt())).to(
        do(if_zero(e, append(i, do(halt())), append(j, do(halt()))))
    )
    # if e then halt else j; k = if e then halt; j; k
    yield rewrite("halting-then", do(if_zero(e, do(halt()), j), rest=k)).to(
        do(if_zero(e, do(halt()), do()), rest=append(j, k))
    )
    # if e then i else halt; k = if e (nothing) else halt; i; k
    yield rewrite("halting-else", do(if_zero(e, i, do(halt())), rest=k)).to(
        do(if_zero(e, do(), do(halt())), rest=append(i, k))
    )
