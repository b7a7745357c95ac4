"""Programs on examples with pictures, for several test packages."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bridge import Machine, Program
from bridge.interpreter import run
from bridge.readings import Group, group_examples
from tests.programs import memories, programs

__all__ = ["worlds"]

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
