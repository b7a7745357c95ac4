"""Examples as arrays, with all that says how programs are held to them: what kernels take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from bridge.isa import lookup_table
from bridge.spec import Example, Machine

__all__ = ["Tests", "encode_examples"]


class Tests(NamedTuple):
    """Examples as arrays. An expected word is checked where its mask is set."""

    __test__ = False  # not a test class for pytest

    memory: UInt8[np.ndarray, "examples b"]
    expect_memory: UInt8[np.ndarray, "examples b"]
    mask_memory: Bool[np.ndarray, "examples b"]
    expect_registers: UInt8[np.ndarray, "examples registers"]
    mask_registers: Bool[np.ndarray, "examples registers"]
    cells: Int64[np.ndarray, " examples"]
    """How many words are checked."""
    steps: Int64[np.ndarray, " examples"]
    """Where a run is cut off."""
    table: UInt8[np.ndarray, "opcodes b b"]
    """What instructions do to words: see `bridge.isa.lookup_table`."""
    must_halt: bool

    @property
    def total(self) -> int:
        """The number of words that are checked in all examples."""
        return int(self.cells.sum())

    def in_order(self, order: Int64[np.ndarray, " examples"]) -> Tests:
        """The same examples in that order."""
        table, must_halt = self[-2:]
        return Tests._make([*(array[order] for array in self[:-2]), table, must_halt])

    def within(self, steps: int) -> Tests:
        """The same examples, runs being cut off after so many steps."""
        return self._replace(steps=np.full_like(self.steps, steps))


def encode_examples(examples: Sequence[Example], machine: Machine) -> Tests:
    """The examples as arrays, for programs of that machine."""
    n = len(examples)
    sizes = {"memory": machine.words, "registers": machine.registers}
    words = {bank: np.zeros((n, size), np.uint8) for bank, size in sizes.items()}
    masks = {bank: np.zeros((n, size), bool) for bank, size in sizes.items()}
    memory = np.zeros((n, machine.words), np.uint8)
    for i, example in enumerate(examples):
        memory[i, : len(example.memory)] = example.words
        for bank, index, word in example.cells():
            words[bank][i, index] = word
            masks[bank][i, index] = True
    return Tests(
        memory=memory,
        expect_memory=words["memory"],
        mask_memory=masks["memory"],
        expect_registers=words["registers"],
        mask_registers=masks["registers"],
        cells=np.sum([mask.sum(1) for mask in masks.values()], axis=0).astype(np.int64),
        steps=np.full(n, machine.steps, np.int64),
        table=lookup_table(machine.words),
        must_halt=machine.halt,
    )
