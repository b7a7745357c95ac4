"""Constants that stand in registers from the start: lowered to, and lifted from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bridge import LoweringError, Machine, parse_program, run
from bridge.lowering.lift import lift, lift_program
from bridge.lowering.lower import lower
from bridge.lowering.preloads import without_preload
from bridge.lowering.straighten import straighten
from bridge.term import parse_term
from tests.programs import programs
from tests.strategies import core_blocks, memories

PLAIN = Machine(words=8, registers=16, lines=64, steps=500)
MACHINE = replace(PLAIN, preload=True)


@given(core_blocks(), memories(8))
def test_the_lowered_program_does_the_same_in_no_more_steps(block, memory):
    try:
        slow = lower(block, PLAIN)
    except LoweringError:
        return
    quick = lower(block, MACHINE)
    one, other = run(slow, memory, PLAIN), run(quick, memory, MACHINE)
    if one.halted:
        assert other.halted
        assert other.memory == one.memory
        assert other.steps <= one.steps


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("(do (store 0 (load 4)))", "r1 = 4\nread 1 1\nwrite 2 1"),
        (
            "(do (store 2 (add (load 1) 5)))",
            "r1 = 1\nr2 = 5\nr3 = 2\nread 1 1\nadd 1 2 1\nwrite 3 1",
        ),
        (
            "(do (assign n 5) (do-until (do (store n n) (assign n (dec n))) n))",
            "r1 = 5\nloop:\nwrite 1 1\ndec 1 1\njump 1 loop",
        ),
    ],
)  # fmt: skip
def test_constants_are_preloaded(term: str, text: str):
    machine = replace(MACHINE, registers=3)
    assert lower(parse_term(term), machine) == parse_program(text).bare()


def test_where_registers_are_few_the_cheapest_constants_are_made():
    """And they are made from what is preloaded."""
    term = parse_term("(do (store 1 3) (store 4 2))")
    program = lower(term, replace(MACHINE, registers=3))
    assert {word for _, word in program.preload} < {1, 2, 3, 4}
    outcome = run(program, (), MACHINE)
    assert outcome.memory == (0, 3, 0, 0, 2, 0, 0, 0)
    assert outcome.steps == 2 + 2 + 1


@given(programs(registers=4, lines=8, words=8), memories(8))
def test_without_preload_is_the_same(program, memory):
    machine, plain = replace(MACHINE, steps=64), replace(PLAIN, lines=64, steps=200)
    longer = without_preload(program, 8)
    assert longer.preload == ()
    one, other = run(program, memory, machine), run(longer, memory, plain)
    if one.halted:
        assert (other.memory, other.halted) == (one.memory, True)


@given(programs(registers=4, lines=8, words=8), memories(8))
def test_what_is_lifted_does_the_same(program, memory):
    machine = replace(MACHINE, steps=64)
    term = lift_program(program, 8)
    before = run(program, memory, machine)
    if term is None or not before.halted:
        return
    after = run(lower(term, MACHINE), memory, MACHINE)
    assert (after.memory, after.halted) == (before.memory, True)


@given(programs(registers=4, lines=8, words=8), st.lists(memories(8), min_size=1, max_size=2))
def test_straight_lines_keep_their_constants(program, starts):
    machine = replace(MACHINE, steps=64)
    straight = straighten(program, starts, machine)
    if straight is None:
        return
    assert straight.preload == program.preload
    term = lift(straight, 8)
    for memory in starts:
        assert (
            run(lower(term, MACHINE), memory, MACHINE).memory
            == run(program, memory, machine).memory
        )


@pytest.mark.parametrize(
    "text",
    [
        "(do (store 0 (load 4)))",
        "(do (swap 2 4))",
        "(do (assign r1 5) (while r1 (do (store r1 r1) (assign r1 (dec r1)))))",
        "(do (assign r1 5) (while (load r1) (do (store r1 3) (assign r1 (sub r1 2)))))",
        "(do (if-zero (load 3) (do (store 5 6)) (do (store 6 5))))",
    ],
)
def test_lowered_lifted_lowered(text: str):
    """What is lowered again is as quick, and preloads as much."""
    program = lower(parse_term(text), MACHINE)
    assert program.preload
    term = lift_program(program, 8)
    assert term is not None
    again = lower(term, MACHINE)
    assert [i.opcode for i in again.instructions] == [i.opcode for i in program.instructions]
    assert sorted(w for _, w in again.preload) == sorted(w for _, w in program.preload)
