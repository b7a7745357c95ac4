"""Statements to enumerate, by cost: small terms over a few variables, one for each behaviour.

The price of a term is the sum of what its parts cost (`synth.costs`): its size, where nothing was
learned. A statement's cost is its price, and more where that is high: programs of several small
statements are likelier, and fewer, than of a large one. Terms that behave alike on a fixed sample
of random states are enumerated once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, cast

import numpy as np
from jaxtyping import Int16, UInt64

from bridge.errors import LoweringError
from bridge.isa import lookup_table
from bridge.lowering.fragment import Fragments, lower_fragment
from bridge.term import Arg, Term
from synth.costs.costs import SIZES, SMALL, Costs
from synth.enumeration.orders import IDENTITY, MAX_VARIABLES, NUMBERS
from synth.enumeration.sizes import MAX_PART, MAX_REGISTERS
from synth.language import LANGUAGE, Language, expand
from synth.language.constructs import AnyConstruct

__all__ = [
    "LARGE_PART",
    "LARGE_SHELL",
    "LARGE_STATEMENT",
    "PART_VARIABLES",
    "PROBES",
    "SCRATCH",
    "VARIABLES",
    "Grammar",
    "price_of",
]

VARIABLES = ("p", "q", "x", "y")
"""Names of variables in enumerated terms."""

SCRATCH = "it"
"""A further variable, in which words and functions are probed."""
_PROBES = 24
LARGE_STATEMENT, LARGE_SHELL = 6, 4
"""The largest sizes of statements, and of those with a body, whose cost is their price."""
LARGE_PART = 8
"""The largest size of parts: what stands in bodies and is made of two statements."""
PART_VARIABLES = 2
"""The most variables of a part."""
_SURCHARGE = 3


def price_of(cost: int, large: int) -> int:
    """The price of statements of that cost, 0 where none has it; above `large`, all cost more."""
    if cost <= large:
        return cost
    extra, rest = divmod(cost - large, _SURCHARGE)
    return 0 if rest else large + extra


@dataclass
class Grammar:
    """Enumerates terms over the first `variables` names, cheapest first, on demand."""

    words: int
    variables: int
    steps: int
    distinct: bool = True
    """Whether terms that behave alike are enumerated once (which needs the compiled machine)."""
    names: tuple[str, ...] = ()
    """The variables' names, if others than the usual ones."""
    language: Language = LANGUAGE
    costs: Costs = SIZES
    _terms: dict[tuple[str, int], list[Arg]] = field(default_factory=dict)
    _done: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = self.names or VARIABLES[: self.variables]
        self._room = room = max(MAX_VARIABLES, len(self.names))
        names = (*self.names, *[""] * (room - len(self.names)), SCRATCH)
        self._fragments = Fragments(names, self.words, partial(expand, language=self.language))
        rng = np.random.default_rng(0)  # of the sample of states: part of the definition
        b = self.words
        self._memory = np.zeros((_PROBES, -(-b // 8) * 8), np.uint8)
        self._memory[:, :b] = rng.integers(0, b, (_PROBES, b))
        # Half of them sparse: lists there end soon, and loops over them too.
        self._memory[::2, :b] *= rng.random((len(self._memory[::2]), b)) < 0.6
        self._registers = np.zeros((_PROBES, MAX_REGISTERS), np.uint8)
        n = room + 1
        self._registers[:, :n] = rng.integers(0, b, (_PROBES, n))
        # Some at the ends of the range, where min, max, inc and dec differ.
        ends = rng.choice(np.array([0, 1, b - 1], np.uint8), (_PROBES, n))
        self._registers[:, :n] = np.where(
            rng.random((_PROBES, n)) < 0.3, ends, self._registers[:, :n]
        )

    def terms(self, sort: str, price: int) -> list[Arg]:
        """Terms of that sort (without bodies) and of exactly that price."""
        while (done := self._done.get(sort, 0)) < price:  # the cheaper ones first: they are kept
            candidates = self._candidates(sort, done + 1)
            found = [term for term in candidates if not self._is_folded(term)]
            self._terms[sort, done + 1] = self._distinct(sort, found) if self.distinct else found
            self._done[sort] = done + 1
        return self._terms.get((sort, price), [])

    def statements(self, cost: int) -> list[Term]:
        """Statements without a body of exactly that cost, whose behaviour no cheaper one has."""
        price = price_of(cost, LARGE_STATEMENT * self.costs.unit)
        return cast("list[Term]", self.terms("Stmt", price)) if price else []

    def lower(self, statement: Arg) -> Int16[np.ndarray, "lines 5"]:
        """The code of a statement, or of a block, as the state space takes it: its variables in the
        first registers, and SCRATCH behind MAX_VARIABLES or more. Raises LoweringError."""
        whole = isinstance(statement, Term) and statement.op == "do"
        block = expand(statement if whole else Term("do", (statement,)), self.language)
        assert isinstance(block, Term)
        unused = [""] * (self._room - len(self.names))
        return lower_fragment(block, (*self.names, *unused, SCRATCH), self.words)

    def effects(
        self, rows: Sequence[np.ndarray], orders: Sequence[tuple[int, ...]] = (IDENTITY,)
    ) -> UInt64[np.ndarray, "n orders"]:
        """Hashes of what pieces of code do on the sample of states, with their variables renamed
        into these."""
        from synth.enumeration.fingerprint import fingerprint  # numba, only where it is needed

        n, offset = len(rows), np.cumsum([0, *map(len, rows)]).astype(np.int32)
        which = np.repeat(np.arange(n, dtype=np.int32), len(orders))
        uses = np.tile(np.array([NUMBERS[order] for order in orders], np.uint8), n)
        states = (self._memory, self._registers, self._room + 1)
        found = fingerprint(
            np.concatenate(rows), offset, which, uses, *states, lookup_table(self.words), self.steps
        )
        return found.reshape(n, len(orders))

    def nothing(self) -> list[int]:
        """The hashes that aren't worth a statement: doing nothing, and never ending."""
        return [int(self.effects([self.lower(Term("noop"))])[0, 0]), 0]

    # ------------------------------------------------------------ terms by sort and price

    def enumerated(self, sort: str) -> list[AnyConstruct]:
        """The constructs of that sort that are tried."""
        return [
            c
            for c in self.language.values()
            if c.sort == sort and c.enumerated and c.in_terms and not c.hole
        ]

    def _is_folded(self, term: Arg) -> bool:
        """Whether it computes from one constant only: the constant itself is as good."""
        if not isinstance(term, Term) or not self.language[term.op].arithmetic:
            return False
        return len(term.args) == 1 and isinstance(term.args[0], int)

    def _candidates(self, sort: str, price: int) -> Iterator[Arg]:
        costs = self.costs
        if sort == "Name":
            if price == costs.unit:
                yield from self.names
            return
        if sort == "Word":
            if price == costs.variable:
                yield from self.names
            small = range(min(SMALL + 1, self.words))
            yield from (word for word in small if costs.constant(word) == price)
            yield from (word for word, own in costs.constants.items() if own == price)
        for construct in self.enumerated(sort):
            if "Block" not in construct.sorts:
                for args in self._arguments(construct.sorts, price - costs.of(construct)):
                    yield Term(construct.name, args)

    def _arguments(self, sorts: Sequence[str], price: int) -> Iterator[tuple[Arg, ...]]:
        if not sorts:
            if price == 0:
                yield ()
            return
        for own in range(1, price - len(sorts) + 2):
            for first in self.terms(sorts[0], own):
                for rest in self._arguments(sorts[1:], price - own):
                    yield (first, *rest)

    # ------------------------------------------------------------ behaviour

    def _distinct(self, sort: str, candidates: list[Arg]) -> list[Arg]:
        """Those whose behaviour no term enumerated before has."""
        probe = PROBES.get(sort)
        if probe is None or not candidates:
            return list(dict.fromkeys(candidates))
        kept, code = [], []
        for term in candidates:
            if (rows := self.lowered(probe(term))) is not None:
                kept.append(term)
                code.append(rows)
        seen = self._seen.setdefault(sort, set(self.nothing() if sort == "Stmt" else ()))
        distinct = []
        hashes = self.effects(code)[:, 0].tolist() if kept else []
        for term, behaviour in zip(kept, hashes, strict=True):
            if behaviour not in seen:
                seen.add(behaviour)
                distinct.append(term)
        return distinct

    def lowered(self, statement: Term) -> Int16[np.ndarray, "lines 5"] | None:
        """Its code, if that is small enough to be enumerated."""
        try:
            rows = self.assembled(statement)
        except LoweringError:
            return None
        small = len(rows) <= MAX_PART and rows.max(initial=0) < MAX_REGISTERS
        return rows if small else None

    def assembled(self, statement: Term) -> Int16[np.ndarray, "lines 5"]:
        """The same as `lower`, put together from the code of its words. Raises LoweringError."""
        words: list[Arg] = []
        key = self._with_holes(statement, words)
        return self._fragments.lower(key, lambda: _pattern(key, count()), words)

    def _with_holes(self, term: Term, words: list[Arg]) -> _Key:
        """The construct and its arguments, None instead of each word; these are appended."""
        key: list[Any] = [term.op]
        for sort, arg in zip(self.language[term.op].sorts, term.args, strict=True):
            if sort == "Word":
                words.append(arg)
                key.append(None)
            elif isinstance(arg, Term) and sort != "Block":
                key.append(self._with_holes(arg, words))
            else:
                key.append(arg)
        return tuple(key)


_Key = tuple[Any, ...]


def _pattern(key: _Key, numbers: Iterator[int]) -> Term:
    """The term of a key, with holes that are numbered for its words."""
    args: list[Arg] = []
    for part in key[1:]:
        if part is None:
            args.append(Term("hole", (next(numbers),)))
        else:
            args.append(_pattern(part, numbers) if isinstance(part, tuple) else part)
    return Term(key[0], tuple(args))


PROBES: dict[str, Callable[[Arg], Term]] = {
    "Word": lambda term: Term("assign", (SCRATCH, term)),
    "Fun1": lambda f: Term("assign", (SCRATCH, Term("apply", (f, SCRATCH)))),
    "Fun2": lambda g: Term("assign", (SCRATCH, Term("apply2", (g, SCRATCH, Term("load", (0,)))))),
    "Stmt": lambda statement: cast("Term", statement),
}
"""The statement that shows what a term of each sort does."""
