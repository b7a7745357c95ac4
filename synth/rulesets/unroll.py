"""Loops with their end inside, and several rounds of these in one: fewer jumps back.

There is a rule for each number of statements behind a loop, or in one: a rule that doubled any
block would do so for ever.

The lowering writes rounds out as well (see `bridge.lowering.quick.duplicate`), so little is left to
gain: of the answers to anc, list_k_biased 2 %, dijkstra and addition_biased 1 %
(`python -m synth.rules show unroll`).
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, ruleset

from synth.language import Block, Stmt, Word, do, forever, halt, if_zero, while_
from synth.rulesets.named import rewrite

__all__ = ["unroll"]


@ruleset
def unroll(
    e: Word, j: Block, q: Stmt, r: Stmt, s: Stmt, t: Stmt, u: Stmt, v: Stmt
) -> Iterable[RewriteOrRule]:
    # while e j; q; halt = forever (if e (q; halt); j)
    yield rewrite("exit-one", do(while_(e, j), q, halt())).to(
        do(forever(do(if_zero(e, do(q, halt()), do()), rest=j)))
    )
    # while e j; q; r; halt = forever (if e (q; r; halt); j)
    yield rewrite("exit-two", do(while_(e, j), q, r, halt())).to(
        do(forever(do(if_zero(e, do(q, r, halt()), do()), rest=j)))
    )
    several = {"two": [q, r], "three": [q, r, s], "four": [q, r, s, t], "five": [q, r, s, t, u],
               "six": [q, r, s, t, u, v]}  # fmt: skip
    for number, i in several.items():
        # forever i = forever (i; i)
        yield rewrite(f"twice-{number}", forever(do(*i))).to(forever(do(*i, *i)))
    # forever (q; r; s) = forever (q; r; s; q; r; s; q; r; s)
    yield rewrite("thrice-three", forever(do(q, r, s))).to(forever(do(q, r, s, q, r, s, q, r, s)))
