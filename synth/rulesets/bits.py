"""Words of bits: nothing, where the language has none."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from egglog import RewriteOrRule, Ruleset, ruleset

from synth.language import Word, const
from synth.language.arithmetic import div
from synth.language.bits import and_, or_, shift, xor
from synth.language.language import Language
from synth.rulesets.named import rewrite

__all__ = ["bits"]


@cache
def bits(language: Language) -> Ruleset:
    """The ruleset, for a language that has these words."""

    @ruleset
    def bits(x: Word, y: Word) -> Iterable[RewriteOrRule]:
        if "xor" not in language:
            return
        # x and y = y and x
        yield rewrite("and-commutes", and_(x, y)).to(and_(y, x))
        # x or y = y or x
        yield rewrite("or-commutes", or_(x, y)).to(or_(y, x))
        # x xor y = y xor x
        yield rewrite("xor-commutes", xor(x, y)).to(xor(y, x))
        # x and x = x
        yield rewrite("and-self", and_(x, x)).to(x)
        # x or x = x
        yield rewrite("or-self", or_(x, x)).to(x)
        # x xor x = 0
        yield rewrite("xor-self", xor(x, x)).to(const(0))
        # x and 0 = 0
        yield rewrite("and-zero", and_(x, 0)).to(const(0))
        # x or 0 = x
        yield rewrite("or-zero", or_(x, 0)).to(x)
        # x xor 0 = x
        yield rewrite("xor-zero", xor(x, 0)).to(x)
        # x shifted by 0 = x
        yield rewrite("shift-zero", shift(x, 0)).to(x)
        # 0 shifted = 0
        yield rewrite("zero-shift", shift(0, x)).to(const(0))
        # x shifted by x = 0
        yield rewrite("shift-self", shift(x, x)).to(const(0))
        # x shifted by 1 = x / 2
        yield rewrite("shift-one", shift(x, 1)).to(div(x, 2))

    return bits
