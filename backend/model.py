"""A program as a neural network: distributions in, distributions out."""

import equinox as eqx
import jax
import jax.numpy as jnp
import msgspec
import numpy as np
from jaxtyping import Array, Float

from backend.compiler import compile_program
from backend.machine import State, tables
from backend.rollouts import plain_rollout, rollout
from backend.weights import Weights
from bridge.program import Program
from bridge.spec import Machine

__all__ = ["Model", "make_model"]


class Model(eqx.Module):
    """A soft program with its machine, to embed in a network and to train further.

    Its leaves are the weights; what it computes is differentiable in them and in its input: once,
    in reverse, or, without kernels, in any mode and any number of times.
    """

    weights: Weights
    words: int = eqx.field(static=True)
    registers: int = eqx.field(static=True)
    """Of the machine. The weights know the first ones, which the program names; the others stay as
    they are."""
    steps: int = eqx.field(static=True)
    kernels: bool = eqx.field(static=True, default=True)

    def __call__(
        self,
        memory: Float[Array | np.ndarray, "*#lanes b b"],
        registers: Float[Array | np.ndarray, "*#lanes r b"] | None = None,
    ) -> State:
        """The final state, from a distribution over words for every memory cell, and for every
        register (by default all 0, but for what the program preloads).

        Lanes of one are broadcast to those of the other. Half floats are computed as float32.
        Raises ValueError for other shapes, TypeError for what are no floats.
        """
        words, lines, named = self.words, self.weights.lines, self.weights.registers
        memory = _distributions("memory", memory, (words, words))
        if registers is None:
            zeros = jnp.zeros(self.registers, int)
            registers = jax.nn.one_hot(zeros, words, dtype=memory.dtype)
            if (first := self.weights.first) is not None:
                registers = registers.at[:named].set(jax.nn.softmax(jnp.asarray(first)))
        registers = _distributions("registers", registers, (self.registers, words))
        try:
            lanes = np.broadcast_shapes(memory.shape[:-2], registers.shape[:-2])
        except ValueError:
            raise ValueError(
                f"memory {list(memory.shape)} and registers {list(registers.shape)}: their lanes, "
                "all axes but the last two, are not broadcast to each other: give one the other's"
            ) from None
        registers = jnp.broadcast_to(registers, (*lanes, *registers.shape[-2:]))
        used, others = jnp.split(registers, [named], axis=-2)
        count = int(np.prod(lanes))
        state = State(
            jnp.broadcast_to(memory, (*lanes, words, words)).reshape(1, count, words, words),
            used.reshape(1, count, named, words),
            jnp.broadcast_to(jax.nn.one_hot(0, lines + 1, dtype=np.float32), (1, count, lines + 1)),
        )
        packed, table = self.weights.pack()[None], tables(words, opcodes=self.weights.opcodes)
        if self.kernels:
            run = rollout(packed, state, table, self.steps, self.steps)
        else:
            run = plain_rollout(packed, state, table, self.steps)
        end = jax.tree.map(lambda x: x.reshape(*lanes, *x.shape[2:]), run.state)
        return State(end.memory, jnp.concatenate([end.registers, others], axis=-2), end.line)


def _distributions(name: str, array: Array | np.ndarray, last: tuple[int, int]) -> Array:
    """The array, if it is of floats, and these are its last axes."""
    array = jnp.asarray(array)
    if not jnp.issubdtype(array.dtype, jnp.floating):
        raise TypeError(
            f"{name} is of {array.dtype}: give distributions as floats: of words, "
            f"jax.nn.one_hot({name}, {last[1]})"
        )
    if array.shape[-2:] != last:
        raise ValueError(
            f"{name} is {list(array.shape)}: give [..., {last[0]}, {last[1]}], a distribution over "
            f"{last[1]} words for each of its {last[0]} places"
        )
    return array


def make_model(
    program: Program,
    machine: Machine,
    *,
    steps: int | None = None,
    epsilon: float = 1e-6,
    kernels: bool = True,
) -> Model:
    """The model that does what the program does, but for `epsilon` (eq. 3's ε): the smaller, the
    more exact, and the slower to train. Without `kernels` it takes several times as long, and may
    be differentiated in any mode (jvp, jacfwd, Hessians).

    It has the program's own lines, and weights for the registers that it names. It takes `steps`
    steps: by default as many as may be needed, which are the machine's where the program jumps
    back; a step costs the same whether or not the program has halted. Raises AssemblyError if the
    program does not fit the machine, ValueError if `steps` is less than 1 or more than its steps.
    """
    if steps is None:
        steps = _enough(program, machine)
    if not 1 <= steps <= machine.steps:
        raise ValueError(f"steps = {steps}: the machine has 1 to {machine.steps}")
    program.check(machine)
    own = msgspec.structs.replace(
        machine, lines=max(1, len(program)), registers=max(1, program.registers)
    )
    weights = compile_program(program, own, epsilon=epsilon)
    weights = jax.tree.map(jnp.asarray, weights)
    return Model(weights, machine.words, machine.registers, steps, kernels)


def _enough(program: Program, machine: Machine) -> int:
    """Steps within which it ends from any memory, as far as they are known."""
    targets = ((line, i) for line, i in enumerate(program.instructions) if i.opcode == "jump")
    back = any(i.target is None or i.target <= line for line, i in targets)
    ends = machine.halt and not back and not program.has_hole
    return max(1, min(len(program), machine.steps)) if ends else machine.steps
