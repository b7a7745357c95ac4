"""The terms of an e-class in order of the steps that they take on given inputs.

The steps of a derivation are the sum of those of its e-nodes, by how often each runs (see
`synth.egraph.profile`); its lines, too, are a sum. Both ignore what the lowering shares, so they
are estimates, to be executed. For each e-class, flow and number of lines the derivations come
lazily, the quickest first (Huang and Chiang 2005, algorithm 3); a derivation's parts have fewer
lines than it has, so none is endless, and loops are peeled as far as lines go and no further.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from heapq import heapify, heappop, heappush
from math import inf
from operator import or_
from typing import Final, Literal, NamedTuple

import numpy as np
from jaxtyping import UInt8

from bridge.isa import OPCODES
from bridge.term import Arg, Term
from synth.egraph.automaton import Automaton, Node
from synth.egraph.derivations import build_term, node_order
from synth.egraph.profile import Flow, Part, Profile

__all__ = ["Extraction", "Quick"]

_COMMUTING = {row.name for row in OPCODES if row.commutes}
_FLOWS: Final = 2_000
"""So many flows are followed; what would need more is left out."""
_MISFITS: Final = 16
"""So many terms in a row that do not fit end the search for those of as many lines."""
_SPARE: Final = 2
"""A branch that ends the program may take so many lines more than it has to."""
_LINES: Final = {"do-until": 1, "do-while": 2, "forever": 1, "halt": 0, "noop": 1,
                 "store": 1, "swap": 4, "until": 2, "while": 2,
                 "assign": 0, "end": 0, "name": 0, "seq": 0, "var": 0}  # fmt: skip
"""What constructs take besides their parts; all others are words of one line."""


@dataclass(frozen=True)
class Quick:
    """A term, and what it is likely to take."""

    term: Term
    steps: int
    """On all inputs together."""
    lines: int


class _Item(NamedTuple):
    """The terms of a class that take so many lines, where the flow reaches them."""

    number: int
    flow: Flow | int
    lines: int


class _Way(NamedTuple):
    """An e-node, and what is known of it whatever the input."""

    node: Node
    own: int
    """Lines without its parts'."""
    apart: bool
    """Whether it is a branch that ends the program, which is lowered behind all the rest, once,
    however often it is in a term: its lines are not counted."""
    parts: tuple[int, ...]
    """Those of its children whose lines are counted."""

    @classmethod
    def of(cls, node: Node, automaton: Automaton) -> _Way:
        apart = node.op == "if-zero" and node.children[1] in automaton.endings
        condition, parts = node.children[:1], node.children
        own = _LINES.get(node.op, 1)
        if node.op == "const":  # from 0, which a register always holds
            own = node.cost if node.leaf else 0
        elif node.op == "if-zero":
            own = 1 if apart or automaton.is_end(parts[1]) else 2
        return cls(node, own, apart, (*condition, *parts[2:]) if apart else parts)


class _Edge(NamedTuple):
    """An e-node, with the lines shared out among its parts."""

    node: Node
    steps: int
    parts: tuple[_Item, ...]


@dataclass(slots=True)
class _Ranked:
    """An item's derivations so far, each an edge with the places of its parts; and the next."""

    edges: list[_Edge]
    found: list[tuple[float | int, int, tuple[int, ...]]] = field(default_factory=list)
    heap: list[tuple[float | int, int, tuple[int, ...]]] = field(default_factory=list)
    seen: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)


@dataclass
class Extraction:
    """The terms of classes of an automaton of core terms, by the steps that they are likely to take
    on memories. What is found out for one class is known for all others.

    - `lines`: the most that a term may have.
    - `steps`: where runs are cut off.
    """

    automaton: Automaton
    memory: UInt8[np.ndarray, "n b"]
    lines: int
    steps: int
    _ranked: dict[_Item, _Ranked] = field(default_factory=dict)
    _built: dict[tuple[_Item, int], Arg] = field(default_factory=dict)
    _parts: dict[tuple[int, int, Flow], tuple[int, list[Part]]] = field(default_factory=dict)
    _left: int = 0
    """Edges that may still be looked at."""

    def __post_init__(self) -> None:
        automaton = self.automaton
        self._profile = Profile(automaton, self.steps)
        ways = [[_Way.of(node, automaton) for node in nodes] for nodes in automaton.classes]
        self._counts = _line_counts(ways, self.lines)
        self._numbers = [tuple(_numbers(bits)) for bits in self._counts]
        self._classes = [
            [(way, _lines_of(way, self._counts)) for way in _distinct(some)] for some in ways
        ]

    def quickest(
        self, root: int, *, objective: Literal["steps", "lines"] = "steps", edges: int = 10_000
    ) -> Generator[Quick, bool | None]:
        """The different terms of a class of blocks: those that take the fewest steps on the
        memories first, of these the shortest; or, for the objective "lines", the shortest first. No
        more than that many `edges`, ways to begin a derivation, are looked at.

        It may be sent False for a term that turned out not to fit: where many that seem to take as
        many lines do not, no more of them come.

        Terms that only differ in the order of a sum's arguments, or in what no input reaches, are
        one.
        """
        start = self._profile.start(self.memory)
        items = [_Item(root, start, n) for n in range(self.lines + 1)]
        self._left = edges

        def rank(n: int, place: int) -> tuple[float | int, float | int]:
            cost = self._cost(items[n], place)
            return (n, cost) if objective == "lines" and cost < inf else (cost, n)

        heap = [(rank(n, 0), n, 0) for n in range(self.lines + 1)]
        heapify(heap)
        misfits = [0] * (self.lines + 1)
        while heap and (entry := heappop(heap))[0][0] < inf:
            _, n, place = entry
            term = self._term(items[n], place)
            assert isinstance(term, Term)
            fits = yield Quick(term, int(self._cost(items[n], place)), n)
            misfits[n] = misfits[n] + 1 if fits is False else 0
            if misfits[n] < _MISFITS:
                heappush(heap, (rank(n, place + 1), n, place + 1))

    # -------------------------------------------------------- in order

    def _cost(self, item: _Item, place: int) -> float | int:
        """The steps of the derivation in that place, infinite if there is none."""
        ranked = self._ranked.get(item)
        if ranked is None:
            if self._left <= 0:
                return inf
            ranked = self._ranked[item] = _Ranked(list(self._edges(item)))
            self._left -= len(ranked.edges)
            for number, edge in enumerate(ranked.edges):
                self._push(ranked, number, (0,) * len(edge.parts))
        while len(ranked.found) <= place and ranked.heap:
            derivation = heappop(ranked.heap)
            ranked.found.append(derivation)
            if self._unreached(item.flow):
                ranked.heap.clear()  # one will do
                break
            _, number, places = derivation
            for i in range(len(places)):
                self._push(ranked, number, (*places[:i], places[i] + 1, *places[i + 1 :]))
        return ranked.found[place][0] if place < len(ranked.found) else inf

    def _push(self, ranked: _Ranked, number: int, places: tuple[int, ...]) -> None:
        if (number, places) in ranked.seen:
            return
        ranked.seen.add((number, places))
        edge = ranked.edges[number]
        cost = edge.steps + sum(map(self._cost, edge.parts, places))
        if cost < inf:
            heappush(ranked.heap, (cost, number, places))

    def _term(self, item: _Item, place: int) -> Arg:
        """The derivation in that place, which there must be."""
        if (item, place) not in self._built:
            _, number, places = self._ranked[item].found[place]
            edge = self._ranked[item].edges[number]
            args = tuple(map(self._term, edge.parts, places))
            self._built[item, place] = build_term(edge.node, args)
        return self._built[item, place]

    # -------------------------------------------------------- edges

    def _edges(self, item: _Item) -> Iterator[_Edge]:
        """All ways to begin a derivation."""
        number, flow, lines = item
        if self._unreached(flow) and lines != min(self._numbers[number], default=None):
            return
        for place, ((node, own, apart, _), counts) in enumerate(self._classes[number]):
            if not counts >> lines & 1:
                continue
            if isinstance(flow, int):
                steps, parts = flow * own, [Part(child, flow) for child in node.children]
            elif (known := self._seen(number, place, node, flow)) is not None:
                steps, parts = known
            else:
                continue
            if node.op == "assign":  # in place, where something is computed
                value = self._numbers[node.children[1]]
                if lines in value:
                    yield _edge(node, steps, parts, (0, lines))
                if lines == 1 and 0 in value:
                    assert isinstance(flow, Flow)
                    yield _edge(node, steps + flow.total, parts, (0, 0))
            elif apart:
                condition, then, otherwise = node.children
                least = self._numbers[then][0]
                for some, rest in self._shares((condition, otherwise), lines - own):
                    for n in self._numbers[then]:
                        if n <= least + _SPARE:
                            yield _edge(node, steps, parts, (some, n, rest))
            else:
                for shares in self._shares(node.children, lines - own):
                    yield _edge(node, steps, parts, shares)

    def _seen(
        self, number: int, place: int, node: Node, flow: Flow
    ) -> tuple[int, list[Part]] | None:
        """The node's own steps, and what its parts see; None where too many flows are followed."""
        key = number, place, flow
        if key not in self._parts:
            if self._profile.flows > _FLOWS:
                return None
            self._parts[key] = self._profile.parts(node, flow)
        return self._parts[key]

    def _shares(self, children: tuple[int, ...], lines: int) -> Iterator[tuple[int, ...]]:
        """The lines, shared out in all ways that leave each child enough."""
        if not children:
            if not lines:
                yield ()
            return
        first, rest = children[0], children[1:]
        if not rest:
            if lines >= 0 and self._counts[first] >> lines & 1:
                yield (lines,)
            return
        for share in self._numbers[first]:
            if share > lines:
                break
            for shares in self._shares(rest, lines - share):
                yield (share, *shares)

    def _unreached(self, flow: Flow | int) -> bool:
        return flow is self._profile.nothing or flow == 0


def _edge(node: Node, steps: int, parts: list[Part], lines: tuple[int, ...]) -> _Edge:
    shares = zip(parts, lines, strict=True)
    return _Edge(node, steps, tuple(_Item(part.number, part.flow, n) for part, n in shares))


def _distinct(ways: Sequence[_Way]) -> list[_Way]:
    """One of those whose e-nodes only differ in the order of a sum's arguments."""
    found: dict[object, _Way] = {}
    for way in sorted(ways, key=lambda way: node_order((0, way.node))):
        node = way.node
        twins = node.op in _COMMUTING
        found.setdefault((node.op, *sorted(node.children)) if twins else node, way)
    return list(found.values())


def _line_counts(ways: Sequence[Sequence[_Way]], most: int) -> list[int]:
    """How many lines the terms of each class take, up to `most`: sets of numbers, as bits."""
    within = (1 << (most + 1)) - 1
    counts = [0] * len(ways)
    users: list[set[int]] = [set() for _ in ways]
    for number, some in enumerate(ways):
        for way in some:
            for child in way.node.children:
                users[child].add(number)
    todo = deque(range(len(ways)))
    waiting = set(todo)
    while todo:
        number = todo.popleft()
        waiting.discard(number)
        before = counts[number]
        for way in ways[number]:
            counts[number] |= within & _lines_of(way, counts)
        if counts[number] != before:
            more = sorted(users[number] - waiting)
            todo.extend(more)
            waiting.update(more)
    return counts


def _lines_of(way: _Way, counts: Sequence[int]) -> int:
    """The same for an e-node."""
    if not all(counts[child] for child in way.node.children):
        return 0
    found = 1 << way.own
    for part in way.parts:
        found = _sums(found, counts[part])
    return found & ~1 | (found & 1) << 1 if way.node.op == "assign" else found


@lru_cache(maxsize=1 << 16)
def _sums(one: int, other: int) -> int:
    """A number of each set together: all sums. Few sets are added, again and again."""
    return reduce(or_, (one << n for n in _numbers(other)))


def _numbers(bits: int) -> Iterator[int]:
    """The numbers in a set, from the smallest up."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
