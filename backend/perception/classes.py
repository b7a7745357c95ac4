"""Tables with fewer words: those that stand for each other in every reading are one class.

Of parity two classes are left, whatever the words: a net need not tell even words apart. So a
candidate's readings are often so few that thousands of candidates can be looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from bridge.readings import Group

__all__ = ["Merged", "merge_words"]


@dataclass(frozen=True, eq=False)
class Merged:
    """What a program makes of classes of words."""

    outcomes: tuple[Int[np.ndarray, "_ ..."], ...]
    """Of each group, by layout, the number of the answer (−1 for none) that each choice of a class
    for each picture leads to."""
    sizes: Mapping[int, int]
    """How many classes the words of each image set have."""


def merge_words(tables: Sequence[Int[np.ndarray, "_ _"]], groups: Sequence[Group]) -> Merged:
    """The program whose tables of outcomes, group by group, these are."""
    full = [
        table.reshape(len(group.memory), *group.sizes)
        for table, group in zip(tables, groups, strict=True)
    ]
    sets = sorted({s for group in groups for s in group.sets})
    chosen = {s: _classes(s, full, groups) for s in sets}
    outcomes = tuple(
        table[np.ix_(range(len(table)), *(chosen[s].tolist() for s in group.sets))]
        for table, group in zip(full, groups, strict=True)
    )
    return Merged(outcomes, {s: len(words) for s, words in chosen.items()})


def _classes(
    which: int, tables: Sequence[Int[np.ndarray, "_ ..."]], groups: Sequence[Group]
) -> Int[np.ndarray, " classes"]:
    """The first word of each class of an image set."""
    rows = [
        np.moveaxis(table, 1 + i, 0).reshape(table.shape[1 + i], -1)
        for table, group in zip(tables, groups, strict=True)
        for i, s in enumerate(group.sets)
        if s == which
    ]
    return np.sort(np.unique(np.concatenate(rows, 1), axis=0, return_index=True)[1])
