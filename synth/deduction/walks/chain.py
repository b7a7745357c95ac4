"""Examples that want one word, wherever the chain of words begins that leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import UInt8

from bridge.term import Arg, Term
from bridge.tests import Tests
from synth.deduction.features import SMALL
from synth.deduction.shown import FEWEST
from synth.language import Language

__all__ = ["Chain", "chains"]

MOST: Final = 16
"""Examples that are looked at."""


@dataclass(frozen=True)
class Chain:
    """Examples that want one word, in a place that is alike in all."""

    memory: UInt8[np.ndarray, "examples words"]
    place: Arg
    """The address of the word that is wanted."""
    wanted: UInt8[np.ndarray, " examples"]
    constants: Mapping[int, int]
    """Words that are tried, and what each costs."""
    language: Language


def chains(tests: Tests, constants: Mapping[int, int], language: Language) -> Iterator[Chain]:
    """The examples, for each place where what is wanted may be: a constant address, or one that a
    cell holds. None where words are wanted in registers, or several are to change."""
    memory, mask, expected = (
        of[:MOST] for of in (tests.memory, tests.mask_memory, tests.expect_memory)
    )
    changes = mask & (memory != expected)
    if len(memory) < FEWEST or tests.mask_registers.any() or (changes.sum(1) > 1).any():
        return
    words, each = memory.shape[1], np.arange(len(memory))
    costs = dict.fromkeys(range(min(SMALL + 1, words)), 1) | dict(constants)
    for cell in range(words):
        held = memory[:, cell]
        for place, at in ((cell, np.full_like(held, cell)), (Term("load", (cell,)), held)):
            if isinstance(place, Term) and (held == held[0]).all():
                continue  # it is a constant
            elsewhere = changes.copy()
            elsewhere[each, at] = False
            if mask[each, at].all() and changes[each, at].any() and not elsewhere.any():
                yield Chain(memory, place, expected[each, at], costs, language)
