"""Machines of one compiled shape, with programs and states, for the tests of the backend."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from backend.compiler import blank_unused, compile_rows
from backend.machine import Controller, Run, State, start, tables
from backend.rollouts import rollout
from backend.weights import unpack
from bridge.isa import OPCODES
from bridge.program import Program, encode
from bridge.spec import Machine
from tests.programs import programs

BUCKET, REGISTERS, LINES, HORIZON = 8, 4, 8, 24
ALL = len(OPCODES)

small_machines = st.builds(
    Machine,
    words=st.integers(2, BUCKET),
    registers=st.just(REGISTERS),
    lines=st.just(LINES),
    steps=st.integers(1, HORIZON),
    instructions=st.just("bits"),
)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def busy_programs(draw: DrawFn) -> Program:
    """Programs that rarely end at once: random ones tend to halt in their first lines."""
    program = draw(programs(registers=REGISTERS, lines=LINES, known="bits"))
    keep = draw(st.integers(0, LINES))
    return (
        Program(
            tuple(i for n, i in enumerate(program.instructions) if i.opcode != "halt" or n >= keep)
        )
        if not any(i.opcode == "jump" for i in program.instructions)
        else program
    )


def packed(program: Program, gamma: float, seed: int) -> np.ndarray:
    """The program's packed weights under noise, one restart."""
    rows = blank_unused(encode(program, LINES))
    size = ALL + 3 * REGISTERS + LINES + 1
    noise = gamma * np.random.default_rng(seed).random((LINES, size), np.float32)
    return compile_rows(rows, noise, 1e-30, REGISTERS)[None]


@functools.partial(jax.jit, static_argnums=(3, 5))
def run_soft(weights, memory, table, horizon, steps, controller: Controller = "logits") -> Run:
    """A rollout from words in memory, one restart on several examples."""
    weights = unpack(weights, REGISTERS).pack()
    state = start(memory[None], REGISTERS, LINES)
    return rollout(weights, state, table, steps, horizon, controller)


def memories(seed: int, words: int, examples: int = 4) -> np.ndarray:
    """Random words, zeros frequent; padded to the bucket."""
    rng = np.random.default_rng(seed)
    memory = np.zeros((examples, BUCKET), np.int32)
    memory[:, :words] = rng.integers(0, words, (examples, words)) * (
        rng.random((examples, words)) < 0.7
    )
    return memory


def all_tables(words: int, bucket: int | None = None, opcodes: int = ALL):
    """Those of a machine that has all instructions, as these programs and worlds have."""
    return tables(words, bucket, opcodes)


def bucket_tables(words: int):
    return all_tables(words, BUCKET)


def distributions(state: State, words: int, tolerance: float = 1e-5) -> None:
    """Asserts that every part of the state is a distribution, over words < `words`."""
    for bank in (state.memory, state.registers, state.line):
        array = np.asarray(bank)
        assert np.isfinite(array).all()
        assert array.min() >= -1e-6
        assert np.abs(array.sum(-1) - 1).max() <= tolerance
    for bank in (state.memory[..., :words, :], state.registers):
        assert np.abs(np.asarray(bank)[..., words:]).max(initial=0) <= 1e-6


def simplex(rng, *shape, words=None):
    """Random distributions, from sharp to flat."""
    sharpness = rng.choice([0.02, 0.3, 3.0], size=(*shape[:-1], 1))
    x = rng.gamma(np.broadcast_to(sharpness, shape)) + 1e-12
    if words is not None:
        x[..., words:] = 0
    return jnp.asarray(x / x.sum(-1, keepdims=True), np.float32)


def random_world(seed, words, bucket, registers, lines, restarts=2, examples=3, opcodes=ALL):
    """Packed weights and a state, some sharp and some flat."""
    rng = np.random.default_rng(seed)
    lanes = (restarts, examples)
    state = State(
        simplex(rng, *lanes, bucket, bucket, words=words),
        simplex(rng, *lanes, registers, bucket, words=words),
        simplex(rng, *lanes, lines + 1),
    )
    size = opcodes + 3 * registers + lines + 1
    logits = rng.normal(size=(restarts, lines, size)) * rng.choice([0.1, 1, 10])
    return unpack(logits.astype(np.float32), registers).pack(), state
