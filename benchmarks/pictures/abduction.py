"""Hard abduction: the program is known; each example's likeliest reading that leads to its answer
is taken for its labels, the net is trained on these, and so on."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from backend.perception.nets import make_net
from backend.perception.reader import NetReader
from benchmarks.suites.digits.tasks import Task
from bridge import Spec
from bridge.pictures import encode_pictures, load_sets

__all__ = ["abduce"]

ROUNDS: Final = 40
STEPS: Final = 50
"""Gradient steps of a round."""
BATCH: Final = 64
MOST: Final = 3
"""The longest list whose readings are all tried."""


def abduce(task: Task, spec: Spec, seed: int) -> NetReader | None:
    """The reader that comes of it; None where there are too many readings."""
    (images,), words = load_sets(spec), spec.machine.words
    tests = encode_pictures(spec.examples, spec.machine, [images.name])
    lengths = (tests.which >= 0).sum(1)
    if task.operators or lengths.max() > MOST:
        return None
    classes = len(images.words)
    net: Any = make_net(jax.random.key(seed), images.shape, classes)
    optimiser = optax.adam(3e-3)
    state = optimiser.init(eqx.filter(net, eqx.is_inexact_array))
    groups = [_consistent(task, tests.expect, lengths == k, k, images.words, words)
              for k in np.unique(lengths)]  # fmt: skip
    for turn in range(ROUNDS):
        logs = np.asarray(_log_probabilities(net, jnp.asarray(images.pixels)))
        pictures, labels = list[np.ndarray](), list[np.ndarray]()
        for rows, readings, allowed in groups:
            index = tests.index[rows, : readings.shape[1]]
            of = logs[index[:, :, None], readings.T[None]].sum(1)
            best = np.where(allowed, of, -np.inf).argmax(1)
            some = allowed.any(1)  # a wrong answer may be none of any reading
            pictures.append(index[some].ravel())
            labels.append(readings[best[some]].ravel())
        key = jax.random.fold_in(jax.random.key(seed), turn)
        shown = jnp.asarray(images.pixels[np.concatenate(pictures)])
        net, state = _fit(net, state, shown, jnp.asarray(np.concatenate(labels)), key, optimiser)
    return NetReader({images.name: net}, {images.name: images.words})


def _consistent(
    task: Task,
    expect: np.ndarray,
    chosen: np.ndarray,
    length: int,
    shown: tuple[int, ...],
    words: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The examples of that length; all readings, as numbers of words; and which of these lead to
    the answer of each example."""
    readings = np.array(list(product(range(len(shown)), repeat=length)))
    answers = np.array([task.meaning([shown[i] for i in r]) for r in readings]) % words
    rows = np.nonzero(chosen)[0]
    wanted = expect[rows, : answers.shape[1]]
    return rows, readings, (answers[None] == wanted[:, None]).all(2)


@eqx.filter_jit
def _log_probabilities(net: Any, pixels: Float[Array, "n *shape"]) -> Float[Array, "n words"]:
    return jax.nn.log_softmax(jax.vmap(net)(pixels))


@eqx.filter_jit
def _fit(
    net: Any,
    state: Any,
    pixels: Float[Array, "n *shape"],
    labels: Int[Array, " n"],
    key: PRNGKeyArray,
    optimiser: Any,
) -> tuple[Any, Any]:
    params, static = eqx.partition(net, eqx.is_inexact_array)

    def loss(params: Any, some: Int[Array, " batch"]) -> Float[Array, ""]:
        logits = jax.vmap(eqx.combine(params, static))(pixels[some])
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels[some]).mean()

    def improve(carry: Any, key: PRNGKeyArray) -> tuple[Any, None]:
        params, state = carry
        some = jax.random.randint(key, (BATCH,), 0, len(labels))
        change, state = optimiser.update(jax.grad(loss)(params, some), state)
        return (optax.apply_updates(params, change), state), None

    (params, state), _ = jax.lax.scan(improve, (params, state), jax.random.split(key, STEPS))
    return eqx.combine(params, static), state
