"""What is applied to states: statements and shells, by how many variables they use and by cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bridge.collection import uncollected
from bridge.spec import Machine
from bridge.term import Arg, Term
from synth.costs.costs import SIZES, Costs
from synth.enumeration.making.batch import BLANK, Batch
from synth.enumeration.renamed import Renamed, as_arrays, fill
from synth.enumeration.statespace import NO_STATEMENT, Statements
from synth.enumeration.templates import Templates
from synth.language import Language

__all__ = ["Layer", "Span", "Supply"]

Layer = tuple[int, int]
"""How many variables its programs use; what they cost."""

Span = tuple[int, int]
"""From, to: which statements, shells or states."""

PLAIN: Final = "plain"
"""Statements without a body."""
NESTED: Final = "nested"
"""Branches and loops with a body, that stand in another body."""
PAIRS: Final = "pairs"
"""Two statements without a body, that stand in one."""


class Supply:
    """Statements of at most so many variables, made when their cost is reached."""

    def __init__(
        self, machine: Machine, variables: int, language: Language, costs: Costs = SIZES
    ) -> None:
        self._templates = Templates(machine, variables, language, costs)
        self._statements, self._shells = Renamed(), Renamed()
        self._shells.add([BLANK], 0)
        self._by_cost: dict[str, dict[Layer, list[Batch]]] = {PLAIN: {}, NESTED: {}, PAIRS: {}}
        self._shells_by_cost: dict[Layer, list[Batch]] = {}
        # Which of the statements and shells belong to a layer.
        self._by_layer: dict[str, dict[Layer, Span]] = {PLAIN: {}, NESTED: {}, PAIRS: {}}
        self._shells_by_layer: dict[Layer, Span] = {}
        self.arrays: Statements | None = None
        """What compiled code takes, once there is anything."""
        self.made = dict.fromkeys(range(1, variables + 1), 0)
        """How many statements were made, by number of variables."""

    @property
    def shells(self) -> int:
        """How many shells there are."""
        return len(self._shells)

    @property
    def statements(self) -> int:
        """How many statements without a body, and parts of bodies."""
        return len(self._statements)

    def extend(self, variables: int, cost: int) -> Iterator[None]:
        """Makes those of that layer, if it hasn't yet; it pauses now and then."""
        layer = (variables, cost)
        if layer in self._shells_by_layer:
            return
        before = len(self._statements), len(self._shells)
        made = self._by_cost[PLAIN].setdefault(layer, [])
        for some in uncollected(self._templates.statements(variables, cost)):
            made.append(some)
            yield None
        self._add(PLAIN, layer)
        # What stands in a body costs less than the whole, by what stands around it.
        inside = (variables, cost - self._templates.least_shell)
        for kind, each in (
            (NESTED, self._templates.nested(*inside)),
            (PAIRS, self._templates.pairs(*inside)),
        ):
            made = self._by_cost[kind].setdefault(inside, [])
            for some in uncollected(each):
                made.append(some)
                yield None
            self._add(kind, inside)
        low, shells = len(self._shells), self._shells_by_cost.setdefault(layer, [])
        for some in uncollected(self._templates.shells(variables, cost)):
            shells.append(some)
            yield None
        for n in range(1, variables + 1):
            self._shells.add(self._shells_by_cost[n, cost], variables)
        self._shells_by_layer[layer] = (low, len(self._shells))
        if self.arrays is None or before != (len(self._statements), len(self._shells)):
            self.arrays = as_arrays(self._statements, self._shells)

    def _add(self, kind: str, layer: Layer) -> None:
        """Adds what was made of a layer, with fewer variables too, renamed."""
        low, (variables, cost), made = len(self._statements), layer, self._by_cost[kind]
        for n in range(1, variables + 1):
            self._statements.add(made[n, cost], variables)
        self.made[variables] += sum(map(len, made[layer]))
        self._by_layer[kind][layer] = (low, len(self._statements))

    def of_cost(self, variables: int, cost: int) -> Iterator[tuple[Span, Span, Span]]:
        """All statements of so many variables and that cost: as ranges of shells, of firsts, of
        seconds."""
        plain, nested, pairs = (
            _filled(self._by_layer[kind], variables) for kind in (PLAIN, NESTED, PAIRS)
        )
        none = (NO_STATEMENT, 0)
        if cost in plain:
            yield (0, 1), plain[cost], none
        for own, around in _filled(self._shells_by_layer, variables).items():
            for alone in (plain, nested):
                if cost - own in alone:
                    yield around, alone[cost - own], none
            # Something follows a pair: alone it is two statements; behind one it is three, again.
            for firsts in (plain, nested, pairs):
                for first, some in firsts.items():
                    for seconds in (plain, nested):
                        if (second := cost - own - first) in seconds:
                            yield around, some, seconds[second]

    def statement(self, shell: int, first: int, second: int) -> Term:
        """The term of a statement by its shell, and the parts of its body."""
        parts = [self._statements.term(i) for i in (first, second) if i != NO_STATEMENT]
        if not shell:
            return parts[0]
        body: list[Arg] = [s for part in parts for s in (part.args if part.op == "do" else (part,))]
        return fill(self._shells.term(shell), body)


def _filled(spans: Mapping[Layer, Span], variables: int) -> dict[int, Span]:
    """Those of so many variables that are not empty, by cost, the cheapest first."""
    each = {cost: span for (n, cost), span in spans.items() if n == variables}
    return {cost: (low, high) for cost, (low, high) in sorted(each.items()) if low < high}
