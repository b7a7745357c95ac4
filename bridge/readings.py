# pyright: basic
"""What programs make of pictures: every reading of them executed.

A *reading* gives each picture of an example one of the words that it may mean. Examples of one
*layout* have their pictures, their other words and what is checked in the same cells, so one table
tells of all of them: which reading leads to which answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Int16, Int32, Int64, UInt8, UInt64

from bridge.batch import step_machine
from bridge.isa import lookup_table
from bridge.kernel import inner, kernel
from bridge.spec import Machine

__all__ = ["Group", "Outcomes", "encode_outcomes", "find_answer", "group_examples", "tabulate"]

NO_ANSWER: Final = -1
"""The number of an outcome that no example expects."""


@dataclass(frozen=True)
class Group:
    """Examples that hold as many pictures, of the same sets in the same order of cells.

    An output is a memory cell or, numbered on, a register.
    """

    sets: tuple[int, ...]
    """The image set of each of the k pictures of an example."""
    words: tuple[tuple[int, ...], ...]
    """What each of them may mean: the words of its set."""
    memory: UInt8[np.ndarray, "layouts b"]
    """0 where a picture is."""
    cells: Int64[np.ndarray, "layouts k"]
    """The pictures' addresses."""
    checked: Bool[np.ndarray, "layouts outputs"]
    answers: UInt8[np.ndarray, "answers outputs"]
    """The distinct answers of each layout; 0 in outputs that are not checked."""
    answer_layout: Int64[np.ndarray, " answers"]
    example: Int64[np.ndarray, " n"]
    """Which of all examples these are."""
    picture: Int64[np.ndarray, "n k"]
    """Which of its set each picture is."""
    layout: Int64[np.ndarray, " n"]
    answer: Int64[np.ndarray, " n"]
    """The number of each example's answer."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many words each picture may mean."""
        return tuple(map(len, self.words))

    @property
    def readings(self) -> int:
        """How many readings an example has."""
        return prod(self.sizes)

    def read(self, layout: int, readings: Int[np.ndarray, "m k"]) -> UInt8[np.ndarray, "m b"]:
        """Memory of that layout, each picture read as its word of that number."""
        memory = np.repeat(self.memory[layout][None], len(readings), 0)
        for i, words in enumerate(self.words):
            memory[:, self.cells[layout, i]] = np.array(words, np.uint8)[readings[:, i]]
        return memory

    def all_readings(self) -> Int64[np.ndarray, "readings k"]:
        """Every reading, the last picture's word running fastest."""
        return np.indices(self.sizes).reshape(len(self.sizes), self.readings).T

    def subset(self, chosen: Bool[np.ndarray, " n"]) -> Group:
        """Some of its examples; layouts and answers keep their numbers."""
        own = (self.example, self.picture, self.layout, self.answer)
        return Group(*tuple(vars(self).values())[:7], *(array[chosen] for array in own))


def group_examples(
    memory: Int[np.ndarray, "n b"],
    which: Int[np.ndarray, "n b"],
    index: Int[np.ndarray, "n b"],
    expect: Int[np.ndarray, "n outputs"],
    checked: Bool[np.ndarray, "n outputs"],
    words: Sequence[tuple[int, ...]],
) -> tuple[Group, ...]:
    """The examples by their pictures: those with the fewest readings first.

    `which` is the image set of a cell, −1 for one that is known; `index` the picture's place in it;
    `words` what pictures of each set may mean.
    """
    memory = np.where(which < 0, memory, 0)
    expect = np.where(checked, expect, 0)
    kinds: dict[tuple[int, ...], list[int]] = {}
    for kind, members in _alike(which):
        sets = tuple(int(s) for s in kind if s >= 0)
        kinds.setdefault(sets, []).extend(members.tolist())
    groups = []
    for sets, members in kinds.items():
        n = np.array(sorted(members))
        cells = np.nonzero(which[n] >= 0)[1].reshape(len(n), len(sets))
        first, layout = _number(np.concatenate([cells, memory[n], checked[n]], 1))
        some, answer = _number(np.concatenate([layout[:, None], expect[n]], 1))
        group = Group(
            sets, tuple(words[s] for s in sets),
            memory[n[first]].astype(np.uint8), cells[first], checked[n[first]],
            expect[n[some]].astype(np.uint8), layout[some],
            n, np.take_along_axis(index[n], cells, 1).astype(np.int64), layout, answer,
        )  # fmt: skip
        groups.append(group)
    return tuple(sorted(groups, key=lambda group: (group.readings, group.sets)))


def _alike(rows: Int[np.ndarray, "n m"]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The distinct rows, each with the places where it stands."""
    first, number = _number(rows)
    for i, row in enumerate(first):
        yield rows[row], np.flatnonzero(number == i)


def _number(
    rows: Int[np.ndarray, "n m"],
) -> tuple[Int64[np.ndarray, " distinct"], Int64[np.ndarray, " n"]]:
    """Where each distinct row stands first; and the number of each row's."""
    _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return first, number.reshape(-1)


class Outcomes(NamedTuple):
    """Layouts and their answers, for kernels. An outcome's key is a sum of random numbers, one for
    each word in a checked output (Zobrist hashing), and one for the layout."""

    owner: UInt64[np.ndarray, " layouts"]
    checked: Int64[np.ndarray, "layouts most"]
    """The outputs that count; −1 behind the last."""
    zobrist: UInt64[np.ndarray, "outputs words"]
    keys: UInt64[np.ndarray, " slots"]
    """Of the answers, with open addressing; 0 is free."""
    numbers: Int32[np.ndarray, " slots"]
    words: int
    """b: outputs from b on are registers."""


def encode_outcomes(groups: Sequence[Group], machine: Machine) -> Outcomes:
    """The layouts of all groups, one behind the other, and so their answers."""
    rng = np.random.default_rng(0)  # part of the definition: the same answers everywhere
    outputs = machine.words + machine.registers
    zobrist = rng.integers(1, 2**64, (outputs, machine.words), np.uint64, endpoint=False)
    layouts = sum(len(group.memory) for group in groups)
    owner = rng.integers(1, 2**64, layouts, np.uint64, endpoint=False)
    rows = [row for group in groups for row in group.checked]
    checked = np.full((layouts, max(1, *(row.sum() for row in rows))), -1, np.int64)
    for i, row in enumerate(rows):
        checked[i, : row.sum()] = np.flatnonzero(row)
    total = sum(len(group.answers) for group in groups)
    slots = 1 << int(2 * total + 1).bit_length()
    keys, numbers = np.zeros(slots, np.uint64), np.full(slots, NO_ANSWER, np.int32)
    first = number = 0
    for group in groups:
        for layout, answer in zip(group.answer_layout, group.answers, strict=True):
            outputs = np.flatnonzero(group.checked[layout])
            parts = [owner[first + layout], *zobrist[outputs, answer[outputs]]]
            key = np.array(parts).sum(dtype=np.uint64)  # of an array: it may wrap around
            slot = int(key) & (slots - 1)
            while keys[slot]:
                slot = (slot + 1) & (slots - 1)
            keys[slot], numbers[slot] = key, number
            number += 1
        first += len(group.memory)
    return Outcomes(owner, checked, zobrist, keys, numbers, machine.words)


@inner
def outcome_key(outcomes, layout, memory, registers):
    """The key of a final state."""
    key = outcomes.owner[layout]
    for i in range(outcomes.checked.shape[1]):
        output = outcomes.checked[layout, i]
        if output < 0:
            break
        words = outcomes.words
        word = memory[output] if output < words else registers[output - words]
        key += outcomes.zobrist[output, word]
    return key


@inner
def find_answer(outcomes, key):
    """The number of the answer of that key; −1 if no example expects it."""
    mask = np.uint64(outcomes.keys.shape[0] - 1)
    slot = key & mask
    while outcomes.keys[slot] != 0:
        if outcomes.keys[slot] == key:
            return outcomes.numbers[slot]
        slot = (slot + np.uint64(1)) & mask
    return np.int32(NO_ANSWER)


@kernel
def _tabulate(code, start, layout, outcomes, table, steps, must_halt, memory, registers, out):
    for p in range(code.shape[0]):
        for e in range(start.shape[0]):
            for i in range(start.shape[1]):
                memory[i] = start[e, i]
            for i in range(registers.shape[0]):
                registers[i] = 0
            taken = step_machine(code[p], memory, registers, table, steps)
            if taken < 0 and must_halt:
                out[p, e] = NO_ANSWER
            else:
                out[p, e] = find_answer(outcomes, outcome_key(outcomes, layout, memory, registers))


def tabulate(
    code: Int16[np.ndarray, "programs lines 5"], group: Group, machine: Machine
) -> Int32[np.ndarray, "programs layouts readings"]:
    """The number of the answer that each reading leads to; −1 where no example expects its
    outcome, or the program does not halt though it must."""
    outcomes, table = encode_outcomes([group], machine), lookup_table(machine.words)
    readings, code = group.all_readings(), np.ascontiguousarray(code)
    out = np.empty((len(group.memory), len(code), len(readings)), np.int32)
    memory = np.empty(machine.words, np.uint8)
    registers = np.empty(machine.registers, np.uint8)
    for layout, answers in enumerate(out):
        start = group.read(layout, readings)
        _tabulate(
            code, start, layout, outcomes, table, machine.steps, machine.halt, memory, registers,
            answers,
        )  # fmt: skip
    return np.ascontiguousarray(out.transpose(1, 0, 2))
