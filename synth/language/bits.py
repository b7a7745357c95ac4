"""Words of bits, for a machine that has the instructions `and`, `or`, `xor` and `shift`."""

from __future__ import annotations

from synth.language.constructs import construct
from synth.language.sorts import Word, WordLike

__all__ = ["and_", "or_", "shift", "xor"]


@construct()
def and_(x: WordLike, y: WordLike) -> Word:
    """The bits that are in x and in y."""
    ...


@construct()
def or_(x: WordLike, y: WordLike) -> Word:
    """The bits that are in x or in y, mod b."""
    ...


@construct()
def xor(x: WordLike, y: WordLike) -> Word:
    """The bits that are in one of x and y, mod b."""
    ...


@construct()
def shift(x: WordLike, n: WordLike) -> Word:
    """⌊x / 2ⁿ⌋"""
    ...
