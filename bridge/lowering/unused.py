"""A term of core statements -> the same without assignments that nobody needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bridge.term import Arg, Term

__all__ = ["drop_unused", "live_before", "reads_memory", "variables"]

T = TypeVar("T")

_Live = frozenset[str]  # the variables whose values may still be used
_EMPTY = Term("do")


def variables(term: Arg) -> frozenset[str]:
    """The variables in an expression."""
    if isinstance(term, Term):
        return frozenset(t for t in term.subterms() if isinstance(t, str))
    return frozenset({term} if isinstance(term, str) else ())


def reads_memory(term: Arg) -> bool:
    return isinstance(term, Term) and any(
        isinstance(t, Term) and t.op == "load" for t in term.subterms()
    )


def drop_unused(term: Term, outputs: frozenset[str] = frozenset()) -> Term:
    """The block without assignments of values that are never used, and branches in which nothing
    is left; `outputs` are used at the end."""
    return _Sweep(outputs).block(term, outputs)[0]


def live_before(term: Term, live: frozenset[str]) -> frozenset[str]:
    """The variables whose values are used by the block, or behind it, where `live` are."""
    return _Sweep(frozenset()).block(term, live)[1]


@dataclass(frozen=True)
class _Sweep:
    """Goes through the term from the end."""

    outputs: _Live

    def block(self, term: Term, live: _Live) -> tuple[Term, _Live]:
        """The block without what nobody uses, and what is used from its beginning on; `live` is
        used behind it."""
        kept: list[Term] = []  # from the end
        for statement in reversed(term.args):
            assert isinstance(statement, Term)
            new, live = self.statement(statement, live)
            if new is None:
                continue
            if new.op in ("halt", "forever"):
                kept.clear()
            kept.append(new)
        return Term("do", tuple(reversed(kept))), live

    def statement(self, term: Term, live: _Live) -> tuple[Term | None, _Live]:
        match term.op, term.args:
            case "assign", (str(name), value):
                if name not in live or value == name:
                    return None, live
                return term, live - {name} | variables(value)
            case "if-zero", (test, Term() as then, Term() as otherwise):
                zero, at_zero = self.block(then, live)
                other, at_other = self.block(otherwise, live)
                if zero == other == _EMPTY:
                    return None, live
                return Term("if-zero", (test, zero, other)), at_zero | at_other | variables(test)
            case (("while" | "until"), (test, Term() as body)):
                at_test = live | variables(test)
                at_test = _stable(at_test, lambda now: at_test | self.block(body, now)[1])
                return Term(term.op, (test, self.block(body, at_test)[0])), at_test
            case (("do-while" | "do-until"), (Term() as body, test)):
                at_test = live | variables(test)
                at_test = _stable(at_test, lambda now: at_test | self.block(body, now)[1])
                inner, at_top = self.block(body, at_test)
                return Term(term.op, (inner, test)), at_top
            case "forever", (Term() as body,):
                at_top = _stable(frozenset[str](), lambda now: self.block(body, now)[1])
                return Term("forever", (self.block(body, at_top)[0],)), at_top
            case "halt", _:
                return term, self.outputs
            case _:
                return term, live.union(*map(variables, term.args))


def _stable(start: T, step: Callable[[T], T]) -> T:
    """Where repeating the step ends."""
    before, after = start, step(start)
    while after != before:
        before, after = after, step(after)
    return after
