"""Enumeration where memory holds pictures: programs that can explain the examples, cheapest first.

All words that pictures may mean are inputs. Programs are distinct by their table of outcomes, and
so by the e-graph's rules, too: these keep what a program does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

import numpy as np
from jaxtyping import Int64

from bridge.isa import lookup_table
from bridge.readings import Group, encode_outcomes
from bridge.spec import Machine
from bridge.term import Term
from bridge.tests import Tests
from synth.costs.costs import SIZES, Costs
from synth.enumeration.expand import Box
from synth.enumeration.judge import CONSTANTS, FORMS, GOAL, TRUTHS
from synth.enumeration.layers import Layers
from synth.enumeration.orders import MAX_VARIABLES
from synth.enumeration.reachable import Wanted, expand_readings
from synth.enumeration.statespace import Statements, Store, insert_all, make_scratch
from synth.enumeration.supply import Supply
from synth.language import LANGUAGE, Language

__all__ = ["PictureEnumeration"]

ROWS: Final = 1_200
"""The most readings that a state holds, if they are all readings of some layouts: three pictures of
ten words, and two."""
SAMPLE: Final = 64
"""How many readings of the other layouts it holds: so that what differs on them is two states."""


class PictureEnumeration:
    """A search for programs that can explain examples with pictures."""

    def __init__(
        self,
        groups: Sequence[Group],
        machine: Machine,
        terms: int,
        share: float = 1.0,
        language: Language = LANGUAGE,
        costs: Costs = SIZES,
    ) -> None:
        """`terms` is how many it may execute; programs explain that `share` of the examples."""
        self._limit = terms
        self._tests, self._wanted = encode_wanted(groups, machine, share)
        rows = len(self._tests.memory)
        self._scratch = make_scratch(self._tests)
        self._tables = np.zeros(1 << 16, np.uint64)
        self._found = 0
        self._seen = np.zeros(len(self._wanted.weight) + 1, np.int64)
        most = max(1, min(MAX_VARIABLES, machine.registers - 2))
        supply = Supply(machine, most, language, costs)
        self.layers = Layers(machine, supply, self._expand, rows)

    def programs(self) -> Iterator[Term | None]:
        """Programs as terms, and None now and then, to let the caller look at the clock. Ends where
        the budget of terms or memory does."""
        yield from self.layers.programs(self._limit)

    @property
    def terms(self) -> int:
        """Terms executed so far."""
        return self.layers.terms

    @property
    def states(self) -> int:
        """Distinct behaviours found."""
        return self.layers.count

    def _expand(
        self,
        statements: Statements,
        store: Store,
        box: Box,
        cursor: Int64[np.ndarray, " 12"],
        most: int,
    ) -> tuple[Int64[np.ndarray, "goals 7"], int]:
        n = min(box.variables + 1, MAX_VARIABLES)
        each = (
            n**self._wanted.outputs + CONSTANTS + (FORMS + TRUTHS) * n
        )  # a state's goals, at most
        goals = np.empty((most * each, GOAL), np.int64)
        if 2 * (self._found + len(goals)) > len(self._tables):
            old, slots = self._tables, 1 << int(4 * (self._found + len(goals))).bit_length()
            self._tables = np.zeros(slots, np.uint64)
            insert_all(self._tables, old)
        found, executed = expand_readings(
            self._tests, statements, store, box, cursor, most, self._scratch,
            wanted=self._wanted, tables=self._tables, seen=self._seen, goals=goals,
        )  # fmt: skip
        self._found += found
        return goals[:found], executed


def encode_wanted(groups: Sequence[Group], machine: Machine, share: float) -> tuple[Tests, Wanted]:
    """The readings as examples, those of groups whose readings are all there first; and what the
    examples ask of programs there."""
    rng = np.random.default_rng(0)  # part of the definition: the same answers everywhere
    memory, owners, weights, answer_weights = [], [], [], []
    left, first = ROWS, 0
    for group in groups:
        layouts = len(group.memory)
        whole = group.readings * layouts <= left or not memory
        if whole and group.readings * layouts <= left:
            left -= group.readings * layouts
            readings = [group.all_readings()] * layouts
        else:
            few = max(1, (ROWS if not memory else SAMPLE) // layouts)
            readings = [
                rng.integers(0, group.sizes, (few, len(group.sizes))) for _ in range(layouts)
            ]
        for layout, some in enumerate(readings):
            memory.append(group.read(layout, some))
            owners.append(np.full(len(some), first + layout))
        weights.append(whole * np.bincount(group.layout, minlength=layouts))
        answer_weights.append(whole * np.bincount(group.answer, minlength=len(group.answers)))
        first += layouts
    layout_weight, rows = np.concatenate(weights), np.concatenate(memory)
    n, r = len(rows), machine.registers
    tests = Tests(
        rows, np.zeros_like(rows), np.zeros(rows.shape, bool), np.zeros((n, r), np.uint8),
        np.zeros((n, r), bool), np.zeros(n, np.int64), np.full(n, machine.steps, np.int64),
        lookup_table(machine.words), machine.halt,
    )  # fmt: skip
    checked = np.concatenate([group.checked for group in groups])
    cells, registers = checked[:, : machine.words], checked[:, machine.words :].any(0)
    wanted = Wanted(
        encode_outcomes(groups, machine),
        np.concatenate(owners),
        np.concatenate(answer_weights).astype(np.int64),
        layout_weight.astype(np.int64),
        ceil(share * layout_weight.sum() - 1e-9),
        bool((cells.sum(1) == 1).all() and not registers.any()),
        int(registers.sum()),
        np.where(registers, np.cumsum(registers) - 1, -1),
    )
    return tests, wanted
