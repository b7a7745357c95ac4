"""A program as a neural network: distributions in, distributions out."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from backend.compiler import compile_program
from backend.machine import State, tables
from backend.rollouts import rollout
from backend.weights import Weights
from bridge.program import Program
from bridge.spec import Machine

__all__ = ["Model", "make_model"]


class Model(eqx.Module):
    """A soft program with its machine, to embed in a network and to train further.

    Its leaves are the weights; what it computes is differentiable in them and in its input.
    """

    weights: Weights
    words: int = eqx.field(static=True)
    steps: int = eqx.field(static=True)

    def __call__(
        self,
        memory: Float[Array | np.ndarray, "*lanes b b"],
        registers: Float[Array | np.ndarray, "*lanes r b"] | None = None,
    ) -> State:
        """The final state, from a distribution over words for every memory cell, and for every
        register (all 0 by default)."""
        words, lines = self.words, self.weights.lines
        memory = jnp.asarray(memory)
        *lanes, _, _ = memory.shape
        if registers is None:
            zeros = jax.nn.one_hot(jnp.zeros(self.weights.registers, int), words)
            registers = jnp.broadcast_to(zeros, (*lanes, *zeros.shape))
        first = jax.nn.one_hot(0, lines + 1)
        state = State(
            memory.reshape(1, -1, words, words),
            jnp.asarray(registers).reshape(1, -1, self.weights.registers, words),
            jnp.broadcast_to(first, (1, int(np.prod(lanes)), lines + 1)),
        )
        packed = self.weights.pack()[None]
        run = rollout(packed, state, tables(words), self.steps, self.steps)
        return jax.tree.map(lambda x: x.reshape(*lanes, *x.shape[2:]), run.state)


def make_model(program: Program, machine: Machine, *, epsilon: float = 1e-6) -> Model:
    """The model that does what the program does, but for `epsilon` (eq. 3's ε): the smaller, the
    more exact, and the slower to train. Raises AssemblyError if the program does not fit."""
    weights = compile_program(program, machine, epsilon=epsilon)
    return Model(jax.tree.map(jnp.asarray, weights), machine.words, machine.steps)
