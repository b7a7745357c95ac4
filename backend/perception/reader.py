"""Nets that read pictures, as programs need it; and both together as one differentiable module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Final, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32, Int64

from backend.machine import State
from backend.model import Model
from bridge.images import ImageSet

__all__ = ["Cell", "NetReader", "PictureModel"]

AT_ONCE: Final = 1024
"""The most pictures that one compiled call reads."""

Cell: TypeAlias = Any
"""Of memory: a word, a picture, or {name of its set: picture}."""


@dataclass(frozen=True, eq=False)
class NetReader:
    """A net for each set of pictures: one picture, scaled, to logits over the set's words."""

    nets: Mapping[str, Any]
    words: Mapping[str, tuple[int, ...]]

    def __call__(
        self, name: str, pixels: Float32[np.ndarray, "n *shape"]
    ) -> Int64[np.ndarray, " n"]:
        """The likeliest word that each picture of that set shows."""
        best = self.probabilities(name, pixels).argmax(1)
        return np.asarray(self.words[name], np.int64)[best]

    def probabilities(
        self, name: str, pixels: Float32[np.ndarray, "n *shape"]
    ) -> Float32[np.ndarray, "n words"]:
        """Of each word that the set may show, in their order."""
        net, found = self.nets[name], [np.zeros((0, len(self.words[name])), np.float32)]
        for low in range(0, len(pixels), AT_ONCE):
            some = pixels[low : low + AT_ONCE]
            size = min(AT_ONCE, max(64, 1 << (len(some) - 1).bit_length()))  # compiled for few
            padded = np.resize(some, (size, *some.shape[1:]))
            found.append(np.asarray(_read(net, padded), np.float32)[: len(some)])
        return np.concatenate(found)

    def save(self, file: Path | BufferedIOBase) -> None:
        """Writes the leaves of the nets, as `eqx.tree_serialise_leaves` does."""
        eqx.tree_serialise_leaves(file, dict(self.nets))

    def load(self, path: Path) -> "NetReader":
        """These nets with the leaves in that file. Raises OSError, or ValueError where it holds
        the leaves of other nets, or is damaged."""
        try:
            return NetReader(eqx.tree_deserialise_leaves(path, dict(self.nets)), self.words)
        except (EOFError, RuntimeError, TypeError) as error:
            raise ValueError(str(error).splitlines()[0]) from error


@eqx.filter_jit
def _read(net: Any, pixels: Float[Array | np.ndarray, "n *shape"]) -> Float[Array, "n words"]:
    return jax.nn.softmax(jax.vmap(net)(jnp.asarray(pixels)))


class PictureModel(eqx.Module):
    """Nets and a soft program in one: pictures in, distributions over words out.

    Its leaves are the weights of both; what it computes is differentiable in them and in the
    pictures. It may be jitted, vmapped over pictures, and serialised.
    """

    nets: dict[str, Any]
    program: Model
    words: dict[str, tuple[int, ...]] = eqx.field(static=True)
    """What a picture of each set may show."""
    scales: dict[str, tuple[float, float]] = eqx.field(static=True)
    """What pictures hold for 0 and for 1."""

    def __init__(self, nets: Mapping[str, Any], program: Model, sets: Sequence[ImageSet]) -> None:
        self.nets, self.program = dict(nets), program
        self.words = {images.name: images.words for images in sets}
        self.scales = {images.name: (images.low, images.high) for images in sets}

    def __call__(self, memory: Sequence[Cell] | Float[Array | np.ndarray, "k *shape"]) -> State:
        """The final state from memory that holds, from address 0, words or pictures in the units
        of their file, {name: picture} where there are several sets; other cells are 0."""
        words = self.program.words
        rows = [self.read(cell) for cell in memory]
        zeros = jax.nn.one_hot(jnp.zeros(words - len(rows), int), words)
        return self.program(jnp.concatenate([jnp.stack(rows), zeros]) if rows else zeros)

    def read(self, cell: Cell) -> Float[Array, " b"]:
        """The distribution over words in a cell."""
        name = next(iter(self.nets))
        if isinstance(cell, Mapping):
            ((name, cell),) = cell.items()
        cell = jnp.asarray(cell)
        if cell.ndim == 0:
            return jax.nn.one_hot(cell, self.program.words)
        low, high = self.scales[name]
        p = jax.nn.softmax(self.nets[name]((cell - low) / (high - low or 1.0)))
        return p @ jax.nn.one_hot(jnp.asarray(self.words[name]), self.program.words)
