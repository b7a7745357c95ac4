"""A term of assignments, one an instruction -> the same with values where they are used.

What a variable holds is followed through branches and loops. A use becomes the expression that was
assigned, where that still has the same value there; assignments that nobody needs go away.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final

from bridge.isa import INDEX, lookup_table
from bridge.lowering.unused import drop_unused, reads_memory, variables
from bridge.term import Arg, Term

__all__ = ["LARGEST", "Style", "inline", "is_plain_load", "substitute"]

LARGEST: Final = 12
"""No use becomes an expression that costs more."""
_EXTRA: Final = 4
"""So much may a term cost more by a value that is computed anew where it is used."""
_ROUNDS: Final = 64


class Style(enum.Enum):
    """How a program is written as a term.

    - `QUICK`: a value that takes an instruction to compute is put where it is used only if that is
      the one use, in no loop that the computation isn't in: so lowering the term gives code that
      is about as quick and as long.
    - `TERSE`: it is put into a few uses, in loops too, if its variable is no longer needed then: as
      definitions of constructs are written.
    - `PLAIN`: the same, but what a loop goes on with stays a variable, also where it starts as a
      number: so rounds that stand before a loop look as they do inside.
    - `OPEN`: as quick, but a loop that is in no other has no test of its own: where it ends, the
      rest of the program stands within.
    """

    QUICK = enum.auto()
    OPEN = enum.auto()
    TERSE = enum.auto()
    PLAIN = enum.auto()

    @property
    def quick(self) -> bool:
        """Whether nothing is computed more often than by the program."""
        return self in (Style.QUICK, Style.OPEN)


_Path = tuple[int, ...]
"""Where a statement stands in a term: its index in the block, and in which of the blocks above."""


@dataclass(frozen=True)
class _Value:
    """What a variable holds: an expression that has the same value here, or None; and the
    assignments that it may come from."""

    term: Arg | None
    sites: frozenset[_Path] = frozenset()


_Values = dict[str, _Value]
_Use = Callable[[str, _Value, _Path], Arg]
_START: Final = _Value(0)  # of each variable


def inline(term: Term, words: int, outputs: Iterable[str] = (), style: Style = Style.QUICK) -> Term:
    """The block, in which all variables are 0 at the start, with values for uses.

    `outputs` are the variables that count at the end.
    """
    kept = frozenset(outputs)
    term = drop_unused(term, kept)
    for _ in range(_ROUNDS):
        before, uses = term, _Uses(words, style, _assignments(term))
        _Walk(words, uses.count, style is not Style.PLAIN).block(term, {})
        term, _ = _Walk(words, uses.replaced, style is not Style.PLAIN).block(term, {})
        term = drop_unused(term, kept)
        if term == before:
            break
    return term


def is_plain_load(term: Term) -> bool:
    """Whether it is what a variable, or a number, is the address of."""
    return term.op == "load" and not isinstance(term.args[0], Term)


def substitute(term: Arg, name: Arg, value: Arg) -> Arg:
    """The expression with the value for the name of a variable."""
    if isinstance(term, Term):
        return Term(term.op, tuple(substitute(a, name, value) for a in term.args))
    return value if term == name else term


@dataclass
class _Uses:
    """How often the value of each assignment is used, and what each use becomes."""

    words: int
    style: Style
    assignments: Counter[str]
    """How many of them each variable has."""
    number: Counter[_Path] = field(default_factory=Counter[_Path])
    needed: set[_Path] = field(default_factory=set[_Path])
    """Assignments that some use cannot do without."""

    def count(self, name: str, value: _Value, loop: _Path) -> Arg:
        self.number.update(value.sites)
        if (
            value.term is None
            or _cost(value.term, self.words) > LARGEST
            or self._hoisted(value, loop)
        ):
            self.needed |= value.sites
        return name

    def replaced(self, name: str, value: _Value, loop: _Path) -> Arg:
        term, plain = value.term, self.style is Style.PLAIN
        if term is None or (plain and not value.sites and self.assignments[name]):
            return name
        moves = plain and self.assignments[name] > 1
        if isinstance(term, str) or (term == 0 and not moves):
            return term
        if self._hoisted(value, loop):
            return name
        if not plain and isinstance(term, Term) and is_plain_load(term):
            return term  # lowering loads it once
        if not self.needed.isdisjoint(value.sites):
            return name
        anew = not self.style.quick and not (moves and not variables(term))
        extra = (max(self.number[s] for s in value.sites) - 1) * (_cost(term, self.words) - 1)
        return term if extra <= (_EXTRA if anew else 0) else name

    def _hoisted(self, value: _Value, loop: _Path) -> bool:
        """Whether the value, which is used in the loop, had better be computed outside."""
        inside = any(site[: len(loop)] == loop for site in value.sites)
        return self.style.quick and not inside


def _cost(term: Arg, words: int) -> int:
    """About what computing it costs."""
    if isinstance(term, Term):
        return 1 + sum(_cost(arg, words) for arg in term.args)
    return 1 if isinstance(term, str) else 1 + min(term, words - term)


def _assignments(term: Term) -> Counter[str]:
    """How many of them each variable has."""
    assignments = (t for t in term.subterms() if isinstance(t, Term) and t.op == "assign")
    return Counter(str(assignment.args[0]) for assignment in assignments)


@dataclass
class _Walk:
    """Goes through the term in the order of its execution. `use` says what each use of a variable
    becomes: by its name, what it holds, and the innermost loop that the use is in."""

    words: int
    use: _Use
    tests: bool = True
    """Whether a variable that a test has found to be 0 is known to be."""

    def block(
        self, term: Term, values: _Values, at: _Path = (), loop: _Path = ()
    ) -> tuple[Term, _Values | None]:
        """The block with values for uses, and what variables hold behind it; None if nothing runs
        there."""
        statements: list[Term] = []
        after: _Values | None = values
        swapped = False
        for number, (statement, then) in enumerate(zip_longest(term.args, term.args[1:])):
            if swapped:  # together with the one before it
                swapped = False
                continue
            assert isinstance(statement, Term)
            assert after is not None
            if (swap := _swap(statement, then, after)) is not None:
                swapped, statement = True, swap
            new, after = self.statement(statement, after, (*at, number), loop)
            statements.append(new)
            if after is None:
                break
        return Term("do", tuple(statements)), after

    def statement(
        self, term: Term, values: _Values, at: _Path, loop: _Path
    ) -> tuple[Term, _Values | None]:
        match term.op, term.args:
            case "assign", (str(name), value):
                new = Term("assign", (name, self.word(value, values, loop)))
                return new, _assigned(values, name, value, at)
            case "if-zero", (condition, Term() as then, Term() as otherwise):
                test = self.word(condition, values, loop)
                zero, at_zero = self.block(then, self.zero(values, condition), (*at, 0), loop)
                other, at_other = self.block(otherwise, values, (*at, 1), loop)
                return Term("if-zero", (test, zero, other)), _either(at_zero, at_other)
            case (("while" | "until"), (condition, Term() as body)):
                at_test = self.every_round(body, values, at)
                test = self.word(condition, at_test, at)
                at_zero = self.zero(at_test, condition)
                inside, behind = (at_test, at_zero)[:: 1 if term.op == "while" else -1]
                return Term(term.op, (test, self.block(body, inside, at, at)[0])), behind
            case (("do-while" | "do-until"), (Term() as body, condition)):
                inner, at_test = self.block(body, self.every_round(body, values, at), at, at)
                if at_test is None:  # it has no second round
                    return Term("forever", (inner,)), None
                test = self.word(condition, at_test, at)
                behind = self.zero(at_test, condition) if term.op == "do-while" else at_test
                return Term(term.op, (inner, test)), behind
            case "forever", (Term() as body,):
                inner, _ = self.block(body, self.every_round(body, values, at), at, at)
                return Term("forever", (inner,)), None
            case "halt", _:
                return term, None
            case _:
                new = Term(term.op, tuple(self.word(a, values, loop) for a in term.args))
                return new, _stored(values)

    def every_round(self, body: Term, values: _Values, at: _Path) -> _Values:
        """What variables hold before every round of a loop, by what they hold before the first."""
        quiet = _Walk(self.words, lambda name, value, loop: name, self.tests)
        while True:
            now = _either(values, quiet.block(body, values, at, at)[1])
            assert now is not None
            if now == values:
                return now
            values = now

    def zero(self, values: _Values, test: Arg) -> _Values:
        """What variables hold where the test has been found to be 0."""
        if not isinstance(test, str) or not self.tests:
            return values
        return {**values, test: replace(values.get(test, _START), term=0)}

    def word(self, term: Arg, values: _Values, loop: _Path) -> Arg:
        if isinstance(term, str):
            return self.use(term, values.get(term, _START), loop)
        if isinstance(term, int):
            return term
        args = tuple(self.word(arg, values, loop) for arg in term.args)
        if term.op in ("inc", "dec") and isinstance(args[0], int):  # as long as the constant is
            return int(lookup_table(self.words)[INDEX[term.op], args[0], 0])
        return Term(term.op, args)


def _swap(one: Term, other: Arg | None, values: _Values) -> Term | None:
    """Two stores as a swap, if they exchange what is known to be in both cells."""
    match one, other:
        case Term("store", (a, at_b)), Term("store", (b, at_a)) if not reads_memory(b):
            one_cell, other_cell = (
                values.get(v, _START).term if isinstance(v, str) else v for v in (at_a, at_b)
            )
            if one_cell == Term("load", (a,)) and other_cell == Term("load", (b,)):
                return Term("swap", (a, b))
        case _:
            pass
    return None


def _assigned(values: _Values, name: str, word: Arg, at: _Path) -> _Values:
    after = _forgetting(values, lambda term: name in variables(term))
    after[name] = _Value(None if name in variables(word) else word, frozenset({at}))
    return after


def _stored(values: _Values) -> _Values:
    return _forgetting(values, reads_memory)


def _forgetting(values: _Values, which: Callable[[Arg], bool]) -> _Values:
    return {
        name: replace(v, term=None) if v.term is not None and which(v.term) else v
        for name, v in values.items()
    }


def _either(one: _Values | None, other: _Values | None) -> _Values | None:
    """What variables hold where two ways meet."""
    if one is None or other is None:
        return other if one is None else one
    found: _Values = {}
    for name in {**one, **other}:
        a, b = one.get(name, _START), other.get(name, _START)
        found[name] = _Value(a.term if a.term == b.term else None, a.sites | b.sites)
    return found
