"""A program as a neural network: distributions in, distributions out."""

import equinox as eqx
import jax
import jax.numpy as jnp
import msgspec
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
    registers: int = eqx.field(static=True)
    """Of the machine. The weights know the first ones, which the program names; the others stay as
    they are."""
    steps: int = eqx.field(static=True)

    def __call__(
        self,
        memory: Float[Array | np.ndarray, "*lanes b b"],
        registers: Float[Array | np.ndarray, "*lanes r b"] | None = None,
    ) -> State:
        """The final state, from a distribution over words for every memory cell, and for every
        register (all 0 by default)."""
        words, lines, named = self.words, self.weights.lines, self.weights.registers
        memory = jnp.asarray(memory)
        *lanes, _, _ = memory.shape
        if registers is None:
            zeros = jax.nn.one_hot(jnp.zeros(self.registers, int), words)
            registers = jnp.broadcast_to(zeros, (*lanes, *zeros.shape))
        used, others = jnp.split(jnp.asarray(registers), [named], axis=-2)
        first = jax.nn.one_hot(0, lines + 1)
        state = State(
            memory.reshape(1, -1, words, words),
            used.reshape(1, -1, named, words),
            jnp.broadcast_to(first, (1, int(np.prod(lanes)), lines + 1)),
        )
        packed = self.weights.pack()[None]
        run = rollout(packed, state, tables(words), self.steps, self.steps)
        end = jax.tree.map(lambda x: x.reshape(*lanes, *x.shape[2:]), run.state)
        return State(end.memory, jnp.concatenate([end.registers, others], axis=-2), end.line)


def make_model(
    program: Program, machine: Machine, *, steps: int | None = None, epsilon: float = 1e-6
) -> Model:
    """The model that does what the program does, but for `epsilon` (eq. 3's ε): the smaller, the
    more exact, and the slower to train.

    It has the program's own lines, and weights for the registers that it names. It takes `steps`
    steps: by default as many as may be needed, which are the machine's where the program jumps
    back; a step costs the same whether or not the program has halted. Raises AssemblyError if the
    program does not fit the machine, ValueError if `steps` is less than 1 or more than its steps.
    """
    if steps is None:
        steps = _enough(program, machine)
    if not 1 <= steps <= machine.steps:
        raise ValueError(f"steps = {steps}: the machine has 1 to {machine.steps}")
    program.check(registers=machine.registers, lines=machine.lines)
    own = msgspec.structs.replace(
        machine, lines=max(1, len(program)), registers=max(1, program.registers)
    )
    weights = compile_program(program, own, epsilon=epsilon)
    weights = jax.tree.map(jnp.asarray, weights)
    return Model(weights, machine.words, machine.registers, steps)


def _enough(program: Program, machine: Machine) -> int:
    """Steps within which it ends from any memory, as far as they are known."""
    targets = ((line, i) for line, i in enumerate(program.instructions) if i.opcode == "jump")
    back = any(i.target is None or i.target <= line for line, i in targets)
    ends = machine.halt and not back and not program.has_hole
    return max(1, min(len(program), machine.steps)) if ends else machine.steps
