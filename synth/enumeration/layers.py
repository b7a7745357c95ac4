"""The search with a fixed number of variables, layer by layer of cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int64

from bridge.spec import Machine
from bridge.term import Arg, Term
from synth.enumeration.grammar import VARIABLES, Grammar
from synth.enumeration.judge import CONSTANTS, FORMS, LAST_STORE, LAST_SWAP, TRUTHS
from synth.enumeration.saved import SavedLayers, arrays_of, check_arrays, restore_store
from synth.enumeration.shell import MAX_LINES, Shell
from synth.enumeration.statespace import NO_STATEMENT, Statements, Store, insert_all
from synth.language import Language

__all__ = ["Expand", "Layers", "NearMiss", "completion_word"]

_CHUNK, _CHUNK_STEPS = 50_000, 320_000_000
"""The most terms, and machine steps, that one compiled call executes: what an interruption waits
for."""
_STATEMENT_WORK = 25
"""As long as one statement takes to be made, so many terms are executed."""
_MAX_STATES = 8_000_000

Range = tuple[int, int]
"""From, to."""
Box = tuple[Range, Range, Range]
"""Of states, of firsts, of seconds."""


Expand = Callable[..., Int64[np.ndarray, "goals 7"]]
"""What applies statements to states, and returns the goals met:
`synth.enumeration.statespace.expand`, its examples and its room for goals given."""


@dataclass(frozen=True)
class NearMiss:
    """A program that does not pass, and how much of it is right: 2 for each expected cell that
    comes out right, 1 for each that is wrong but changed, and had to change."""

    term: Term
    score: int


def completion_word(number: int, variables: int) -> Arg:
    """The term of the completion word of that number (see `synth.enumeration.judge`)."""
    if number < CONSTANTS:
        return number
    number -= CONSTANTS
    if number < FORMS * variables:
        v = VARIABLES[number // FORMS]
        one_on = Term("inc", (v,))
        near: list[Arg] = [v, one_on, Term("inc", (one_on,)), Term("dec", (v,))]
        return [*near, Term("load", (v,)), Term("load", (one_on,))][number % FORMS]
    number -= FORMS * variables
    v = VARIABLES[number // TRUTHS]
    what = v if number % TRUTHS < 2 else Term("load", (v,))
    return Term("min", (what, 1)) if number % 2 else Term("apply", (Term("is-zero"), what))


class Layers:
    """The programs over so many variables."""

    def __init__(
        self, machine: Machine, variables: int, language: Language, expand: Expand, examples: int
    ) -> None:
        """`expand` executes, on that many examples."""
        self.machine, self.variables = machine, variables
        self.terms = 0
        """Terms executed."""
        self.full = False
        self._limit = 0
        self._done = self._low = 0  # the last layer done; the states before the one at work
        self._boxes_done = self._skip = 0  # of the layer at work; those done before it was saved
        self._top, self._scored = 0, 0  # the best state, and how many were looked at
        self._grammar = Grammar(machine.words, variables, machine.steps, language=language)
        self._expand = expand
        self._chunk = max(1, min(_CHUNK, _CHUNK_STEPS // (machine.steps * max(examples, 16))))
        self._statements: list[Term] = []
        self._code: list[np.ndarray] = []
        self._shells = [Shell(Term("hole-stmt"), np.full((1, 5), -1, np.int16), 0)]
        self._arrays: Statements | None = None
        self._store = _new_store(1 << 12)
        # By cost, which of the statements, shells and states have it.
        self._by_cost: dict[int, Range] = {}
        self._shells_by_cost: dict[int, Range] = {}
        self._states: dict[int, Range] = {0: (0, 1)}

    @property
    def count(self) -> int:
        """Distinct states."""
        return int(self._store.length[0])

    @property
    def work(self) -> int:
        """Terms executed, and statements made, each worth many of these."""
        return self.terms + _STATEMENT_WORK * len(self._statements)

    def next_layer(self, most: int) -> Iterator[Term | None]:
        """Tries every program of the next cost, `most` terms of them. Yields a program that is
        right, or None now and then to let the caller look at the clock."""
        self._limit = self.terms + most
        layer = self._done + 1
        yield from self._extend(layer)
        if not self._skip:
            self._low = self.count
        for statement_cost in range(layer, 1, -1):
            states = self._states.get(layer - statement_cost)
            if states is None or states[0] == states[1]:
                continue
            for shell, firsts, seconds in self._with_cost(statement_cost):
                yield from self._apply(shell, firsts, seconds, states)
                if self._ended:
                    return
        self._states[layer] = (self._low, self.count)
        self._done, self._boxes_done = layer, 0

    @property
    def at_work(self) -> bool:
        """Whether a layer was begun, and not ended."""
        return self._boxes_done > 0 or self._skip > 0

    def save(self) -> dict[str, Any]:
        """How far it is; to be asked when `next_layer` has yielded None."""
        states = [(cost, *span) for cost, span in self._states.items()]
        return {
            "terms": self.terms, "done": self._done, "boxes": self._boxes_done, "low": self._low,
            "states": states, **arrays_of(self._store),
        }  # fmt: skip

    def restore(self, saved: SavedLayers) -> Iterator[None]:
        """Goes on from there, when it has made the statements again. Raises ValueError where that
        is no state of this search."""
        for cost in range(1, saved.extended + 1):
            yield from self._extend(cost)
        if why := check_arrays(saved, len(self._shells), len(self._statements)):
            raise ValueError(why)
        self.terms, self._done, self._low = saved.terms, saved.done, saved.low
        self._skip = saved.boxes
        self._states = {cost: (low, high) for cost, low, high in saved.states}
        self._store = _new_store(2 * len(saved.score))
        restore_store(self._store, saved)

    def _extend(self, cost: int) -> Iterator[None]:
        """Makes the statements and shells of that cost."""
        if cost in self._by_cost:
            return
        for _ in self._grammar.grow(cost):
            yield None
        low, shells_low = len(self._statements), len(self._shells)
        for statement in self._grammar.statements(cost):
            self._statements.append(statement)
            self._code.append(self._grammar.rows(statement))
        self._shells += self._grammar.shells(cost)
        self._by_cost[cost] = (low, len(self._statements))
        self._shells_by_cost[cost] = (shells_low, len(self._shells))
        self._arrays = _statements(self._code, self._shells)

    def _with_cost(self, cost: int) -> Iterator[tuple[int, Range, Range]]:
        """All statements of that cost: as (shell, range of firsts, range of seconds)."""
        none = (NO_STATEMENT, 0)
        yield 0, self._by_cost[cost], none
        for shell_cost in range(2, cost - 1):
            for shell in range(*self._shells_by_cost.get(shell_cost, (0, 0))):
                body = cost - shell_cost
                if body in self._by_cost:
                    yield shell, self._by_cost[body], none
                for first in range(2, body - 1):
                    if first in self._by_cost and body - first in self._by_cost:
                        yield shell, self._by_cost[first], self._by_cost[body - first]

    @property
    def top_score(self) -> int:
        """The highest score of a state that was no solution."""
        new = self._store.score[self._scored : self.count]
        if len(new) and new.max() > self._store.score[self._top]:
            self._top = self._scored + int(new.argmax())
        self._scored = self.count
        return int(self._store.score[self._top])

    def _apply(
        self, shell: int, firsts: Range, seconds: Range, states: Range
    ) -> Iterator[Term | None]:
        assert self._arrays is not None
        for box in self._boxes(states, firsts, seconds):
            self._boxes_done += 1
            if self._skip:
                self._skip -= 1
                continue
            size = math.prod(high - low for low, high in box)
            self._make_room(size)
            goals = self._expand(self.variables, self._arrays, self._store, shell, *box)
            self.terms += size
            for goal in goals.tolist():
                yield self._goal(*goal)
            yield None
            self.full = self.count > _MAX_STATES
            if self._ended:
                return

    @property
    def _ended(self) -> bool:
        return self.full or self.terms >= self._limit

    def _boxes(self, states: Range, firsts: Range, seconds: Range) -> Iterator[Box]:
        """The product in parts, none larger than a chunk, nor than what is left of the budget."""
        chunk = self._chunk
        for some_seconds in _chunks(seconds, chunk):
            width = some_seconds[1] - some_seconds[0]
            for some_states in _chunks(states, max(1, chunk // width)):
                each = width * (some_states[1] - some_states[0])
                low = firsts[0]
                while low < firsts[1]:
                    left = chunk if self._skip else self._limit - self.terms
                    if not left:
                        return
                    if left < each:  # a last part: of the states, then of the seconds
                        n = min(left, some_states[1] - some_states[0])
                        start, second = some_states[0], some_seconds[0]
                        yield (start, start + n), (low, low + 1), (second, second + left // n)
                        return
                    high = min(firsts[1], low + min(chunk, left) // each)
                    yield some_states, (low, high), some_seconds
                    low = high

    def _make_room(self, more: int) -> None:
        needed = self.count + more
        if needed <= len(self._store.score):
            return
        old, self._store = self._store, _new_store(2 * needed)
        for grown, array in zip(self._store[:-1], old[:-1], strict=True):
            grown[: len(array)] = array
        insert_all(self._store.seen, old.seen)

    def _goal(
        self, state: int, last: int, one: int, other: int, shell: int, first: int, second: int
    ) -> Term:
        """The program that a goal stands for."""
        statements = self._term(state).args
        if last in (LAST_STORE, LAST_SWAP):
            words = tuple(completion_word(number, self.variables) for number in (one, other))
            statements = (*statements, Term("store" if last == LAST_STORE else "swap", words))
        elif first >= 0:
            statements = (*statements, self._statement(shell, first, second))
        return Term("do", statements)

    def _statement(self, shell: int, first: int, second: int) -> Arg:
        body = [self._statements[i] for i in (first, second) if i != NO_STATEMENT]
        return self._shells[shell].fill(body) if shell else body[0]

    def _term(self, state: int) -> Term:
        """The program that leads to a state."""
        statements: list[Arg] = []
        while state > 0:
            state, *made = self._store.made[state].tolist()
            statements.append(self._statement(*made))
        return Term("do", tuple(reversed(statements)))

    def best(self, count: int) -> list[NearMiss]:
        """The programs of the highest scores, the first found first among equals."""
        scores = self._store.score[: self.count]
        if count == 1:
            score = self.top_score  # which looks for the state
            return [NearMiss(self._term(self._top), score)]
        order = np.argsort(-scores, kind="stable")[:count]
        return [NearMiss(self._term(int(i)), int(scores[i])) for i in order]


def _chunks(span: Range, size: int) -> Iterator[Range]:
    for low in range(span[0], span[1], size):
        yield low, min(low + size, span[1])


def _new_store(capacity: int) -> Store:
    slots = 1 << int(2 * capacity - 1).bit_length()
    return Store(
        made=np.zeros((capacity, 4), np.int32),
        score=np.zeros(capacity, np.int32),
        length=np.ones(1, np.int64),
        seen=np.zeros(slots, np.uint64),
    )


def _statements(code: list[np.ndarray], shells: list[Shell]) -> Statements:
    lengths = [0, *(len(rows) for rows in code)]
    padded = np.zeros((len(shells), MAX_LINES, 5), np.int16)
    for row, shell in zip(padded, shells, strict=True):
        row[: len(shell.rows)] = shell.rows
    return Statements(
        code=np.concatenate([np.zeros((0, 5), np.int16), *code]),
        offset=np.cumsum(lengths).astype(np.int32),
        shells=padded,
        shell_lines=np.array([len(s.rows) for s in shells], np.int32),
        shell_blank=np.array([s.blank for s in shells], np.int32),
    )
