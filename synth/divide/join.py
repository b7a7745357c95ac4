"""From values on examples to words that are right on all of them, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import itemgetter
from typing import Final

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from bridge.term import Arg, Term
from synth.divide.counts import Count, counts
from synth.divide.firsts import First, firsts
from synth.divide.linear import Sum, weighted_sums
from synth.divide.tests import Tests, find_tests
from synth.divide.tree import MOST_EXAMPLES, Branch, Tree, cheapest_by_mask, masks_of, trees
from synth.divide.values import Values
from synth.language import Language

__all__ = ["Joined", "join"]

_GROWN: Final = 200_000
"""Words that are valued cost by cost, about; then the near misses are joined with small ones."""
_BEAM, _BESIDE, _ROUNDS = 100, 3, 4
"""Near misses joined in a round; the cost of what they are joined with; rounds."""
_SAME: Final = 4
"""Near misses that are right on the same examples, of those joined."""
_HELD: Final = 4
"""The cost of words that are held against constants."""
_TESTS: Final = 1_000
_DEPTH: Final = 4
"""Of trees."""
_TRIES: Final = 8
"""Trees that fail examples which were not looked at, until that is given up."""
_SOON: Final = 7
"""A word that costs no more is the answer: a tree costs as much at least."""
_UNUSED: Final = 4
"""What an input costs that an answer doesn't use: it was given since it matters."""
_ABOUT, _RIVALS = 6, 32
"""What costs so much more than the cheapest may be the right one still; so many are compared."""
_EACH: Final = 2
"""An answer that costs more for each example is one of many that fit: no reason to stop."""


@dataclass(frozen=True)
class Joined:
    """What is right on all examples."""

    statements: Callable[[int], tuple[Term, ...]]
    """What stores it in a cell."""
    cost: int
    credible: bool
    """Whether the examples are many, compared with what it costs."""


def join(
    inputs: UInt8[np.ndarray, "inputs examples"],
    wanted: Int64[np.ndarray, " examples"],
    words: int,
    language: Language,
    constants: Mapping[int, int],
    most: int,
    signed: bool = False,
) -> Iterator[int | Joined]:
    """Yields how many words were valued, at most so many in all; at last what is right on all
    examples and costs least, if that was found, and what costs about as much, the cheaper first."""
    values = Values(inputs, words, language, constants, most, signed)
    sums = [*weighted_sums(inputs, wanted, language)]
    cost = 0
    while values.executed < min(_GROWN, most):
        cost += 1
        yield from values.grow(cost)
        if cost <= _SOON and (soon := _Search(values, wanted, sums).alone()) is not None:
            yield soon
            return
    grown = len(values)
    few = np.flatnonzero(values.costs <= _BESIDE)
    for _ in range(_ROUNDS):
        if values.executed >= most:
            break
        right = values.values == wanted
        misses = np.lexsort((values.costs, -right.sum(1)))
        of_each = _few_of_each(_kinds(right[misses], values.uses[misses]))
        yield from values.join(misses[of_each][:_BEAM], few, wanted)
    # a count that is right by chance isn't the answer before words are tried
    found = _Search(values, wanted, [*sums, *counts(inputs, wanted, language)], grown).cheapest()
    yield 0
    yield from found


def _kinds(
    right: Bool[np.ndarray, "n examples"], uses: Int64[np.ndarray, " n"]
) -> Int64[np.ndarray, " n"]:
    """Equal where the examples that are right are, and the inputs."""
    kinds = np.concatenate([np.packbits(right, axis=1), uses[:, None]], axis=1)
    return np.unique(kinds, axis=0, return_inverse=True)[1].reshape(-1)


def _few_of_each(kinds: Int64[np.ndarray, " n"]) -> Int64[np.ndarray, " some"]:
    """The places of the first ones of each kind."""
    order = np.argsort(kinds, kind="stable")
    ordered = kinds[order]
    begins = np.searchsorted(ordered, ordered)
    return np.sort(order[np.arange(len(order)) - begins < _SAME])


class _Search:
    """For the cheapest tree of words, of weighted sums and of counts."""

    def __init__(
        self,
        values: Values,
        wanted: Int64[np.ndarray, " examples"],
        sums: Sequence[Sum | Count],
        grown: int = 0,
    ) -> None:
        """Tests are made of the first `grown` words."""
        self._values, self._wanted, self._grown, self._sums = values, wanted, grown, sums
        rows = [s.values(values.inputs, values.words) for s in self._sums]
        made = np.array(rows, np.uint8).reshape(len(rows), len(wanted))
        self._rows = np.concatenate([values.values, made])
        costs = [s.cost(values.constants) for s in self._sums]
        self._costs = np.concatenate([values.costs, np.array(costs, np.int64)])
        uses = [s.uses for s in self._sums]
        self._uses = np.concatenate([values.uses, np.array(uses, np.int64)])
        varying = (values.inputs != values.inputs[:, :1]).any(1)
        self._inputs = int(masks_of(varying[None])[0])

    def alone(self) -> Joined | None:
        """The cheapest word that is right on all examples and uses all inputs, if there is one."""
        good = (self._rows == self._wanted).all(1) & (self._uses & self._inputs == self._inputs)
        if not good.any():
            return None
        number = int(np.where(good, self._costs, self._costs.max() + 1).argmin())
        none = find_tests(self._values, 0, [], 0, 0)
        return self._joined(int(self._costs[number]), number, none)

    def cheapest(self) -> list[Joined]:
        """What is right on all examples, the cheapest first, and costs at most `_ABOUT` more than
        that. Of many examples some are looked at; others come in where the cheapest fails them."""
        wanted, seen = self._wanted, [*range(min(len(self._wanted), MOST_EXAMPLES))]
        for _ in range(_TRIES):
            tests = find_tests(self._values, self._grown, seen, _HELD, _TESTS)
            found: list[tuple[int, Tree | First]] = [*self._best(seen, tests), *self._firsts]
            if not found:
                return []
            found.sort(key=itemgetter(0))
            wrong = self._made(found[0][1], tests) != wanted
            if not wrong.any():
                about = [(cost, made) for cost, made in found if cost <= found[0][0] + _ABOUT]
                right = (each for each in about if (self._made(each[1], tests) == wanted).all())
                return [self._joined(*each, tests) for each in islice(right, _RIVALS)]
            seen = [*seen[1:], int(wrong.argmax())]
        return []

    @cached_property
    def _firsts(self) -> list[tuple[int, First]]:
        """What is the first of several words on all examples, and what it costs."""
        return [(one.cost(self._values), one) for one in firsts(self._values, self._wanted)]

    def _best(self, seen: Sequence[int], tests: Tests) -> list[tuple[int, Tree]]:
        """What is right on those examples, words and of each test at the top the cheapest tree, and
        what it costs, inputs that it doesn't use counted; the cheapest first, a word rather than a
        tree where they cost the same."""
        right = masks_of((self._rows == self._wanted)[:, seen])
        all_right = np.flatnonzero(right == (1 << len(seen)) - 1)
        alone = [(int(self._costs[n]) + self._unused(int(n), tests), int(n)) for n in all_right]
        kept = cheapest_by_mask(right, self._costs)
        some = right[kept], self._costs[kept], tests.masks, tests.costs
        joined = [
            (cost + self._unused(tree, tests), tree)
            for cost, tree in (
                (cost, _renumbered(tree, kept)) for cost, tree in trees(len(seen), *some, _DEPTH)
            )
        ]
        return sorted([*alone, *joined], key=itemgetter(0))

    def _unused(self, tree: Tree, tests: Tests) -> int:
        """What the inputs cost that the tree doesn't use."""
        used = 0
        for number in _words_of(tree):
            used |= int(self._uses[number])
        for number in _tests_of(tree):
            used |= int(self._values.uses[tests.made[number, 0]])
        return _UNUSED * (self._inputs & ~used).bit_count()

    def _made(self, tree: Tree | First, tests: Tests) -> UInt8[np.ndarray, " examples"]:
        """What it makes of each example."""
        if isinstance(tree, First):
            return tree.values(self._values)
        if not isinstance(tree, Branch):
            return self._rows[tree]
        both = (self._made(part, tests) for part in (tree.then, tree.otherwise))
        return np.where(tests.holds(tree.test, self._values), *both)

    def _joined(self, cost: int, made: Tree | First, tests: Tests) -> Joined:
        def statements(cell: int) -> tuple[Term, ...]:
            if isinstance(made, First):
                return made.statements(cell, self._values.term(made.otherwise))
            return (statement(cell, made),)

        def statement(cell: int, tree: Tree) -> Term:
            if isinstance(tree, Branch):
                parts = (tree.otherwise, tree.then)
                blocks = (Term("do", (statement(cell, part),)) for part in parts)
                return Term("if-zero", (tests.term(tree.test, self._values), *blocks))
            return Term("store", (cell, self._word(tree)))

        return Joined(statements, cost, cost <= _EACH * len(self._wanted))

    def _word(self, number: int) -> Arg:
        """The word of that number, or the sum or count."""
        grown = len(self._values)
        return self._values.term(number) if number < grown else self._sums[number - grown].term()


def _renumbered(tree: Tree, numbers: Int64[np.ndarray, " some"]) -> Tree:
    """With the words' own numbers."""
    if not isinstance(tree, Branch):
        return int(numbers[tree])
    then, otherwise = (_renumbered(part, numbers) for part in (tree.then, tree.otherwise))
    return Branch(tree.test, then, otherwise)


def _words_of(tree: Tree) -> set[int]:
    if not isinstance(tree, Branch):
        return {tree}
    return _words_of(tree.then) | _words_of(tree.otherwise)


def _tests_of(tree: Tree) -> set[int]:
    if not isinstance(tree, Branch):
        return set()
    return {tree.test} | _tests_of(tree.then) | _tests_of(tree.otherwise)
