"""Rounds of a loop that stand before it, back into the loop: `loops` takes them out.

There is a rule for each length of a round, since a round is only the beginning of its block.
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, ruleset

from synth.language import Block, Stmt, Word, do, do_until, do_while, until, while_
from synth.rulesets.named import rewrite

__all__ = ["roll"]


@ruleset
def roll(e: Word, q: Stmt, r: Stmt, s: Stmt, t: Stmt, k: Block) -> Iterable[RewriteOrRule]:
    rounds = {"one": [q], "two": [q, r], "three": [q, r, s], "four": [q, r, s, t]}
    for length, j in rounds.items():
        # j; while e j; k = do j while e; k
        yield rewrite(f"while-{length}", do(*j, while_(e, do(*j)), rest=k)).to(
            do(do_while(do(*j), e), rest=k)
        )
        # j; until e j; k = do j until e; k
        yield rewrite(f"until-{length}", do(*j, until(e, do(*j)), rest=k)).to(
            do(do_until(do(*j), e), rest=k)
        )
