"""Words: constants, variables, arithmetic, memory, functions applied.

Arithmetic is modulo the word size b; a number n means n mod b. Expressions change nothing.
"""

from __future__ import annotations

from egglog import String, StringLike, converter, i64, i64Like

from synth.language.constructs import construct
from synth.language.sorts import Fun1, Fun2, Word, WordLike

__all__ = ["add", "apply", "apply2", "const", "dec", "hole", "inc", "load", "max_", "min_", "sub"]
__all__ += ["variable"]


@construct(in_terms=False)
def const(value: i64Like) -> Word:
    """The constant, modulo b; in terms a bare number."""
    ...


@construct("var", in_terms=False)
def variable(name: StringLike) -> Word:
    """The variable's value; in terms a bare symbol."""
    ...


converter(i64, Word, const)
converter(String, Word, variable)


@construct()
def inc(x: WordLike) -> Word:
    """x + 1 mod b"""
    ...


@construct()
def dec(x: WordLike) -> Word:
    """x − 1 mod b"""
    ...


@construct()
def add(x: WordLike, y: WordLike) -> Word:
    """x + y mod b"""
    ...


@construct()
def sub(x: WordLike, y: WordLike) -> Word:
    """x − y mod b"""
    ...


@construct()
def min_(x: WordLike, y: WordLike) -> Word:
    """The smaller one, as numbers 0 … b−1."""
    ...


@construct()
def max_(x: WordLike, y: WordLike) -> Word:
    """The larger one, as numbers 0 … b−1."""
    ...


@construct(reads_memory=True)
def load(address: WordLike) -> Word:
    """The memory cell's content."""
    ...


@construct(enumerated=False)
def apply(f: Fun1, x: WordLike) -> Word:
    """f(x)"""
    ...


@construct(enumerated=False)
def apply2(g: Fun2, x: WordLike, y: WordLike) -> Word:
    """g(x, y)"""
    ...


@construct()
def hole(number: i64Like) -> Word:
    """A word that is to be found; in terms `(hole)`. Each hole has a number of its own here, so
    that no rule takes two for equal."""
    ...
