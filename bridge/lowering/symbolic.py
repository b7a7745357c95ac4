"""Words as what they were computed from: two that are the same expression have the same value.

Values are numbers of a table in which each expression stands once, so that comparing them takes no
time, however large they are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from bridge.isa import INDEX, lookup_table
from bridge.lowering.unused import variables
from bridge.term import Arg, Term

__all__ = ["State", "Values", "assigned_in"]

_Key = tuple[Hashable, ...]

_COMMUTE: Final = {"add", "min", "max"}
_NEUTRAL: Final = {"max"}
"""Functions that give the other argument where one is 0, besides sums."""


@dataclass(frozen=True)
class State:
    """What variables and memory hold: values, by their numbers."""

    variables: dict[str, int]
    """Those that are not in it hold 0."""
    memory: int


@dataclass
class Values:
    """The values of a machine's words."""

    words: int
    _numbers: dict[_Key, int] = field(default_factory=dict[_Key, int])
    _keys: list[_Key] = field(default_factory=list[_Key])

    def fresh(self) -> int:
        """One of which nothing is known."""
        return self._of(("any", len(self._keys)))

    def start(self) -> State:
        """Before a program runs: all variables are 0."""
        return State({}, self.fresh())

    # -------------------------------------------------------- words

    def word(self, term: Arg, state: State) -> int:
        """What the expression is worth."""
        if isinstance(term, int):
            return self._of(("word", term % self.words))
        if isinstance(term, str):
            return state.variables.get(term, self._of(("word", 0)))
        args = [self.word(arg, state) for arg in term.args]
        if term.op == "load":
            return self._load(state.memory, args[0])
        return self._apply(term.op, args)

    def test(self, term: Arg, state: State) -> int:
        """What it is worth as a test: a − b is 0 where b − a is."""
        value = self.word(term, state)
        match self._keys[value]:
            case ("sub", int(one), int(other)):
                return self._of(("differ", *sorted((one, other))))
            case _:
                return value

    def where_zero(self, value: int, zero: int) -> int:
        """The value, where another one is known to be 0."""
        if value == zero:
            return self._of(("word", 0))
        op, *args = self._keys[value]
        if op in ("any", "word", "store", "load", "after"):
            return value
        if op == "plus":
            base, number = args
            assert isinstance(base, int)
            assert isinstance(number, int)
            return self._plus(self.where_zero(base, zero), number)
        parts = [self.where_zero(arg, zero) for arg in args if isinstance(arg, int)]
        return self._apply(str(op), parts)

    def _of(self, key: _Key) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return self._numbers[key]

    def _apply(self, op: str, args: list[int]) -> int:
        known = [self._known(arg) for arg in args]
        if op in INDEX and None not in known:
            a, b = [*known, 0, 0][:2]
            return self._of(("word", int(lookup_table(self.words)[INDEX[op], a, b])))
        if op in ("inc", "dec"):
            return self._plus(args[0], 1 if op == "inc" else -1)
        if op == "sub" and known[1] is not None:
            return self._plus(args[0], -known[1])
        for one, word in zip(args, reversed(known), strict=True):
            if op == "add" and word is not None:
                return self._plus(one, word)
            if op in _NEUTRAL and word == 0:
                return one
        return self._of((op, *(sorted(args) if op in _COMMUTE else args)))

    def _known(self, value: int) -> int | None:
        op, *args = self._keys[value]
        return args[0] if op == "word" and isinstance(args[0], int) else None

    def _plus(self, value: int, number: int) -> int:
        """The value and so many more, modulo the words."""
        base, offset = self._apart(value)
        total = (offset + number) % self.words
        if base is None:
            return self._of(("word", total))
        return self._of(("plus", base, total)) if total else base

    def _apart(self, value: int) -> tuple[int | None, int]:
        """A value as another one, or 0, and a number."""
        match self._keys[value]:
            case ("plus", int(base), int(offset)):
                return base, offset
            case ("word", int(word)):
                return None, word
            case _:
                return value, 0

    # -------------------------------------------------------- memory

    def _load(self, memory: int, address: int) -> int:
        base, offset = self._apart(address)
        below = memory
        while True:
            match self._keys[below]:
                case ("store", int(before), int(at), int(value)):
                    if at == address:
                        return value
                    other, place = self._apart(at)
                    if other != base or place == offset:
                        break
                    below = before  # another cell
                case _:
                    break
        return self._of(("load", below, address))

    def _store(self, state: State, address: int, value: int) -> State:
        if value == self._load(state.memory, address):
            return state
        return replace(state, memory=self._of(("store", state.memory, address, value)))

    # -------------------------------------------------------- statements

    def after(self, term: Term, state: State) -> State:
        """The state behind a statement that was run, or a block of them, if it ends there."""
        match term.op, term.args:
            case "do", statements:
                for statement in statements:
                    assert isinstance(statement, Term)
                    state = self.after(statement, state)
                return state
            case "noop", _:
                return state
            case "assign", (str(name), word):
                return self._set(state, name, self.word(word, state))
            case "store", (address, word):
                return self._store(state, self.word(address, state), self.word(word, state))
            case "swap", (one, other):
                a, b = self.word(one, state), self.word(other, state)
                at_a, at_b = self._load(state.memory, a), self._load(state.memory, b)
                return self._store(self._store(state, a, at_b), b, at_a)
            case _:
                seen = tuple((n, self.word(n, state)) for n in sorted(variables(term)))
                done: _Key = ("after", term, seen, state.memory)
                for name in assigned_in(term):
                    state = self._set(state, name, self._of((*done, name)))
                return replace(state, memory=self._of(done))

    def any_round(self, body: Term, state: State) -> State:
        """What is known before every round of a loop that begins in that state."""
        for name in assigned_in(body):
            state = self._set(state, name, self.fresh())
        stores = {"store", "swap"} & {t.op for t in body.subterms() if isinstance(t, Term)}
        return replace(state, memory=self.fresh()) if stores else state

    def _set(self, state: State, name: str, value: int) -> State:
        return replace(state, variables={**state.variables, name: value})


def assigned_in(term: Term) -> list[str]:
    """The variables that it assigns, each once."""

    def names() -> Iterator[str]:
        for part in term.subterms():
            if isinstance(part, Term) and part.op == "assign":
                yield str(part.args[0])

    return list(dict.fromkeys(names()))
