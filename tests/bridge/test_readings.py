"""Tables of readings are what the reference interpreter makes of each reading."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given

from bridge.interpreter import run
from bridge.program import encode
from bridge.readings import NO_ANSWER, tabulate
from tests.pictures import worlds


@given(worlds())
def test_a_table_is_every_reading_executed(world):
    machine, some, groups, _ = world
    code = np.stack([encode(p, machine.lines) for p in some])
    for group in groups:
        table = tabulate(code, group, machine)
        readings = list(product(*group.words))
        assert table.shape == (len(some), len(group.memory), len(readings))
        for p, program in enumerate(some):
            for layout, checked in enumerate(group.checked):
                for r, reading in enumerate(readings):
                    memory = group.memory[layout].copy()
                    memory[group.cells[layout]] = reading
                    end = run(program, memory.tolist(), machine)
                    outputs = np.where(checked, [*end.memory, *end.registers], 0)
                    same = (group.answers == outputs).all(1) & (group.answer_layout == layout)
                    found = np.flatnonzero(same)
                    right = found[0] if len(found) and (end.halted or not machine.halt) else None
                    assert table[p, layout, r] == (NO_ANSWER if right is None else right)


@given(worlds())
def test_groups_hold_every_example_once(world):
    _, _, groups, (memory, which, index, expect, checked) = world
    assert sorted(np.concatenate([g.example for g in groups])) == list(range(len(memory)))
    assert [g.readings for g in groups] == sorted(g.readings for g in groups)
    for group in groups:
        for i, n in enumerate(group.example):
            layout, cells = group.layout[i], np.flatnonzero(which[n] >= 0)
            assert group.cells[layout].tolist() == cells.tolist()
            assert group.sets == tuple(which[n][cells])
            assert group.picture[i].tolist() == index[n][cells].tolist()
            assert (group.memory[layout] == np.where(which[n] < 0, memory[n], 0)).all()
            assert (group.checked[layout] == checked[n]).all()
            answer = group.answers[group.answer[i]]
            assert (answer == np.where(checked[n], expect[n], 0)).all()
            assert group.answer_layout[group.answer[i]] == layout
