"""How often each part of a program runs on given inputs: what its e-class says, not its term.

All terms of an e-class do the same. So if the states are known that reach a statement or a block,
those that its parts see are known too, whichever of the e-class's terms is chosen, and one term of
each class is enough to compute them. A `Flow` is such states; words and names need but their
number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np
from jaxtyping import Int16, Int64, UInt8

from bridge.batch import run_from
from bridge.lowering.fragment import lower_fragment
from bridge.term import Term
from synth.egraph.automaton import Automaton, Node
from synth.egraph.derivations import Terms

__all__ = ["Flow", "Part", "Profile"]

_VALUE: Final = "$value"
"""The variable that takes a word's value: no term has it."""


@dataclass(frozen=True, eq=False)
class Flow:
    """Different states, and how often each one reaches a place of the program.

    - `states`: memory, then variables, of each.
    """

    states: UInt8[np.ndarray, "n cells"]
    counts: Int64[np.ndarray, " n"]
    total: int

    def only(self, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Some of them."""
        return self.states[kept], self.counts[kept]


@dataclass(frozen=True)
class Part:
    """A child of an e-node, and what reaches it: states, or for words and names a number."""

    number: int
    flow: Flow | int


@dataclass
class Profile:
    """Flows through an automaton of core terms. What a node's parts see is computed once.

    - `steps`: where runs are cut off.
    """

    automaton: Automaton
    steps: int
    _variables: list[str] = field(init=False)
    _terms: Terms = field(init=False)
    _code: dict[tuple[int, bool], Int16[np.ndarray, "lines 5"]] = field(init=False)
    _flows: dict[bytes, Flow] = field(init=False)

    def __post_init__(self) -> None:
        names = {n.leaf for nodes in self.automaton.classes for n in nodes if n.op == "name"}
        names |= {n.leaf for nodes in self.automaton.classes for n in nodes if n.op == "var"}
        self._variables = [*sorted(map(str, names)), _VALUE]
        self._terms = Terms(self.automaton)
        self._code, self._flows = {}, {}
        self.nothing = self._flow([])
        """The flow to what no input reaches."""

    @property
    def flows(self) -> int:
        """How many different ones there are so far."""
        return len(self._flows)

    def start(self, memory: UInt8[np.ndarray, "n b"]) -> Flow:
        """The flow of these memories, with all variables 0."""
        states = np.zeros((len(memory), self.automaton.words + len(self._variables)), np.uint8)
        states[:, : self.automaton.words] = memory
        return self._flow([(states, np.ones(len(memory), np.int64))])

    def parts(self, node: Node, flow: Flow) -> tuple[int, list[Part]]:
        """The steps that the lowered e-node takes by itself, and what its parts see: one for each
        child, as `bridge.lowering.emit` lowers them."""
        return _PARTS[node.op](self, node.children, flow)

    # -------------------------------------------------------- what classes do

    def after(self, number: int, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The states that a statement or block leaves, and which of them go on: neither halted nor
        were cut off."""
        left, registers, ended = self._run(number, states, word=False)
        variables = registers[:, : len(self._variables)]
        return np.concatenate([left, variables], 1), ended == 1

    def value(self, number: int, states: np.ndarray) -> np.ndarray:
        """A word in each state."""
        return self._run(number, states, word=True)[1][:, len(self._variables) - 1]

    def _run(
        self, number: int, states: np.ndarray, *, word: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        code = self._code.get((number, word))
        if code is None:
            code = self._code[number, word] = self._lowered(number, word)
        b, v = self.automaton.words, len(self._variables)
        used = int(code[:, 1:4].max(initial=v)) + 1
        memory = np.ascontiguousarray(states[:, :b])
        registers = np.zeros((len(states), used), np.uint8)
        registers[:, :v] = states[:, b:]
        return memory, registers, run_from(code, memory, registers, self.steps)

    def _lowered(self, number: int, word: bool) -> Int16[np.ndarray, "lines 5"]:
        """The code of a class's cheapest term."""
        term = next(self._terms.by_cost(number))
        if word:
            term = Term("assign", (_VALUE, term))
        if not isinstance(term, Term) or term.op != "do":
            term = Term("do", (term,))
        return lower_fragment(term, self._variables, self.automaton.words)

    def _flow(self, some: Sequence[tuple[np.ndarray, np.ndarray]]) -> Flow:
        """All of these states, each once: the same object for the same ones."""
        states = np.concatenate([s for s, _ in some]) if some else np.empty((0, 0), np.uint8)
        counts = np.concatenate([c for _, c in some]) if some else np.empty(0, np.int64)
        if len(states):
            order = np.lexsort(states.T)
            states, counts = states[order], counts[order]
            first = np.flatnonzero(np.r_[True, (states[1:] != states[:-1]).any(1)])
            states, counts = states[first], np.add.reduceat(counts, first)
        key = states.tobytes() + counts.tobytes()
        if key not in self._flows:
            self._flows[key] = Flow(states, counts, int(counts.sum()))
        return self._flows[key]

    # -------------------------------------------------------- statements and blocks

    def _end(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        return 0, []

    def _line(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        return flow.total, [Part(c, flow.total) for c in children]

    def _assign(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        return 0, [Part(c, flow.total) for c in children]

    def _swap(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        return 4 * flow.total, [Part(c, flow.total) for c in children]

    def _seq(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        first, rest = children
        left, going = self.after(first, flow.states) if flow.total else (flow.states, slice(0))
        return 0, [Part(first, flow), Part(rest, self._flow([(left[going], flow.counts[going])]))]

    def _if_zero(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        condition, then, otherwise = children
        zero = self.value(condition, flow.states) == 0 if flow.total else np.zeros(0, bool)
        taken, other = self._flow([flow.only(zero)]), self._flow([flow.only(~zero)])
        behind = then in self.automaton.endings or self.automaton.is_end(then)
        jumps = flow.total + (0 if behind else other.total)
        return jumps, [Part(condition, flow.total), Part(then, taken), Part(otherwise, other)]

    def _while(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        condition, body = children
        tests, rounds = self._rounds(flow, body, condition, tested_first=True)
        inside = self._flow(rounds)
        return tests + inside.total, [Part(condition, tests), Part(body, inside)]

    def _until(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        condition, body = children
        tests, rounds = self._rounds(flow, body, condition, tested_first=True, again=False)
        return tests + flow.total, [Part(condition, tests), Part(body, self._flow(rounds))]

    def _do_while(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        body, condition = children
        tests, rounds = self._rounds(flow, body, condition, tested_first=False)
        inside = self._flow(rounds)
        back = max(0, inside.total - flow.total)
        return tests + back, [Part(body, inside), Part(condition, tests)]

    def _do_until(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        body, condition = children
        tests, rounds = self._rounds(flow, body, condition, tested_first=False, again=False)
        return tests, [Part(body, self._flow(rounds)), Part(condition, tests)]

    def _forever(self, children: tuple[int, ...], flow: Flow) -> tuple[int, list[Part]]:
        (body,) = children
        _, rounds = self._rounds(flow, body, None, tested_first=False)
        inside = self._flow(rounds)
        return max(0, inside.total - flow.total), [Part(body, inside)]

    def _rounds(
        self,
        flow: Flow,
        body: int,
        condition: int | None,
        *,
        tested_first: bool,
        again: bool = True,
    ) -> tuple[int, list[tuple[np.ndarray, np.ndarray]]]:
        """How often a loop tests, and the states that each round begins with. It goes on where the
        condition is not 0, or, with `again` not set, where it is 0."""
        states, counts = flow.states, flow.counts
        tests, rounds, testing = 0, [], tested_first
        while len(states) and len(rounds) < self.steps:
            if testing and condition is not None:
                tests += int(counts.sum())
                going = (self.value(condition, states) != 0) == again
                states, counts = states[going], counts[going]
                if not len(states):
                    break
            testing = True
            rounds.append((states, counts))
            states, going = self.after(body, states)
            states, counts = states[going], counts[going]
        return tests, rounds


_Parts = Callable[[Profile, tuple[int, ...], Flow], tuple[int, list[Part]]]
_PARTS: dict[str, _Parts] = cast("dict[str, Any]", {
    "assign": Profile._assign,
    "do-until": Profile._do_until,
    "do-while": Profile._do_while,
    "end": Profile._end,
    "forever": Profile._forever,
    "halt": Profile._line,
    "if-zero": Profile._if_zero,
    "noop": Profile._line,
    "seq": Profile._seq,
    "store": Profile._line,
    "swap": Profile._swap,
    "until": Profile._until,
    "while": Profile._while,
})  # fmt: skip
