"""A saturated e-graph as plain data: a tree automaton whose derivations are the equal terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from math import inf

from bridge.term import HOLES, Arg, Term
from synth.language import LANGUAGE, Language

__all__ = ["Automaton", "Node", "number_holes"]


@dataclass(frozen=True, slots=True)
class Node:
    """An e-node: a construct over e-classes, or a leaf (a number, a variable or its name, a hole
    with its number)."""

    op: str
    children: tuple[int, ...]
    cost: int
    leaf: Arg | None = None


@dataclass(frozen=True)
class Automaton:
    """The e-nodes of each e-class. An e-class is its index; a class without nodes is one that only
    left-out constructs could build."""

    classes: tuple[tuple[Node, ...], ...]
    words: int
    language: Language = LANGUAGE

    @cached_property
    def size(self) -> int:
        """The number of e-nodes."""
        return sum(map(len, self.classes))

    @cached_property
    def _index(self) -> dict[tuple[str, object], int]:
        return {
            (node.op, node.children if node.leaf is None else node.leaf): number
            for number, nodes in enumerate(self.classes)
            for node in nodes
        }

    def find(self, term: Arg) -> int | None:
        """The e-class that holds the term, if any; its holes are those of the terms that were
        added, in the same order."""
        return self._find(number_holes(term))

    def _find(self, term: Arg) -> int | None:
        if isinstance(term, int):
            return self._index.get(("const", term % self.words))
        if isinstance(term, str):
            return self._index.get(("var", term))
        if term.op == "do":
            return self.find_block(map(self._find, term.args))
        if term.op in HOLES:
            return self._index.get((term.op, term))
        return self._index.get((term.op, tuple(self._children(term))))

    def find_block(self, statements: Iterable[int | None]) -> int | None:
        """The e-class that holds the block of such statements, if any."""
        found = self._index.get(("end", ()))
        for statement in reversed(list(statements)):
            found = self._index.get(("seq", (statement, found)))
        return found

    def is_end(self, number: int) -> bool:
        """Whether the e-class is that of the empty block."""
        return self._index.get(("end", ())) == number

    @cached_property
    def endings(self) -> frozenset[int]:
        """The blocks and statements, by class, that no run gets past: a term of theirs says so."""
        ends = {c.name for c in self.language.values() if c.final}
        found: set[int] = set()
        before = -1
        while before != len(found):
            before = len(found)
            for number, nodes in enumerate(self.classes):
                if any(
                    node.op in ends
                    or (node.op == "seq" and not found.isdisjoint(node.children))
                    or (node.op == "if-zero" and found.issuperset(node.children[1:]))
                    for node in nodes
                ):
                    found.add(number)
        return frozenset(found)

    def _children(self, term: Term) -> Iterator[int | None]:
        for arg, sort in zip(term.args, self.language[term.op].sorts, strict=True):
            yield self._index.get(("name", arg)) if sort == "Name" else self._find(arg)

    @cached_property
    def cheapest(self) -> list[float]:
        """The cost of the cheapest term of each class, infinite where there is none (Knuth)."""
        users: dict[int, list[tuple[int, int]]] = {}
        missing: list[list[int]] = []
        costs: list[float] = [inf] * len(self.classes)
        heap: list[tuple[float, int]] = []
        for number, nodes in enumerate(self.classes):
            missing.append([len(node.children) for node in nodes])
            for i, node in enumerate(nodes):
                for child in node.children:
                    users.setdefault(child, []).append((number, i))
                if not node.children:
                    heappush(heap, (node.cost, number))
        while heap:
            cost, number = heappop(heap)
            if cost >= costs[number]:
                continue
            costs[number] = cost
            for user, i in users.get(number, ()):
                missing[user][i] -= 1
                if not missing[user][i] and costs[user] == inf:
                    node = self.classes[user][i]
                    heappush(heap, (node.cost + sum(costs[c] for c in node.children), user))
        return costs

    # -------------------------------------------------------- parts of it

    def without(self, left_out: Iterable[str]) -> Automaton:
        """The automaton of those terms that do not use the constructs."""
        names = frozenset(left_out)
        return self._only(lambda _, node: node.op not in names)

    def without_detours(self, roots: Iterable[int]) -> Automaton:
        """The automaton without e-nodes that only lengthen a term: those with a part equal to the
        whole, such as x + 0; tests of a constant; code behind a `halt` or `forever`. Itself, if
        nothing would be left of one of the roots."""
        end = self._index.get(("end", ()))
        endings = {c.name for c in self.language.values() if c.final}
        tests = {c.name for c in self.language.values() if c.tests}
        constant, final = set(), set()
        for number, nodes in enumerate(self.classes):
            ops = {node.op for node in nodes}
            if "const" in ops:
                constant.add(number)
            if ops & endings:
                final.add(number)

        def direct(number: int, node: Node) -> bool:
            if number in node.children:
                return False
            if node.op in tests:
                return not any(child in constant for child in node.children)
            return node.op != "seq" or node.children[0] not in final or node.children[1] == end

        lean = self._only(direct)
        return self if any(lean.cheapest[root] == inf for root in roots) else lean

    def _only(self, kept: Callable[[int, Node], bool]) -> Automaton:
        classes = (
            tuple(node for node in nodes if kept(number, node))
            for number, nodes in enumerate(self.classes)
        )
        return replace(self, classes=tuple(classes))


def number_holes(term: Arg) -> Arg:
    """The term with its holes numbered from 0, from left to right: `(hole)` becomes `(hole 0)`.

    Holes of one term are different unknowns; the same position in another term is the same.
    """
    numbers = count()

    def numbered(term: Arg) -> Arg:
        if not isinstance(term, Term):
            return term
        if term.op in HOLES:
            return Term(term.op, (next(numbers),))
        return Term(term.op, tuple(map(numbered, term.args)))

    return numbered(term) if isinstance(term, Term) and term.has_hole else term
