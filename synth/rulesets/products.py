"""Multiplication, division and comparison: nothing, where the language has none.

`products` shortens and computes with numbers; tests of equality become tests of a difference, which
other rules know.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from egglog import RewriteOrRule, Ruleset, eq, i64, ne, ruleset

from synth.language import (
    Block,
    Word,
    add,
    const,
    do_until,
    do_while,
    if_zero,
    inc,
    min_,
    sub,
    until,
    while_,
)
from synth.language.arithmetic import div, less, mod, mul
from synth.language.arithmetic import eq as equals
from synth.language.language import Language
from synth.rulesets.base import word_size
from synth.rulesets.named import birewrite, rewrite

__all__ = ["products"]


@cache
def products(language: Language) -> Ruleset:
    """The ruleset, for a language that has these words."""

    @ruleset
    def products(
        x: Word, y: Word, i: Block, j: Block, n: i64, m: i64, b: i64
    ) -> Iterable[RewriteOrRule]:
        if "mul" not in language:
            return
        # ---- products
        # x · y = y · x
        yield rewrite("mul-commutes", mul(x, y)).to(mul(y, x))
        # x · 0 = 0
        yield rewrite("mul-zero", mul(x, 0)).to(const(0))
        # x · 1 = x
        yield rewrite("mul-one", mul(x, 1)).to(x)
        # x · 2 = x + x
        yield birewrite("mul-two", mul(x, 2)).to(add(x, x))
        # (x + 1) · y = x · y + y
        yield rewrite("mul-inc", mul(inc(x), y)).to(add(mul(x, y), y))
        # n · m, for 0 ≤ n, m < b: products of products, all of which stay, would leave 64 bits
        yield rewrite("mul", mul(const(n), const(m))).to(
            const(n * m), n >= 0, m >= 0, n < b, m < b, eq(b).to(word_size())
        )

        # ---- quotients and remainders
        # x / 1 = x
        yield rewrite("div-one", div(x, 1)).to(x)
        # x / 0 = 0
        yield rewrite("div-by-zero", div(x, 0)).to(const(0))
        # 0 / x = 0
        yield rewrite("zero-div", div(0, x)).to(const(0))
        # x / x = min(x, 1)
        yield rewrite("div-self", div(x, x)).to(min_(x, 1))
        # x mod 1 = 0
        yield rewrite("mod-one", mod(x, 1)).to(const(0))
        # x mod 0 = x
        yield rewrite("mod-by-zero", mod(x, 0)).to(x)
        # 0 mod x = 0
        yield rewrite("zero-mod", mod(0, x)).to(const(0))
        # x mod x = 0
        yield rewrite("mod-self", mod(x, x)).to(const(0))
        # (x mod y) mod y = x mod y
        yield rewrite("mod-twice", mod(mod(x, y), y)).to(mod(x, y))
        # x − x / y · y = x mod y
        yield rewrite("mod-of-div", sub(x, mul(div(x, y), y))).to(mod(x, y))
        # x / y · y + x mod y = x
        yield rewrite("div-and-mod", add(mul(div(x, y), y), mod(x, y))).to(x)

        # ---- comparisons
        # (x = y) = (y = x)
        yield rewrite("eq-commutes", equals(x, y)).to(equals(y, x))
        # (x = x) = 1
        yield rewrite("eq-self", equals(x, x)).to(const(1))
        # (x = 0) = 1 − min(x, 1)
        yield birewrite("eq-zero", equals(x, 0)).to(sub(1, min_(x, 1)))
        # (n = m) = 0, for other numbers 0 ≤ n, m < b
        yield rewrite("eq", equals(const(n), const(m))).to(
            const(0), ne(n).to(m), n >= 0, m >= 0, n < b, m < b, eq(b).to(word_size())
        )
        # (x < x) = 0
        yield rewrite("less-self", less(x, x)).to(const(0))
        # (x < 0) = 0
        yield rewrite("less-zero", less(x, 0)).to(const(0))
        # (x < 1) = (x = 0)
        yield rewrite("less-one", less(x, 1)).to(equals(x, 0))
        # (0 < x) = min(x, 1)
        yield rewrite("zero-less", less(0, x)).to(min_(x, 1))
        # (n < m) = 1, for 0 ≤ n < m < b
        yield rewrite("less", less(const(n), const(m))).to(
            const(1), n >= 0, n < m, m < b, eq(b).to(word_size())
        )

        # ---- tests: x = y where x − y is 0, x < y where y − min(x, y) is not
        # if (x = y) then i else j = if x − y then j else i
        yield rewrite("if-eq", if_zero(equals(x, y), i, j)).to(if_zero(sub(x, y), j, i))
        # if (x < y) then i else j = if y − min(x, y) then i else j
        yield rewrite("if-less", if_zero(less(x, y), i, j)).to(if_zero(sub(y, min_(x, y)), i, j))
        # while (x = y) j = until x − y j
        yield rewrite("while-eq", while_(equals(x, y), j)).to(until(sub(x, y), j))
        # until (x = y) j = while x − y j
        yield rewrite("until-eq", until(equals(x, y), j)).to(while_(sub(x, y), j))
        # do j while (x = y) = do j until x − y
        yield rewrite("do-while-eq", do_while(j, equals(x, y))).to(do_until(j, sub(x, y)))
        # do j until (x = y) = do j while x − y
        yield rewrite("do-until-eq", do_until(j, equals(x, y))).to(do_while(j, sub(x, y)))
        # while (x < y) j = while y − min(x, y) j
        yield rewrite("while-less", while_(less(x, y), j)).to(while_(sub(y, min_(x, y)), j))

    return products
