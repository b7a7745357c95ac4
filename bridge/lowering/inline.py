"""A term of assignments, one an instruction -> the same with values where they are used.

What a variable holds is followed through branches and loops. A use becomes the expression that was
assigned, where that still has the same value there; assignments that nobody needs go away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from bridge.isa import INDEX, lookup_table
from bridge.lowering.unused import drop_unused, reads_memory, variables
from bridge.term import Arg, Term

__all__ = ["LARGEST", "inline", "is_plain_load", "substitute"]

LARGEST: Final = 12
"""No use becomes an expression of a larger size."""
_ROUNDS: Final = 64


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


def inline(
    term: Term, words: int, outputs: Iterable[str] = (), *, everywhere: bool = False
) -> Term:
    """The block, in which all variables are 0 at the start, with values for uses.

    A value that takes an instruction to compute replaces a use if it is the only one, and in no
    loop that the assignment isn't in: so lowering the term gives code that is no slower. With
    `everywhere`, it replaces every use where it is the same. `outputs` are the variables that count
    at the end.
    """
    kept = frozenset(outputs)
    term = drop_unused(term, kept)
    for _ in range(_ROUNDS):
        before, uses = term, _Uses(everywhere)
        _Walk(words, uses.count).block(term, {})
        term, _ = _Walk(words, uses.replaced).block(term, {})
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

    everywhere: bool
    number: Counter[_Path] = field(default_factory=Counter[_Path])
    needed: set[_Path] = field(default_factory=set[_Path])
    """Assignments that some use cannot do without."""

    def count(self, name: str, value: _Value, loop: _Path) -> Arg:
        self.number.update(value.sites)
        if value.term is None or _outside(value, loop):
            self.needed |= value.sites
        return name

    def replaced(self, name: str, value: _Value, loop: _Path) -> Arg:
        term = value.term
        if term is None or (isinstance(term, Term) and term.size > LARGEST):
            return name
        if self.everywhere or isinstance(term, str) or term == 0:
            return term
        if _outside(value, loop):
            return name
        if isinstance(term, Term) and is_plain_load(term):
            return term  # lowering loads it once
        once = {self.number[site] for site in value.sites} == {1}
        return term if once and self.needed.isdisjoint(value.sites) else name


def _outside(value: _Value, loop: _Path) -> bool:
    """Whether none of the assignments is in the loop."""
    return not any(site[: len(loop)] == loop for site in value.sites)


@dataclass
class _Walk:
    """Goes through the term in the order of its execution. `use` says what each use of a variable
    becomes: by its name, what it holds, and the innermost loop that the use is in."""

    words: int
    use: _Use

    def block(
        self, term: Term, values: _Values, at: _Path = (), loop: _Path = ()
    ) -> tuple[Term, _Values | None]:
        """The block with values for uses, and what variables hold behind it; None if nothing runs
        there."""
        statements: list[Term] = []
        after: _Values | None = values
        for number, statement in enumerate(term.args):
            assert isinstance(statement, Term)
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
                zero, at_zero = self.block(then, _zero(values, condition), (*at, 0), loop)
                other, at_other = self.block(otherwise, values, (*at, 1), loop)
                return Term("if-zero", (test, zero, other)), _either(at_zero, at_other)
            case (("while" | "until"), (condition, Term() as body)):
                at_test = self.every_round(body, values, at)
                test = self.word(condition, at_test, at)
                at_zero = _zero(at_test, condition)
                inside, behind = (at_test, at_zero)[:: 1 if term.op == "while" else -1]
                return Term(term.op, (test, self.block(body, inside, at, at)[0])), behind
            case (("do-while" | "do-until"), (Term() as body, condition)):
                inner, at_test = self.block(body, self.every_round(body, values, at), at, at)
                if at_test is None:  # it has no second round
                    return Term("forever", (inner,)), None
                test = self.word(condition, at_test, at)
                behind = _zero(at_test, condition) if term.op == "do-while" else at_test
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
        quiet = _Walk(self.words, lambda name, value, loop: name)
        while True:
            now = _either(values, quiet.block(body, values, at, at)[1])
            assert now is not None
            if now == values:
                return now
            values = now

    def word(self, term: Arg, values: _Values, loop: _Path) -> Arg:
        if isinstance(term, str):
            return self.use(term, values.get(term, _START), loop)
        if isinstance(term, int):
            return term
        args = tuple(self.word(arg, values, loop) for arg in term.args)
        if term.op in ("inc", "dec") and isinstance(args[0], int):  # as long as the constant is
            return int(lookup_table(self.words)[INDEX[term.op], args[0], 0])
        return Term(term.op, args)


def _zero(values: _Values, test: Arg) -> _Values:
    """What variables hold where the test has been found to be 0."""
    if not isinstance(test, str):
        return values
    return {**values, test: replace(values.get(test, _START), term=0)}


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
