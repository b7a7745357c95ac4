"""Programs on examples with pictures, for several test packages."""

from __future__ import annotations

from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bridge import Machine, Program
from bridge.interpreter import run
from bridge.lowering.lower import lower
from bridge.readings import Group, group_examples
from bridge.term import Term, parse_term
from synth.language import expand
from tests.programs import memories, programs

__all__ = ["DIGITS", "MACHINE", "lists", "program", "read_as", "worlds"]

MACHINE = Machine(words=16, registers=8, lines=40, steps=2_000)
DIGITS = tuple(range(1, 10))
OUT = 15  # the cell that the answer is in


def program(text: str) -> Program:
    """A term's, on MACHINE."""
    return lower(cast("Term", expand(parse_term(text))), MACHINE)


def lists(length: int, answers: list[int], cells: range = range(OUT, OUT + 1)) -> Group:
    """Lists of so many digits at 0; each of the cells is expected to hold the answer."""
    n, size = len(answers), MACHINE.words + MACHINE.registers
    which = np.full((n, MACHINE.words), -1)
    which[:, :length] = 0
    expect, checked = np.zeros((n, size), int), np.zeros((n, size), bool)
    for cell in cells:
        expect[:, cell], checked[:, cell] = answers, True
    memory = np.zeros((n, MACHINE.words), int)
    (group,) = group_examples(memory, which, memory, expect, checked, [DIGITS])
    return group


def read_as(examples: int, length: int) -> jax.Array:
    """Some probabilities, the same ones for all examples."""
    read = np.random.default_rng(0).dirichlet(np.ones(9), length).astype(np.float32)
    return jnp.broadcast_to(read, (examples, length, 9))


MACHINES = st.builds(
    Machine,
    words=st.integers(3, 6),
    registers=st.just(3),
    lines=st.just(6),
    steps=st.integers(1, 20),
    halt=st.booleans(),
)


@st.composite
def worlds(draw: DrawFn) -> tuple[Machine, list[Program], tuple[Group, ...], tuple]:
    """A machine, programs, and examples with pictures of two sets, as groups and as arrays."""
    machine = draw(MACHINES)
    b, r = machine.words, machine.registers
    some = draw(st.lists(programs(registers=r, lines=machine.lines), min_size=1, max_size=3))
    words = [(1, 2), (0, 1, 2)]
    n = draw(st.integers(1, 5))
    memory = np.array([(draw(memories(b)) + (0,) * b)[:b] for _ in range(n)])
    which = np.full((n, b), -1)
    for row in which:
        for cell in draw(st.sets(st.integers(0, b - 1), max_size=3)):
            row[cell] = draw(st.integers(0, 1))
    index = np.array([[draw(st.integers(0, 9)) for _ in range(b)] for _ in range(n)])
    # Answers of the first program, so that some reading leads to each.
    starts = np.where(which >= 0, 1, memory)
    ends = [run(some[0], row, machine) for row in starts.tolist()]
    expect = np.array([end.memory + end.registers for end in ends])
    checked = np.array([[draw(st.booleans()) for _ in range(b + r)] for _ in range(n)])
    arrays = (memory, which, index, expect, checked)
    return machine, some, group_examples(*arrays, words), arrays
