"""Bottom-up enumeration of programs, cheapest first, over the states that they lead to.

A program is a path of statements from the starting state; `synth.enumeration.statespace` executes
each statement on all examples at once and keeps each state once. Every program of cost c is tried
before any of cost c + 1; with few variables, programs of higher cost are reached in the same time,
so there is a search for each number of variables, and they take turns by their work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import comb
from operator import itemgetter
from typing import Any, Final

import numpy as np
from jaxtyping import Int64

from bridge.spec import Example, Machine
from bridge.term import Term
from bridge.tests import encode_examples
from synth.enumeration.grammar import VARIABLES
from synth.enumeration.judge import GOAL
from synth.enumeration.layers import Layers, NearMiss
from synth.enumeration.saved import SavedLayers
from synth.enumeration.statespace import expand
from synth.language import LANGUAGE, Language

__all__ = ["Enumeration"]

_MAX_EXAMPLES: Final = 16
_NOISY_EXAMPLES: Final = 48
"""Where some may fail: what a program does by chance must be told from what it does by right."""


class Enumeration:
    """A search for programs that are right on the examples."""

    def __init__(
        self,
        examples: Sequence[Example],
        machine: Machine,
        terms: int,
        language: Language = LANGUAGE,
        may_fail: int = 0,
    ) -> None:
        """`terms` is how many it may execute; so many of the examples an answer may fail."""
        self._limit = terms
        shown = _NOISY_EXAMPLES if may_fail else _MAX_EXAMPLES
        tests = encode_examples(examples[:shown], machine)
        of_these = most_among(len(tests.memory), len(examples), may_fail)
        goals = np.empty((256, GOAL), np.int64)

        def expand_tests(*box: Any) -> Int64[np.ndarray, "goals 7"]:
            return goals[: expand(tests, *box, may_fail=of_these, goals=goals)]

        most = max(1, min(len(VARIABLES), machine.registers - 2))
        self._layers = [
            Layers(machine, n, language, expand_tests, len(tests.memory))
            for n in range(1, most + 1)
        ]

    def programs(self) -> Iterator[Term | None]:
        """Programs that are right on the examples (as terms; whether they fit the machine is for
        the caller to see), and None now and then, to let the caller look at the clock. Ends where
        the budget of terms or memory does."""
        while self.terms < self._limit and not any(layers.full for layers in self._layers):
            begun = [layers for layers in self._layers if layers.at_work]
            layers = min(begun or self._layers, key=lambda each: each.work * each.variables)
            yield from layers.next_layer(self._limit - self.terms)

    @property
    def work(self) -> int:
        """Terms executed and statements made."""
        return sum(layers.work for layers in self._layers)

    def save(self) -> dict[str, Any]:
        """How far it is, as plain values and arrays; to be asked when `programs` has yielded
        None."""
        return {"layers": [layers.save() for layers in self._layers]}

    def restore(self, saved: Sequence[SavedLayers]) -> Iterator[None]:
        """Goes on from there: `terms` counts those before, too. Raises ValueError where that is no
        state of this search."""
        if len(saved) != len(self._layers):
            raise ValueError(f"{len(self._layers)} are needed, not {len(saved)}")
        for layers, each in zip(self._layers, saved, strict=True):
            yield from layers.restore(each)

    def near_misses(self, count: int) -> list[NearMiss]:
        """The best programs that were no solution: of each kind (sequence of statements' names)
        the best one, the better kinds first; then of each kind the second; and so on. Among equals
        the smaller comes first."""
        found = {miss.term: miss for layers in self._layers for miss in layers.best(50 * count)}
        order = sorted(found.values(), key=_rank)
        kinds = Counter[tuple[str, ...]]()
        rounds = []
        for miss in order:
            kind = tuple(s.op for s in miss.term.args if isinstance(s, Term))
            rounds.append((kinds[kind], miss))
            kinds[kind] += 1
        rounds.sort(key=itemgetter(0))  # stable: in a round, by the order above
        return [miss for _, miss in rounds[:count]]

    @property
    def top_score(self) -> int:
        """That of `best`."""
        return max(layers.top_score for layers in self._layers)

    def best(self) -> Term:
        """The best program so far that is no solution."""
        found = (miss for layers in self._layers for miss in layers.best(1))
        return min(found, key=_rank).term

    @property
    def terms(self) -> int:
        """Terms executed so far."""
        return sum(layers.terms for layers in self._layers)

    @property
    def states(self) -> int:
        """Distinct behaviours found."""
        return sum(layers.count for layers in self._layers)


def most_among(drawn: int, n: int, marked: int) -> int:
    """How many of `drawn` out of n are marked ones, at most, with a probability of 99.9 %
    (hypergeometric)."""
    chances = (
        comb(marked, k) * comb(n - marked, drawn - k) / comb(n, drawn)
        for k in range(min(drawn, marked) + 1)
    )
    total = accumulate(chances)
    return next((k for k, chance in enumerate(total) if chance > 0.999), min(drawn, marked))


def _rank(miss: NearMiss) -> tuple[int, int, str]:
    """The best first; among equals the smaller."""
    return -miss.score, miss.term.size, str(miss.term)
