"""A term -> the same with loops that begin where their first rounds were written before them.

Who peels a loop, or moves its test to its end, writes the first round in words of what is known
there: `p = 1; if M[1] …; p = 2` for `while M[p] …; p = p + 1`. What the rounds compute is compared,
not how they are written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bridge.lowering.symbolic import State, Values, assigned_in
from bridge.lowering.unused import drop_unused, live_before, variables
from bridge.term import Arg, Term

__all__ = ["reroll"]

_EMPTY = Term("do")
_TESTED_FIRST = {"do-while": "while", "do-until": "until"}


def reroll(term: Term, words: int) -> Term:
    """The block of core statements, in which all variables are 0 at the start and none counts at
    the end; it leaves the same memory, if it ends, and ends as often.

    - Rounds that stand before a loop, and do what its rounds do, become rounds of it.
    - A branch on a word that does nothing but what would do nothing if that were 0 goes away.
    - A cell that holds what a variable does is read instead, if that spares the variable.
    """
    values = Values(words)
    rolled = drop_unused(_Roller(values, _names(term)).block(term, values.start())[0])
    for name in dict.fromkeys(assigned_in(rolled)):
        rolled = _through_memory(rolled, name, words) or rolled
    return rolled


def _names(term: Term) -> Counter[str]:
    """How often each variable occurs."""
    return Counter(name for name in term.subterms() if isinstance(name, str))


@dataclass
class _Walk:
    """Goes through the term in the order of its execution; what is known is handed on."""

    values: Values

    def block(self, term: Term, state: State) -> tuple[Term, State]:
        """The block as it is to be, and the state behind it as it was."""
        statements: list[Term] = []
        for statement in term.args:
            assert isinstance(statement, Term)
            statements += self.statement(statement, state)
            state = self.values.after(statement, state)
        return Term("do", tuple(statements)), state

    def statement(self, term: Term, state: State) -> list[Term]:
        match term.op, term.args:
            case "if-zero", (test, Term() as then, Term() as otherwise):
                zero, other = (self.block(part, state)[0] for part in (then, otherwise))
                return [Term(term.op, (self.word(test, state), zero, other))]
            case (("while" | "until"), (test, Term() as body)):
                inside = self.values.any_round(body, state)
                return [Term(term.op, (self.word(test, inside), self.block(body, inside)[0]))]
            case (("do-while" | "do-until"), (Term() as body, test)):
                inner, behind = self.block(body, self.values.any_round(body, state))
                return [Term(term.op, (inner, self.word(test, behind)))]
            case "forever", (Term() as body,):
                return [Term(term.op, (self.block(body, self.values.any_round(body, state))[0],))]
            case "assign", (name, word):
                return [Term(term.op, (name, self.word(word, state)))]
            case _:
                return [Term(term.op, tuple(self.word(arg, state) for arg in term.args))]

    def word(self, term: Arg, state: State) -> Arg:
        return term


@dataclass
class _Roller(_Walk):
    occurring: Counter[str]
    """How often each variable occurs in the whole term."""

    def statement(self, term: Term, state: State) -> list[Term]:
        (new,) = super().statement(term, state)
        match new.op, new.args:
            case "if-zero", (test, Term() as zero, Term() as other):
                outside = frozenset((self.occurring - _names(term)).keys())
                if zero == other == _EMPTY:
                    return []
                if zero == _EMPTY:
                    return self._guarded("while", test, other, state, outside) or [new]
                if other == _EMPTY:
                    return self._guarded("until", test, zero, state, outside) or [new]
            case _:
                pass
        return [new]

    def _guarded(
        self, kind: str, guard: Arg, branch: Term, state: State, outside: frozenset[str]
    ) -> list[Term] | None:
        """What a branch is, without what guards it; None if it is needed. Variables that occur
        `outside` count behind it."""
        *rounds, loop = branch.args
        assert isinstance(loop, Term)
        before = Term("do", tuple(rounds))
        match loop.op, loop.args:
            case op, (Term() as body, test) if _TESTED_FIRST.get(op) == kind and not rounds:
                whole = Term(kind, (test, body))
                return [whole] if self._same(guard, test, state) else None
            case op, (test, Term() as body) if op == kind:
                whole = Term("do", (loop,))
                if self._same(guard, test, state):
                    live = live_before(whole, outside)
                    return [loop] if self._alike(before, state, body, state, live) else None
                outside |= variables(guard)
                if not isinstance(test, str) or test in outside:
                    return None
                setting = Term("assign", (test, guard))  # which nobody had set to it
                start, live = self.values.after(setting, state), live_before(whole, outside)
                return [setting, loop] if self._alike(before, state, body, start, live) else None
            case _:
                needless = kind == "while" and self._changes_nothing(guard, branch, state)
                return list(_statements(branch)) if needless else None

    def _same(self, one: Arg, other: Arg, state: State) -> bool:
        """Whether either test is 0 where the other one is."""
        return self.values.test(one, state) == self.values.test(other, state)

    def _alike(
        self, one: Term, state: State, other: Term, start: State, live: frozenset[str]
    ) -> bool:
        """Whether one block from a state leaves memory and the variables that count as the other
        does from another."""
        if _halts(one) or _halts(other):
            return False
        left, right = self.values.after(one, state), self.values.after(other, start)
        return left.memory == right.memory and all(self._same_in(v, left, right) for v in live)

    def _same_in(self, name: str, one: State, other: State) -> bool:
        return self.values.word(name, one) == self.values.word(name, other)

    def _changes_nothing(self, test: Arg, branch: Term, state: State) -> bool:
        """Whether a branch of assignments would change no variable if the test were 0."""
        if any(statement.op != "assign" for statement in _statements(branch)):
            return False
        zero = self.values.word(test, state)
        left = self.values.after(branch, state)

        def if_zero(name: str, at: State) -> int:
            return self.values.where_zero(self.values.word(name, at), zero)

        return all(if_zero(v, left) == if_zero(v, state) for v in assigned_in(branch))


def _statements(block: Term) -> list[Term]:
    return [statement for statement in block.args if isinstance(statement, Term)]


def _halts(term: Term) -> bool:
    return any(isinstance(t, Term) and t.op in ("halt", "forever") for t in term.subterms())


# ---------------------------------------------------------------- cells for variables


def _through_memory(term: Term, name: str, words: int) -> Term | None:
    """The term, in which a cell that is stored to is read instead of the variable; None if that
    still is needed."""
    stores = (t for t in term.subterms() if isinstance(t, Term) and t.op == "store")
    plain = (store.args[0] for store in stores if not isinstance(store.args[0], Term))
    for address in dict.fromkeys(plain):
        reader = _Reader(Values(words), name, Term("load", (address,)))
        found = drop_unused(reader.block(term, reader.values.start())[0])
        if name not in _names(found):
            return found
    return None


@dataclass
class _Reader(_Walk):
    """Puts a cell for each use of a variable that holds the same."""

    name: str
    cell: Term

    def word(self, term: Arg, state: State) -> Arg:
        if term == self.name:
            same = self.values.word(self.cell, state) == self.values.word(term, state)
            return self.cell if same else term
        if isinstance(term, Term):
            return Term(term.op, tuple(self.word(arg, state) for arg in term.args))
        return term
