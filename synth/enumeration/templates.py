"""Statements as templates: of those that differ by the names of variables alone, one is made.

A template's variables are the first ones, in the order of their first use. Its `orders` say in
which other orders these make a statement that does something else.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations
from typing import Any, Final

import numpy as np
from jaxtyping import Int64

from bridge.spec import Machine
from bridge.term import Arg, Term
from synth.costs.costs import SIZES, Costs
from synth.enumeration.grammar import (
    LARGE_PART,
    LARGE_SHELL,
    LARGE_STATEMENT,
    PART_VARIABLES,
    Grammar,
    price_of,
    with_body,
)
from synth.enumeration.making.codes import Codes, codes_of, joined_codes
from synth.enumeration.making.tuples import AFTER, joined_orders, none, one, product_by
from synth.enumeration.orders import NUMBERS
from synth.language import Language
from synth.language.constructs import AnyConstruct

__all__ = ["BLANK", "Template", "Templates", "orders_within", "renamed"]

Order = tuple[int, ...]
_Key = tuple[int, tuple[str, ...], int, int]

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
        self._costs = costs
        words, steps = machine.words, machine.steps
        first = Grammar(words, 1, steps, language=language, costs=costs)
        self._grammars = {1: first}
        for n in range(2, variables + 1):
            self._grammars[n] = Grammar(
                words, n, steps, language=language, costs=costs, shared=first
            )
        self._seen: set[int] = set()
        self._seen_parts: set[int] = set()
        self._tuples: dict[_Key, Int64[np.ndarray, "n k"]] = {}

    def statements(self, variables: int, cost: int) -> Generator[list[Template]]:
        """Statements without a body of exactly that cost that use so many variables (none counts
        as one), and do what none asked for before does; a part at a time: large ones are many."""
        costs = self._costs
        price = price_of(cost, LARGE_STATEMENT * costs.unit)
        grammar = self._grammars[variables]
        self._seen = self._seen or {*grammar.nothing()}
        for construct in grammar.enumerated("Stmt") if price else ():
            if "Block" in construct.sorts:
                continue
            args = self._arguments(variables, construct.sorts, price - costs.of(construct))
            for some in _parts(args):
                codes, made = grammar.codes_of(construct, some)

                def term(i: int, name: str = construct.name, of: Any = some) -> Term:
                    return Term(name, tuple(map(grammar.term, of[i].tolist())))

                found = codes, made.nonzero()[0], term, joined_orders(grammar.uses[some])
                yield self._distinct(grammar, *found, self._seen)

    def nested(self, variables: int, cost: int) -> Generator[list[Template]]:
        """Branches and loops, with a body of one statement without one, that may stand in a body
        themselves; of exactly that cost: one more than their parts. A few at a time."""
        grammar = self._grammars[variables]
        price = self._price_of_part(variables, cost)
        for construct in grammar.enumerated("Stmt") if price else ():
            blocks = [i for i, sort in enumerate(construct.sorts) if sort == "Block"]
            sorts = tuple(sort for sort in construct.sorts if sort != "Block")
            if not blocks:
                continue
            args = self._arguments(variables, (*sorts, "Stmt"), price - self._costs.of(construct))
            for some in _parts(args):
                each = [grammar.codes_of(construct, some[:, :-1], blank) for blank in blocks]
                n = len(some)
                # Each with its body in the one block, then in the other.
                shell = np.arange(len(blocks) * n).reshape(len(blocks), n).T.ravel()
                shells = joined_codes([codes for codes, _ in each])
                of = np.repeat(np.arange(n), len(blocks))
                there = np.concatenate([made for _, made in each])[shell].nonzero()[0]

                def term(i: int, c: AnyConstruct = construct, at: Any = blocks, all_: Any = some):
                    *given, body = map(grammar.term, all_[i // len(at)].tolist())
                    return with_body(c, at[i % len(at)], body, given)

                orders = joined_orders(grammar.uses[some])[of]
                bodies = some[of, -1], np.full(len(of), -1)
                yield self._part(grammar, (shells, shell), bodies, there, term, orders)

    def pairs(self, variables: int, cost: int) -> Generator[list[Template]]:
        """Blocks of two statements without a body, of exactly that cost: one more than theirs. A
        few at a time."""
        grammar = self._grammars[variables]
        price = self._price_of_part(variables, cost)
        blank = codes_of([BLANK.rows])
        both = self._arguments(variables, ("Stmt", "Stmt"), price) if price else none(2)
        for some in _parts(both):

            def term(i: int, of: Any = some) -> Term:
                return Term("do", tuple(map(grammar.term, of[i].tolist())))

            n = len(some)
            orders, bodies = joined_orders(grammar.uses[some]), (some[:, 0], some[:, 1])
            shells = blank, np.zeros(n, np.int64)
            yield self._part(grammar, shells, bodies, np.arange(n), term, orders)

    def _part(
        self,
        grammar: Grammar,
        shells: tuple[Codes, Int64[np.ndarray, " n"]],
        bodies: tuple[np.ndarray, np.ndarray],
        there: Int64[np.ndarray, " some"],
        term: Callable[[int], Term],
        orders: Int64[np.ndarray, " n"],
    ) -> list[Template]:
        """Of shells, those that are there, with bodies: what does what no other part does. A body
        is one statement, or two (else −1)."""
        from synth.enumeration.making.joining import fill  # numba, only where it is needed

        self._seen_parts = self._seen_parts or {*grammar.nothing()}
        first, second = (np.where(x < 0, -1, grammar.piece[x]).astype(np.int32) for x in bodies)
        codes, made = fill(
            shells[0], shells[1][there], grammar.pieces.codes, first[there], second[there]
        )
        (kept,) = made.nonzero()
        return self._distinct(
            grammar, codes, kept, lambda i: term(int(there[i])), orders[there], self._seen_parts
        )

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

    def shells(self, variables: int, cost: int) -> list[Template]:
        """Statements with one body of exactly that cost, the body's own not counted; the other
        bodies that they have are empty."""
        price = price_of(cost, LARGE_SHELL * self._costs.unit)
        grammar = self._grammars[variables]
        found = list[Template]()
        for construct in grammar.enumerated("Stmt") if price else ():
            blocks = [i for i, sort in enumerate(construct.sorts) if sort == "Block"]
            sorts = tuple(sort for sort in construct.sorts if sort != "Block")
            if not blocks:
                continue
            args = self._arguments(variables, sorts, price - self._costs.of(construct))
            each = [grammar.codes_of(construct, args, blank) for blank in blocks]
            orders = [*permutations(range(variables))]
            shown = grammar.effects(grammar.pieces.codes, grammar.piece[args].ravel(), orders)
            uses = joined_orders(grammar.uses[args])
            effects = shown.reshape(*args.shape, len(orders)).transpose(0, 2, 1)
            for i, given in enumerate(args.tolist()):
                keys = [*map(tuple, effects[i].tolist())]
                for blank, (codes, made) in zip(blocks, each, strict=True):
                    if made[i]:
                        hole, words = Term("hole-stmt"), [*map(grammar.term, given)]
                        term = with_body(construct, blank, hole, words)
                        found.append(_template(term, codes.piece(i), int(uses[i]), keys, orders))
        return found

    # -------------------------------------------------- terms whose variables are in order

    def _arguments(
        self, variables: int, sorts: tuple[str, ...], price: int, used: int = 0
    ) -> Int64[np.ndarray, "n k"]:
        """Arguments that cost so much together and, behind some that use the first `used`
        variables, use the others in order, all of them (or, of one, none)."""
        if not sorts:
            return one() if price == 0 and max(used, 1) == variables else none(0)
        if (key := (variables, sorts, price, used)) in self._tuples:
            return self._tuples[key]
        grammar = self._grammars[variables]
        found = [none(len(sorts))]
        for own in range(1, price - len(sorts) + 2):
            rests = [
                self._arguments(variables, sorts[1:], price - own, now)
                for now in range(variables + 1)
            ]
            if any(map(len, rests)):
                firsts = np.arange(*grammar.span(sorts[0], own))
                now = AFTER[used, grammar.uses[firsts]].astype(np.int64)
                found.append(product_by(firsts[now >= 0], now[now >= 0], rests))
        self._tuples[key] = np.concatenate(found)
        return self._tuples[key]

    # ------------------------------------------------------------ behaviour

    def _distinct(
        self,
        grammar: Grammar,
        codes: Codes,
        which: Int64[np.ndarray, " some"],
        term: Callable[[int], Term],
        uses: Int64[np.ndarray, " n"],
        seen: set[int],
    ) -> list[Template]:
        """Of these pieces of code, the statements that do what none before did."""
        if not len(which):
            return []
        effects = grammar.effects(codes, which)
        orders = [*permutations(range(grammar.variables))]
        if len(orders) > 1:
            fresh = [behaviour not in seen for behaviour in effects[:, 0].tolist()]
            which = which[fresh]
            effects = grammar.effects(codes, which, orders)
        found = []
        for i, own in zip(which.tolist(), effects.tolist(), strict=True):
            if own[0] not in seen:
                seen.update(own)
                rows = codes.piece(i).copy()
                found.append(_template(term(i), rows, int(uses[i]), own, orders))
        return found


def _template(
    term: Term, code: np.ndarray, uses: int, effects: Sequence[object], orders: Sequence[Order]
) -> Template:
    """The template with the first order of each effect."""
    if not uses:
        return Template(term, code, ((),))
    first = dict(zip(reversed(effects), reversed(orders), strict=True))
    return Template(term, code, tuple(sorted(first.values())))


def _parts(args: Int64[np.ndarray, "n k"]) -> Iterator[Int64[np.ndarray, "part k"]]:
    """The rows, some at a time."""
    for low in range(0, len(args), _PART):
        yield args[low : low + _PART]


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
