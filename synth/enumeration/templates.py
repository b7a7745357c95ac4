"""Statements as templates: of those that differ by the names of variables alone, one is made.

They come in batches (`making.batch`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from itertools import permutations
from typing import Any, Final

import numpy as np
from jaxtyping import Int64

from bridge.spec import Machine
from bridge.term import Term
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
from synth.enumeration.making.batch import BLANK, Batch, first_of_each
from synth.enumeration.making.codes import Codes, joined_codes, taken
from synth.enumeration.making.tuples import AFTER, joined_orders, none, one, product_by
from synth.language import Language
from synth.language.constructs import AnyConstruct

__all__ = ["Templates"]

_Key = tuple[int, tuple[str, ...], int, int]

_PART: Final = 1_000
"""Statements made at a time."""


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

    def statements(self, variables: int, cost: int) -> Generator[Batch]:
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

    def nested(self, variables: int, cost: int) -> Generator[Batch]:
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
                shells, shell, there = _shells(grammar, construct, some[:, :-1], blocks)
                of = np.repeat(np.arange(len(some)), len(blocks))

                def term(i: int, c: AnyConstruct = construct, at: Any = blocks, all_: Any = some):
                    *given, body = map(grammar.term, all_[i // len(at)].tolist())
                    return with_body(c, at[i % len(at)], body, given)

                orders = joined_orders(grammar.uses[some])[of]
                bodies = some[of, -1], np.full(len(of), -1)
                yield self._part(grammar, (shells, shell), bodies, there, term, orders)

    def pairs(self, variables: int, cost: int) -> Generator[Batch]:
        """Blocks of two statements without a body, of exactly that cost: one more than theirs. A
        few at a time."""
        grammar = self._grammars[variables]
        price = self._price_of_part(variables, cost)
        both = self._arguments(variables, ("Stmt", "Stmt"), price) if price else none(2)
        for some in _parts(both):

            def term(i: int, of: Any = some) -> Term:
                return Term("do", tuple(map(grammar.term, of[i].tolist())))

            n = len(some)
            orders, bodies = joined_orders(grammar.uses[some]), (some[:, 0], some[:, 1])
            shells = BLANK.codes, np.zeros(n, np.int64)
            yield self._part(grammar, shells, bodies, np.arange(n), term, orders)

    def _part(
        self,
        grammar: Grammar,
        shells: tuple[Codes, Int64[np.ndarray, " n"]],
        bodies: tuple[np.ndarray, np.ndarray],
        there: Int64[np.ndarray, " some"],
        term: Callable[[int], Term],
        orders: Int64[np.ndarray, " n"],
    ) -> Batch:
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

    def shells(self, variables: int, cost: int) -> Generator[Batch]:
        """Statements with one body of exactly that cost, the body's own not counted; the other
        bodies that they have are empty. Those of a construct at a time."""
        price = price_of(cost, LARGE_SHELL * self._costs.unit)
        grammar = self._grammars[variables]
        for construct in grammar.enumerated("Stmt") if price else ():
            blocks = [i for i, sort in enumerate(construct.sorts) if sort == "Block"]
            sorts = tuple(sort for sort in construct.sorts if sort != "Block")
            if not blocks:
                continue
            args = self._arguments(variables, sorts, price - self._costs.of(construct))
            if not len(args):
                continue
            codes, shell, there = _shells(grammar, construct, args, blocks)
            pieces, which = np.unique(grammar.piece[args], return_inverse=True)
            shown = grammar.effects(grammar.pieces.codes, pieces, _orders(variables))
            effects = shown[which.reshape(args.shape)]

            def term(
                i: int, c: AnyConstruct = construct, at: Any = blocks, all_: Any = args,
                of: Any = there,
            ) -> Term:  # fmt: skip
                place, block = divmod(int(of[i]), len(at))
                words = [*map(grammar.term, all_[place].tolist())]
                return with_body(c, at[block], Term("hole-stmt"), words)

            of = there // len(blocks)
            uses = joined_orders(grammar.uses[args])[of]
            shells = taken(codes, shell[there])
            yield Batch(variables, shells, uses > 0, first_of_each(effects)[of], term)

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
    ) -> Batch:
        """Of these pieces of code, the statements that do what none before did."""
        effects = grammar.effects(codes, which)
        if (orders := _orders(grammar.variables))[1:]:
            fresh = [behaviour not in seen for behaviour in effects[:, 0].tolist()]
            which = which[fresh]
            effects = grammar.effects(codes, which, orders)
        new = list[int]()
        for i, own in enumerate(effects.tolist()):
            if own[0] not in seen:
                seen.update(own)
                new.append(i)
        kept, first = which[new], first_of_each(effects[new][:, None])
        some = uses[kept] > 0
        return Batch(
            grammar.variables, taken(codes, kept), some, first, lambda i: term(int(kept[i]))
        )


def _orders(variables: int) -> list[tuple[int, ...]]:
    """All orders of so many variables."""
    return [*permutations(range(variables))]


def _shells(
    grammar: Grammar, construct: AnyConstruct, args: Int64[np.ndarray, "n k"], blocks: list[int]
) -> tuple[Codes, Int64[np.ndarray, " all"], Int64[np.ndarray, " some"]]:
    """Shells of the construct with these arguments: their codes; which of these each is, with its
    blank in the one block, then in the other; and which there are."""
    each = [grammar.codes_of(construct, args, blank) for blank in blocks]
    shell = np.arange(len(blocks) * len(args)).reshape(len(blocks), len(args)).T.ravel()
    there = np.concatenate([made for _, made in each])[shell].nonzero()[0]
    return joined_codes([codes for codes, _ in each]), shell, there


def _parts(args: Int64[np.ndarray, "n k"]) -> Iterator[Int64[np.ndarray, "part k"]]:
    """The rows, some at a time."""
    for low in range(0, len(args), _PART):
        yield args[low : low + _PART]
