"""The exact likelihood by an inverse table: of each answer, the readings that lead to it.

A list of five digits has 59,049 readings, too many to be summed up at each step; but of those that
a sort makes the list 1 2 5 7 9 of there are 120, and to say which, each reading is executed once.
"""

from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import ClassVar, Final

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Int32, UInt8

from backend.perception.likelihood import Answers, Likelihood
from bridge.readings import Group

__all__ = ["LARGEST", "InverseTable", "make_inverse"]

LARGEST: Final = 2_048
"""The most readings of an answer that are summed up."""


class InverseTable(Likelihood):
    """p(answer) = Σ over the readings that lead to it of Π over pictures p(picture means its word).

    Right for every program; as dear as the answer has readings that lead to it.
    """

    ways: UInt8[Array | np.ndarray, "answers most k"]
    """Those readings, as numbers of words; the first `count` of an answer are some."""
    count: Int[Array | np.ndarray, " answers"]

    kind: ClassVar[str] = "inverse table"

    @property
    def cost(self) -> float:
        return float(self.ways.shape[1] * self.ways.shape[2])

    def reaches(self, group: Group) -> Bool[np.ndarray, " answers"]:
        return np.asarray(self.count) > 0

    def __call__(self, read: Float[Array, "n k words"], answers: Answers) -> Float[Array, " n"]:
        ways = jnp.asarray(self.ways)[answers.number].astype(int)
        count = jnp.asarray(self.count)[answers.number]
        there = jnp.arange(ways.shape[1]) < count[:, None]
        each = [
            jnp.take_along_axis(read[:, i], ways[:, :, i], axis=1) for i in range(ways.shape[2])
        ]
        return jnp.where(there, reduce(mul, each), 0.0).sum(1)


def make_inverse(
    outcome: Int32[np.ndarray, "layouts readings"], sizes: Sequence[int], answers: int
) -> InverseTable | None:
    """The inverse of a table of outcomes (`bridge.readings.tabulate`), where each picture may mean
    one of so many words; None where too many readings lead to an answer."""
    leads = np.nonzero(outcome >= 0)
    number, reading = outcome[leads], leads[1]  # an answer is one layout's
    count = np.bincount(number, minlength=answers)
    most = max(1, int(count.max(initial=0)))
    if most > LARGEST:
        return None
    order = np.argsort(number, kind="stable")
    place = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    ways = np.zeros((answers, 1 << (most - 1).bit_length(), len(sizes)), np.uint8)
    words = np.stack(np.unravel_index(reading[order], tuple(sizes)), 1)
    ways[number[order], place] = words
    return InverseTable(ways, count)
