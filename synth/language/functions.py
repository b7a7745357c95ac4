"""Functions of one or two words; `applied` says what applying one gives."""

from __future__ import annotations

from synth.language.constructs import construct
from synth.language.sorts import Fun1, Fun2, WordLike
from synth.language.words import add, apply, apply2, dec, inc, load, max_, min_, sub

__all__ = ["bind", "compose", "fetch", "first", "flip", "greatest", "id_", "is_zero", "least"]
__all__ += ["minus", "monus", "plus", "pred", "second", "succ"]


@construct("id", applied=lambda x: x)
def id_() -> Fun1:
    """x ↦ x"""
    ...


@construct(applied=lambda x: inc(x))
def succ() -> Fun1:
    """x ↦ x + 1"""
    ...


@construct(applied=lambda x: dec(x))
def pred() -> Fun1:
    """x ↦ x − 1"""
    ...


@construct(applied=lambda x: load(x))
def fetch() -> Fun1:
    """x ↦ memory[x]"""
    ...


@construct("is-zero", applied=lambda x: sub(1, min_(x, 1)))
def is_zero() -> Fun1:
    """x ↦ 1 if x is 0, else 0"""
    ...


@construct(applied=lambda g, y, x: apply2(g, x, y))
def bind(g: Fun2, y: WordLike) -> Fun1:
    """x ↦ g(x, y), with y's value at the time of application"""
    ...


@construct(applied=lambda f, g, x: apply(f, apply(g, x)))
def compose(f: Fun1, g: Fun1) -> Fun1:
    """x ↦ f(g(x))"""
    ...


@construct(applied=lambda x, y: add(x, y))
def plus() -> Fun2:
    """x, y ↦ x + y"""
    ...


@construct(applied=lambda x, y: sub(x, y))
def minus() -> Fun2:
    """x, y ↦ x − y"""
    ...


@construct(applied=lambda x, y: min_(x, y))
def least() -> Fun2:
    """x, y ↦ the smaller one"""
    ...


@construct(applied=lambda x, y: max_(x, y))
def greatest() -> Fun2:
    """x, y ↦ the larger one"""
    ...


@construct(applied=lambda x, y: sub(x, min_(x, y)))
def monus() -> Fun2:
    """x, y ↦ x − y, but 0 where that is negative: so it is not 0 just where x > y"""
    ...


@construct(applied=lambda x, y: x)
def first() -> Fun2:
    """x, y ↦ x"""
    ...


@construct(applied=lambda x, y: y)
def second() -> Fun2:
    """x, y ↦ y"""
    ...


@construct(applied=lambda g, x, y: apply2(g, y, x))
def flip(g: Fun2) -> Fun2:
    """x, y ↦ g(y, x)"""
    ...
