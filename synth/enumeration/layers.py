"""The search, layer by layer: a layer is all programs of so many variables and of a cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bridge.spec import Machine
from bridge.term import Arg, Term
from synth.enumeration.expand import Box, Expand, Range
from synth.enumeration.grammar import VARIABLES
from synth.enumeration.judge import CONSTANTS, FORMS, LAST_STORE, LAST_SWAP, TRUTHS
from synth.enumeration.orders import MAX_VARIABLES
from synth.enumeration.saved import SavedLayers, arrays_of, check_arrays, restore_store
from synth.enumeration.spread import Spread
from synth.enumeration.statespace import new_store, with_room
from synth.enumeration.workers import Chunk

if TYPE_CHECKING:
    from synth.enumeration.supply import Layer, Supply

__all__ = ["Layers", "NearMiss", "completion_word"]

_CHUNK, _CHUNK_STEPS = 50_000, 320_000_000
"""The most pairs of a statement and a state that a chunk has, and machine steps that it may take:
one compiled call, for which an interruption waits."""
_STATEMENT_WORK = 50
"""What the making of a statement counts as, in terms. It takes as long as 49 to 66 of them:
processor time over the first 10⁶ and 5·10⁶ terms of tasks of table1, lists and anc."""
_MAX_STATES = 8_000_000
"""How many are kept: 28 bytes each and 16 to 32 of hashes, and twice that while the store grows."""


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
    """All programs, no execution of one repeated: in turns, by the work that each number of
    variables has taken. Those of fewer variables come first, as others go on from their states."""

    def __init__(
        self,
        machine: Machine,
        supply: Supply,
        expand: Expand,
        examples: int,
    ) -> None:
        """`supply` makes the statements; `expand` executes them, on that many examples."""
        self.machine = machine
        self.full = False
        self._limit = 0
        self._terms = dict.fromkeys(supply.made, 0)  # executed, by number of variables
        self.costs = dict.fromkeys(supply.made, 0)
        """The cost of the last layer that is done, by number of variables."""
        self._at_work: Layer | None = None
        self._low = self._boxes_done = self._place = 0  # of the layer at work: see SavedLayers
        self._top, self._scored = 0, 0  # the best state, and how many were looked at
        self._supply = supply
        self.expand = expand
        """What executes statements."""
        self._chunk = max(1, min(_CHUNK, _CHUNK_STEPS // (machine.steps * max(examples, 16))))
        self._store = new_store(1 << 12)
        self.states: dict[Layer, Range] = {(0, 0): (0, 1)}
        """From which state to which the programs of each layer lead; no variables cost nothing."""

    @property
    def terms(self) -> int:
        """Terms executed."""
        return sum(self._terms.values())

    @property
    def count(self) -> int:
        """Distinct states."""
        return int(self._store.length[0])

    @property
    def work(self) -> int:
        """Terms executed, and statements made, each worth many of these."""
        return self.terms + _STATEMENT_WORK * sum(self._supply.made.values())

    def programs(self, most: int) -> Iterator[Term | None]:
        """Programs that are right, and None now and then to let the caller look at the clock; ends
        when `most` terms are executed in all, or memory is full."""
        self._limit = most
        while not self._ended:
            yield from self._next_layer()

    def _next_layer(self) -> Iterator[Term | None]:
        if self._at_work is None:
            n = self._next_number()
            self._at_work, self._low = (n, self.costs[n] + 1), self.count
        variables, cost = self._at_work
        yield from self._supply.extend(variables, cost)
        boxes, arrays = [*self._boxes(variables, cost)], self._supply.arrays
        if isinstance(self.expand, Spread) and arrays is not None:
            self.expand.plan(arrays, self._store, self._chunks_of(boxes))
        for number in range(self._boxes_done, len(boxes)):
            yield from self._apply(boxes[number])
            if self._ended:
                return
            self._boxes_done, self._place = number + 1, 0
        self.states[self._at_work] = (self._low, self.count)
        self.costs[variables] = cost
        self._at_work, self._boxes_done = None, 0

    def _next_number(self) -> int:
        """The number of variables whose turn it is: with few of them, programs of higher cost are
        reached in the same time."""

        def turn(n: int) -> int:
            return n * (self._terms[n] + _STATEMENT_WORK * self._supply.made[n])

        ready = [n for n in self.costs if n == 1 or self.costs[n - 1] > self.costs[n]]
        return min(ready, key=turn)

    def save(self) -> dict[str, Any]:
        """How far it is; to be asked when `programs` has yielded None."""
        layers = [(*layer, *span) for layer, span in self.states.items() if layer != (0, 0)]
        return {
            "terms": [*self._terms.values()], "layers": layers, "at_work": self._at_work,
            "boxes": self._boxes_done, "place": self._place, "low": self._low,
            **arrays_of(self._store),
        }  # fmt: skip

    def restore(self, saved: SavedLayers) -> Iterator[None]:
        """Goes on from there, when it has made the statements again. Raises ValueError where that
        is no state of this search."""
        if len(saved.terms) != len(self._terms):
            raise ValueError(f"terms: {len(self._terms)} counts are needed, not {len(saved.terms)}")
        for variables, cost, low, high in saved.layers:
            yield from self._remake(variables, cost)
            self.costs[variables] = cost
            self.states[variables, cost] = (low, high)
        if saved.at_work is not None:
            yield from self._remake(*saved.at_work)
        if why := check_arrays(saved, self._supply.shells, self._supply.statements):
            raise ValueError(why)
        self._terms = dict(zip(self._terms, saved.terms, strict=True))
        self._at_work, self._low = saved.at_work, saved.low
        self._boxes_done, self._place = saved.boxes, saved.place
        self._store = new_store(2 * len(saved.score))
        restore_store(self._store, saved)

    def _remake(self, variables: int, cost: int) -> Iterator[None]:
        if cost != self.costs.get(variables, -1) + 1:
            raise ValueError(f"layers: {variables} variables, cost {cost}: not its turn")
        yield from self._supply.extend(variables, cost)

    def _boxes(self, variables: int, cost: int) -> Iterator[Box]:
        """All pairs of a statement and a state that make a program of that layer."""
        for statement_cost in range(cost, 1, -1):
            known = ((n, self.states.get((n, cost - statement_cost))) for n in range(variables + 1))
            from_states = [(n, span) for n, span in known if span is not None and span[0] < span[1]]
            made = [*self._supply.of_cost(variables, statement_cost)] if from_states else ()
            for used, states in from_states:
                for some in made:
                    yield Box(used, variables, states, *some)

    def _chunks_of(self, boxes: Sequence[Box]) -> Iterator[Chunk]:
        """Those that are left of these boxes."""
        place = self._place
        for box in boxes[self._boxes_done :]:
            for low in range(place, box.size, self._chunk):
                yield Chunk(box, low, min(low + self._chunk, box.size))
            place = 0

    def _apply(self, box: Box) -> Iterator[Term | None]:
        arrays = self._supply.arrays
        assert arrays is not None
        while self._place < box.size:
            end = min(self._place + self._chunk, box.size)
            cursor = box.cursor(self._place, end)
            most = min(end - self._place, self._limit - self.terms)
            self._store = with_room(self._store, most)
            goals, executed = self.expand(arrays, self._store, box, cursor, most)
            self._terms[box.variables] += executed
            self._place = min(box.place(cursor), end) if executed == most else end
            for goal in goals.tolist():
                yield self._goal(min(box.variables + 1, MAX_VARIABLES), *goal)
            self.full = self.count > _MAX_STATES
            yield None
            if self._ended:
                return

    @property
    def _ended(self) -> bool:
        return self.full or self.terms >= self._limit

    @property
    def top_score(self) -> int:
        """The highest score of a state that was no solution."""
        new = self._store.score[self._scored : self.count]
        if len(new) and new.max() > self._store.score[self._top]:
            self._top = self._scored + int(new.argmax())
        self._scored = self.count
        return int(self._store.score[self._top])

    def _goal(
        self, variables: int, state: int, last: int, one: int, other: int, *then: int
    ) -> Term:
        """The program that a goal stands for."""
        statements, (shell, first, second) = self.term(state).args, then
        if last in (LAST_STORE, LAST_SWAP):
            words = tuple(completion_word(number, variables) for number in (one, other))
            statements = (*statements, Term("store" if last == LAST_STORE else "swap", words))
        elif first >= 0:
            statements = (*statements, self._supply.statement(shell, first, second))
        return Term("do", statements)

    def program(self, state: int, shell: int, first: int, second: int) -> Term:
        """The program of a state and a statement."""
        return Term("do", (*self.term(state).args, self._supply.statement(shell, first, second)))

    def term(self, state: int) -> Term:
        """The program that leads to a state."""
        statements: list[Arg] = []
        while state > 0:
            state, *made = self._store.made[state].tolist()
            statements.append(self._supply.statement(*made))
        return Term("do", tuple(reversed(statements)))

    def best(self, count: int) -> list[NearMiss]:
        """The programs of the highest scores, the first found first among equals."""
        scores = self._store.score[: self.count]
        if count == 1:
            score = self.top_score  # which looks for the state
            return [NearMiss(self.term(self._top), score)]
        order = np.argsort(-scores, kind="stable")[:count]
        return [NearMiss(self.term(int(i)), int(scores[i])) for i in order]
