"""The instruction table: its rows, and what each does to words, spelled out once more by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.isa import (
    INDEX,
    OPCODES,
    SETS,
    Slot,
    count_opcodes,
    count_tabled,
    lookup_table,
    opcode,
    slot_mask,
    twin,
)

MEANING = {
    "zero": lambda a, b, n: 0,
    "inc": lambda a, b, n: (a + 1) % n,
    "dec": lambda a, b, n: (a - 1) % n,
    "move": lambda a, b, n: a,
    "add": lambda a, b, n: (a + b) % n,
    "sub": lambda a, b, n: (a - b) % n,
    "min": lambda a, b, n: min(a, b),
    "max": lambda a, b, n: max(a, b),
    "mul": lambda a, b, n: a * b % n,
    "div": lambda a, b, n: a // b if b else 0,
    "mod": lambda a, b, n: a % b if b else a,
    "eq": lambda a, b, n: int(a == b),
    "less": lambda a, b, n: int(a < b),
    "and": lambda a, b, n: a & b,
    "or": lambda a, b, n: (a | b) % n,
    "xor": lambda a, b, n: (a ^ b) % n,
    "shift": lambda a, b, n: a >> b,
}
"""What is put out, in plain Python; other instructions have rows of zeros."""

SLOTS = {
    "halt": "", "noop": "", "zero": "OUT", "inc": "A OUT", "dec": "A OUT", "move": "A OUT",
    "add": "A B OUT", "sub": "A B OUT", "min": "A B OUT", "max": "A B OUT", "read": "A OUT",
    "write": "A B", "jump": "A LABEL", "mul": "A B OUT", "div": "A B OUT", "mod": "A B OUT",
    "eq": "A B OUT", "less": "A B OUT", "and": "A B OUT", "or": "A B OUT", "xor": "A B OUT",
    "shift": "A B OUT",
}  # fmt: skip


def test_the_instructions_of_the_design():
    assert {row.name: " ".join(slot.name for slot in row.operands) for row in OPCODES} == SLOTS
    assert [count_opcodes(each) for each in SETS] == [13, 18, 22]
    assert [count_tabled(count_opcodes(each)) for each in SETS] == [0, 5, 9]
    assert [opcode(row.name) for row in OPCODES] == list(OPCODES)
    assert [INDEX[row.name] for row in OPCODES] == list(range(22))


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


def test_each_set_begins_with_the_one_before():
    sets = [SETS.index(row.first_set) for row in OPCODES]
    assert sets == sorted(sets)


def test_what_does_the_same_where_both_operands_are_one():
    twins = {row.name: twin(i) for i, row in enumerate(OPCODES) if twin(i) is not None}
    assert {name: OPCODES[i].name for name, i in twins.items()} == {
        "sub": "zero", "min": "move", "max": "move", "mod": "zero", "less": "zero",
        "and": "move", "or": "move", "xor": "zero", "shift": "zero",
    }  # fmt: skip
    assert [row.name for row in OPCODES if row.commutes] == [
        "add", "min", "max", "mul", "eq", "and", "or", "xor",
    ]  # fmt: skip


def test_tables_cannot_be_written():
    for array in (lookup_table(4), slot_mask()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_slot_mask():
    for row, used in zip(OPCODES, slot_mask(), strict=True):
        assert [slot for slot in Slot if used[slot]] == sorted(row.operands)
