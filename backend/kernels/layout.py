"""Where things lie in the kernels' memory: banks of vectors whose lanes are examples.

Of `words` words, n = `words` rounded up to 4 are stored; the surplus is zero. A state is memory,
then registers [r, n], then the pointer. Memory is tiled by four addresses: the word o of address a
is at a // 4 · 4n + 4 o + a % 4, one stream for the loops. A record is a state, and what its step
computed: the controller's heads p, v1, v2 and the output.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba.extending import register_jitable

from bridge.isa import OPCODES, count_opcodes, count_tabled
from bridge.kernel import inner

__all__ = ["FEWEST", "TABLED_OF", "Banks", "Lookup", "Results", "Sizes", "controller_size"]
__all__ += ["parts", "record_size", "results", "state_size", "weights_size"]
__all__ += ["workspace_size"]

FEWEST: Final = count_opcodes("paper")
"""The opcodes that every machine has."""
TABLED_OF: Final = np.array([count_tabled(opcodes) for opcodes in range(len(OPCODES) + 1)])
"""How many instructions are looked up, of so many opcodes."""


class Sizes(NamedTuple):
    """Of a machine: words, these rounded up to 4, registers, lines, opcodes (behind whose head the
    first register's begins)."""

    words: int
    n: int
    r: int
    lines: int
    opcodes: int


class Lookup(NamedTuple):
    """The first tables of `bridge.isa.TABLED`, int32[tabled, size, size], at that address."""

    address: int
    size: int
    tabled: int


class Banks(NamedTuple):
    """Where the parts of a state are."""

    memory: Any
    registers: Any
    line: Any


class Results(NamedTuple):
    """Where a step puts what it computes on the way (eqs. 1-6)."""

    p: Any
    v1: Any
    v2: Any
    out: Any


@register_jitable
def controller_size(sizes):
    """The length of all heads together, rounded up to 8."""
    return (sizes.opcodes + 3 * sizes.r + sizes.lines + 1 + 7) // 8 * 8


@register_jitable
def weights_size(sizes):
    """The numbers in a restart's weights [lines, heads], both axes rounded up to 8."""
    return (sizes.lines + 7) // 8 * 8 * controller_size(sizes)


@register_jitable
def state_size(sizes):
    """The vectors in a state; the pointer's are rounded up to 8."""
    return sizes.n * sizes.n + sizes.r * sizes.n + (sizes.lines + 1 + 7) // 8 * 8


@register_jitable
def record_size(sizes):
    """The vectors in a record."""
    return state_size(sizes) + controller_size(sizes) + 3 * sizes.n


@register_jitable
def workspace_size(sizes):
    """The vectors that a step, or its derivative, needs for itself."""
    return controller_size(sizes) + 8 * sizes.n + (sizes.lines + 7) // 8 * 8


@inner
def parts(state, sizes):
    """The parts of the state at that bank."""
    registers = state + sizes.n * sizes.n
    return Banks(state, registers, registers + sizes.r * sizes.n)


@inner
def results(bank, sizes):
    """Room for what a step computes, at that bank."""
    v1 = bank + controller_size(sizes)
    return Results(bank, v1, v1 + sizes.n, v1 + 2 * sizes.n)
