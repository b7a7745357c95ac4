"""Too many candidates for a race, thinned out: which explain what clusters of pictures lead to?"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from bridge.images import ImageSet
from synth.engines.base import Event, Spent
from synth.engines.pool import Entrant

if TYPE_CHECKING:
    from bridge.readings import Group

__all__ = ["STAGE", "Promise", "guessing", "screen"]

STAGE: Final = "screening"
AT_ONCE: Final = 32
"""Candidates between two signs of life."""


class Promise(NamedTuple):
    """What a candidate makes of clusters: the best is the least."""

    loss: float
    """In nats, of examples that are kept back."""
    number: int
    """The entrant's."""


def screen(
    entrants: Sequence[Entrant],
    groups: Sequence[Group],
    images: Sequence[ImageSet],
    noise: float,
    seed: int,
) -> Generator[Event, object, list[Promise]]:
    """What is to be expected of entrants that have tables for all the groups."""
    from backend.perception.classes import merge_words
    from backend.perception.lookup import cluster, fit

    seen = cluster(groups, [one.pixels for one in images], seed)
    found = list[Promise]()
    for i, entrant in enumerate(entrants):
        merged = merge_words([np.asarray(one.outcome) for one in entrant.tables], groups)
        found.append(Promise(fit(merged, seen, noise), entrant.number))
        if i % AT_ONCE == 0:
            yield Spent(STAGE, detail=f"{i + 1:,} of {len(entrants):,} candidates")
    return found


def guessing(groups: Sequence[Group]) -> float:
    """The loss, in nats, of who knows how frequent answers are and sees no picture."""
    total, n = 0.0, 0
    for group in groups:
        among = np.bincount(group.layout, minlength=len(group.memory))
        count = np.bincount(group.answer, minlength=len(group.answers))[group.answer]
        total -= float(np.log(count / among[group.layout]).sum())
        n += len(group.answer)
    return total / max(1, n)
