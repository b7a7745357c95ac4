"""Examples with pictures as arrays of a few shapes, and what a gradient step sees of them."""

from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Array, Float, Int, PRNGKeyArray

from backend.perception.likelihood import Answers
from backend.runtime import AXIS, prepare
from bridge.readings import Group

__all__ = ["BLOCK", "Data", "Examples", "Plan", "draw", "make_data", "make_plan"]

BLOCK = 8
"""Candidates that are trained side by side."""


class Examples(NamedTuple):
    """Those of a group: of the n, which are padded, the first `size`."""

    picture: Int[Array | np.ndarray, "n k"]
    answers: Answers
    size: Int[Array | np.ndarray, ""]
    chance: Float[Array | np.ndarray, ""]
    """The probability of an answer that is drawn from all of its layout's."""


class Data(NamedTuple):
    """What all candidates are trained on, or judged by."""

    pixels: tuple[Float[Array | np.ndarray, "_ ..."], ...]
    """Of each image set."""
    examples: tuple[Examples, ...]
    """Of each group."""


class Plan(eqx.Module):
    """The shape of what candidates are trained on: a function is compiled for each."""

    sets: tuple[tuple[int, ...], ...] = eqx.field(static=True)
    """Of each group, the image set of each picture."""
    sizes: tuple[int, ...] = eqx.field(static=True)
    """Of each image set, how many words a picture may show."""
    batch: tuple[int, ...] = eqx.field(static=True)
    """Of each group, how many examples a gradient step sees."""
    mesh: Mesh = eqx.field(static=True)


def make_data(groups: Sequence[Group], pixels: Sequence[Float[np.ndarray, "_ ..."]]) -> Data:
    """The examples as arrays of bucketed shapes."""
    examples = list[Examples]()
    for group in groups:
        chance = len(group.memory) / max(1, len(group.answers))
        picture, count = group.picture.astype(np.int32), len(group.example)
        answers: Answers = jax.tree.map(_pad, Answers.of(group))
        examples.append(
            Examples(_pad(picture), answers, np.asarray(count), np.asarray(chance, np.float32))
        )
    return Data(tuple(_pad(np.asarray(p, np.float32)) for p in pixels), tuple(examples))


def _pad(array: np.ndarray) -> np.ndarray:
    """To the next power of two, of 64 at least."""
    size = max(64, 1 << (len(array) - 1).bit_length())
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), array.dtype)])


def make_plan(groups: Sequence[Group], sizes: Sequence[int], batch: int) -> Plan:
    """Steps that see about `batch` examples, of each group its share, in eights."""
    total = max(1, sum(len(group.example) for group in groups))
    shares = [max(1, round(batch * len(group.example) / total / 8)) * 8 for group in groups]
    devices = prepare().devices.ravel()
    most = max(n for n in range(1, BLOCK + 1) if BLOCK % n == 0 and n <= len(devices))
    mesh = Mesh(devices[:most], (AXIS,))
    return Plan(tuple(group.sets for group in groups), tuple(sizes), tuple(shares), mesh)


def draw(data: Data, plan: Plan, key: PRNGKeyArray) -> tuple[Examples, ...]:
    """The examples that a gradient step sees."""
    keys = jax.random.split(key, max(1, len(plan.batch)))
    return tuple(
        _take(examples, jax.random.randint(own, (n,), 0, examples.size))
        for examples, n, own in zip(data.examples, plan.batch, keys, strict=False)
    )


def _take(examples: Examples, chosen: Int[Array, " m"]) -> Examples:
    picture, answers = jax.tree.map(
        lambda x: jnp.asarray(x)[chosen], (examples.picture, examples.answers)
    )
    return examples._replace(picture=picture, answers=answers)
