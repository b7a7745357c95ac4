"""Statements as templates: of those that differ by the names of variables alone, one is made.

A template's variables are the first ones, in the order of their first use. Its `orders` say in
which other orders these make a statement that does something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice, permutations
from typing import Final

import numpy as np

from bridge.spec import Machine
from bridge.term import Arg, Term
from synth.costs.costs import SIZES, Costs
from synth.enumeration.grammar import (
    LARGE_SHELL,
    LARGE_STATEMENT,
    PROBES,
    VARIABLES,
    Grammar,
    price_of,
)
from synth.enumeration.orders import NUMBERS
from synth.language import Language

__all__ = ["BLANK", "Template", "Templates", "orders_within", "renamed"]

Order = tuple[int, ...]

_PART: Final = 1_000
"""Statements made at a time."""


@dataclass(frozen=True)
class Template:
    """A statement, or a shell: one with a blank, (hole-stmt), where its body goes."""

    term: Term
    rows: np.ndarray
    orders: tuple[Order, ...]


BLANK: Final = Template(Term("hole-stmt"), np.full((1, 5), -1, np.int16), ((),))
"""The shell of statements that stand for themselves."""


class Templates:
    """All of them over so many variables at most, by number of variables and cost."""

    def __init__(
        self, machine: Machine, variables: int, language: Language, costs: Costs = SIZES
    ) -> None:
        words, steps = machine.words, machine.steps
        self._costs = costs
        self._grammars = {
            n: Grammar(words, n, steps, language=language, costs=costs)
            for n in range(1, variables + 1)
        }
        self._seen: set[int] = set()
        self._ordered: dict[tuple[int, str, int], list[tuple[Arg, Order]]] = {}

    def statements(self, variables: int, cost: int) -> Iterator[list[Template]]:
        """Statements without a body of exactly that cost that use so many variables (none counts
        as one), and do what none asked for before does; a part at a time: large ones are many."""
        costs = self._costs
        price = price_of(cost, LARGE_STATEMENT * costs.unit)
        grammar = self._grammars[variables]
        self._seen = self._seen or {*grammar.nothing()}
        candidates = (
            Term(construct.name, args)
            for construct in (grammar.enumerated("Stmt") if price else ())
            if "Block" not in construct.sorts
            for args in self._arguments(variables, construct.sorts, price - costs.of(construct))
        )
        while part := list(islice(candidates, _PART)):
            yield self._distinct(grammar, part)

    def shells(self, variables: int, cost: int) -> list[Template]:
        """Statements with one body of exactly that cost, the body's own not counted; the other
        bodies that they have are empty."""
        price = price_of(cost, LARGE_SHELL * self._costs.unit)
        grammar = self._grammars[variables]
        found = [
            self._shell(grammar, _with_blank(construct.name, construct.sorts, blank, args))
            for construct in (grammar.enumerated("Stmt") if price else ())
            if "Block" in construct.sorts
            for args in self._arguments(
                variables,
                [sort for sort in construct.sorts if sort != "Block"],
                price - self._costs.of(construct),
            )
            for blank in (i for i, sort in enumerate(construct.sorts) if sort == "Block")
        ]
        return [shell for shell in found if shell is not None]

    # -------------------------------------------------- terms whose variables are in order

    def _arguments(
        self, variables: int, sorts: Sequence[str], cost: int, used: int = 0
    ) -> Iterator[tuple[Arg, ...]]:
        """Arguments that cost so much together and, behind some that use the first `used`
        variables, use the others in order, all of them (or, of one, none)."""
        if not sorts:
            if cost == 0 and max(used, 1) == variables:
                yield ()
            return
        for first_cost in range(1, cost - len(sorts) + 2):
            for first, order in self._in_order(variables, sorts[0], first_cost):
                now = _after(used, order)
                if now is not None:
                    for rest in self._arguments(variables, sorts[1:], cost - first_cost, now):
                        yield (first, *rest)

    def _in_order(self, variables: int, sort: str, cost: int) -> list[tuple[Arg, Order]]:
        key = variables, sort, cost
        if key not in self._ordered:
            terms = self._grammars[variables].terms(sort, cost)
            self._ordered[key] = [(term, _order_of(term)) for term in terms]
        return self._ordered[key]

    # ------------------------------------------------------------ behaviour

    def _distinct(self, grammar: Grammar, part: list[Term]) -> list[Template]:
        fresh, rows, seen = [], [], self._seen
        made = [(term, code) for term in part if (code := grammar.lowered(term)) is not None]
        hashes = grammar.effects([code for _, code in made])[:, 0].tolist() if made else ()
        for (term, code), h in zip(made, hashes, strict=True):
            if h not in seen:
                fresh.append(term)
                rows.append(code)
        orders = [*permutations(range(grammar.variables))]
        found = []
        effects = grammar.effects(rows, orders).tolist() if rows else ()
        for term, code, own in zip(fresh, rows, effects, strict=True):
            if own[0] not in seen:
                seen.update(own)
                found.append(_template(term, code, own, orders))
        return found

    def _shell(self, grammar: Grammar, term: Term) -> Template | None:
        code = grammar.lowered(term)
        if code is None or (code[:, 0] < 0).sum() != 1:
            return None
        orders = [*permutations(range(grammar.variables))]
        given = zip(grammar.language[term.op].sorts, term.args, strict=True)
        shown = ((PROBES["Word" if sort == "Name" else sort], arg)
                 for sort, arg in given if sort != "Block")  # fmt: skip
        probes = [grammar.lower(probe(arg)) for probe, arg in shown]
        keys = map(tuple, grammar.effects(probes, orders).T.tolist()) if probes else [()]
        return _template(term, code, [*keys], orders)


def _template(
    term: Term, code: np.ndarray, effects: Sequence[object], orders: Sequence[Order]
) -> Template:
    """The template with the first order of each effect."""
    if not _order_of(term):
        return Template(term, code, ((),))
    first = dict(zip(reversed(effects), reversed(orders), strict=True))
    return Template(term, code, tuple(sorted(first.values())))


def _with_blank(name: str, sorts: Sequence[str], blank: int, args: Iterable[Arg]) -> Term:
    """The construct with the blank for one Block, and others empty."""
    rest, hole, nothing = iter(args), Term("do", (Term("hole-stmt"),)), Term("do", ())
    bodies = (hole if i == blank else nothing for i in range(len(sorts)))
    pairs = zip(sorts, bodies, strict=True)
    return Term(name, tuple(body if sort == "Block" else next(rest) for sort, body in pairs))


def _order_of(term: Arg) -> Order:
    """Its variables, in the order of their first use."""
    if isinstance(term, str):
        return (VARIABLES.index(term),)
    if not isinstance(term, Term):
        return ()
    return tuple(dict.fromkeys(v for arg in term.args for v in _order_of(arg)))


@cache
def _after(used: int, order: Order) -> int | None:
    """How many variables are used when that comes behind the first `used`; None if it uses a later
    variable before an earlier one."""
    for v in order:
        if v > used:
            return None
        used = max(used, v + 1)
    return used


@cache
def orders_within(variables: int, orders: tuple[Order, ...]) -> tuple[int, ...]:
    """The numbers of the orders in which a template's variables can be any of so many."""
    chosen = combinations(range(variables), len(orders[0]))
    return tuple(NUMBERS[tuple(some[i] for i in order)] for some in chosen for order in orders)


def renamed(term: Arg, name: Callable[[str], str]) -> Arg:
    """The term with other names of variables."""
    if isinstance(term, str):
        return name(term)
    if not isinstance(term, Term):
        return term
    return Term(term.op, tuple(renamed(arg, name) for arg in term.args))
