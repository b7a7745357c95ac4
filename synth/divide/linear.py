"""Weighted sums of inputs that are right on several examples.

Through n + 1 examples goes one weighted sum of n inputs and a constant, if any; it counts where it
is right on one more at least, and its weights are whole and small. All choices of few examples, and
of inputs, are solved at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import combinations, islice
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Int64, UInt8

from bridge.term import Arg, Term
from synth.language import Language

__all__ = ["Sum", "weighted_sums"]

_LARGEST: Final = 16
"""The largest weight."""
_SYSTEMS: Final = 2_000
"""Choices of examples that are solved for each choice of inputs."""


class Sum(NamedTuple):
    """A constant, and a weight for each input, as whole numbers."""

    constant: int
    weights: tuple[int, ...]

    def values(self, inputs: UInt8[np.ndarray, "inputs examples"], words: int) -> np.ndarray:
        """On each example."""
        total = np.array(self.weights, np.int64) @ inputs.astype(np.int64) + self.constant
        return total % words

    @property
    def uses(self) -> int:
        """Which inputs, as a bit mask."""
        return sum(1 << i for i, weight in enumerate(self.weights) if weight)

    def term(self) -> Arg:
        """As a word: what is added, then what is taken away."""
        added: list[Arg] = [_times(w, i) for i, w in enumerate(self.weights) if w > 0]
        added += [self.constant] if self.constant > 0 else []
        taken: list[Arg] = [_times(-w, i) for i, w in enumerate(self.weights) if w < 0]
        taken += [-self.constant] if self.constant < 0 else []
        total = reduce(lambda x, y: Term("add", (x, y)), added) if added else 0
        return reduce(lambda x, y: Term("sub", (x, y)), taken, total)

    def cost(self, constants: Mapping[int, int]) -> int:
        """What the word costs; a constant that is not named costs as much as the dearest."""
        dear = max([3, *constants.values()])

        def of(number: int) -> int:
            return max(1, number) if number <= 3 else constants.get(number, dear)

        parts = [1 if abs(w) == 1 else 2 + of(abs(w)) for w in self.weights if w]
        parts += [of(abs(self.constant))] if self.constant or not parts else []
        only_taken = not any(w > 0 for w in self.weights) and self.constant <= 0
        return sum(parts) + len(parts) - 1 + 2 * only_taken


def _times(weight: int, number: int) -> Arg:
    word = Term("load", (number,))
    return word if weight == 1 else Term("mul", (weight, word))


def weighted_sums(
    inputs: UInt8[np.ndarray, "inputs examples"],
    wanted: Int64[np.ndarray, " examples"],
    language: Language,
) -> Iterator[Sum]:
    """Those that are right on more examples than determine them, each once, of few inputs first."""
    largest = _LARGEST if "mul" in language else 1
    found: set[Sum] = set()
    count, examples = inputs.shape
    for n in range(1, min(count, examples - 2) + 1):
        chosen = list(islice(combinations(range(examples), n + 1), _SYSTEMS))
        rows = np.array(chosen)
        for used in combinations(range(count), n):
            known = np.concatenate([np.ones((1, examples)), inputs[list(used)]])
            systems = known[:, rows].transpose(1, 2, 0)  # [systems, examples, unknowns]
            regular = np.abs(np.linalg.det(systems)) > 0.5
            if not regular.any():
                continue
            given = wanted[rows[regular]][..., None].astype(np.float64)
            solved = np.linalg.solve(systems[regular], given)[..., 0]
            whole = np.rint(solved)
            good = np.abs(solved - whole).max(1) < 1e-6
            good &= np.abs(whole[:, 1:]).max(1) <= largest
            good &= (whole[:, 1:] != 0).all(1)
            weights = np.unique(whole[good].astype(np.int64), axis=0)
            right = (weights @ known.astype(np.int64) == wanted).sum(1)
            for constant, *own in weights[right > n + 1].tolist():
                full = [0] * count
                for i, w in zip(used, own, strict=True):
                    full[i] = w
                one = Sum(constant, tuple(full))
                if one not in found:
                    found.add(one)
                    yield one
