"""What tuning minimises (eqs. 10-12)."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from backend.machine import Run, State

__all__ = ["Targets", "correctness", "doubt", "loss", "right"]

TINY = 1e-6
"""Added to probabilities before their logarithm: bounds loss and gradient."""


class Targets(NamedTuple):
    """The words expected in the end, where the masks (the paper's μ) are not 0."""

    memory: Int[Array | np.ndarray, "e b"]
    memory_mask: Float[Array | np.ndarray, "e b"]
    registers: Int[Array | np.ndarray, "e r"]
    registers_mask: Float[Array | np.ndarray, "e r"]
    halted: Float[Array | np.ndarray, " e"]
    """How much it matters that the run has halted."""
    thrift: Float[Array | np.ndarray, " e"]
    """The weight λ of each expected step (eq. 12)."""


def _probability(bank: Float[Array, "n e k b"], words: Int[Array | np.ndarray, "e k"]) -> Array:
    # Not take_along_axis: its derivative is a scatter.
    return (bank * jax.nn.one_hot(words, bank.shape[-1])).sum(-1)


def correctness(state: State, targets: Targets) -> Float[Array, "n e"]:
    """Masked cross-entropy over memory, registers and having halted (eq. 10)."""

    def surprise(bank: Array, words: Array | np.ndarray, mask: Array | np.ndarray) -> Array:
        return -(mask * jnp.log(_probability(bank, words) + TINY)).sum(-1)

    return (
        surprise(state.memory, targets.memory, targets.memory_mask)
        + surprise(state.registers, targets.registers, targets.registers_mask)
        - targets.halted * jnp.log(state.line[..., -1] + TINY)
    )


def loss(run: Run, targets: Targets) -> Float[Array, " n"]:
    """Correctness plus λ times the expected steps (eqs. 11-12), per program."""
    return (correctness(run.state, targets) + targets.thrift * run.spent).mean(-1)


def doubt(
    packed: Float[Array, "n lines heads"],
    free: Bool[Array | np.ndarray, "n lines heads"],
    sizes: tuple[int, ...],
) -> Float[Array, " n"]:
    """The mean entropy, in nats, of those heads of rows of log-probabilities that may be tuned;
    0 where none may."""
    heads = np.repeat(np.eye(len(sizes), dtype=np.float32), sizes, axis=0)
    nats = -(jnp.exp(packed) * packed) @ heads
    tuned = (free @ heads) > 0
    return (nats * tuned).sum((-1, -2)) / jnp.maximum(tuned.sum((-1, -2)), 1)


def right(state: State, targets: Targets) -> Array:
    """Whether the likeliest word of each expected cell is right: a *soft* success, which says
    little of the decoded program."""
    memory = (state.memory.argmax(-1) == targets.memory) | (targets.memory_mask == 0)
    registers = (state.registers.argmax(-1) == targets.registers) | (targets.registers_mask == 0)
    halted = (state.line[..., -1] > 0.5) | (targets.halted == 0)
    return (memory.all(-1) & registers.all(-1) & halted).all(-1)
