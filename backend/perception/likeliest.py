"""A lower bound of the likelihood: of each picture, the likeliest few words alone.

What is left out can only add to it. Where none of those readings leads to the answer it is 0, and
so is its gradient: long lists teach nothing before short ones have taught a net what most pictures
mean, and take part by themselves from then on.
"""

from abc import abstractmethod
from functools import reduce
from math import prod
from typing import ClassVar, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Int16, Int32, UInt8

from backend.perception.executed import execute_all, steps_taken
from backend.perception.likelihood import Answers, Likelihood
from backend.perception.table import outer
from bridge.program import Program, encode
from bridge.readings import Group
from bridge.spec import Machine

__all__ = ["Executed", "Runs", "Tabulated", "TopWords", "executed_words", "tabulated_words"]

LOOKED_UP: Final = 1_024
"""The most readings of an example that are looked up,"""
RUN: Final = 256
"""and that are executed: eight pictures, of two words,"""
STEPS: Final = 32_768
"""if they take no more steps together: a gradient step is to take a part of a second."""


class Runs(eqx.Module):
    """What a program makes of chosen readings."""

    @abstractmethod
    def __call__(
        self, reading: Int[Array, "n readings k"], answers: Answers
    ) -> Bool[Array, "n readings"]:
        """Whether each reading, in numbers of words, leads to the example's answer."""


class Tabulated(Runs):
    """All readings were executed before."""

    outcome: Int32[Array | np.ndarray, "layouts readings"]
    """As `bridge.readings.tabulate` makes it."""
    sizes: tuple[int, ...] = eqx.field(static=True)

    def __call__(
        self, reading: Int[Array, "n readings k"], answers: Answers
    ) -> Bool[Array, "n readings"]:
        steps = np.cumprod([1, *self.sizes[:0:-1]])[::-1]
        place = (reading * steps).sum(2)
        found = jnp.asarray(self.outcome)[jnp.asarray(answers.layout)[:, None], place]
        return found == jnp.asarray(answers.number)[:, None]


class Executed(Runs):
    """They are too many: the chosen ones are executed at each step."""

    code: Int16[Array | np.ndarray, "lines 5"]
    memory: UInt8[Array | np.ndarray, "layouts b"]
    cells: Int[Array | np.ndarray, "layouts k"]
    means: UInt8[Array | np.ndarray, "k words"]
    """What the words of each picture's set are; 0 behind the last."""
    machine: Machine = eqx.field(static=True)

    def __call__(
        self, reading: Int[Array, "n readings k"], answers: Answers
    ) -> Bool[Array, "n readings"]:
        words = jnp.asarray(self.means)[jnp.arange(reading.shape[2]), reading]
        memory = jnp.asarray(self.memory)[answers.layout][:, None]
        cells = jnp.asarray(self.cells)[answers.layout]
        for picture in range(reading.shape[2]):
            here = jnp.arange(self.machine.words) == cells[:, picture, None, None]
            memory = jnp.where(here, words[:, :, picture, None], memory)
        memory = jnp.broadcast_to(memory, (*reading.shape[:2], self.machine.words))
        ends, halted = execute_all(jnp.asarray(self.code), memory, self.machine)
        wanted, checked = (jnp.asarray(a)[:, None] for a in (answers.words, answers.checked))
        right = (~checked | (ends == wanted)).all(2)
        return right & halted if self.machine.halt else right


class TopWords(Likelihood):
    """p(answer) ≥ Σ over readings of likely words that lead to it of Π p(picture means its word).

    Equal where all words are taken."""

    runs: Runs
    words: tuple[int, ...] = eqx.field(static=True)
    """How many of each picture's are taken."""

    kind: ClassVar[str] = "top words"

    @property
    def cost(self) -> float:
        return float(prod(self.words) * len(self.words))

    @property
    def caveat(self) -> str:
        return f"the {max(self.words)} likeliest words of each alone, which is a lower bound"

    def __call__(self, read: Float[Array, "n k words"], answers: Answers) -> Float[Array, " n"]:
        best = [jax.lax.top_k(read[:, i], words) for i, words in enumerate(self.words)]
        joint = reduce(outer, (probability for probability, _ in best))
        places = np.indices(self.words).reshape(len(self.words), -1)
        chosen = [word[:, place] for (_, word), place in zip(best, places, strict=True)]
        leads = self.runs(jax.lax.stop_gradient(jnp.stack(chosen, 2)), answers)
        return jnp.where(leads, joint, 0.0).sum(1)


def tabulated_words(outcome: Int32[np.ndarray, "layouts readings"], group: Group) -> TopWords:
    """Of a program whose outcomes are tabulated."""
    return TopWords(Tabulated(outcome, group.sizes), _how_many(group.sizes, LOOKED_UP))


def executed_words(program: Program, group: Group, machine: Machine) -> TopWords | None:
    """Of a program that is executed; None where two words a picture are too many readings, or these
    take too many steps."""
    most = STEPS // max(1, steps_taken(program, group, machine))
    chosen = _how_many(group.sizes, min(RUN, most))
    if any(words < min(2, size) for words, size in zip(chosen, group.sizes, strict=True)):
        return None
    means = np.zeros((len(group.words), max(map(len, group.words))), np.uint8)
    for picture, words in enumerate(group.words):
        means[picture, : len(words)] = words
    code = encode(program, machine.lines)
    return TopWords(Executed(code, group.memory, group.cells, means, machine), chosen)


def _how_many(sizes: tuple[int, ...], most: int) -> tuple[int, ...]:
    """As many words of each picture as its set has, up to the same number for all, so that there
    are no more readings than `most`; one at least."""
    taken = tuple(1 for _ in sizes)
    for words in range(2, max(sizes, default=1) + 1):
        more = tuple(min(words, size) for size in sizes)
        if prod(more) > most:
            break
        taken = more
    return taken
