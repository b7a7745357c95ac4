"""Loops over lists that are given as lists: what a spec with inputs and outputs may use besides.

A list is zero-terminated, but for `each`. Pointers, counters and accumulators are variables whose
final values count.
"""

from __future__ import annotations

from egglog import StringLike

from synth.language.constructs import construct
from synth.language.derived import fill, times, walk
from synth.language.sorts import BlockLike, Fun1, Fun2, Stmt, WordLike
from synth.language.statements import (
    append,
    assign,
    do,
    do_while,
    end,
    if_zero,
    store,
    swap,
    while_,
)
from synth.language.words import add, apply, apply2, dec, inc, load, max_, min_, sub

__all__ = ["all_", "any_", "copy", "count", "delete", "each", "each_if", "insert"]
__all__ += ["map_if", "pairs", "range_", "repeat", "skip", "sort", "unique", "walk_both"]


# ------------------------------------------------------------ bodies of one's own


@construct(cost=7)
def each_if(p: StringLike, f: Fun1, body: BlockLike) -> Stmt:
    """Over the list at p: the body where f(x) of the element x is not 0."""
    return walk(p, do(if_zero(apply(f, load(p)), end(), body)))


@construct(cost=5)
def walk_both(p: StringLike, q: StringLike, body: BlockLike) -> Stmt:
    """Over the list at p, q beside it: the body, then both move on."""
    return while_(load(p), append(body, do(assign(p, inc(p)), assign(q, inc(q)))))


@construct(cost=8)
def pairs(p: StringLike, q: StringLike, body: BlockLike) -> Stmt:
    """Over the list at p, and for each element over those behind it, at q: the body."""
    return walk(p, do(assign(q, inc(p)), walk(q, body)))


@construct(cost=5)
def each(p: StringLike, n: StringLike, body: BlockLike) -> Stmt:
    """The body n times, p moving on; n ends at 0. For lists that begin with their length."""
    return times(n, append(body, do(assign(p, inc(p)))))


# ------------------------------------------------------------ what a list says


@construct(cost=8)
def count(p: StringLike, n: StringLike, f: Fun1) -> Stmt:
    """n grows by the number of elements x of the list at p for which f(x) is not 0."""
    return each_if(p, f, do(assign(n, inc(n))))


@construct("any", cost=8)
def any_(p: StringLike, a: StringLike, f: Fun1) -> Stmt:
    """a = max(a, min(f(x), 1)) for each element x of the list at p: 1 if f(x) ever is not 0."""
    return walk(p, do(assign(a, max_(a, min_(apply(f, load(p)), 1)))))


@construct("all", cost=7)
def all_(p: StringLike, a: StringLike, f: Fun1) -> Stmt:
    """a = min(a, f(x)) for each element x of the list at p: 0 if f(x) ever is."""
    return walk(p, do(assign(a, min_(a, apply(f, load(p))))))


@construct(cost=6)
def skip(p: StringLike, n: StringLike) -> Stmt:
    """p moves on by n cells, but not beyond the end of the list; n counts down. A 0 there keeps the
    first n elements; `copy` from there drops them."""
    return while_(min_(n, load(p)), do(assign(p, inc(p)), assign(n, dec(n))))


# ------------------------------------------------------------ another list


@construct(cost=8)
def map_if(p: StringLike, f: Fun1, g: Fun1) -> Stmt:
    """Each element x of the list at p for which f(x) is not 0 becomes g(x)."""
    return each_if(p, f, do(store(p, apply(g, load(p)))))


@construct(cost=7)
def copy(p: StringLike, q: StringLike) -> Stmt:
    """Writes the list at p, with its end, to q and following; both end behind it."""
    step = do(store(q, load(p)), assign(p, inc(p)), assign(q, inc(q)))
    return do_while(step, load(dec(p)))


@construct(cost=9)
def insert(p: StringLike, x: StringLike) -> Stmt:
    """Inserts x at p: each cell from there on takes the word of the one before it, up to the list's
    end, whose 0 is left in x."""
    exchange = (assign(x, add(x, load(p))), store(p, sub(x, load(p))), assign(x, sub(x, load(p))))
    return while_(x, do(*exchange, assign(p, inc(p))))


@construct(cost=6)
def delete(p: StringLike) -> Stmt:
    """Deletes the element at p: each cell takes the word of the one behind it, up to the list's
    end, where p ends."""
    return walk(p, do(store(p, load(inc(p)))))


@construct(cost=14)
def sort(p: StringLike, q: StringLike, g: Fun2) -> Stmt:
    """Sorts the list at p by exchanging elements x before y for which g(x, y) is not 0."""
    exchange = do(swap(p, q))
    return pairs(p, q, do(if_zero(apply2(g, load(p), load(q)), end(), exchange)))


@construct(cost=14)
def unique(p: StringLike, q: StringLike, r: StringLike, start: WordLike) -> Stmt:
    """Writes those elements of the list at p that are not between `start` and r before, to r and
    following; q looks for them. In place where p and r begin at `start`."""
    seek = while_(sub(load(q), load(p)), do(assign(q, inc(q))))
    keep = do(store(r, load(p)), assign(r, inc(r)))
    return walk(p, do(assign(q, start), seek, if_zero(sub(r, min_(q, r)), keep, end())))


@construct("range", cost=8)
def range_(p: StringLike, n: StringLike, x: StringLike, f: Fun1) -> Stmt:
    """Writes x, f(x), f(f(x)) …, n of them, to p and following."""
    return times(n, do(store(p, x), assign(p, inc(p)), assign(x, apply(f, x))))


@construct(cost=10)
def repeat(p: StringLike, q: StringLike, n: StringLike, f: Fun1) -> Stmt:
    """Writes each element x of the list at p f(x) times to q and following; n counts."""
    return walk(p, do(assign(n, apply(f, load(p))), fill(q, n, load(p))))
