"""Word arithmetic modulo b, for every word size b ≥ 2.

`constants` computes with numbers, `arith` moves steps of one outwards and shortens. The other
directions, and sums of three and more words in every order, are in `rearrange`: they multiply
e-nodes quickly.
"""

from __future__ import annotations

from collections.abc import Iterable

from egglog import RewriteOrRule, eq, i64, ruleset

from synth.language import Word, add, const, dec, inc, max_, min_, sub
from synth.rulesets.base import word_size
from synth.rulesets.named import birewrite, rewrite

__all__ = ["arith", "constants", "rearrange"]


@ruleset
def arith(x: Word, y: Word, z: Word, n: i64) -> Iterable[RewriteOrRule]:
    # ---- order does not matter
    # x + y = y + x
    yield rewrite("add-commutes", add(x, y)).to(add(y, x))
    # min(x, y) = min(y, x)
    yield rewrite("min-commutes", min_(x, y)).to(min_(y, x))
    # max(x, y) = max(y, x)
    yield rewrite("max-commutes", max_(x, y)).to(max_(y, x))

    # ---- neutral and absorbing words
    # x + 0 = x
    yield rewrite("add-zero", add(x, 0)).to(x)
    # x − 0 = x
    yield rewrite("sub-zero", sub(x, 0)).to(x)
    # x − x = 0
    yield rewrite("sub-self", sub(x, x)).to(const(0))
    # min(x, 0) = 0
    yield rewrite("min-zero", min_(x, 0)).to(const(0))
    # max(x, 0) = x
    yield rewrite("max-zero", max_(x, 0)).to(x)
    # min(x, b−1) = x
    yield rewrite("min-top", min_(x, const(n))).to(x, eq(word_size()).to(n + 1))
    # max(x, b−1) = b−1
    yield rewrite("max-top", max_(x, const(n))).to(const(n), eq(word_size()).to(n + 1))
    # min(x, x) = x
    yield rewrite("min-self", min_(x, x)).to(x)
    # max(x, x) = x
    yield rewrite("max-self", max_(x, x)).to(x)

    # ---- steps of one
    # (x + 1) − 1 = x
    yield rewrite("dec-inc", dec(inc(x))).to(x)
    # (x − 1) + 1 = x
    yield rewrite("inc-dec", inc(dec(x))).to(x)
    # inc x = x + 1
    yield birewrite("inc-as-add", inc(x)).to(add(x, 1))
    # dec x = x − 1
    yield birewrite("dec-as-sub", dec(x)).to(sub(x, 1))
    # (x + 1) + 1 = x + 2
    yield birewrite("inc-inc", inc(inc(x))).to(add(x, 2))
    # (x − 1) − 1 = x − 2
    yield birewrite("dec-dec", dec(dec(x))).to(sub(x, 2))
    # (x + 1) + y = (x + y) + 1
    yield rewrite("add-inc", add(inc(x), y)).to(inc(add(x, y)))
    # (x − 1) + y = (x + y) − 1
    yield rewrite("add-dec", add(dec(x), y)).to(dec(add(x, y)))
    # (x + 1) − y = (x − y) + 1
    yield rewrite("sub-inc-left", sub(inc(x), y)).to(inc(sub(x, y)))
    # (x − 1) − y = (x − y) − 1
    yield rewrite("sub-dec-left", sub(dec(x), y)).to(dec(sub(x, y)))
    # x − (y + 1) = (x − y) − 1
    yield rewrite("sub-inc-right", sub(x, inc(y))).to(dec(sub(x, y)))
    # x − (y − 1) = (x − y) + 1
    yield rewrite("sub-dec-right", sub(x, dec(y))).to(inc(sub(x, y)))

    # ---- sums and differences
    # (x − y) + y = x
    yield rewrite("add-after-sub", add(sub(x, y), y)).to(x)
    # (x + y) − y = x
    yield rewrite("sub-after-add", sub(add(x, y), y)).to(x)
    # x − (x − y) = y
    yield rewrite("sub-difference", sub(x, sub(x, y))).to(y)
    # x − (x + y) = 0 − y
    yield rewrite("sub-sum", sub(x, add(x, y))).to(sub(0, y))
    # 0 − (x − y) = y − x
    yield rewrite("negated-difference", sub(0, sub(x, y))).to(sub(y, x))
    # x + (0 − y) = x − y
    yield rewrite("add-negated", add(x, sub(0, y))).to(sub(x, y))

    # ---- minimum and maximum
    # min(x, max(x, y)) = x
    yield rewrite("min-absorbs-max", min_(x, max_(x, y))).to(x)
    # max(x, min(x, y)) = x
    yield rewrite("max-absorbs-min", max_(x, min_(x, y))).to(x)
    # min(x, min(x, y)) = min(x, y)
    yield rewrite("min-twice", min_(x, min_(x, y))).to(min_(x, y))
    # max(x, max(x, y)) = max(x, y)
    yield rewrite("max-twice", max_(x, max_(x, y))).to(max_(x, y))
    # max(x, y) + min(x, y) = x + y
    yield rewrite("max-plus-min", add(max_(x, y), min_(x, y))).to(add(x, y))
    # (x + y) − min(x, y) = max(x, y)
    yield rewrite("sum-minus-min", sub(add(x, y), min_(x, y))).to(max_(x, y))
    # (x + y) − max(x, y) = min(x, y)
    yield rewrite("sum-minus-max", sub(add(x, y), max_(x, y))).to(min_(x, y))
    # max(x, y) − x = y − min(x, y)
    yield rewrite("max-minus-operand", sub(max_(x, y), x)).to(sub(y, min_(x, y)))


@ruleset
def constants(n: i64, m: i64, b: i64) -> Iterable[RewriteOrRule]:
    # All for 0 ≤ n, m < b: else sums of sums, all of which stay, would never saturate.
    # n + m
    yield rewrite("add", add(const(n), const(m))).to(
        const(n + m), n >= 0, m >= 0, n < b, m < b, eq(b).to(word_size())
    )
    # n − m
    yield rewrite("sub", sub(const(n), const(m))).to(
        const(n - m), n >= 0, m >= 0, n < b, m < b, eq(b).to(word_size())
    )
    # inc n = n + 1
    yield rewrite("inc", inc(const(n))).to(const(n + 1), n >= 0, n < b, eq(b).to(word_size()))
    # dec n = n − 1
    yield rewrite("dec", dec(const(n))).to(const(n - 1), n >= 0, n < b, eq(b).to(word_size()))
    # min(n, m) = n, if 0 ≤ n ≤ m < b
    yield rewrite("min", min_(const(n), const(m))).to(
        const(n), n >= 0, n <= m, m < b, eq(b).to(word_size())
    )
    # max(n, m) = m, if 0 ≤ n ≤ m < b
    yield rewrite("max", max_(const(n), const(m))).to(
        const(m), n >= 0, n <= m, m < b, eq(b).to(word_size())
    )


@ruleset
def rearrange(x: Word, y: Word, z: Word) -> Iterable[RewriteOrRule]:
    # (x + y) + 1 = (x + 1) + y
    yield rewrite("inc-into-sum", inc(add(x, y))).to(add(inc(x), y))
    # (x + y) − 1 = (x − 1) + y
    yield rewrite("dec-into-sum", dec(add(x, y))).to(add(dec(x), y))
    # (x − y) + 1 = (x + 1) − y
    yield rewrite("inc-into-difference", inc(sub(x, y))).to(sub(inc(x), y))
    # (x − y) − 1 = x − (y + 1)
    yield rewrite("dec-into-difference", dec(sub(x, y))).to(sub(x, inc(y)))
    # (x + y) + z = x + (y + z)
    yield birewrite("add-associates", add(add(x, y), z)).to(add(x, add(y, z)))
    # (x − y) − z = (x − z) − y
    yield rewrite("exchange-subtrahends", sub(sub(x, y), z)).to(sub(sub(x, z), y))
    # (x − y) − z = x − (y + z)
    yield birewrite("subtract-sum", sub(sub(x, y), z)).to(sub(x, add(y, z)))
    # (x + y) − z = x + (y − z)
    yield birewrite("sum-minus", sub(add(x, y), z)).to(add(x, sub(y, z)))
    # min(min(x, y), z) = min(x, min(y, z))
    yield birewrite("min-associates", min_(min_(x, y), z)).to(min_(x, min_(y, z)))
    # max(max(x, y), z) = max(x, max(y, z))
    yield birewrite("max-associates", max_(max_(x, y), z)).to(max_(x, max_(y, z)))
    # min(x, max(y, z)) = max(min(x, y), min(x, z))
    yield birewrite("min-over-max", min_(x, max_(y, z))).to(max_(min_(x, y), min_(x, z)))
    # max(x, min(y, z)) = min(max(x, y), max(x, z))
    yield birewrite("max-over-min", max_(x, min_(y, z))).to(min_(max_(x, y), max_(x, z)))
