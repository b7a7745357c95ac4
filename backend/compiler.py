"""Program -> Weights (the paper's neural compiler, eq. 3), and Weights -> Program."""

import dataclasses
from typing import Final

import numpy as np
from jaxtyping import Float, Int, UInt8

from backend.machine import head_sizes, head_sizes_of
from backend.weights import HEADS, Weights, unpack
from bridge.isa import slot_mask
from bridge.program import Instruction, Program, decode_rows, encode, first_words
from bridge.spec import Machine

__all__ = ["blank_unused", "compile_first", "compile_program", "compile_rows", "decode"]
__all__ += ["decode_packed", "random_skeleton"]

EPSILON: Final = 1e-30
"""eq. 3's ε. So small that without noise every softmax is one-hot to the last bit of a float32."""


def random_skeleton(lines: int) -> Program:
    """A program of holes: tuning starts from blank lines and noise alone, as the paper's row
    "Optimization" does."""
    return Program((Instruction(None),) * lines)


def compile_program(
    program: Program,
    machine: Machine,
    *,
    gamma: float = 0.0,
    epsilon: float = EPSILON,
    rng: np.random.Generator | None = None,
) -> Weights:
    """The weights that do what the program does, plus noise of magnitude `gamma`:
    `log(onehot + γ·u + ε)` with u uniform in [0, 1) (eq. 3).

    Holes, and slots that an instruction does not use, are blank: uniform instead of one-hot.
    What registers start with is compiled alike, where the machine preloads.
    Raises AssemblyError if the program does not fit the machine; a `gamma` needs an `rng`.
    """
    program.check(machine)
    rows = blank_unused(encode(program, machine.lines))
    sizes = head_sizes(machine.registers, machine.lines, machine.opcodes)
    noise = np.zeros((machine.lines, sum(sizes)), np.float32)
    if gamma:
        if rng is None:
            raise ValueError("noise needs an rng: pass numpy.random.default_rng(seed)")
        noise = gamma * rng.random(noise.shape, np.float32)
    weights = unpack(compile_rows(rows, noise, epsilon, machine.registers), machine.registers)
    if not machine.preload:
        return weights
    blur = np.zeros((machine.registers, machine.words), np.float32)
    if rng is not None:
        blur = gamma * rng.random(blur.shape, np.float32)
    first = compile_first(first_words(program, machine.registers), blur, epsilon)
    return dataclasses.replace(weights, first=first)


def compile_first(
    first: UInt8[np.ndarray, " r"], noise: Float[np.ndarray, "r b"], epsilon: float
) -> Float[np.ndarray, "r b"]:
    """The logits of what registers start with (eq. 3), γ·u being given."""
    sharp = np.arange(noise.shape[-1]) == first[:, None]
    return np.log(sharp + noise + epsilon).astype(np.float32)


def blank_unused(rows: Int[np.ndarray, "*n lines 5"]) -> Int[np.ndarray, "*n lines 5"]:
    """Encoded rows with a hole (−1) in every slot that the line's opcode does not use."""
    used = np.concatenate([np.ones((*rows.shape[:-1], 1), bool), slot_mask()[rows[..., 0]]], -1)
    return np.where(used & (rows[..., :1] >= 0), rows, -1)


def compile_rows(
    rows: Int[np.ndarray, "*n lines 5"],
    noise: Float[np.ndarray, "*n lines heads"],
    epsilon: float,
    registers: int,
) -> Float[np.ndarray, "*n lines heads"]:
    """Packed weights of encoded rows (eq. 3), γ·u being given; −1 is a hole."""
    sizes = head_sizes_of(noise, registers)
    sharp = [
        np.where(rows[..., head, None] < 0, 1 / size, np.arange(size) == rows[..., head, None])
        for head, size in enumerate(sizes)
    ]
    return np.log(np.concatenate(sharp, -1) + noise + epsilon).astype(np.float32)


def decode(weights: Weights) -> Program:
    """The most probable program: per line the likeliest opcode, and the likeliest value of each
    slot that it uses; and the likeliest words that registers start with. It is valid whatever the
    weights."""
    packed = np.concatenate([np.asarray(getattr(weights, head)) for head in HEADS], -1)
    first = None if weights.first is None else np.asarray(weights.first).argmax(-1)
    return decode_rows(decode_packed(packed, weights.registers), first)


def decode_packed(
    packed: Float[np.ndarray, "*n lines heads"], registers: int
) -> Int[np.ndarray, "*n lines 5"]:
    """The most probable programs as `bridge.program.encode` writes them."""
    edges = np.cumsum(head_sizes_of(packed, registers))[:-1]
    rows = np.stack([head.argmax(-1) for head in np.split(packed, edges, -1)], -1)
    rows[..., 1:] *= slot_mask()[rows[..., 0]]
    return rows.astype(np.int16)
