"""The constants that examples suggest, besides the small ones that are always tried.

A word that each output holds is likely to be one of the program. Where examples are lists, any word
in them may be: what elements are compared with, or what is added to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bridge.spec import Example
from synth.costs.costs import SMALL

__all__ = ["constants_of"]

_LIKELY, _POSSIBLE = 2, 3


def constants_of(examples: Sequence[Example], by_lists: bool) -> Mapping[int, int]:
    """The size that each of these words counts as; no held-out example has a say. `by_lists`: the
    examples were given as inputs and outputs."""
    outputs = [{word for *_, word in example.cells()} for example in examples]
    costs = dict.fromkeys(set[int]().union(*(e.words for e in examples), *outputs), _POSSIBLE)
    if not by_lists:
        costs = {}
    costs |= dict.fromkeys(set.intersection(*outputs) if outputs else (), _LIKELY)
    return {word: cost for word, cost in sorted(costs.items()) if word > SMALL}
