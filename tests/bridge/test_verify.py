"""Verdicts: counted by executing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.program import parse_program
from bridge.spec import Example, Expect, Machine
from bridge.verify import contradictions, covered, verify

MACHINE = Machine(words=8, registers=2, lines=4, steps=8)


def example(memory=(), after=(), registers=()) -> Example:
    return Example(memory=memory, expect=Expect(memory=after, registers=registers))


INC = parse_program("read 1 2\ninc 2 2\nwrite 1 2\nhalt")
ENDLESS = parse_program("inc 2 2\nwrite 1 2\nx: jump 1 x")


def test_counts():
    verdict = verify(
        INC, [example((3,), (4,)), example((3, 1), (4, 7)), example((0,), (2,))], MACHINE
    )
    assert (verdict.passed, verdict.total) == (1, 3)
    assert (verdict.cells, verdict.cells_total) == (2, 4)
    assert verdict.steps == (4, 4, 4)
    assert verdict.mean_steps == 4
    assert not verdict.correct


def test_null_cells_and_cells_not_given_are_ignored():
    verdict = verify(INC, [example((3,), (None, 0)), example((3,), (4,))], MACHINE)
    assert verdict.correct
    assert verdict.cells == verdict.cells_total == 2


def test_registers_are_checked_too():
    assert verify(INC, [example((3,), (), (0, 4))], MACHINE).correct
    assert not verify(INC, [example((3,), (4,), (1, 4))], MACHINE).correct


def test_a_run_that_had_to_halt_and_did_not_has_no_right_cell():
    examples = [example((3,), (1,))]
    verdict = verify(ENDLESS, examples, MACHINE)
    assert (verdict.passed, verdict.cells, verdict.cells_total) == (0, 0, 1)
    assert verdict.steps == (8,)


def test_where_it_need_not_halt_the_last_state_counts():
    machine = Machine(words=8, registers=2, lines=4, steps=8, halt=False)
    assert verify(ENDLESS, [example((3,), (1,))], machine).correct
    assert not verify(ENDLESS, [example((3,), (2,))], machine).correct


def test_nothing_expected_of_a_run_that_must_halt():
    assert verify(INC, [example((3,))], MACHINE).correct
    assert not verify(ENDLESS, [example((3,))], MACHINE).correct


def test_no_examples():
    verdict = verify(INC, [], MACHINE)
    assert verdict.correct
    assert verdict.total == 0
    assert verdict.mean_steps == 0


def test_contradictions_are_pairs_that_no_program_passes():
    some = [
        example((1, 0), (2,)),
        example((1,), (None, 5)),
        example((1, 0, 0), (3,)),  # against the first
        example((2,), (3,)),
        example((1,), (2,), (7,)),  # against the third
        example((1,), (2,), (6,)),  # against the third, too
    ]
    assert contradictions(some) == [(0, 2), (2, 4), (2, 5)]
    assert contradictions(some[:2]) == []


SAID = st.builds(
    example,
    st.lists(st.integers(0, 1), max_size=2).map(tuple),
    st.lists(st.none() | st.integers(0, 1), max_size=3).map(tuple),
)


@given(st.lists(SAID, max_size=8), st.lists(SAID, max_size=4))
def test_contradictions_and_what_is_covered_are_those_of_all_pairs(some, others):
    def said(e):
        return e.memory + (0,) * (2 - len(e.memory)), {(b, i): word for b, i, word in e.cells()}

    def differ(one, other):
        (given, want), (same, after) = said(one), said(other)
        return given == same and any(want.get(k, word) != word for k, word in after.items())

    pairs = [[(i, j) for i in range(j) if differ(some[i], some[j])][:1] for j in range(len(some))]
    assert contradictions(some) == [pair for first in pairs for pair in first]
    assert covered(others, some) == {
        i
        for i, (given, want) in enumerate(map(said, others))
        if any(given == same and want.items() <= after.items() for same, after in map(said, some))
    }


def test_examples_that_say_the_same_are_compared_once():
    class Word(int):
        compared = 0

        def __ne__(self, other):
            Word.compared += 1
            return int(self) != int(other)

        __eq__, __hash__ = int.__eq__, int.__hash__

    some = [example((1,), (Word(2),)), example((1,), (None, Word(3)))] * 200
    assert contradictions(some) == []
    assert Word.compared < 1_000
