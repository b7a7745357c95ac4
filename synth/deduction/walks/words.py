"""Words of a walk, by cost: of what it begins with, and of its pointer p wherever that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from bridge.term import Arg, Term
from synth.deduction.vectors import Expressions, Leaf, Tally, Vectors
from synth.deduction.walks.chain import Chain

__all__ = ["Tests", "Word", "moves", "of_memory", "of_p", "starts", "tests"]

TRIED: Final = 4_000
"""Words of the memory that are computed."""
STARTS, MOVES = 32, 64
"""So many of these, the cheapest."""
NATURAL: Final = 2
"""What a constant to begin with costs at most: 0 to 3, the word after these, the last word. Others
could be chosen to suit the examples."""
ROOM: Final = 1 << 26
"""Bytes that the values of tests may take."""


class Word(NamedTuple):
    """A word and what it costs; its values on each example, or there wherever p stands."""

    term: Arg
    cost: int
    values: UInt8[np.ndarray, "*where"]


@dataclass(frozen=True)
class Tests:
    """Words of p that cost the same; of those that are 0 in the same places one."""

    __test__ = False  # not a test class for pytest

    cost: int
    zero: Bool[np.ndarray, "examples tests words"]
    """Where they are 0: on which example, and where p stands."""
    term: Callable[[int], Arg]
    """The word of that number."""


def of_memory(given: Chain, tally: Tally) -> Expressions:
    """Words of the memory of each example."""
    return _words(given, np.arange(len(given.memory)), [], tally, TRIED)


def of_p(given: Chain, tally: Tally, most: int) -> Expressions:
    """Words of p and the memory, on each example wherever p stands; at most so many, or as many as
    there is room for."""
    examples, words = given.memory.shape
    p = Leaf("p", 1, np.tile(np.arange(words, dtype=np.uint8), examples))
    example = np.repeat(np.arange(examples), words)
    return _words(given, example, [p], tally, min(most, ROOM // given.memory.size))


def starts(words: Expressions, given: Chain) -> list[Word]:
    """The cheapest words of the memory; constants only where they are natural."""
    found = list[Word]()
    for cost, low, values in _parts(words, given):
        vary = (values != values[:, :1]).any(1)
        (chosen,) = (vary | (cost <= NATURAL)).nonzero()
        found += (Word(words.term(low + i), cost, values[i]) for i in chosen.tolist())
        if len(found) >= STARTS:
            break
    return found[:STARTS]


def moves(words: Expressions, given: Chain) -> list[Word]:
    """The cheapest words of p, p itself first."""
    found = list[Word]()
    for cost, low, values in _parts(words, given):
        each = values.reshape(-1, *given.memory.shape)
        (vary,) = (each != each[:, :, :1]).any((1, 2)).nonzero()
        found += (Word(words.term(low + i), cost, each[i]) for i in vary.tolist())
        if len(found) >= MOVES:
            break
    return found[:MOVES]


def tests(words: Expressions, given: Chain) -> Iterator[Tests]:
    """Words of p, the cheapest first."""
    seen = set[bytes]()
    for cost, parts in groupby(_parts(words, given), itemgetter(0)):
        numbers, found = list[int](), list[np.ndarray]()
        for _, low, values in parts:
            zero = values == 0
            for i, key in enumerate(map(bytes, np.packbits(zero, axis=1))):
                if key not in seen:
                    seen.add(key)
                    numbers.append(low + i)
                    found.append(zero[i])
        if found:
            zero = np.stack(found).reshape(-1, *given.memory.shape).transpose(1, 0, 2)
            yield Tests(cost, np.ascontiguousarray(zero), _named(words, np.array(numbers)))


def _named(words: Expressions, numbers: Int64[np.ndarray, " tests"]) -> Callable[[int], Arg]:
    return lambda i: words.term(int(numbers[i]))


def _words(
    given: Chain,
    example: Int64[np.ndarray, " n"],
    leaves: list[Leaf],
    tally: Tally,
    most: int,
) -> Expressions:
    """Words of constants and these leaves, each of whose values is of an example."""
    constants = given.constants.items()
    known = [Leaf(word, cost, np.full(len(example), word, np.uint8)) for word, cost in constants]
    memory, words = given.memory[example], given.memory.shape[1]
    return Expressions([*leaves, *known], given.language, words, tally, most, memory)


def _parts(words: Expressions, given: Chain) -> Iterator[tuple[int, int, Vectors]]:
    """Words that cost the same, some at a time: their cost, the number of the first, values."""
    for low, values, _ in words.parts():
        yield _cost(words.term(low), given), low, values


def _cost(word: Arg, given: Chain) -> int:
    if isinstance(word, Term):
        return 1 + sum(_cost(arg, given) for arg in word.args)
    return given.constants[word] if isinstance(word, int) else 1
