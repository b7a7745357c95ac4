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
    LARGE_PART,
    LARGE_SHELL,
    LARGE_STATEMENT,
    PART_VARIABLES,
    PROBES,
    VARIABLES,
    Grammar,
    price_of,
)
from synth.enumeration.orders import NUMBERS
from synth.enumeration.sizes import MAX_PART
from synth.language import Language

__all__ = ["BLANK", "Template", "Templates", "orders_within", "renamed"]

Order = tuple[int, ...]
Coded = tuple[Term, np.ndarray]
"""A statement, and its code: i2[lines, 5]."""

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
        self._seen_parts: set[int] = set()
        self._codes: dict[tuple[int, Term], np.ndarray | None] = {}
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
            coded = ((term, grammar.lowered(term)) for term in part)
            small = [(term, code) for term, code in coded if code is not None]
            yield self._distinct(grammar, small, self._seen)

    def nested(self, variables: int, cost: int) -> Iterator[list[Template]]:
        """Branches and loops, with a body of one statement without one, that may stand in a body
        themselves; of exactly that cost: one more than their parts. A few at a time."""
        price = self._price_of_part(variables, cost)
        yield from self._parts(variables, self._around(variables, price) if price else ())

    def pairs(self, variables: int, cost: int) -> Iterator[list[Template]]:
        """Blocks of two statements without a body, of exactly that cost: one more than theirs. A
        few at a time."""
        price = self._price_of_part(variables, cost)
        both = self._arguments(variables, ("Stmt", "Stmt"), price) if price else ()
        codes = ((Term("do", two), [self._code(variables, one) for one in two]) for two in both)
        yield from self._parts(
            variables,
            ((t, _one_after(first, second)) for t, (first, second) in codes
             if first is not None and second is not None),
        )  # fmt: skip

    def _around(self, variables: int, price: int) -> Iterator[Coded]:
        """Statements with a body of one, that cost so much; with their code."""
        for construct in self._grammars[variables].enumerated("Stmt"):
            sorts, hole = construct.sorts, Term("hole-stmt")
            given = [sort for sort in sorts if sort != "Block"]
            if len(given) == len(sorts):
                continue
            rest = price - self._costs.of(construct)
            for *args, body in self._arguments(variables, [*given, "Stmt"], rest):
                code = self._code(variables, body)
                for place in (i for i, sort in enumerate(sorts) if sort == "Block"):
                    shell = self._code(
                        variables, _with_body(construct.name, sorts, place, hole, args)
                    )
                    if code is not None and shell is not None and (shell[:, 0] < 0).sum() == 1:
                        term = _with_body(construct.name, sorts, place, body, args)
                        yield term, _filled(shell, code)

    def _code(self, variables: int, statement: Arg) -> np.ndarray | None:
        """Its code, which is kept."""
        assert isinstance(statement, Term)
        key = variables, statement
        if key not in self._codes:
            self._codes[key] = self._grammars[variables].lowered(statement)
        return self._codes[key]

    @property
    def least_shell(self) -> int:
        """The least that a shell with a condition or a pointer costs."""
        shells = (c for c in self._grammars[1].enumerated("Stmt") if "Block" in c.sorts)
        return min(self._costs.of(shell) + len(shell.sorts) - 1 for shell in shells)

    def _price_of_part(self, variables: int, cost: int) -> int:
        """What the parts of one cost that costs so much; 0 where there is none: large ones, and
        such of many variables, are too many."""
        unit = self._costs.unit
        small = variables <= PART_VARIABLES and unit < cost <= (LARGE_PART + 1) * unit
        return cost - unit if small else 0

    def _parts(self, variables: int, candidates: Iterable[Coded]) -> Iterator[list[Template]]:
        """Those of the candidates that do what no other part does."""
        grammar = self._grammars[variables]
        self._seen_parts = self._seen_parts or {*grammar.nothing()}
        each = (c for c in candidates if len(c[1]) <= MAX_PART)
        while part := list(islice(each, _PART)):
            yield self._distinct(grammar, part, self._seen_parts)

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

    def _distinct(self, grammar: Grammar, made: list[Coded], seen: set[int]) -> list[Template]:
        """Those that do what none before did."""
        fresh, rows = [], []
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


def _one_after(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The code of two statements in a row."""
    return np.concatenate([first, _moved(second, len(first))])


def _filled(shell: np.ndarray, body: np.ndarray) -> np.ndarray:
    """The code of a shell with the body for its blank, as `statespace.compose` lays it out."""
    (blank,) = np.flatnonzero(shell[:, 0] < 0)
    around = shell.copy()
    around[around[:, 4] > blank, 4] += len(body) - 1
    return np.concatenate([around[:blank], _moved(body, int(blank)), around[blank + 1 :]])


def _moved(code: np.ndarray, lines: int) -> np.ndarray:
    """The code so many lines further on."""
    return code + np.array([0, 0, 0, 0, lines], np.int16)


def _with_blank(name: str, sorts: Sequence[str], blank: int, args: Iterable[Arg]) -> Term:
    """The construct with the blank for one Block, and others empty."""
    return _with_body(name, sorts, blank, Term("hole-stmt"), args)


def _with_body(name: str, sorts: Sequence[str], place: int, body: Arg, args: Iterable[Arg]) -> Term:
    """The construct with a body of one statement for one Block, and others empty."""
    rest, one, nothing = iter(args), Term("do", (body,)), Term("do", ())
    bodies = (one if i == place else nothing for i in range(len(sorts)))
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
