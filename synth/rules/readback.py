"""egglog's declarations of rules -> rules as plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from egglog import declarations

from bridge.errors import TermError
from bridge.term import Arg, Term
from synth.language.patterns import Pattern, PatternVar
from synth.rules.rule import Rule

__all__ = ["rule_of"]


_Called = Callable[[Any], str]


def rule_of(name: str, rule: Any, called: _Called) -> Rule:
    """The rule that a declaration stands for; `called` gives the name of what an expression calls.
    Raises TermError if it holds what no pattern can."""
    match rule:
        case declarations.RewriteDecl(tp, left, right, facts) | declarations.BiRewriteDecl(
            tp, left, right, facts
        ):
            return Rule(
                name,
                _sort(tp),
                _pattern(left, tp, called),
                _pattern(right, tp, called),
                tuple(_condition(fact, called) for fact in facts),
                isinstance(rule, declarations.BiRewriteDecl),
            )
        case declarations.RuleDecl(head, body):
            unions = [a for a in head if isinstance(a, declarations.UnionDecl)]
            conditions = tuple(_condition(fact, called) for fact in body)
            if not unions:
                return Rule(name, "", None, None, conditions)
            if len(head) == 1:
                tp = unions[0].tp
                left, right = (
                    _pattern(side, tp, called) for side in (unions[0].lhs, unions[0].rhs)
                )
                return Rule(name, _sort(tp), left, right, conditions)
    return Rule(name, "", None, None, problem="no rewrite, and not a single union")


def _condition(fact: Any, called: _Called) -> tuple[Pattern, Pattern | None]:
    if isinstance(fact, declarations.EqDecl):
        return _pattern(fact.left, fact.tp, called), _pattern(fact.right, fact.tp, called)
    return _pattern(fact.typed_expr.expr, fact.typed_expr.tp, called), None


def _sort(tp: Any) -> str:
    name: str = tp.ident.name
    return {"String": "Name", "i64": "Number"}.get(name, name)


def _pattern(expr: Any, tp: Any, called: _Called) -> Pattern:
    match expr:
        case declarations.UnboundVarDecl(name):
            return PatternVar(name, _sort(tp))
        case declarations.LitDecl(str() | int() as value):
            return value
        case declarations.CallDecl(ref, args):
            typed = tuple(_pattern(a.expr, a.tp, called) for a in args)
            return Term(called(ref), cast("tuple[Arg, ...]", typed))
    raise TermError(f"{type(expr).__name__}: no part of a pattern")
