"""Discrete programs as XLA executes them, on many memories at once.

Held equal to the interpreter by a test. The compiled kernels of `bridge.batch` are quicker; but
what is to be executed here, a net says in the middle of a gradient step.
"""

from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int16, UInt8

from bridge.batch import run_batch
from bridge.isa import HALT, JUMP, OUTPUTS, READ, WRITE, Slot, lookup_table
from bridge.program import Program, encode
from bridge.readings import Group
from bridge.spec import Machine

__all__ = ["execute_all", "steps_taken"]

SAMPLE: Final = 256
"""Readings of a layout that are executed to see how many steps they take."""


def steps_taken(program: Program, group: Group, machine: Machine) -> int:
    """The most steps that a program takes on some readings of a group."""
    rng = np.random.default_rng(0)
    some = [rng.integers(0, group.sizes, (SAMPLE, len(group.sizes))) for _ in group.memory]
    starts = np.concatenate([group.read(*each) for each in enumerate(some)])
    return int(run_batch(encode(program, machine.lines)[None], starts, machine)[2].max())


def execute_all(
    code: Int16[Array, "lines 5"], memory: UInt8[Array, "*n b"], machine: Machine
) -> tuple[UInt8[Array, "*n outputs"], Bool[Array, "*n"]]:
    """The final memories, with the registers behind them, and whether each run halted."""
    runs, b = memory.shape[:-1], machine.words
    memory = memory.reshape(-1, b)
    table, lines = jnp.asarray(lookup_table(b)), code.shape[0]
    cells, names = (jnp.arange(size, dtype=jnp.uint8) for size in (b, machine.registers))

    def goes_on(line):
        return (line >= 0) & (line < lines)

    def step(state):
        taken, line, memory, registers = state
        on, row = goes_on(line), code[jnp.clip(line, 0, lines - 1)]
        number, slots = row[:, 0], {slot: row[:, 1 + slot, None] for slot in Slot}
        first, second = (
            jnp.take_along_axis(registers, slots[slot].astype(int), 1) for slot in (Slot.A, Slot.B)
        )
        a, held = first[:, 0], jnp.take_along_axis(memory, first.astype(int), 1)[:, 0]
        out = jnp.where(number == READ, held, table[number, a, second[:, 0]])
        puts = (on & jnp.asarray(OUTPUTS)[number])[:, None] & (names == slots[Slot.OUT])
        writes = (on & (number == WRITE))[:, None] & (cells == first)
        jumps = (number == JUMP) & (a == 0)
        following = jnp.where(jumps, slots[Slot.LABEL][:, 0].astype(int), line + 1)
        following = jnp.where(number == HALT, -1, following)
        return (
            taken + 1,
            jnp.where(on, following, line),
            jnp.where(writes, second, memory),
            jnp.where(puts, out[:, None], registers),
        )

    def unfinished(state):
        return (state[0] < machine.steps) & goes_on(state[1]).any()

    n = len(memory)
    registers = jnp.zeros((n, machine.registers), jnp.uint8)
    start = (0, jnp.zeros(n, int), memory, registers)
    _, line, memory, registers = jax.lax.while_loop(unfinished, step, start)
    ends = jnp.concatenate([memory, registers], 1)
    return ends.reshape(*runs, -1), ~goes_on(line).reshape(runs)
