"""Statements to enumerate, by cost: small terms over a few variables, one for each behaviour.

The price of a term is the sum of what its parts cost (`synth.costs`): its size, where nothing was
learned. A statement's cost is its price, and more where that is high: programs of several small
statements are likelier, and fewer, than of a large one. Terms that behave alike on a fixed sample
of random states are enumerated once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from jaxtyping import Bool, Int64, UInt64

from bridge.isa import lookup_table
from bridge.term import Arg, Term
from synth.costs.costs import SIZES, SMALL, Costs
from synth.enumeration.making.tuples import joined_orders, none, one, product
from synth.enumeration.orders import IDENTITY, MAX_VARIABLES, NUMBERS
from synth.enumeration.sizes import MAX_REGISTERS
from synth.language import LANGUAGE, Language, expand
from synth.language.constructs import AnyConstruct

if TYPE_CHECKING:
    from synth.enumeration.making.codes import Codes
    from synth.enumeration.making.pieces import Pieces

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
    "with_body",
]

VARIABLES = ("p", "q", "x", "y")
"""Names of variables in enumerated terms."""

SCRATCH: Final = "(it)"
"""A further variable, in which words and functions are probed; no term can have it."""
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
    """Enumerates terms over the first `variables` names, cheapest first, on demand. Terms have
    numbers: those of a sort and a price follow one another."""

    words: int
    variables: int
    steps: int
    distinct: bool = True
    """Whether terms that behave alike are enumerated once (which needs the compiled machine)."""
    names: tuple[str, ...] = ()
    """The variables' names, if others than the usual ones."""
    language: Language = LANGUAGE
    costs: Costs = SIZES
    shared: Grammar | None = None
    """Another one over the usual names, with whose codes it goes on."""
    _terms: list[Arg] = field(default_factory=list)
    _spans: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    _done: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, set[int]] = field(default_factory=dict)
    _tuples: dict[tuple[tuple[str, ...], int], Int64[np.ndarray, "n k"]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.names = self.names or VARIABLES[: self.variables]
        self._room = room = max(MAX_VARIABLES, len(self.names))
        # Of each term: its shape and its words (see `making.shapes`); the order of its variables;
        # the piece that is its code, or that of what shows it.
        self._shape = np.zeros(0, np.int64)
        self._words = np.zeros((0, 1), np.int32)
        self.uses = np.zeros(0, np.int64)
        self.piece = np.zeros(0, np.int32)
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

    @cached_property
    def pieces(self) -> Pieces:
        """The codes of what was made."""
        if self.shared is not None:
            return self.shared.pieces
        from synth.enumeration.making.pieces import Pieces  # numba, only where it is needed

        names = (*self.names, *VARIABLES[len(self.names) :], SCRATCH)
        return Pieces(names, self.words, partial(expand, language=self.language))

    def terms(self, sort: str, price: int) -> list[Arg]:
        """Terms of that sort (without bodies) and of exactly that price."""
        low, high = self.span(sort, price)
        return self._terms[low:high]

    def term(self, number: int) -> Arg:
        """The term of that number."""
        return self._terms[number]

    def span(self, sort: str, price: int) -> tuple[int, int]:
        """The numbers of these terms."""
        while (done := self._done.get(sort, 0)) < price:  # the cheaper ones first: they are kept
            batches = [
                self._args(c, done + 1) for c in self._plain(sort)
            ]  # which makes their parts
            low = len(self._terms)
            self._add_leaves(sort, done + 1)
            for construct, args in zip(self._plain(sort), batches, strict=True):
                if len(args):
                    self._add(sort, construct, args)
            self._spans[sort, done + 1] = low, len(self._terms)
            self._done[sort] = done + 1
        return self._spans.get((sort, price), (0, 0))

    def statements(self, cost: int) -> list[Term]:
        """Statements without a body of exactly that cost, whose behaviour no cheaper one has."""
        price = price_of(cost, LARGE_STATEMENT * self.costs.unit)
        return cast("list[Term]", self.terms("Stmt", price)) if price else []

    def effects(
        self, codes: Codes, which: Sequence[int] | Int64[np.ndarray, " n"],
        orders: Sequence[tuple[int, ...]] = (IDENTITY,),
    ) -> UInt64[np.ndarray, "n orders"]:  # fmt: skip
        """Hashes of what these pieces of code do on the sample of states, with their variables
        renamed into these."""
        from synth.enumeration.fingerprint import fingerprint  # numba, only where it is needed

        numbers = np.repeat(np.array(which, np.int32), len(orders))
        uses = np.tile(np.array([NUMBERS[order] for order in orders], np.uint8), len(which))
        states = (self._memory, self._registers, self._room + 1)
        found = fingerprint(*codes, numbers, uses, *states, lookup_table(self.words), self.steps)
        return found.reshape(len(which), len(orders))

    def nothing(self) -> list[int]:
        """The hashes that aren't worth a statement: doing nothing, and never ending."""
        noop = self.pieces.pattern("noop", partial(Term, "noop"))
        return [int(self.effects(self.pieces.codes, [noop])[0, 0]), 0]

    # ------------------------------------------------------------ terms by sort and price

    def enumerated(self, sort: str) -> list[AnyConstruct]:
        """The constructs of that sort that are tried."""
        return [
            c
            for c in self.language.values()
            if c.sort == sort and c.enumerated and c.in_terms and not c.hole
        ]

    def _plain(self, sort: str) -> list[AnyConstruct]:
        return [c for c in self.enumerated(sort) if "Block" not in c.sorts]

    def _add_leaves(self, sort: str, price: int) -> None:
        """Adds variables and constants."""
        costs, leaves = self.costs, list[str | int]()
        if sort == "Name" and price == costs.unit:
            leaves += self.names
        elif sort == "Word":
            leaves += self.names if price == costs.variable else ()
            small = range(min(SMALL + 1, self.words))
            leaves += [word for word in small if costs.constant(word) == price]
            leaves += [word for word, own in costs.constants.items() if own == price]
        if not self.distinct:
            self._terms += leaves
            return
        for leaf in leaves:
            number = self.pieces.leaf(leaf)
            shape, words = 0, [[number]]
            if sort == "Name":
                shape, words = self.pieces.shapes.number(str(leaf)), [[-1]]
            elif not self._are_new(sort, self.pieces.codes, [number])[0]:
                continue
            v = self.names.index(leaf) if isinstance(leaf, str) else MAX_VARIABLES
            order = NUMBERS[(v,) if v < MAX_VARIABLES else ()]
            self._number([leaf], [shape], words, [order], [number])

    def _add(self, sort: str, construct: AnyConstruct, args: Int64[np.ndarray, "n k"]) -> None:
        """Adds those of the construct with these arguments whose behaviour none before has."""
        if construct.arithmetic and len(construct.sorts) == 1:
            # What it computes from a constant is a constant, which is as good.
            args = args[[not isinstance(self._terms[i], int) for i in args[:, 0].tolist()]]
        if self.distinct:
            codes, made = self.codes_of(construct, args)
            (small,) = made.nonzero()
            kept = small[self._are_new(sort, codes, small)]
            self._note(sort, construct, args[kept], codes, kept)
            args = args[kept]
        name, terms = construct.name, self._terms
        terms += [Term(name, tuple(terms[i] for i in each)) for each in args.tolist()]

    def _note(
        self, sort: str, construct: AnyConstruct, args: Int64[np.ndarray, "n k"], codes: Codes,
        kept: Int64[np.ndarray, " n"],
    ) -> None:  # fmt: skip
        """Notes what codes are made of, of what is added."""
        from synth.enumeration.making.codes import taken

        pieces = self.pieces.add(taken(codes, kept)) + np.arange(len(kept))
        shapes, words = np.zeros(len(kept), np.int64), pieces[:, None]
        if sort != "Word" and sort != "Stmt":
            each, words = self._shape[args].tolist(), self._words_of(args)
            shapes = [self.pieces.shapes.number((construct.name, tuple(own))) for own in each]
        orders = joined_orders(self.uses[args])
        self._number([], shapes, words, orders, pieces)

    def _number(self, terms: Any, shapes: Any, words: Any, orders: Any, pieces: Any) -> None:
        self._terms += terms
        self._shape = np.concatenate([self._shape, np.asarray(shapes, np.int64)])
        self._words = _stacked(self._words, np.asarray(words, np.int32))
        self.uses = np.concatenate([self.uses, np.asarray(orders, np.int64)])
        self.piece = np.concatenate([self.piece, np.asarray(pieces, np.int32)])

    def _args(self, construct: AnyConstruct, price: int) -> Int64[np.ndarray, "n k"]:
        return self._arguments(construct.sorts, price - self.costs.of(construct))

    def _arguments(self, sorts: tuple[str, ...], price: int) -> Int64[np.ndarray, "n k"]:
        """The numbers of all arguments of these sorts that cost so much together."""
        if not sorts:
            return one() if price == 0 else none(0)
        if (key := (sorts, price)) not in self._tuples:
            found = [none(len(sorts))]
            for own in range(1, price - len(sorts) + 2):
                if len(rests := self._arguments(sorts[1:], price - own)):
                    found.append(product(np.arange(*self.span(sorts[0], own)), rests))
            self._tuples[key] = np.concatenate(found)
        return self._tuples[key]

    # ------------------------------------------------------------ codes

    def codes_of(
        self, construct: AnyConstruct, args: Int64[np.ndarray, "n k"], blank: int = -1
    ) -> tuple[Codes, Bool[np.ndarray, " n"]]:
        """Codes of the construct with these arguments, or of what shows it (PROBES), and which are
        small enough to be enumerated. If it has blocks, the one in that place is blank, and the
        code too if it has not one blank line; other blocks are empty."""
        shapes = self._shape[args]
        base = 1 + int(shapes.max(initial=0))
        keys = shapes @ base ** np.arange(args.shape[1])
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        patterns = [self._pattern(construct, tuple(shapes[i].tolist()), blank) for i in first]
        return self.pieces.join(
            np.array(patterns, np.int64).reshape(-1)[which.reshape(-1)], self._words_of(args)
        )

    def _words_of(self, args: Int64[np.ndarray, "n k"]) -> Int64[np.ndarray, "n words"]:
        """The words of all arguments in a row, and −1 behind them."""
        n, width = len(args), self._words.shape[1]
        words = self._words[args].reshape(n, args.shape[1] * width)
        if width > 1 or (self._shape[args] != 0).any():
            last = np.argsort(words < 0, axis=1, kind="stable")
            words = np.take_along_axis(words, last, 1)
            words = words[:, : int((words >= 0).sum(axis=1).max(initial=0))]
        return np.ascontiguousarray(words)

    def _pattern(self, construct: AnyConstruct, shapes: tuple[int, ...], blank: int) -> int:
        def term() -> Term:
            args = self.pieces.shapes.args(shapes)
            if blank >= 0:
                return with_body(construct, blank, Term("hole-stmt"), args)
            return PROBES[construct.sort](Term(construct.name, args))

        number = self.pieces.pattern((construct.name, shapes, blank), term)
        return number if blank < 0 or number < 0 or self.pieces.has_blank(number) else -1

    # ------------------------------------------------------------ behaviour

    def _are_new(
        self, sort: str, codes: Codes, which: Sequence[int] | Int64[np.ndarray, " n"]
    ) -> list[bool]:
        """Of each whether no term enumerated before behaves like it; it counts as enumerated."""
        seen = self._seen.setdefault(sort, set(self.nothing() if sort == "Stmt" else ()))
        new = []
        for behaviour in self.effects(codes, which)[:, 0].tolist() if len(which) else ():
            new.append(behaviour not in seen)
            seen.add(behaviour)
        return new


def _stacked(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Rows above rows, with −1 behind the shorter ones."""
    width = max(one.shape[1], other.shape[1])
    each = [np.pad(x, ((0, 0), (0, width - x.shape[1])), constant_values=-1) for x in (one, other)]
    return np.concatenate(each)


def with_body(construct: AnyConstruct, place: int, body: Arg, args: Sequence[Arg]) -> Term:
    """The construct with a body of one statement for the Block in that place, and others empty."""
    rest, full, empty = iter(args), Term("do", (body,)), Term("do", ())
    given = enumerate(construct.sorts)
    filled = (
        (full if i == place else empty) if sort == "Block" else next(rest) for i, sort in given
    )
    return Term(construct.name, tuple(filled))


PROBES: Final[dict[str, Callable[[Arg], Term]]] = {
    "Word": lambda term: Term("assign", (SCRATCH, term)),
    "Fun1": lambda f: Term("assign", (SCRATCH, Term("apply", (f, SCRATCH)))),
    "Fun2": lambda g: Term("assign", (SCRATCH, Term("apply2", (g, SCRATCH, Term("load", (0,)))))),
    "Stmt": lambda statement: cast("Term", statement),
}
"""The statement that shows what a term of each sort does."""
