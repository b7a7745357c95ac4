"""egglog's rewrites, with names: egglog itself knows names of `rule`s only.

    @ruleset
    def arith(x: Word) -> Iterable[RewriteOrRule]:
        # x + 0 = x
        yield rewrite("add-zero", add(x, 0)).to(x)

is the rule `arith/add-zero` wherever it is spoken of. The name travels with the rule's declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import egglog
from egglog import BaseExpr, Expr, Fact, RewriteOrRule
from egglog.declarations import BiRewriteDecl, RewriteDecl

__all__ = ["birewrite", "rewrite"]

E = TypeVar("E", bound=Expr)


@dataclass(frozen=True)
class NamedRewrite(RewriteDecl):
    """egglog's declaration of a rewrite, and its name."""

    name: str


@dataclass(frozen=True)
class NamedBirewrite(BiRewriteDecl):
    """egglog's declaration of a rewrite both ways, and its name."""

    name: str


@dataclass(frozen=True)
class Left(Generic[E]):
    """A rule's name and left side, waiting for the right one."""

    name: str
    left: E
    both_ways: bool

    def to(self, right: E, *conditions: Fact | BaseExpr) -> RewriteOrRule:
        """The rule, which holds where all conditions do."""
        kind = NamedBirewrite if self.both_ways else NamedRewrite
        make = egglog.birewrite if self.both_ways else egglog.rewrite
        rule = make(self.left).to(right, *conditions)
        rule.decl = kind(**vars(rule.decl), name=self.name)
        return rule


def rewrite(name: str, left: E) -> Left[E]:
    """A rewrite from left to right. The name, in kebab-case, is unique in its ruleset."""
    return Left(name, left, False)


def birewrite(name: str, left: E) -> Left[E]:
    """A rewrite both ways."""
    return Left(name, left, True)
