"""Candidates in training, one by one: what goes into blocks, and what comes out."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from backend.perception.batches import BLOCK, Data, Plan
from backend.perception.training import Block, Recipe, advance, judge, lane, stack

__all__ = ["CHUNK", "Course", "Runner", "train"]

CHUNK: Final = 20
"""Gradient steps of a block in one go: what an interruption waits for."""
LUCK: Final = 0.2
"""Programs that do the same lose different amounts on an example, as their nets are trained apart:
by that standard deviation at least, in nats."""


@dataclass(frozen=True, eq=False)
class Course:
    """What candidates are trained on, and how."""

    train: Data
    kept: Data
    """What they are judged by."""
    plan: Plan
    recipe: Recipe

    def judge(self, block: Block) -> Float[np.ndarray, "c kept"]:
        """The log-likelihoods that each candidate gives to the answers kept back."""
        found = judge(block, self.kept, self.recipe, self.plan)
        counts = [int(examples.size) for examples in self.kept.examples]
        logs = [np.asarray(each)[:, :n] for each, n in zip(found, counts, strict=True)]
        return np.nan_to_num(np.concatenate(logs, 1), nan=-np.inf)


@dataclass(frozen=True, eq=False)
class Runner:
    """A candidate, with nets that began as one of several."""

    number: int
    """Of the candidate, in the order of cost."""
    state: Block
    """Without the block's axis."""
    steps: int = 0
    """Gradient steps it was trained for."""
    logs: Float[np.ndarray, " kept"] = field(default_factory=lambda: np.zeros(0))
    """The log-likelihoods of the answers kept back."""

    @property
    def right(self) -> int:
        """How many of these answers are the likelier outcome."""
        return int((self.logs > np.log(0.5)).sum())

    @property
    def loss(self) -> float:
        """Mean negative log-likelihood, in nats."""
        return -float(self.logs.mean()) if len(self.logs) else float("inf")

    @property
    def error(self) -> float:
        """The standard error of that."""
        return float(self.logs.std() / max(1, len(self.logs)) ** 0.5)

    def ties_with(self, best: "Runner") -> bool:
        """Whether it is worse by no more than two standard errors of the difference, luck in
        training included."""
        less = best.logs - self.logs
        return bool(less.mean() <= 2 * max(less.std(), LUCK) / max(1, len(less)) ** 0.5)

    def trained(self, steps: int, state: Block, logs: Float[np.ndarray, " kept"]) -> "Runner":
        """After so many further steps that led to that state. If they made it worse, as when a net
        begins to learn by heart, it goes on from where it was."""
        after = replace(self, steps=self.steps + steps)
        if len(self.logs) and logs.mean() < self.logs.mean():
            return after
        return replace(after, state=state, logs=logs)


def train(
    runners: Sequence[Runner], steps: int, course: Course, rates: Sequence[float] = ()
) -> Generator[int, None, list[Runner]]:
    """Trains each for so many steps and judges it: they are returned. Yields, after each chunk, how
    many steps it took, over all. With `rates`, these are the chunks' learning rates."""
    done: dict[int, Runner] = {}
    for places in _blocks(runners):
        padded = [*places, *[places[-1]] * (BLOCK - len(places))]
        block = stack([runners[i].state for i in padded], course.plan)
        first = runners[places[0]].steps
        for n, step in enumerate(range(0, steps, CHUNK)):
            recipe, size = course.recipe, min(CHUNK, steps - step)
            if rates:
                recipe = recipe._replace(rate=np.asarray(rates[n], np.float32))
            now, more = jnp.asarray(first + step), jnp.asarray(size)
            block = advance(block, course.train, recipe, course.plan, now, more)
            jax.block_until_ready(block.adam)
            yield size * len(places)
        logs = course.judge(block)
        for row, i in enumerate(places):
            done[i] = runners[i].trained(steps, lane(block, row), logs[row])
    return [done[i] for i in range(len(runners))]


def _blocks(runners: Sequence[Runner]) -> Iterator[list[int]]:
    """The places of those that fit together, a block at a time."""
    alike: dict[Any, list[int]] = {}
    for i, runner in enumerate(runners):
        leaves, structure = jax.tree.flatten(runner.state.likelihoods)
        kind = structure, tuple(np.shape(leaf) for leaf in leaves), runner.steps
        alike.setdefault(kind, []).append(i)
    for places in alike.values():
        for low in range(0, len(places), BLOCK):
            yield places[low : low + BLOCK]
