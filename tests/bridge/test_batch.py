"""The compiled interpreter is the reference interpreter, only fast."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bridge.batch import count_right, encode_examples, run_batch
from bridge.interpreter import run
from bridge.program import encode
from bridge.spec import Example, Expect, Machine
from bridge.verify import verify
from tests.cases import TABLE1
from tests.programs import machines, memories, programs


def bank(words: int, size: int):
    """Expected cells, some of them null."""
    return st.lists(st.none() | st.integers(0, words - 1), max_size=size).map(tuple)


@st.composite
def examples(draw: DrawFn, machine: Machine, program=None) -> Example:
    """An example; given a program, one that it mostly passes (unless it does not halt)."""
    memory = draw(memories(machine.words))
    if program is not None and draw(st.booleans()):
        after = run(program, memory, machine)
        cut = draw(st.integers(0, machine.words))
        return Example(
            memory=memory, expect=Expect(memory=after.memory[:cut], registers=after.registers)
        )
    return Example(
        memory=memory,
        expect=Expect(
            memory=draw(bank(machine.words, machine.words)),
            registers=draw(bank(machine.words, machine.registers)),
        ),
    )


@st.composite
def worlds(draw: DrawFn):
    """A machine, some programs, some examples."""
    machine = draw(machines())
    one = programs(registers=machine.registers, lines=machine.lines)
    some = draw(st.lists(one, min_size=1, max_size=4))
    tests = draw(st.lists(examples(machine, some[0]), min_size=1, max_size=4))
    return machine, some, tests


@given(worlds())
def test_run_batch_is_the_reference(world):
    machine, some, tests = world
    code = np.stack([encode(p, machine.lines) for p in some])
    memory, registers, steps, halted = run_batch(
        code, encode_examples(tests, machine).memory, machine
    )
    for p, program in enumerate(some):
        for e, example in enumerate(tests):
            want = run(program, example.memory, machine)
            assert tuple(memory[p, e]) == want.memory
            assert tuple(registers[p, e]) == want.registers
            assert steps[p, e] == want.steps
            assert halted[p, e] == want.halted


@given(worlds())
def test_count_right_is_verify(world):
    machine, some, tests = world
    code = np.stack([encode(p, machine.lines) for p in some])
    arrays = encode_examples(tests, machine)
    cells, passed = count_right(code, arrays, machine)
    early_cells, early_passed = count_right(code, arrays, machine, early=True)
    for p, program in enumerate(some):
        verdict = verify(program, tests, machine)
        assert (cells[p], passed[p]) == (verdict.cells, verdict.passed)
        assert arrays.cells == verdict.cells_total
        assert (early_passed[p] == len(tests)) == verdict.correct
        if verdict.correct:
            assert early_cells[p] == cells[p]
        else:
            assert early_cells[p] <= cells[p]
            assert early_passed[p] <= passed[p]


def test_early_stops_at_the_first_failure():
    task = TABLE1["inc"]
    wrong = (Example(memory=(1,), expect=Expect(memory=(7,))), *task.spec.examples)
    code = encode(task.program, 16)[None]
    arrays = encode_examples(wrong, task.spec.machine)
    assert [int(n[0]) for n in count_right(code, arrays, task.spec.machine)] == [8, 8]
    assert [int(n[0]) for n in count_right(code, arrays, task.spec.machine, early=True)] == [0, 0]


def test_no_programs():
    spec = TABLE1["inc"].spec
    code = np.empty((0, 16, 5), np.int16)
    cells, passed = count_right(code, encode_examples(spec.examples, spec.machine), spec.machine)
    assert len(cells) == len(passed) == 0


def test_examples_as_arrays():
    machine = Machine(words=4, registers=3)
    expect = Expect(memory=(None, 2), registers=(1, None, 0))
    arrays = encode_examples([Example(memory=(3, 1), expect=expect)], machine)
    assert arrays.memory.tolist() == [[3, 1, 0, 0]]
    assert arrays.expect_memory.tolist() == [[0, 2, 0, 0]]
    assert arrays.mask_memory.tolist() == [[False, True, False, False]]
    assert arrays.expect_registers.tolist() == [[1, 0, 0]]
    assert arrays.mask_registers.tolist() == [[True, False, True]]
    assert arrays.cells == 3
