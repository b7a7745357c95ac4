"""The machine as the paper writes it: eqs. 1-9 with the lookup tensor of eq. 6.

The reference that `backend.machine.step` must equal, and the baseline of its benchmarks. The
tensor comes from the instruction table. The mends are those of the design: the gate of eq. 7,
eq. 8 in parentheses, the taken branch of eq. 9, and a halted machine that keeps its state.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from backend.machine import EXACT, Controller, Run, State, head_sizes_of
from bridge.isa import INDEX, OPCODES, lookup_table

__all__ = ["AS_WRITTEN", "BEST", "lookup_tensor", "reference_rollout", "reference_step"]

AS_WRITTEN = [(0, 1), (0, 2), (0, 1)]
"""Contracts eq. 6 from left to right: f picks from the tensor what v1 and v2 look up."""
BEST = "optimal"
"""Contracts it in the order of least work: one matrix product over all lanes."""
SILENT = np.array([not row.outputs for row in OPCODES])


def lookup_tensor(words: int, size: int | None = None, opcodes: int = len(OPCODES)) -> np.ndarray:
    """T of eq. 6, one-hot in its last axis, padded with zeros from `words` to `size`; what does
    not output by these two words alone (read too) is zero."""
    size = size or words
    table = np.zeros((opcodes, size, size, size), np.float32)
    rows = [i for i, row in enumerate(OPCODES[:opcodes]) if row.word is not None]
    table[rows, :words, :words, :words] = np.eye(words)[lookup_table(words)[rows]]
    return table


def reference_step(
    weights, state: State, table, order=AS_WRITTEN, controller: Controller = "logits"
) -> State:
    """One step; arguments as those of `backend.machine.step`, but for the tensor, the order
    in which eq. 6 is contracted, and that rows are log-probabilities for either controller."""
    memory, registers, line = state.memory, state.registers, state.line
    sizes = head_sizes_of(weights, registers.shape[-2])
    halted = line[..., -1:]
    active = line[..., :-1]

    share = active / jnp.maximum(active.sum(-1, keepdims=True), 1e-6)
    heads = jnp.split(weights, np.cumsum(sizes)[:-1].tolist(), axis=-1)
    if controller == "softmaxes":
        heads = [jax.nn.softmax(head) for head in heads]
    mixed = [jnp.einsum("nel,nlh->neh", share, head, precision=EXACT) for head in heads]
    if controller == "logits":
        mixed = [jax.nn.softmax(head) for head in mixed]
    f, r1, r2, r3, label = mixed  # eqs. 1-2

    v1 = jnp.einsum("ner,nerb->neb", r1, registers, precision=EXACT)  # eq. 5
    v2 = jnp.einsum("ner,nerb->neb", r2, registers, precision=EXACT)
    output = jnp.einsum(  # eq. 6
        "klmo,nek,nel,nem->neo", table, f, v1, v2, precision=EXACT, optimize=order
    )
    read = jnp.einsum("nea,neab->neb", v1, memory, precision=EXACT)
    output += f[..., INDEX["read"], None] * read

    run = (1 - halted)[..., None]
    gate = 1 - f[..., SILENT[: f.shape[-1]]].sum(-1)[..., None, None]
    out = r3[..., None]
    registers_next = registers * (1 - gate * out) + output[..., None, :] * out  # eq. 7
    w = f[..., INDEX["write"], None, None]
    at = v1[..., None]
    memory_next = (1 - w) * memory + w * ((1 - at) * memory + at * v2[..., None, :])  # eq. 8

    j, h = f[..., INDEX["jump"], None], f[..., INDEX["halt"], None]
    taken = j * v1[..., :1]
    onward = jnp.concatenate([jnp.zeros_like(halted), (1 - taken - h) * active], -1)
    stop = jnp.zeros_like(line).at[..., -1:].set(h)
    line_next = onward + (1 - halted) * (taken * label + stop)  # eq. 9
    return State(
        memory + run * (memory_next - memory),
        registers + run * (registers_next - registers),
        line_next.at[..., -1:].add(halted),
    )


def reference_rollout(
    weights, state: State, table, steps: int, order=AS_WRITTEN, controller: Controller = "logits"
) -> Run:
    """What `backend.machine.rollout` computes, left to automatic differentiation."""

    def body(run: Run, _):
        spent = run.spent + run.state.line[..., :-1].sum(-1)
        return Run(reference_step(weights, run.state, table, order, controller), spent), None

    start = Run(state, jnp.zeros(state.line.shape[:-1]))
    return jax.lax.scan(body, start, length=steps)[0]
