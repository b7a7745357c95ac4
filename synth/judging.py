"""How right a program is: executed on all examples, its pictures read if there are any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Int64

from bridge import Verdict, verify
from bridge.images import ImageSet
from bridge.verify import verify_pictures
from synth.engines.base import Candidate
from synth.engines.reader import Reader
from synth.problem import Problem

__all__ = ["NOTHING", "Rank", "is_enough", "judge", "read_all"]


class Rank(NamedTuple):
    """How good a program is; the greatest is the best."""

    enough: bool
    """Whether it passes as many examples as must be."""
    correct: bool
    passed: int
    """Where some may fail; else 0, for then cells tell more."""
    cells: int
    first_cost: int
    """Steps; or lines, where few of these are the objective. Times −1, as the next."""
    second_cost: int

    @staticmethod
    def of(verdict: Verdict, accuracy: float, cost: tuple[int, int]) -> Rank:
        """That of a program with such a verdict and costs."""
        enough, passed = is_enough(verdict, accuracy), verdict.passed if accuracy < 1 else 0
        return Rank(enough, verdict.correct, passed, verdict.cells, -cost[0], -cost[1])


NOTHING: Final = Rank(False, False, 0, 0, 0, 0)
"""Where nothing was executed."""


def judge(candidate: Candidate, problem: Problem) -> Verdict | None:
    """The candidate on the problem's examples. None if they hold pictures that it can't read."""
    if not problem.images:
        return verify(candidate.program, problem.examples, problem.machine)
    if candidate.reader is None:
        return None
    words = read_all(candidate.reader, problem.images)
    return verify_pictures(candidate.program, problem.pictures, words, problem.machine)


def read_all(reader: Reader, sets: Sequence[ImageSet]) -> list[Int64[np.ndarray, " _"]]:
    """What each set's pictures show, by the reader: the likeliest words."""
    return [np.asarray(reader(images.name, images.pixels), np.int64) for images in sets]


def is_enough(verdict: Verdict, accuracy: float) -> bool:
    """Whether that share of the examples passes."""
    return verdict.correct or verdict.passed >= accuracy * verdict.total
