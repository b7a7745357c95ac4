"""The forms of a loop: tested before, after or never, in either sense, rotated and peeled."""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, i64, ruleset

from synth.language import (
    Block,
    Word,
    append,
    const,
    do,
    do_until,
    do_while,
    forever,
    halt,
    if_zero,
    min_,
    sub,
    until,
    while_,
)
from synth.rulesets.base import word_size
from synth.rulesets.named import birewrite, rewrite

__all__ = ["loops"]


def _is_zero(e: Word) -> Word:
    """1 − min(1, e): not 0 only if e is."""
    return sub(1, min_(1, e))


@ruleset
def loops(e: Word, d: Word, n: i64, i: Block, j: Block, k: Block) -> Iterable[RewriteOrRule]:
    # ---- a test before each round = a guard, and a test after each round
    # while e j = if e (nothing) else (do j while e)
    yield birewrite("while-guarded", while_(e, j)).to(if_zero(e, do(), do(do_while(j, e))))
    # until e j = if e (do j until e)
    yield birewrite("until-guarded", until(e, j)).to(if_zero(e, do(do_until(j, e)), do()))

    # ---- peeling: the first round on its own
    # do j while e; k = j; while e j; k
    yield rewrite("peel-do-while", do(do_while(j, e), rest=k)).to(
        append(j, do(while_(e, j), rest=k))
    )
    # do j until e; k = j; until e j; k
    yield rewrite("peel-do-until", do(do_until(j, e), rest=k)).to(
        append(j, do(until(e, j), rest=k))
    )

    # ---- the test's sense
    # until (1 − min(1, e)) j = while e j
    yield rewrite("until-is-zero", until(_is_zero(e), j)).to(while_(e, j))
    # while (1 − min(1, e)) j = until e j
    yield rewrite("while-is-zero", while_(_is_zero(e), j)).to(until(e, j))
    # do j until (1 − min(1, e)) = do j while e
    yield rewrite("do-until-is-zero", do_until(j, _is_zero(e))).to(do_while(j, e))
    # do j while (1 − min(1, e)) = do j until e
    yield rewrite("do-while-is-zero", do_while(j, _is_zero(e))).to(do_until(j, e))
    # while min(1, e) j = while e j, and so on
    yield rewrite("while-min-one", while_(min_(1, e), j)).to(while_(e, j))
    yield rewrite("until-min-one", until(min_(1, e), j)).to(until(e, j))
    yield rewrite("do-while-min-one", do_while(j, min_(1, e))).to(do_while(j, e))
    yield rewrite("do-until-min-one", do_until(j, min_(1, e))).to(do_until(j, e))
    # while (e − d) j = while (d − e) j, and so on
    yield rewrite("while-difference", while_(sub(e, d), j)).to(while_(sub(d, e), j))
    yield rewrite("until-difference", until(sub(e, d), j)).to(until(sub(d, e), j))
    yield rewrite("do-while-difference", do_while(j, sub(e, d))).to(do_while(j, sub(d, e)))
    yield rewrite("do-until-difference", do_until(j, sub(e, d))).to(do_until(j, sub(d, e)))

    # ---- tests that are decided
    # while 0 j; k = k
    yield rewrite("while-zero", do(while_(0, j), rest=k)).to(k)
    # do j while 0; k = j; k
    yield rewrite("do-while-zero", do(do_while(j, 0), rest=k)).to(append(j, k))
    # do j until n; k = j; k, for 0 < n < b
    yield rewrite("do-until-number", do(do_until(j, const(n)), rest=k)).to(
        append(j, k), n > 0, n < word_size()
    )
    # until n j; k = k, for 0 < n < b
    yield rewrite("until-number", do(until(const(n), j), rest=k)).to(k, n > 0, n < word_size())
    # forever j = until 0 j
    yield birewrite("forever-until", forever(j)).to(until(0, j))
    # forever j = do j until 0
    yield birewrite("forever-do-until", forever(j)).to(do_until(j, 0))
    # forever j = while 1 j
    yield birewrite("forever-while", forever(j)).to(while_(1, j))

    # ---- what the test says inside the loop and behind it
    # while e (if e i else j; k) = while e (j; k)
    yield rewrite("while-if", while_(e, do(if_zero(e, i, j), rest=k))).to(while_(e, append(j, k)))
    # until e (if e i else j; k) = until e (i; k)
    yield rewrite("until-if", until(e, do(if_zero(e, i, j), rest=k))).to(until(e, append(i, k)))
    # while e j; while e i; k = while e j; k
    yield rewrite("while-twice", do(while_(e, j), while_(e, i), rest=k)).to(
        do(while_(e, j), rest=k)
    )
    # until e j; until e i; k = until e j; k
    yield rewrite("until-twice", do(until(e, j), until(e, i), rest=k)).to(do(until(e, j), rest=k))

    # ---- a loop at the program's end = forever, with a way out
    # while e j; halt = forever (if e halt; j)
    yield rewrite("exit-while", do(while_(e, j), halt())).to(
        do(forever(do(if_zero(e, do(halt()), do()), rest=j)))
    )
    # until e j; halt = forever (if e (nothing) else halt; j)
    yield rewrite("exit-until", do(until(e, j), halt())).to(
        do(forever(do(if_zero(e, do(), do(halt())), rest=j)))
    )
    # do j while e; halt = forever (j; if e halt)
    yield rewrite("exit-do-while", do(do_while(j, e), halt())).to(
        do(forever(append(j, do(if_zero(e, do(halt()), do())))))
    )
    # do j until e; halt = forever (j; if e (nothing) else halt)
    yield rewrite("exit-do-until", do(do_until(j, e), halt())).to(
        do(forever(append(j, do(if_zero(e, do(), do(halt()))))))
    )
    # forever (if e halt; j) = while e j; halt
    yield rewrite("while-of-exit", do(forever(do(if_zero(e, do(halt()), do()), rest=j)))).to(
        do(while_(e, j), halt())
    )
    # forever (if e (nothing) else halt; j) = until e j; halt
    yield rewrite("until-of-exit", do(forever(do(if_zero(e, do(), do(halt())), rest=j)))).to(
        do(until(e, j), halt())
    )
