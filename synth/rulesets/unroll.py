"""Loops with their end inside, and several rounds of these in one: fewer jumps back.

There is a rule for each number of statements behind a loop, or in one: a rule that doubled any
block would do so for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, ruleset

from synth.language import Block, Stmt, Word, append, do, do_while, forever, halt, if_zero, while_
from synth.rulesets.named import rewrite

__all__ = ["unroll"]


@ruleset
def unroll(
    e: Word, j: Block, q: Stmt, r: Stmt, s: Stmt, t: Stmt, u: Stmt, v: Stmt
) -> Iterable[RewriteOrRule]:
    several = {"one": [q], "two": [q, r], "three": [q, r, s], "four": [q, r, s, t],
               "five": [q, r, s, t, u], "six": [q, r, s, t, u, v]}  # fmt: skip
    for number in ("one", "two", "three"):
        leave = if_zero(e, do(*several[number], halt()), do())
        # while e j; i; halt = forever (if e (i; halt); j)
        yield rewrite(f"exit-while-{number}", do(while_(e, j), *several[number], halt())).to(
            do(forever(do(leave, rest=j)))
        )
        # do j while e; i; halt = forever (j; if e (i; halt))
        yield rewrite(f"exit-do-while-{number}", do(do_while(j, e), *several[number], halt())).to(
            do(forever(append(j, do(leave))))
        )
    for number, i in several.items():
        # forever i = forever (i; i)
        yield rewrite(f"twice-{number}", forever(do(*i))).to(forever(do(*i, *i)))
    for number in ("two", "three", "four"):
        i = several[number]
        # forever i = forever (i; i; i)
        yield rewrite(f"thrice-{number}", forever(do(*i))).to(forever(do(*i, *i, *i)))
