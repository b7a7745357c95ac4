"""Small classifiers: a picture in, a score for each of the words that it may show out."""

from functools import reduce
from math import prod
from typing import Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

__all__ = ["ConvNet", "DenseNet", "make_net"]

SIDE: Final = 16
"""From this height or width on, filters are two pixels apart."""


class ConvNet(eqx.Module):
    """3 × 3 filters, the greatest of each 2 × 2 of their outputs, and two dense layers.

    The convolution is written as a product with patches, for nets run side by side: XLA has no
    quick one with other filters for each of its inputs on a processor.
    """

    filters: eqx.nn.Linear
    hidden: eqx.nn.Linear
    out: eqx.nn.Linear
    stride: int = eqx.field(static=True)

    def __init__(
        self,
        key: PRNGKeyArray,
        shape: tuple[int, ...],
        classes: int,
        channels: int = 16,
        width: int = 64,
    ) -> None:
        """For pictures of (height, width) or (height, width, channels)."""
        keys = jax.random.split(key, 3)
        self.stride = 1 if max(shape[:2]) < SIDE else 2
        sides = [-(-side // (2 * self.stride)) for side in shape[:2]]
        self.filters = eqx.nn.Linear(9 * prod(shape[2:]), channels, key=keys[0])
        self.hidden = eqx.nn.Linear(prod(sides) * channels, width, key=keys[1])
        self.out = eqx.nn.Linear(width, classes, key=keys[2])

    def __call__(self, picture: Float[Array | np.ndarray, "h w *c"]) -> Float[Array, " classes"]:
        x = jnp.asarray(picture).reshape(*picture.shape[:2], -1)
        step = 2 * self.stride
        h, w = (-(-side // step) * step for side in x.shape[:2])
        x = jnp.pad(x, ((1, 1 + h - x.shape[0]), (1, 1 + w - x.shape[1]), (0, 0)))

        def filtered(row: int, column: int) -> Float[Array, "rows columns channels"]:
            """Of each 2 × 2 outputs of the filters, the one there."""
            at = [(row * self.stride + i, column * self.stride + j) for i, j in np.ndindex(3, 3)]
            patches = [x[i : i + h : step, j : j + w : step] for i, j in at]
            return jax.vmap(jax.vmap(self.filters))(jnp.concatenate(patches, -1))

        greatest = reduce(jnp.maximum, (filtered(*at) for at in np.ndindex(2, 2)))
        seen = jax.nn.relu(greatest).reshape(-1)
        return self.out(jax.nn.relu(self.hidden(seen)))


class DenseNet(eqx.Module):
    """Two hidden layers."""

    layers: eqx.nn.MLP

    def __init__(
        self, key: PRNGKeyArray, shape: tuple[int, ...], classes: int, width: int = 64
    ) -> None:
        self.layers = eqx.nn.MLP(prod(shape), classes, width, 2, key=key)

    def __call__(self, picture: Float[Array | np.ndarray, "*shape"]) -> Float[Array, " classes"]:
        return self.layers(jnp.ravel(jnp.asarray(picture)))


def make_net(key: PRNGKeyArray, shape: tuple[int, ...], classes: int) -> ConvNet | DenseNet:
    """The net that is used unless the user brings one: convolutional, if pictures have a height
    and a width of at least 4, and at most 4 channels."""
    flat = len(shape) not in (2, 3) or min(shape[:2]) < 4 or any(c > 4 for c in shape[2:])
    return (DenseNet if flat else ConvNet)(key, shape, classes)
