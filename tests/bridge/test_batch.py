"""The compiled interpreter is the reference interpreter, only fast."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bridge.batch import (
    count_wrong,
    run_batch,
    run_from,
    run_programs,
    run_test,
    which_fail,
    which_pass,
)
from bridge.interpreter import run
from bridge.kernel import kernel
from bridge.program import encode, first_words, parse_program
from bridge.spec import Example, Expect, Machine
from bridge.tests import encode_examples
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
    machine = draw(machines(known="bits", preload=None))
    preloads, registers = machine.words * machine.preload, machine.registers
    one = programs(registers=registers, lines=machine.lines, known="bits", words=preloads)
    some = draw(st.lists(one, min_size=1, max_size=4))
    tests = draw(st.lists(examples(machine, some[0]), min_size=1, max_size=4))
    return machine, some, tests


@given(worlds())
def test_run_batch_is_the_reference(world):
    machine, some, tests = world
    memory, registers, steps, halted = run_programs(
        some, encode_examples(tests, machine).memory, machine
    )
    for p, program in enumerate(some):
        for e, example in enumerate(tests):
            want = run(program, example.memory, machine)
            assert tuple(memory[p, e]) == want.memory
            assert tuple(registers[p, e]) == want.registers
            assert steps[p, e] == want.steps
            assert halted[p, e] == want.halted


@given(worlds())
def test_what_is_wrong_is_what_verify_says(world):
    machine, some, tests = world
    arrays = encode_examples(tests, machine)
    for program in some:
        steps, wrong = np.empty(len(tests), np.int64), np.empty(len(tests), np.int64)
        memory, registers = np.empty(machine.words, np.uint8), np.empty(machine.registers, np.uint8)
        code, first = encode(program, machine.lines), first_words(program, machine.registers)
        judge_all(arrays, code, first, memory, registers, steps, wrong)
        for e, example in enumerate(tests):
            verdict = verify(program, [example], machine)
            assert arrays.cells[e] == verdict.cells_total
            assert (steps[e] if steps[e] >= 0 else -1 - steps[e]) == verdict.steps[0]
            if machine.halt and steps[e] < 0:
                assert not verdict.correct
            else:
                assert arrays.cells[e] - wrong[e] == verdict.cells
                assert (wrong[e] == 0) == verdict.correct


@kernel
def judge_all(tests, code, first, memory, registers, steps, wrong):
    for e in range(steps.shape[0]):
        steps[e] = run_test(tests, e, code, first, memory, registers)
        wrong[e] = count_wrong(tests, e, memory, registers)


def test_no_programs():
    spec = TABLE1["inc"].spec
    tests = encode_examples(spec.examples, spec.machine)
    code = np.empty((0, 16, 5), np.int16)
    assert [len(array) for array in run_batch(code, tests.memory, spec.machine)] == [0] * 4


def test_examples_as_arrays():
    machine = Machine(words=4, registers=3)
    expect = Expect(memory=(None, 2), registers=(1, None, 0))
    arrays = encode_examples([Example(memory=(3, 1), expect=expect)], machine)
    assert arrays.memory.tolist() == [[3, 1, 0, 0]]
    assert arrays.expect_memory.tolist() == [[0, 2, 0, 0]]
    assert arrays.mask_memory.tolist() == [[False, True, False, False]]
    assert arrays.expect_registers.tolist() == [[1, 0, 0]]
    assert arrays.mask_registers.tolist() == [[True, False, True]]
    assert arrays.cells.tolist() == [3]
    assert arrays.total == 3
    assert arrays.steps.tolist() == [machine.steps]
    assert arrays.within(7).steps.tolist() == [7]


def test_examples_in_another_order():
    spec = TABLE1["inc"].spec
    tests = encode_examples(spec.examples, spec.machine)
    back = encode_examples(spec.examples[::-1], spec.machine)
    for one, other in zip(tests.in_order(np.arange(len(spec.examples))[::-1]), back, strict=True):
        np.testing.assert_array_equal(one, other)


@given(st.data())
def test_a_run_goes_on_from_any_state(data):
    """Of two halves of a program without jumps, the second goes on from where the first ended."""
    machine = data.draw(machines(halt=True))
    program = data.draw(programs(registers=machine.registers, lines=machine.lines))
    if any(i.opcode in ("jump", "halt") for i in program.instructions):
        return
    memory = data.draw(memories(machine.words))
    cut = data.draw(st.integers(0, len(program)))
    state = np.zeros((1, machine.words), np.uint8)
    state[0, : len(memory)] = memory
    registers = np.zeros((1, machine.registers), np.uint8)
    code = encode(program, len(program))
    for half in (code[:cut], code[cut:]):
        assert run_from(half, state, registers, len(program)).tolist() == [1]
    whole = msgspec.structs.replace(machine, steps=len(program) + 1)
    after = run(program, memory, whole)
    assert (tuple(state[0]), tuple(registers[0])) == (after.memory, after.registers)


def test_how_a_run_ends_is_told():
    code = encode(parse_program("loop: jump 1 loop\nhalt"), 2)
    state, registers = np.zeros((2, 4), np.uint8), np.array([[0], [1]], np.uint8)
    assert run_from(code, state, registers, 9).tolist() == [-1, 0]


def test_which_programs_pass():
    spec, right = TABLE1["map_inc"].spec, TABLE1["map_inc"].program
    pair = [right, parse_program("halt")]
    passed, steps = which_pass(pair, encode_examples(spec.examples, spec.machine), spec.machine)
    assert passed.tolist() == [True, False]
    assert steps.tolist() == [sum(verify(p, spec.examples, spec.machine).steps) for p in pair]


def test_which_tests_a_program_fails():
    spec = TABLE1["map_inc"].spec
    for program in (TABLE1["map_inc"].program, TABLE1["map_dec"].program, parse_program("halt")):
        tests = encode_examples(spec.examples, spec.machine)
        wrong = which_fail(program, tests, spec.machine)
        each = [verify(program, (example,), spec.machine) for example in spec.examples]
        assert wrong.tolist() == [not verdict.correct for verdict in each]
