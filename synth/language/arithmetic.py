"""What a machine with more instructions than the paper's can compute: words, and functions of them.

Each word is the instruction of its name, whose row in `bridge.isa` says what it makes of two words.
"""

from __future__ import annotations

from synth.language.constructs import construct
from synth.language.sorts import Fun2, Word, WordLike
from synth.language.words import add, min_, sub

__all__ = ["below", "div", "eq", "equal", "if_", "less", "mod", "mul", "product", "quotient"]
__all__ += ["remainder"]


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
