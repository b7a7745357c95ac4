"""The exact likelihood by a table: all readings executed, those that lead to the answer summed."""

from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import ClassVar, Final

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from backend.perception.likelihood import Answers, Likelihood
from bridge.program import Program, encode
from bridge.readings import Group, tabulate
from bridge.spec import Machine

__all__ = ["LARGEST", "Table", "make_tables", "outer"]

LARGEST: Final = 10_000
"""The most readings of an example that are tabulated: four digits, of ten words."""


class Table(Likelihood):
    """p(answer) = Σ over readings that lead to it of Π over pictures p(picture means its word).

    Right for every program; as dear as there are readings.
    """

    outcome: Int[Array | np.ndarray, "layouts readings"]
    """The number of the answer that each reading leads to; −1 for none."""
    sizes: tuple[int, ...] = eqx.field(static=True)
    """How many words each picture may mean."""

    kind: ClassVar[str] = "table"

    @property
    def cost(self) -> float:
        return float(prod(self.sizes))

    def reaches(self, group: Group) -> Bool[np.ndarray, " answers"]:
        return np.isin(np.arange(len(group.answers)), self.outcome)

    def __call__(self, read: Float[Array, "n k words"], answers: Answers) -> Float[Array, " n"]:
        each = [read[:, i, :size] for i, size in enumerate(self.sizes)]
        joint = reduce(outer, each)
        leads = jnp.asarray(self.outcome)[answers.layout] == answers.number[:, None]
        return jnp.where(leads, joint, 0.0).sum(1)


def outer(one: Float[Array, "n a"], other: Float[Array, "n b"]) -> Float[Array, "n a*b"]:
    """Of independent choices, the probability of each pair; the second's runs fastest."""
    return (one[:, :, None] * other[:, None, :]).reshape(len(one), -1)


def make_tables(programs: Sequence[Program], group: Group, machine: Machine) -> list[Table]:
    """The likelihoods of programs on a group, every reading executed."""
    rows = [encode(program, machine.lines) for program in programs]
    code = np.stack(rows) if rows else np.zeros((0, machine.lines, 5), np.int16)
    return [Table(outcome, group.sizes) for outcome in tabulate(code, group, machine)]
