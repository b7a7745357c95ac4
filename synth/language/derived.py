"""Loops over lists, counters and pointers, by what they unfold to.

Pointers, counters and accumulators are variables whose final values count.
"""

from __future__ import annotations

from egglog import StringLike

from synth.language.constructs import construct
from synth.language.sorts import BlockLike, Fun1, Fun2, Stmt, WordLike
from synth.language.statements import append, assign, do, end, if_zero, store, swap, while_
from synth.language.words import apply, apply2, dec, inc, load, min_, sub

__all__ = ["concat_map", "fill", "filter_", "filter_down", "find", "find_down", "fold", "follow"]
__all__ += ["generate", "iterate", "map_", "map_down", "map_to", "recur", "reverse", "scan"]
__all__ += ["times", "walk", "zip_"]


@construct(cost=4)
def walk(p: StringLike, body: BlockLike) -> Stmt:
    """Over a zero-terminated list at p: body, then p moves on; p ends at the terminator."""
    return while_(load(p), append(body, do(assign(p, inc(p)))))


@construct("map", cost=6)
def map_(p: StringLike, f: Fun1) -> Stmt:
    """Each element x of the list at p becomes f(x)."""
    return walk(p, do(store(p, apply(f, load(p)))))


@construct(cost=6)
def fold(p: StringLike, a: StringLike, g: Fun2) -> Stmt:
    """a = g(a, x) for each element x of the list at p."""
    return walk(p, do(assign(a, apply2(g, a, load(p)))))


@construct(cost=7)
def scan(p: StringLike, a: StringLike, g: Fun2) -> Stmt:
    """As fold, and each element becomes the value of a so far."""
    return walk(p, do(assign(a, apply2(g, a, load(p))), store(p, a)))


@construct("zip", cost=8)
def zip_(p: StringLike, q: StringLike, g: Fun2) -> Stmt:
    """Each element x of the list at p becomes g(x, y), y beside it in the list at q."""
    step = store(p, apply2(g, load(p), load(q)))
    return while_(load(p), do(step, assign(p, inc(p)), assign(q, inc(q))))


@construct(cost=7)
def map_to(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Writes f(x) of each element x of the list at p to q and following."""
    step = store(q, apply(f, load(p)))
    return while_(load(p), do(step, assign(p, inc(p)), assign(q, inc(q))))


@construct(cost=7)
def map_down(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Pushes f(x) of each element x of the list at p: q moves one cell down, f(x) is written
    there. So from q upward they stand in reverse."""
    step = do(assign(q, dec(q)), store(q, apply(f, load(p))), assign(p, inc(p)))
    return while_(load(p), step)


@construct("concat-map", cost=9)
def concat_map(p: StringLike, q: StringLike, f: Fun1, g: Fun1) -> Stmt:
    """Writes f(x) and g(x) of each element x of the list at p to q and following."""
    one, other = (store(q, apply(each, load(p))) for each in (f, g))
    return walk(p, do(one, assign(q, inc(q)), other, assign(q, inc(q))))


@construct("filter", cost=9)
def filter_(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Writes those elements x of the list at p for which f(x) is not 0 to q and following."""
    keep = do(store(q, load(p)), assign(q, inc(q)))
    return walk(p, do(if_zero(apply(f, load(p)), end(), keep)))


@construct(cost=9)
def filter_down(p: StringLike, q: StringLike, f: Fun1) -> Stmt:
    """Pushes those elements x of the list at p for which f(x) is not 0: q moves one cell down, x
    is written there."""
    keep = do(assign(q, dec(q)), store(q, load(p)))
    return walk(p, do(if_zero(apply(f, load(p)), end(), keep)))


@construct(cost=5)
def find(p: StringLike, f: Fun1) -> Stmt:
    """Moves p on to the first cell x with f(x) = 0."""
    return while_(apply(f, load(p)), do(assign(p, inc(p))))


@construct(cost=5)
def find_down(p: StringLike, f: Fun1) -> Stmt:
    """Moves p down to the first cell x with f(x) = 0."""
    return while_(apply(f, load(p)), do(assign(p, dec(p))))


@construct(cost=4)
def times(n: StringLike, body: BlockLike) -> Stmt:
    """The body n times, counting n down to 0."""
    return while_(n, append(body, do(assign(n, dec(n)))))


@construct(cost=6)
def fill(p: StringLike, n: StringLike, value: WordLike) -> Stmt:
    """Writes the value to n cells from p on."""
    return times(n, do(store(p, value), assign(p, inc(p))))


@construct(cost=5)
def iterate(n: StringLike, x: StringLike, f: Fun1) -> Stmt:
    """x = f(x), n times."""
    return times(n, do(assign(x, apply(f, x))))


@construct(cost=7)
def generate(p: StringLike, f: Fun1) -> Stmt:
    """Every cell after p, up to the last one, becomes f of the cell before it."""
    step = store(inc(p), apply(f, load(p)))
    return while_(inc(p), do(step, assign(p, inc(p))))


@construct(cost=9)
def recur(p: StringLike, g: Fun2) -> Stmt:
    """Every cell from p + 2 on, up to the last one, becomes g of the two cells before it."""
    step = store(inc(inc(p)), apply2(g, load(p), load(inc(p))))
    return while_(inc(inc(p)), do(step, assign(p, inc(p))))


@construct(cost=4)
def follow(p: StringLike) -> Stmt:
    """Follows a linked list: p = memory[p] until memory[p] is 0."""
    return while_(load(p), do(assign(p, load(p))))


@construct(cost=9)
def reverse(p: StringLike, q: StringLike) -> Stmt:
    """Exchanges the cells at p and q, moving inward until q ≤ p."""
    step = do(swap(p, q), assign(p, inc(p)), assign(q, dec(q)))
    return while_(sub(q, min_(p, q)), step)
