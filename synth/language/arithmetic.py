"""What a machine with more instructions than the paper's can compute: words, and functions of them.

Each word is the instruction of its name, whose row in `bridge.isa` says what it makes of two words.
"""

from __future__ import annotations

from synth.language.constructs import construct
from synth.language.sorts import Fun1, Fun2, Word, WordLike
from synth.language.words import add, min_, sub

__all__ = ["below", "div", "eq", "equal", "if_", "less", "mod", "mul", "product", "quotient"]
__all__ += [
    "divided",
    "equals",
    "even",
    "modulo",
    "multiplied",
    "odd",
    "over",
    "remainder",
    "under",
]


@construct()
def mul(x: WordLike, y: WordLike) -> Word:
    """x · y mod b"""
    ...


@construct()
def div(x: WordLike, y: WordLike) -> Word:
    """⌊x / y⌋; 0 if y is 0."""
    ...


@construct()
def mod(x: WordLike, y: WordLike) -> Word:
    """What x leaves divided by y; x if y is 0."""
    ...


@construct()
def eq(x: WordLike, y: WordLike) -> Word:
    """1 if x = y, else 0."""
    ...


@construct()
def less(x: WordLike, y: WordLike) -> Word:
    """1 if x < y, as numbers 0 … b−1, else 0."""
    ...


@construct("if", cost=4)
def if_(condition: WordLike, then: WordLike, otherwise: WordLike) -> Word:
    """`then` if the condition is not 0, else `otherwise`; both are computed."""
    return add(mul(min_(condition, 1), sub(then, otherwise)), otherwise)


@construct(applied=lambda x, y: mul(x, y))
def product() -> Fun2:
    """x, y ↦ x · y"""
    ...


@construct(applied=lambda x, y: div(x, y))
def quotient() -> Fun2:
    """x, y ↦ ⌊x / y⌋"""
    ...


@construct(applied=lambda x, y: mod(x, y))
def remainder() -> Fun2:
    """x, y ↦ what x leaves divided by y"""
    ...


@construct(applied=lambda x, y: eq(x, y))
def equal() -> Fun2:
    """x, y ↦ 1 if x = y, else 0"""
    ...


@construct(applied=lambda x, y: less(x, y))
def below() -> Fun2:
    """x, y ↦ 1 if x < y, else 0"""
    ...


# ------------------------------------------------------------ functions of one word: of `bind` and
# a function of two they would be one larger, and found several times as late


@construct(applied=lambda x: mod(x, 2))
def odd() -> Fun1:
    """x ↦ x mod 2: 1 if x is odd, else 0"""
    ...


@construct(applied=lambda x: sub(1, mod(x, 2)))
def even() -> Fun1:
    """x ↦ 1 if x is even, else 0"""
    ...


@construct(applied=lambda y, x: mul(x, y))
def multiplied(y: WordLike) -> Fun1:
    """x ↦ x · y"""
    ...


@construct(applied=lambda y, x: div(x, y))
def divided(y: WordLike) -> Fun1:
    """x ↦ ⌊x / y⌋"""
    ...


@construct(applied=lambda y, x: mod(x, y))
def modulo(y: WordLike) -> Fun1:
    """x ↦ what x leaves divided by y"""
    ...


@construct(applied=lambda y, x: eq(x, y))
def equals(y: WordLike) -> Fun1:
    """x ↦ 1 if x = y, else 0"""
    ...


@construct(applied=lambda y, x: less(x, y))
def under(y: WordLike) -> Fun1:
    """x ↦ 1 if x < y, else 0"""
    ...


@construct(applied=lambda y, x: less(y, x))
def over(y: WordLike) -> Fun1:
    """x ↦ 1 if x > y, else 0"""
    ...
