"""Statements to enumerate, by cost: small terms over a few variables, one for each behaviour.

The size of a term counts 1 for each construct, constant and variable (n for a constant n > 1),
and 1 more for each statement. A statement's cost is its size, and more where it is large: programs
of several small statements are likelier, and fewer, than of a large one. Terms that behave alike on
a fixed sample of random states are enumerated once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

import numpy as np

from bridge.errors import LoweringError
from bridge.isa import lookup_table
from bridge.lowering.lower import lower_fragment
from bridge.term import Arg, Term
from synth.enumeration.shell import MAX_LINES, MAX_REGISTERS, Shell
from synth.language import LANGUAGE, Language, expand
from synth.language.constructs import AnyConstruct

__all__ = ["VARIABLES", "Grammar"]

VARIABLES = ("p", "q", "x", "y")
"""Names of variables in enumerated terms."""

_PROBES = 24
_PART = 2_000  # statements made at a time
_SCRATCH = "it"  # a further variable, in which functions are probed
_LARGE_STATEMENT, _LARGE_SHELL = 6, 4
_SURCHARGE = 3


def _size(cost: int, large: int) -> int:
    """The size of statements of that cost (0: none has it); above `large`, each unit costs more."""
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
    _terms: dict[tuple[str, int], list[Arg]] = field(default_factory=dict)
    _shells: dict[int, list[Shell]] = field(default_factory=dict)
    _seen: dict[str, set[int]] = field(default_factory=dict)
    _code: dict[Arg, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = self.names or VARIABLES[: self.variables]
        rng = np.random.default_rng(0)  # of the sample of states: part of the definition
        b = self.words
        self._memory = np.zeros((_PROBES, -(-b // 8) * 8), np.uint8)
        self._memory[:, :b] = rng.integers(0, b, (_PROBES, b))
        # Half of them sparse: lists there end soon, and loops over them too.
        self._memory[::2, :b] *= rng.random((len(self._memory[::2]), b)) < 0.6
        self._registers = np.zeros((_PROBES, MAX_REGISTERS), np.uint8)
        n = self.variables + 1
        self._registers[:, :n] = rng.integers(0, b, (_PROBES, n))
        self._registers[:, n] = 0

    def terms(self, sort: str, size: int) -> list[Arg]:
        """Terms of that sort (without bodies) and of exactly that size."""
        for _ in self._grow(sort, size):
            pass
        return self._terms[sort, size]

    def statements(self, cost: int) -> list[Term]:
        """Statements without a body of exactly that cost, whose behaviour no cheaper one has."""
        size = _size(cost, _LARGE_STATEMENT)
        return cast("list[Term]", self.terms("Stmt", size)) if size else []

    def grow(self, cost: int) -> Iterator[None]:
        """Makes these statements, a part at a time: large ones are many."""
        if size := _size(cost, _LARGE_STATEMENT):
            yield from self._grow("Stmt", size)

    def shells(self, cost: int) -> list[Shell]:
        """Statements with one body of exactly that cost, the body's own not counted."""
        size = _size(cost, _LARGE_SHELL)
        if size and size not in self._shells:
            self._shells[size] = [
                shell
                for construct in self._enumerated("Stmt")
                if "Block" in construct.sorts
                for term in self._shell_terms(construct, size - 1)
                if (shell := self._shell(term)) is not None
            ]
        return self._shells.get(size, [])

    def rows(self, statement: Term) -> np.ndarray:
        """The statement's code, as the state space takes it. Raises LoweringError."""
        if statement not in self._code:
            self._code[statement] = self._lower(statement)
        return self._code[statement]

    def _lower(self, statement: Arg) -> np.ndarray:
        block = expand(Term("do", (statement,)), self.language)
        assert isinstance(block, Term)
        return lower_fragment(block, (*self.names, _SCRATCH), self.words)

    # ------------------------------------------------------------ terms by sort and cost

    def _grow(self, sort: str, cost: int) -> Iterator[None]:
        if (sort, cost) in self._terms:
            return
        found: list[Arg] = []
        candidates = (term for term in self._candidates(sort, cost) if not self._is_folded(term))
        while part := list(islice(candidates, _PART)):
            found += self._distinct(sort, part) if self.distinct else part
            yield
        self._terms[sort, cost] = found

    def _enumerated(self, sort: str) -> list[AnyConstruct]:
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

    def _candidates(self, sort: str, cost: int) -> Iterator[Arg]:
        if sort == "Name":
            if cost == 1:
                yield from self.names
            return
        if sort == "Word":
            if cost == 1:
                yield from self.names
                yield 0
            if 1 <= cost < min(4, self.words):
                yield cost
        own = 2 if sort == "Stmt" else 1
        for construct in self._enumerated(sort):
            if "Block" not in construct.sorts:
                for args in self._arguments(construct.sorts, cost - own):
                    yield Term(construct.name, args)

    def _arguments(self, sorts: Sequence[str], cost: int) -> Iterator[tuple[Arg, ...]]:
        if not sorts:
            if cost == 0:
                yield ()
            return
        for first_cost in range(1, cost - len(sorts) + 2):
            for first in self.terms(sorts[0], first_cost):
                for rest in self._arguments(sorts[1:], cost - first_cost):
                    yield (first, *rest)

    def _shell_terms(self, construct: AnyConstruct, cost: int) -> Iterator[Term]:
        """With the blank in one Block argument and the others empty; an empty block costs 0."""
        blocks = [i for i, sort in enumerate(construct.sorts) if sort == "Block"]
        others = [sort for sort in construct.sorts if sort != "Block"]
        for args in self._arguments(others, cost - 1):
            for blank in blocks:
                rest = iter(args)
                yield Term(
                    construct.name,
                    tuple(
                        next(rest)
                        if i not in blocks
                        else Term("do", (Term("hole-stmt"),) if i == blank else ())
                        for i in range(len(construct.sorts))
                    ),
                )

    def _shell(self, term: Term) -> Shell | None:
        try:
            rows = self._lower(term)
        except LoweringError:
            return None
        blanks = np.flatnonzero(rows[:, 0] < 0).tolist()
        if len(blanks) != 1 or len(rows) > MAX_LINES // 2 or rows.max() >= MAX_REGISTERS:
            return None
        return Shell(term, rows, blanks[0])

    # ------------------------------------------------------------ behaviour

    def _distinct(self, sort: str, candidates: list[Arg]) -> list[Arg]:
        """Those whose behaviour no term enumerated before has."""
        probe = _PROBE.get(sort)
        if probe is None or not candidates:
            return list(dict.fromkeys(candidates))
        kept, code, offset = [], [], [0]
        for term in candidates:
            try:
                rows = self._lower(probe(term))
            except LoweringError:
                continue
            if len(rows) > MAX_LINES // 2 or rows.max(initial=0) >= MAX_REGISTERS:
                continue
            kept.append(term)
            code.append(rows)
            offset.append(offset[-1] + len(rows))
        if not kept:
            return []
        hashes = self._behaviours(np.concatenate(code), offset)
        seen = self._seen.setdefault(sort, set(self._nothing() if sort == "Stmt" else ()))
        distinct = []
        for term, rows, behaviour in zip(kept, code, hashes, strict=True):
            if behaviour not in seen:
                seen.add(behaviour)
                distinct.append(term)
                if sort == "Stmt":
                    self._code[term] = rows
        return distinct

    def _nothing(self) -> list[int]:
        """The behaviours that aren't worth a statement: doing nothing, and never ending."""
        return [*self._behaviours(self._lower(Term("noop")), [0, 1]), 0]

    def _behaviours(self, code: np.ndarray, offset: list[int]) -> list[int]:
        """A hash of what each statement does on the sample of states; they begin at `offset`."""
        from synth.enumeration.statespace import fingerprint  # numba, only where it is needed

        states = (self._memory, self._registers, self.variables + 1)
        offsets, table = np.array(offset, np.int32), lookup_table(self.words)
        return fingerprint(code, offsets, *states, table, self.words, self.steps).tolist()


_PROBE: dict[str, Callable[[Arg], Term]] = {
    "Word": lambda term: Term("assign", (_SCRATCH, term)),
    "Fun1": lambda f: Term("assign", (_SCRATCH, Term("apply", (f, _SCRATCH)))),
    "Fun2": lambda g: Term("assign", (_SCRATCH, Term("apply2", (g, _SCRATCH, Term("load", (0,)))))),
    "Stmt": lambda statement: cast("Term", statement),
}
"""The statement that shows what a term of each sort does."""
