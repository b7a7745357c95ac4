"""The soft program on some examples: distributions of memory, registers and pointer, by step.

The only section that needs JAX: it steps the differentiable machine of the backend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from bridge.interpreter import run as interpret
from synth.page.run import Run
from synth.page.weighed import HEADS, likeliest, shades, softmax

__all__ = ["Soft", "SoftTrace", "soft", "soft_states"]

MOST_TRACES, MOST_STEPS, MOST_BYTES = 2, 40, 80_000
"""Of a page; the bytes are of each trace."""
BEYOND: Final = 3
"""Steps after those that the executed program takes."""


@dataclass(frozen=True)
class SoftTrace:
    """An example. Shades are bytes in base64, [step, place, word]."""

    title: str
    steps: int
    memory: str
    registers: str
    line: str
    """[step, line], the last place is the halted mass."""


@dataclass(frozen=True)
class Soft:
    """The section of the soft program."""

    words: int
    cells: int
    registers: int
    lines: tuple[str, ...]
    """What each line says, most likely."""
    traces: tuple[SoftTrace, ...]


def soft(run: Run, cells: int) -> Soft | None:
    """The section, where there are weights; of memory the first cells are shown."""
    weights = run.weights
    if weights is None or any(head not in weights for head in HEADS) or run.spec.images:
        return None
    b, (lines, registers) = run.spec.machine.words, weights["a"].shape
    heads = (*HEADS, "first") if "first" in weights else HEADS
    program = likeliest({head: softmax(weights[head]) for head in heads})
    room = MOST_BYTES // (b * registers + lines + 1 + b * cells)
    if room < 4:
        return None
    traces: list[SoftTrace] = []
    for i, example in enumerate(run.examples[:MOST_TRACES]):
        taken = interpret(program, example.words, run.spec.machine).steps
        steps = min(taken + BEYOND, MOST_STEPS, room - 1)
        states = soft_states(weights, example.words, b, steps)
        traces.append(
            SoftTrace(
                f"example {i + 1}: {' '.join(map(str, example.words))}", steps,
                shades(states["memory"][:, :cells]), shades(states["registers"]),
                shades(states["line"]),
            )
        )  # fmt: skip
    told = [line.strip() for line in str(program).splitlines() if line.startswith(" ")]
    told += ["halt"] * (lines - len(told))  # decoding leaves out those behind the last
    return Soft(b, cells, registers, tuple(told), tuple(traces))


def soft_states(
    weights: Mapping[str, np.ndarray], memory: tuple[int, ...], words: int, steps: int
) -> dict[str, np.ndarray]:
    """The machine's states before the first step and after each: memory [step, cell, word],
    registers [step, register, word], line [step, place]."""
    import jax
    import jax.numpy as jnp

    from backend.machine import State, start, step, tables
    from backend.weights import Weights

    rows = Weights(**{head: jnp.asarray(weights[head]) for head in HEADS}).pack()[None]
    lines, registers = weights["a"].shape
    cells = np.zeros((1, 1, words), np.int64)
    cells[0, 0, : len(memory)] = memory
    state = start(cells, registers, lines)
    if "first" in weights:  # what registers start with
        first = jnp.asarray(softmax(weights["first"]), state.registers.dtype)
        state = State(state.memory, first[None, None], state.line)
    table = tables(words, opcodes=weights["opcode"].shape[-1])
    advance = jax.jit(lambda state: step(rows, state, table))
    states = [state]
    for _ in range(steps):
        states.append(state := advance(state))
    return {
        name: np.clip(np.stack([np.asarray(getattr(s, name))[0, 0] for s in states]), 0, 1)
        for name in ("memory", "registers", "line")
    }
