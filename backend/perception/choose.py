"""Which likelihood a program gets: exact if that is affordable, by the cheapest way."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Int32

from backend.perception.inverse import make_inverse
from backend.perception.likeliest import executed_words, tabulated_words
from backend.perception.likelihood import Likelihood
from backend.perception.relaxed import agrees, make_relaxed
from backend.perception.structure import make_structure
from backend.perception.table import LARGEST, make_tables
from bridge.program import Program, encode
from bridge.readings import Group, tabulate
from bridge.spec import Machine

__all__ = ["exact_likelihood", "exact_likelihoods", "soft_likelihood", "top_words"]

FEW: Final = 1_000
"""Up to so many readings, all programs get tables: these have one shape, so that any programs are
trained side by side."""
DEAR: Final = 1_000_000
"""From so many multiplications on it is worth looking whether an inverse table is cheaper."""
SLOWEST: Final = 5_000_000
"""The most multiplications of an example that the soft machine may take."""
MOST: Final = 1_000_000
"""The most readings that are all executed once: six digits, of ten words."""


def exact_likelihood(
    program: Program, group: Group, machine: Machine, *, invert: bool = True
) -> Likelihood | None:
    """By table where readings are few; else by structure, by table or, unless it is not to be
    tried, by inverse table, whichever is cheaper; None where none is affordable."""
    tables = make_tables([program], group, machine) if group.readings <= LARGEST else []
    structure = make_structure(program, group, machine) if group.readings > FEW else None
    found = [*tables, *([] if structure is None else [structure])]
    best = min(found, key=lambda each: each.cost, default=None)
    if not invert or (best is not None and best.cost <= DEAR):
        return best
    inverse = _invert(program, group, machine)
    if inverse is None or (best is not None and best.cost <= inverse.cost):
        return best
    return inverse


def _invert(program: Program, group: Group, machine: Machine) -> Likelihood | None:
    """By the readings that lead to each answer; None where there are too many."""
    if (outcome := _tabulate(program, group, machine)) is None:
        return None
    return make_inverse(outcome, group.sizes, len(group.answers))


def _tabulate(
    program: Program, group: Group, machine: Machine
) -> Int32[np.ndarray, "layouts readings"] | None:
    """All readings, executed; None if they are too many."""
    if group.readings * len(group.memory) > MOST:
        return None
    return tabulate(encode(program, machine.lines)[None], group, machine)[0]


def exact_likelihoods(
    program: Program, groups: Sequence[Group], machine: Machine, *, invert: bool = True
) -> tuple[Likelihood, ...] | None:
    """One for each group; None if there is one for which there is none."""
    found = list[Likelihood]()
    for group in sorted(groups, key=lambda group: -group.readings):  # the hardest first
        one = exact_likelihood(program, group, machine, invert=invert)
        if one is None:
            return None
        found.append(one)
    order = sorted(range(len(groups)), key=lambda i: -groups[i].readings)
    return tuple(found[order.index(i)] for i in range(len(groups)))


def soft_likelihood(program: Program, group: Group, machine: Machine) -> Likelihood | None:
    """By the soft machine; None where it is seen not to be exact, or where a gradient step would
    take seconds: so would the trials that tell."""
    found = make_relaxed(program, group, machine)
    return found if found.cost <= SLOWEST and agrees(found, program, group) else None


def top_words(
    program: Program, group: Group, machine: Machine, *, execute: bool = True
) -> Likelihood | None:
    """A lower bound, by the likeliest few words of each picture; None where all readings are too
    many to be tabulated, and those of few words are too many, too, or are not to be executed at
    each step."""
    if (outcome := _tabulate(program, group, machine)) is not None:
        return tabulated_words(outcome, group)
    return executed_words(program, group, machine) if execute else None
