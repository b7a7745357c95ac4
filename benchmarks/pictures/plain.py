"""Networks that know of no program: pictures in, the words of the answer out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from backend.perception.nets import make_net
from bridge import Spec, Verdict
from bridge.images import ImageSet
from bridge.pictures import PictureTests, encode_pictures, load_sets

__all__ = ["Kind", "train_plain"]

Kind = Literal["gru", "mlp"]
FEATURES: Final = 32
"""Of a picture."""
HIDDEN: Final = {"gru": 64, "mlp": 256}
STEPS: Final = 3_000
CHUNK: Final = 250
"""Gradient steps between two looks at the examples kept back, a fifth; the best look counts."""
BATCH: Final = 64


class Plain(eqx.Module):
    """Reads a list of pictures, padded, in order (gru) or at once (mlp)."""

    encode: Any
    body: Any
    head: eqx.nn.Linear
    shape: tuple[int, int] = eqx.field(static=True)
    """Cells of an answer, words."""

    def __init__(
        self, key: PRNGKeyArray, kind: Kind, picture: tuple[int, ...], longest: int,
        shape: tuple[int, int],
    ) -> None:  # fmt: skip
        keys, width = jax.random.split(key, 3), HIDDEN[kind]
        self.encode = make_net(keys[0], picture, FEATURES)
        if kind == "gru":
            self.body = eqx.nn.GRUCell(FEATURES, width, key=keys[1])
        else:
            self.body = eqx.nn.MLP(longest * FEATURES, width, width, 1, key=keys[1])
        self.head = eqx.nn.Linear(width, shape[0] * shape[1], key=keys[2])
        self.shape = shape

    def __call__(
        self, pictures: Float[Array, "k *shape"], there: Bool[Array, " k"]
    ) -> Float[Array, "cells words"]:
        """Logits."""
        seen = jax.vmap(self.encode)(pictures) * there[:, None]
        if isinstance(self.body, eqx.nn.MLP):
            state = jax.nn.relu(self.body(seen.reshape(-1)))
        else:

            def read(state: Array, step: tuple[Array, Array]) -> tuple[Array, None]:
                return jnp.where(step[1], self.body(step[0], state), state), None

            state = jax.lax.scan(read, jnp.zeros(self.body.hidden_size), (seen, there))[0]
        return self.head(state).reshape(self.shape)


class Data(eqx.Module):
    """Examples of lists of pictures, padded."""

    pixels: Float[Array, "pictures *shape"]
    index: Int[Array, "n k"]
    there: Bool[Array, "n k"]
    expect: Int[Array, "n cells"]
    checked: Bool[Array, "n cells"]


def train_plain(
    kind: Kind, spec: Spec, longer: Spec | None, seed: int
) -> tuple[Verdict | None, Verdict | None]:
    """Trains one on the spec's examples; how it does on held-out ones, and on longer lists, which
    an mlp cannot take."""
    (images,) = load_sets(spec)
    data = _data(spec, spec.examples, images)
    model = Plain(
        jax.random.key(seed), kind, images.shape, data.index.shape[1],
        (data.expect.shape[1], spec.machine.words),
    )  # fmt: skip
    draw = np.random.default_rng(seed)
    kept = draw.permutation(np.arange(len(data.index)) < len(data.index) // 5)
    optimiser = optax.adam(1e-3)
    state = optimiser.init(eqx.filter(model, eqx.is_inexact_array))
    rows, best = jnp.asarray(np.nonzero(~kept)[0]), (-1, model)
    for chunk in range(STEPS // CHUNK):
        key = jax.random.fold_in(jax.random.key(seed), chunk)
        model, state = _descend(model, state, data, rows, key, optimiser)
        passed = int(_passes(model, data)[kept].sum())
        best = max(best, (passed, model), key=lambda pair: pair[0])
    scores: list[Verdict | None] = []
    for group in (spec, None if kind == "mlp" else longer):
        if group is None:
            scores.append(None)
            continue
        passed = _passes(best[1], _data(group, group.holdout, images))
        scores.append(Verdict(int(passed.sum()), len(passed), 0, 0, ()))
    return scores[0], scores[1]


def _data(spec: Spec, examples: Sequence[Any], images: ImageSet) -> Data:
    tests: PictureTests = encode_pictures(examples, spec.machine, [images.name])
    k = int((tests.which >= 0).sum(1).max())
    cells = int(np.nonzero(tests.checked)[1].max()) + 1
    return Data(
        jnp.asarray(images.pixels), jnp.asarray(tests.index[:, :k]),
        jnp.asarray(tests.which[:, :k] >= 0), jnp.asarray(tests.expect[:, :cells]),
        jnp.asarray(tests.checked[:, :cells]),
    )  # fmt: skip


def _logits(model: Plain, data: Data, rows: Int[Array, " m"]) -> Float[Array, "m cells words"]:
    return jax.vmap(model)(data.pixels[data.index[rows]], data.there[rows])


@eqx.filter_jit
def _descend(
    model: Plain, state: Any, data: Data, rows: Int[Array, " m"], key: PRNGKeyArray, optimiser: Any
) -> tuple[Plain, Any]:
    params, static = eqx.partition(model, eqx.is_inexact_array)

    def loss(params: Any, some: Int[Array, " batch"]) -> Float[Array, ""]:
        logits = _logits(eqx.combine(params, static), data, some)
        logs = jax.nn.log_softmax(logits)
        of = jnp.take_along_axis(logs, data.expect[some][..., None], 2)[..., 0]
        return -(of * data.checked[some]).sum() / data.checked[some].sum()

    def improve(carry: Any, key: PRNGKeyArray) -> tuple[Any, None]:
        params, state = carry
        some = jax.random.choice(key, rows, (BATCH,))
        change, state = optimiser.update(jax.grad(loss)(params, some), state)
        return (optax.apply_updates(params, change), state), None

    (params, state), _ = jax.lax.scan(improve, (params, state), jax.random.split(key, CHUNK))
    return eqx.combine(params, static), state


def _passes(model: Plain, data: Data) -> Bool[np.ndarray, " n"]:
    """On which examples all cells that this model knows of are right."""
    words = np.asarray(_answers(model, data))
    n = words.shape[1]
    right = (words == np.asarray(data.expect)[:, :n]) | ~np.asarray(data.checked)[:, :n]
    return right.all(1) & ~np.asarray(data.checked)[:, n:].any(1)


@eqx.filter_jit
def _answers(model: Plain, data: Data) -> Int[Array, "n cells"]:
    return _logits(model, data, jnp.arange(len(data.index))).argmax(-1)
