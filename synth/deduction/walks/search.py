"""What a walk begins with, how it goes on, where it stops, and what it stores.

    (assign p START) (while TEST (do (assign p MOVE))) (store PLACE RESULT)

A start and a move say what p passes on each example, and with a result it is known where p may
stop: a word of p is looked for that is 0 there first (or, for `until`, is not).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8

from bridge.term import Arg, Term
from synth.deduction.features import MARGIN, cheapest
from synth.deduction.vectors import ABOUT, Expressions, Tally, bits
from synth.deduction.walks.chain import Chain
from synth.deduction.walks.words import Tests, Word, moves, of_memory, of_p, starts, tests

__all__ = ["walks"]

INSTANTS: Final = 64
"""The most of a walk."""


@dataclass(frozen=True)
class Path:
    """What p passes on each example from a start on, until it has been everywhere that it comes;
    and the results that are right somewhere there, on every example."""

    start: Word
    move: Word
    passed: UInt8[np.ndarray, "examples instants"]
    results: Sequence[Word]
    right: Bool[np.ndarray, "results examples words"]
    """Where p stands when they are what is wanted."""

    @property
    def cost(self) -> int:
        """Without a result and a test."""
        return self.start.cost + self.move.cost

    def statements(self, loop: str, test: Arg, result: Word, place: Arg) -> tuple[Term, ...]:
        """The walk that such a test ends, and what stores the result."""
        going = Term("do", (Term("assign", ("p", self.move.term)),))
        begins = Term("assign", ("p", self.start.term))
        return begins, Term(loop, (test, going)), Term("store", (place, result.term))

    def ended(
        self, stops: Bool[np.ndarray, "examples tests words"]
    ) -> tuple[list[tuple[int, Word, float]], int]:
        """Which tests end the walk where which result is right, if p stops at these words: on
        every example, not always after as many steps; and after how many on average. On how many
        examples tests were looked at: one that is wrong on one isn't on the next."""
        some_right = np.logical_or.reduce(self.right)
        left, looked = np.arange(stops.shape[1]), 0
        last = np.zeros((0, len(left)), np.uint8)
        at = np.zeros((0, len(left)), np.intp)
        for on, right, passed in zip(stops, some_right, self.passed, strict=True):
            looked += len(left)
            reached = on[left][:, passed]
            first = reached.argmax(1)
            ends = passed[first]
            (kept,) = (reached.any(1) & right[ends]).nonzero()
            left = left[kept]
            if not len(left):
                return [], looked
            last = np.concatenate([last[:, kept], ends[None, kept]])
            at = np.concatenate([at[:, kept], first[None, kept]])
        example = np.arange(len(last))[:, None]
        fits = self.right[:, example, last].all(1) & (np.ptp(at, 0) > 0)
        each, steps = np.argwhere(fits.T).tolist(), at.mean(0).tolist()
        return [(int(left[i]), self.results[j], steps[i]) for i, j in each], looked


class _Fit(NamedTuple):
    """A walk that is right on the examples."""

    cost: int
    steps: float
    """How many it takes on average."""
    statements: tuple[Term, ...]

    @property
    def complexity(self) -> float:
        """Cost, and the logarithm of the time that it takes: Levin's Kt (Universal sequential
        search problems, 1973). What goes straight to where it stops is likelier than
        what is cheaper and passes much before."""
        return self.cost + math.log2(1 + self.steps)


def walks(given: Chain, tally: Tally, most: int) -> Iterator[tuple[Term, ...] | None]:
    """None now and then, at the end the statements of walks that are right on the examples, if so
    many as were tried would not be so by chance: of those that cost about as much the likeliest
    first. Where a word is right without a walk, that one is stored. About so many words are tried,
    and as many tests of walks."""
    enough, until = bits(given.wanted), tally.tried + most
    memory, pointed = of_memory(given, tally), of_p(given, tally, most)
    word = cheapest(memory, lambda values: (values == given.wanted).all(1), enough)
    if word is not None:
        yield (Term("store", (given.place, word)),)
        return
    fits = list[_Fit]()
    for some in _fits(given, memory, pointed, tally, enough - MARGIN):
        yield None
        fits += some
        if tally.tried >= until:
            break
    dearest = min((fit.cost for fit in fits), default=0) + ABOUT
    for fit in sorted(fits, key=attrgetter("complexity")):
        if fit.cost <= dearest:
            yield fit.statements


def _fits(
    given: Chain, memory: Expressions, pointed: Expressions, tally: Tally, enough: float
) -> Iterator[list[_Fit]]:
    """Walks that are right, path by path, in order of their cost but for the result; ends where
    all that cost about as much as the cheapest are found, or so many bits don't tell them."""
    begins, known = starts(memory, given), moves(pointed, given)
    if not (paths := sorted(_paths(given, begins, known), key=attrgetter("cost"))):
        return
    making, made, met = tests(pointed, given), dict[int, Tests](), 1
    highest = dearest = 0
    for cost in count(paths[0].cost + 1):
        while highest < cost - paths[0].cost and (more := next(making, None)) is not None:
            highest, made[more.cost] = more.cost, more
        if cost >= (dearest or highest + paths[-1].cost + 1):
            return
        for path in paths:
            fits = list[_Fit]()
            if (some := made.get(cost - path.cost)) is None:
                continue
            for loop, stops in (("while", some.zero), ("until", ~some.zero)):
                found, looked = path.ended(stops)
                for i, result, steps in found:
                    statements = path.statements(loop, some.term(i), result, given.place)
                    fits.append(_Fit(cost + result.cost, steps, statements))
                tally.tried += looked // len(given.memory)
                met += stops.shape[1] * len(path.results)
            if np.log2(met) > enough:
                return
            cheapest = min((fit.cost + ABOUT for fit in fits), default=dearest)
            dearest = min(dearest or cheapest, cheapest)
            yield fits


def _paths(given: Chain, begins: Sequence[Word], known: Sequence[Word]) -> Iterator[Path]:
    """Those on which some result is right on every example."""
    if not begins or not known:  # no work is left
        return
    examples, words = given.memory.shape
    example, row = np.arange(examples), np.arange(len(begins))[:, None]
    right = np.stack([result.values for result in known]) == given.wanted[:, None]
    seen = set[bytes]()
    for move in known[1:]:
        now = np.stack([word.values for word in begins])
        passed, been = list[np.ndarray](), np.zeros((*now.shape, words), np.bool_)
        while len(passed) < INSTANTS and not been[row, example, now].all():
            been[row, example, now] = True
            passed.append(now)
            now = move.values[example, now]
        # In how many places that are passed each result is right, on each example.
        met = been.transpose(1, 0, 2).astype(np.float32) @ right.transpose(1, 2, 0)
        for i, start in enumerate(begins):
            passes = np.stack([at[i] for at in passed], 1)
            if (key := passes.tobytes()) in seen:
                continue
            seen.add(key)
            (chosen,) = (met[:, i] > 0).all(0).nonzero()
            if len(chosen) and len(passed) > 1:
                results = [known[j] for j in chosen.tolist()]
                yield Path(start, move, passes, results, right[chosen])
