"""The weights of a program: logits of the instruction in every line, and of what registers start
with."""

from typing import Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from backend.machine import FLOOR, head_sizes_of
from bridge.isa import slot_mask

__all__ = ["HEADS", "Weights", "unpack"]

HEADS: Final = ("opcode", "a", "b", "out", "label")
"""The controller's heads, in the order in which rows of weights are packed. From the second on
they are `bridge.isa.Slot`, the columns of an encoded program."""


class Weights(eqx.Module):
    """Per line, the logits of the controller's heads (eq. 2): a program, softly.

    Leading axes are restarts. A jump's label is one of the lines, or the end behind the last.
    """

    opcode: Float[Array | np.ndarray, "*n lines opcodes"]
    a: Float[Array | np.ndarray, "*n lines r"]
    b: Float[Array | np.ndarray, "*n lines r"]
    out: Float[Array | np.ndarray, "*n lines r"]
    label: Float[Array | np.ndarray, "*n lines lines+1"]
    first: Float[Array | np.ndarray, "*n r b"] | None = None
    """The logits of what registers start with, where the machine preloads; None: with 0."""

    @property
    def lines(self) -> int:
        return self.opcode.shape[-2]

    @property
    def registers(self) -> int:
        return self.a.shape[-1]

    @property
    def opcodes(self) -> int:
        return self.opcode.shape[-1]

    def pack(self) -> Float[Array, "*n lines heads"]:
        """Rows of log-probabilities, all heads side by side, as `backend.machine.step` reads
        them. Softmaxes of mixed rows don't change by this, but that none underflows."""
        heads = (jax.nn.log_softmax(getattr(self, head), axis=-1) for head in HEADS)
        return jnp.maximum(jnp.concatenate(list(heads), axis=-1), FLOOR)

    def entropy(self) -> Float[Array, "*n lines"]:
        """Nats of doubt in each line: that of its opcode, and of each slot by the weight of the
        opcodes that use it (see `bridge.isa.slot_mask`)."""

        def nats(logits: Array | np.ndarray) -> Array:
            return -(jax.nn.softmax(logits) * jax.nn.log_softmax(logits)).sum(-1)

        used = jax.nn.softmax(self.opcode) @ slot_mask()[: self.opcodes].astype(np.float32)
        slots = jnp.stack([nats(getattr(self, head)) for head in HEADS[1:]], axis=-1)
        return nats(self.opcode) + (used * slots).sum(-1)


def unpack(rows: Float[Array | np.ndarray, "*n lines heads"], registers: int) -> Weights:
    """The weights whose heads lie side by side in those rows."""
    edges = np.cumsum(head_sizes_of(rows, registers))[:-1].tolist()
    split = np.split if isinstance(rows, np.ndarray) else jnp.split
    return Weights(*split(rows, edges, axis=-1))
