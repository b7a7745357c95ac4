"""A program on pictures that nobody has read -> the chain of states that it goes through.

States are run symbolically (`bridge.symbolic`) until they wait for a picture; each of its words
leads to another state. States with the same future are one. So the program is an automaton that
takes one picture after another: exact for every reading, whatever the program, and small where
little is carried from one picture to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Int16, Int64, UInt8

from bridge.isa import lookup_table
from bridge.program import Program, encode
from bridge.spec import Machine
from bridge.symbolic import (
    ENDED,
    FORGOTTEN,
    NOBODY,
    Resolved,
    States,
    advance,
    live_registers,
)

__all__ = ["ACCEPT", "LARGEST", "REJECT", "Chain", "Layout", "TooLarge", "make_chain"]

LARGEST: Final = 5_000
"""The most states of a chain, before those with the same future are found."""
ACCEPT: Final = -1
REJECT: Final = -2
"""Where a state may lead to besides another: the end, or none (it does not halt)."""


class TooLarge(Exception):
    """The program carries too much from picture to picture."""


@dataclass(frozen=True)
class Layout:
    """Where the pictures stand, what is in the other cells, and which outputs are checked."""

    memory: UInt8[np.ndarray, " b"]
    cells: Int64[np.ndarray, " k"]
    checked: Bool[np.ndarray, " outputs"]


@dataclass(frozen=True)
class Layer:
    """States that wait for a picture, of the words of which each leads to a state of the next
    layer, saying some outputs' words."""

    picture: Int64[np.ndarray, " n"]
    child: Int64[np.ndarray, "n words"]
    said: Int16[np.ndarray, "n words outputs"]


@dataclass(frozen=True)
class Chain:
    """The layers of one layout; the first holds one state, unless no picture matters."""

    layers: tuple[Layer, ...]
    said: Int16[np.ndarray, " outputs"]
    """Before the first picture."""
    end: int
    """ACCEPT or REJECT, where there are no layers."""


def make_chain(
    program: Program, machine: Machine, layout: Layout, words: Sequence[Sequence[int]]
) -> Chain:
    """The chain of a program; `words` are what each picture may mean. Raises TooLarge."""
    code = encode(program, machine.lines)
    kept = np.zeros(machine.words + len(words), bool)
    timed = not machine.halt
    while True:
        found = _attempt(code, machine, layout, words, kept, timed)
        if isinstance(found, Chain):
            return found
        again, timed = found
        kept = kept | again


def _attempt(
    code: Int16[np.ndarray, "lines 5"],
    machine: Machine,
    layout: Layout,
    words: Sequence[Sequence[int]],
    kept: Bool[np.ndarray, " cells_and_pictures"],
    timed: bool,
) -> Chain | tuple[Bool[np.ndarray, " cells_and_pictures"], bool]:
    """The chain; or the cells and pictures that must be kept, and whether the number of steps must
    be."""
    live = live_registers(code, layout.checked[machine.words :], machine.halt)
    limits = layout.checked, kept, machine.steps, machine.halt

    def run(states: States, resolved: Resolved):
        return advance(states, resolved, code, lookup_table(machine.words), live, *limits)

    (states, resolved), layers, total = _start(machine, layout, words), list[Layer](), 1
    waits, _, said = run(states, resolved)
    first, picture = said[0], waits
    if picture[0] < 0:
        return Chain((), first, ACCEPT if picture[0] == ENDED else REJECT)
    while len(picture):
        after, resolved, real = _split(states, picture, words)
        waits, lacks, said = run(after, resolved)
        lacking = np.isin(np.arange(len(kept)), lacks[waits == FORGOTTEN])
        late = ((waits == ENDED) & (after.most > machine.steps)).any()
        if lacking.any() or late:
            return lacking, timed or bool(late)
        number = np.where(waits == ENDED, ACCEPT, REJECT)
        open_ = waits >= 0
        states, then, number[open_] = _distinct(after.take(open_), waits[open_], timed)
        child = np.where(real, number.reshape(real.shape), REJECT)
        layers.append(Layer(picture, child, said.reshape(*real.shape, -1)))
        picture = then
        total += len(picture)
        if total > LARGEST:
            raise TooLarge(f"more than {LARGEST:,} states")
    return Chain(tuple(layers), first, ACCEPT)


def _start(
    machine: Machine, layout: Layout, words: Sequence[Sequence[int]]
) -> tuple[States, Resolved]:
    """The state before the first step. Pictures of fewer words than others repeat their first."""
    b, r, k = machine.words, machine.registers, len(layout.cells)
    most = max(map(len, words), default=1)
    owner = np.full((1, r + b), -1)
    value = np.zeros((1, r + b, most), np.uint8)
    value[0, r:] = layout.memory[:, None]
    for picture, cell in enumerate(layout.cells):
        own = words[picture]
        owner[0, r + cell] = picture
        value[0, r + cell] = [*own, *[own[0]] * (most - len(own))]
    none, zero = np.zeros((1, b), bool), np.zeros(1, np.int64)
    resolved = Resolved(zero - 1, none, np.zeros((1, b, most), np.uint8))
    read = np.zeros((1, k), np.int64)
    states = States(zero, owner, value, none.copy(), none.copy(), zero.copy(), zero.copy(), read)
    return states, resolved


def _split(
    states: States, picture: Int64[np.ndarray, " n"], words: Sequence[Sequence[int]]
) -> tuple[States, Resolved, Bool[np.ndarray, "n words"]]:
    """Each state with its picture read as each word, all of the first state first; what was read;
    and which of these words there are."""
    n, _, most = states.value.shape
    after = states.take(np.repeat(np.arange(n), most))
    which, of = np.tile(np.arange(most), n), np.repeat(picture, most)
    owned = after.owner == of[:, None]
    cells = np.s_[:, -after.touched.shape[1] :]
    held = owned[cells].copy()
    resolved = Resolved(of, held, after.value[cells].copy())
    np.copyto(
        after.value,
        np.take_along_axis(after.value, which[:, None, None], 2),
        where=owned[:, :, None],
    )
    after.owner[owned] = NOBODY
    after.touched[:] |= held
    sizes = np.array([len(own) for own in words])
    return after, resolved, np.arange(most) < sizes[picture][:, None]


def _distinct(
    states: States, waits: Int64[np.ndarray, " n"], timed: bool
) -> tuple[States, Int64[np.ndarray, " m"], Int64[np.ndarray, " n"]]:
    """The distinct states, in the order in which they come; what they wait for; and the number of
    each state's."""
    n = len(waits)
    numbers = np.column_stack([waits, states.line, states.fewest * timed]).astype(np.int32)
    owner = states.owner.astype(np.int16)
    values = states.value.reshape(n, owner.shape[1] * states.value.shape[2])
    rows = np.concatenate(
        [*(a.view(np.uint8) for a in (numbers, owner)), values, states.forgotten], 1
    )
    keys = rows.view(np.dtype((np.void, rows.shape[1]))).reshape(n)
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number, rows = np.argsort(order)[number], first[order]
    distinct = states.take(rows)
    np.minimum.at(distinct.fewest, number, states.fewest)
    np.maximum.at(distinct.most, number, states.most)
    return distinct, waits[rows], number
