"""Bottom-up enumeration of programs, cheapest first, over the states that they lead to.

A program is a path of statements from the starting state; `synth.enumeration.expand` executes
each statement on all examples at once and keeps each state once. Of programs of so many variables,
every one of cost c is tried before any of cost c + 1.
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
from synth.costs.costs import SIZES, Costs
from synth.enumeration.expand import Box, expand
from synth.enumeration.judge import GOAL
from synth.enumeration.layers import Layers, NearMiss
from synth.enumeration.orders import MAX_VARIABLES
from synth.enumeration.saved import SavedLayers
from synth.enumeration.spread import Executor, Spread
from synth.enumeration.statespace import Statements, Store, make_scratch
from synth.enumeration.supply import Supply
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
        costs: Costs = SIZES,
        executor: Executor | None = None,
    ) -> None:
        """`terms` is how many it may execute; so many of the examples an answer may fail. An
        `executor` brings workers, which `close` lets go."""
        self._limit = terms
        shown = _NOISY_EXAMPLES if may_fail else _MAX_EXAMPLES
        tests = encode_examples(examples[:shown], machine)
        of_these = most_among(len(tests.memory), len(examples), may_fail)
        goals = np.empty((256, GOAL), np.int64)
        scratch = make_scratch(tests)

        def expand_tests(
            statements: Statements, store: Store, box: Box, cursor: np.ndarray, most: int
        ) -> tuple[Int64[np.ndarray, "goals 7"], int]:
            walk = statements, store, box, cursor, most
            found, executed = expand(tests, *walk, scratch, of_these, goals)
            return goals[:found], executed

        self._crew = None if executor is None else executor.hire(tests, of_these)
        apply = expand_tests if self._crew is None else Spread(self._crew, expand_tests, len(goals))
        most = max(1, min(MAX_VARIABLES, machine.registers - 2))
        supply = Supply(machine, most, language, costs)
        self.layers = Layers(machine, supply, apply, len(tests.memory))

    def close(self) -> None:
        """Lets the workers go, if there are any."""
        if self._crew is not None:
            self._crew.close()

    def notes(self) -> Iterator[str]:
        """What the user should know of the workers, and was not told."""
        while self._crew is not None and self._crew.notes:
            yield self._crew.notes.pop(0)

    def programs(self) -> Iterator[Term | None]:
        """Programs that are right on the examples (as terms; whether they fit the machine is for
        the caller to see), and None now and then, to let the caller look at the clock. Ends where
        the budget of terms or memory does."""
        yield from self.layers.programs(self._limit)

    @property
    def work(self) -> int:
        """Terms executed and statements made."""
        return self.layers.work

    def save(self) -> dict[str, Any]:
        """How far it is, as plain values and arrays; to be asked when `programs` has yielded
        None."""
        return {"layers": self.layers.save()}

    def restore(self, saved: SavedLayers) -> Iterator[None]:
        """Goes on from there: `terms` counts those before, too. Raises ValueError where that is no
        state of this search."""
        yield from self.layers.restore(saved)

    def near_misses(self, count: int) -> list[NearMiss]:
        """The best programs that were no solution: of each kind (sequence of statements' names)
        the best one, the better kinds first; then of each kind the second; and so on. Among equals
        the smaller comes first."""
        order = sorted(self.layers.best(50 * count), key=_rank)
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
        return self.layers.top_score

    def best(self) -> Term:
        """The best program so far that is no solution."""
        return self.layers.best(1)[0].term

    @property
    def terms(self) -> int:
        """Terms executed so far."""
        return self.layers.terms

    @property
    def states(self) -> int:
        """Distinct behaviours found."""
        return self.layers.count

    @property
    def full(self) -> bool:
        """Whether it has found as many as it keeps."""
        return self.layers.full


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
