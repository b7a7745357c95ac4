"""What every likelihood of an answer is: how probable is it, given what each picture may mean?"""

from abc import abstractmethod
from typing import ClassVar, NamedTuple

import equinox as eqx
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from bridge.readings import Group

__all__ = ["Answers", "Likelihood"]


class Answers(NamedTuple):
    """What n examples of a group (`bridge.readings.Group`) expect."""

    layout: Int[Array | np.ndarray, " n"]
    """Where their pictures stand, and what else is in memory: the number of that in the group."""
    number: Int[Array | np.ndarray, " n"]
    """The number of the answer in the group."""
    words: Int[Array | np.ndarray, "n outputs"]
    """The answer itself: memory, then registers."""
    checked: Bool[Array | np.ndarray, "n outputs"]
    """Which of these count."""

    @classmethod
    def of(cls, group: Group) -> "Answers":
        """Those of all its examples."""
        words, checked = group.answers[group.answer], group.checked[group.layout]
        return cls(group.layout, group.answer, words, checked)


class Likelihood(eqx.Module):
    """One program on one group of examples.

    Programs are trained side by side where their likelihoods have the same structure: static fields
    and shapes alike. So pad arrays to a few sizes, and keep what differs from program to program in
    arrays.
    """

    kind: ClassVar[str]
    """How it is computed: what results say."""

    @property
    @abstractmethod
    def cost(self) -> float:
        """About how many multiplications an example takes: the cheaper one is trained."""

    @property
    def caveat(self) -> str:
        """What results say of how it is computed where that isn't exact for sure: "" if it is."""
        return ""

    def reaches(self, group: Group) -> Bool[np.ndarray, " answers"]:
        """Which of the group's answers some reading leads to; all of them, if that is not known."""
        return np.ones(len(group.answers), bool)

    @abstractmethod
    def __call__(self, read: Float[Array, "n k words"], answers: Answers) -> Float[Array, " n"]:
        """The probability of each example's answer, where picture i means the word of number j of
        its set with probability `read[:, i, j]`, independently of the others; 0 behind the last
        word of a set. Jits, vmaps, and has a gradient in `read`."""
