"""Distinct terms of an e-class in non-decreasing cost, and how many there are.

A term's cost is the sum of its constructs' costs. Each derivation of the automaton is another term,
so nothing has to be compared: derivations are counted by their *slack*, the cost beyond the
cheapest term of their class, and unfolded only as far as somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from bridge.term import Arg, Term
from synth.egraph.automaton import Automaton, Node

__all__ = ["Terms", "build_term", "node_order"]

_KEEP = 2_000  # lists of terms up to this length are kept, longer ones are generated again


class Terms:
    """The terms of each e-class of an automaton, by cost."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.cheapest = automaton.cheapest
        self._nodes: dict[int, list[tuple[int, Node]]] = {}
        self._counts: dict[tuple[int, int], int] = {}
        self._kept: dict[tuple[int, int], list[Arg]] = {}

    # -------------------------------------------------------- counting

    def nodes(self, number: int) -> list[tuple[int, Node]]:
        """The e-nodes of a class that stand for some term, each with the slack of its cheapest."""
        if number not in self._nodes:
            best, least = self.cheapest[number], self.cheapest
            found = (
                (int(node.cost + sum(least[c] for c in node.children) - best), node)
                for node in self.automaton.classes[number]
                if all(least[c] < inf for c in node.children)
            )
            self._nodes[number] = sorted(found, key=node_order)
        return self._nodes[number]

    def count(self, number: int, slack: int) -> int:
        """How many terms of the class cost exactly `slack` more than its cheapest."""
        key = (number, slack)
        if key not in self._counts:
            self._counts[key] = sum(
                self._ways(node.children, slack - offset)
                for offset, node in self.nodes(number)
                if offset <= slack
            )
        return self._counts[key]

    def _ways(self, children: tuple[int, ...], slack: int) -> int:
        """In how many ways the children's slacks add up."""
        if not children:
            return slack == 0
        first, rest = children[0], children[1:]
        if not rest:
            return self.count(first, slack)
        parts = ((part, self.count(first, part)) for part in range(slack + 1))
        return sum(ways * self._ways(rest, slack - part) for part, ways in parts if ways)

    def is_finite(self, number: int) -> bool:
        """Whether the class stands for finitely many terms."""
        state: dict[int, bool] = {}  # False: being visited
        stack: list[tuple[int, Iterator[int]]] = []

        def enter(at: int) -> None:
            state[at] = False
            stack.append((at, (c for _, n in self.nodes(at) for c in n.children)))

        enter(number)
        while stack:
            at, children = stack[-1]
            for child in children:
                if child not in state:
                    enter(child)
                    break
                if not state[child]:
                    return False
            else:
                state[at] = True
                stack.pop()
        return True

    # -------------------------------------------------------- in order of cost

    def by_cost(self, number: int) -> Iterator[Arg]:
        """All terms of the class, cheapest first; without end if there are infinitely many."""
        cost, last = self.cheapest[number], self.dearest(number)
        while cost < inf and (last is None or cost <= last):
            yield from self.of_cost(number, int(cost))
            cost += 1

    def of_cost(self, number: int, cost: int) -> Iterator[Arg]:
        """The terms of the class that cost exactly so much."""
        slack = cost - self.cheapest[number]
        return self.level(number, int(slack)) if 0 <= slack < inf else iter(())

    def dearest(self, number: int) -> int | None:
        """The cost of the dearest term, or None if there is none such: infinitely many, or none."""
        if self.cheapest[number] == inf or not self.is_finite(number):
            return None
        known: dict[int, int] = {}

        def dearest(number: int) -> int:
            if number not in known:
                known[number] = max(
                    node.cost + sum(map(dearest, node.children)) for _, node in self.nodes(number)
                )
            return known[number]

        return dearest(number)

    def level(self, number: int, slack: int) -> Iterator[Arg]:
        """The terms of the class that cost exactly `slack` more than its cheapest."""
        kept = self._kept.get((number, slack))
        if kept is not None:
            return iter(kept)
        if self.count(number, slack) > _KEEP:
            return self._level(number, slack)
        kept = self._kept[number, slack] = list(self._level(number, slack))
        return iter(kept)

    def _level(self, number: int, slack: int) -> Iterator[Arg]:
        for offset, node in self.nodes(number):
            if offset > slack:
                break
            if not node.children:
                if offset == slack:
                    yield build_term(node, ())
                continue
            for args in self._choices(node.children, slack - offset):
                yield build_term(node, args)

    def _choices(self, children: tuple[int, ...], slack: int) -> Iterator[tuple[Arg, ...]]:
        first, rest = children[0], children[1:]
        if not rest:
            if self.count(first, slack):
                for arg in self.level(first, slack):
                    yield (arg,)
            return
        for part in range(slack + 1):
            if not self.count(first, part) or not self._ways(rest, slack - part):
                continue
            for arg in self.level(first, part):
                for others in self._choices(rest, slack - part):
                    yield (arg, *others)


def node_order(entry: tuple[int, Node]) -> tuple[object, ...]:
    """Cheap nodes first, in an order that does not depend on the run."""
    offset, node = entry
    return (offset, node.op, str(node.leaf), node.children)


def build_term(node: Node, args: tuple[Arg, ...]) -> Arg:
    """The term that an e-node makes of its children's terms."""
    if node.leaf is not None:
        return Term(node.op) if isinstance(node.leaf, Term) else node.leaf  # a hole's number goes
    if node.op == "seq":
        assert isinstance(args[1], Term)
        return Term("do", (args[0], *args[1].args))
    return Term("do" if node.op == "end" else node.op, args)
