"""The instruction table: 13 rows, and what each does to words, spelled out once more by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.isa import INDEX, OPCODES, Slot, lookup_table, opcode, slot_mask

MEANING = {
    "zero": lambda a, b, n: 0,
    "inc": lambda a, b, n: (a + 1) % n,
    "dec": lambda a, b, n: (a - 1) % n,
    "move": lambda a, b, n: a,
    "add": lambda a, b, n: (a + b) % n,
    "sub": lambda a, b, n: (a - b) % n,
    "min": lambda a, b, n: min(a, b),
    "max": lambda a, b, n: max(a, b),
}
"""What is put out, in plain Python; other instructions have rows of zeros."""

SLOTS = {
    "halt": "", "noop": "", "zero": "OUT", "inc": "A OUT", "dec": "A OUT", "move": "A OUT",
    "add": "A B OUT", "sub": "A B OUT", "min": "A B OUT", "max": "A B OUT", "read": "A OUT",
    "write": "A B", "jump": "A LABEL",
}  # fmt: skip


def test_the_instructions_of_the_design():
    assert {row.name: " ".join(slot.name for slot in row.operands) for row in OPCODES} == SLOTS
    assert len(OPCODES) == 13
    assert [opcode(row.name) for row in OPCODES] == list(OPCODES)
    assert [INDEX[row.name] for row in OPCODES] == list(range(13))


def test_which_instructions_change_a_register():
    quiet = {row.name for row in OPCODES if not row.outputs}
    assert quiet == {"halt", "noop", "write", "jump"}


@pytest.mark.parametrize("words", [2, 3, 8, 12, 128])
@pytest.mark.parametrize("name", [row.name for row in OPCODES])
def test_lookup_table(name: str, words: int):
    table = lookup_table(words)[INDEX[name]]
    meaning = MEANING.get(name, lambda a, b, n: 0)
    want = [[meaning(a, b, words) for b in range(words)] for a in range(words)]
    assert np.array_equal(table, want)


def test_tables_cannot_be_written():
    for array in (lookup_table(4), slot_mask()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_slot_mask():
    for row, used in zip(OPCODES, slot_mask(), strict=True):
        assert [slot for slot in Slot if used[slot]] == sorted(row.operands)
