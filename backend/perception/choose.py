"""Which likelihood a program gets: exact if that is affordable, by the cheapest way."""

from collections.abc import Sequence
from typing import Final

from backend.perception.likelihood import Likelihood
from backend.perception.relaxed import agrees, make_relaxed
from backend.perception.structure import make_structure
from backend.perception.table import LARGEST, make_tables
from bridge.program import Program
from bridge.readings import Group
from bridge.spec import Machine

__all__ = ["exact_likelihood", "exact_likelihoods", "soft_likelihood"]


FEW: Final = 1_000
"""Up to so many readings, all programs get tables: these have one shape, so that any programs are
trained side by side."""


def exact_likelihood(program: Program, group: Group, machine: Machine) -> Likelihood | None:
    """By table where readings are few; else by structure or by table, whichever is cheaper; None
    where neither is affordable."""
    tables = make_tables([program], group, machine) if group.readings <= LARGEST else []
    structure = make_structure(program, group, machine) if group.readings > FEW else None
    found = [*tables, *([] if structure is None else [structure])]
    return min(found, key=lambda each: each.cost, default=None)


def exact_likelihoods(
    program: Program, groups: Sequence[Group], machine: Machine
) -> tuple[Likelihood, ...] | None:
    """One for each group; None if there is one for which there is none."""
    found = list[Likelihood]()
    for group in sorted(groups, key=lambda group: -group.readings):  # the hardest first
        one = exact_likelihood(program, group, machine)
        if one is None:
            return None
        found.append(one)
    order = sorted(range(len(groups)), key=lambda i: -groups[i].readings)
    return tuple(found[order.index(i)] for i in range(len(groups)))


def soft_likelihood(program: Program, group: Group, machine: Machine) -> Likelihood | None:
    """By the soft machine; None where it is seen not to be exact."""
    found = make_relaxed(program, group, machine)
    return found if agrees(found, program, group) else None
