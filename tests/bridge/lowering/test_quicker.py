"""Quicker programs of a term do what the term says."""

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from bridge import Machine, Program, run
from bridge.lowering.lower import lower
from bridge.lowering.quick.quicker import finish, longer, virtual_codes
from bridge.term import parse_term
from tests.strategies import core_blocks, memories

WIDE = Machine(words=8, registers=60, lines=250, steps=200)


@settings(max_examples=60, deadline=None)
@given(core_blocks(), memories(8))
def test_passes_keep_memory(term, memory):
    before = run(lower(term, WIDE), memory, WIDE)
    patient = replace(WIDE, steps=10 * WIDE.steps)
    for code in virtual_codes(term, WIDE):
        for some in (code, *longer(code, WIDE)):
            program = finish(some, WIDE)
            assert program is not None
            after = run(program, memory, patient)
            if before.halted:
                assert after.halted
                assert after.memory == before.memory
            elif after.halted:
                assert run(lower(term, WIDE), memory, patient).halted


def quicker_ones(text: str, rounds: int = 0) -> list[Program]:
    machine = Machine(words=12, registers=6, lines=16)
    codes = [*virtual_codes(parse_term(text), machine)]
    for _ in range(rounds):
        codes += [more for code in codes for more in longer(code, machine)]
    return [p for code in codes if (p := finish(code, machine)) is not None]


@pytest.mark.parametrize(
    ("term", "memory", "rounds", "steps"),
    [
        # a constant in a loop is made once
        ("(do (while (load p) (do (store p (add (load p) (load 1))) (assign p (inc p)))))",
         [1, 1, 1], 0, 25),
        # a linked list: two hops a round, without a move
        ("(do (while (load p) (do (assign p (load p)))) (store 0 p))", [1, 2, 3, 4], 1, 14),
        # a first round in which the pointer is known: two loads are one
        ("(do (assign k (load 0)) (while (load p) (do (store p (add (load p) k))"
         " (assign p (inc p)))))", [1, 2, 3], 1, 20),
        # a cell beside the one that was written to is still known
        ("(do (assign x (load p)) (store (inc p) x) (if-zero q (do) (do (store q 1)))"
         " (store 7 (load p)))", [3, 4], 0, 10),
        # what a jump told is not asked again
        ("(do (if-zero (load 0) (do (assign x (load 0))) (do (assign x 1)))"
         " (if-zero x (do (store 1 2)) (do (store 1 3))))", [0], 0, 7),
        # the test that ends a loop stands at the end of its rounds as well
        ("(do (while (load p) (do (store p (dec (load p))) (assign p (inc p)))))",
         [1, 2, 3], 2, 18),
        # what a round read last is what the next one would read first
        ("(do (while (load (inc p)) (do (assign q (max q (sub (load p) (load (inc p)))))"
         " (assign p (inc p)))) (store 0 q))", [4, 3, 1, 2], 1, 23),
    ],
)  # fmt: skip
def test_fewer_steps(term, memory, rounds, steps):
    machine = Machine(words=12, registers=6, lines=16)
    as_lowered = run(lower(parse_term(term), machine), memory, machine)
    runs = [run(p, memory, machine) for p in quicker_ones(term, rounds)]
    assert all(r.memory == as_lowered.memory for r in runs)
    assert min(r.steps for r in runs) == steps < as_lowered.steps


def test_a_cell_that_may_have_been_written_to_is_read_again():
    (program, *_) = quicker_ones(
        "(do (assign x (load p)) (store q 5) (store 1 (load p)) (store 2 x))"
    )
    machine = Machine(words=12, registers=6, lines=16)
    assert run(program, [3], machine).memory[:3] == (5, 5, 3)


def test_nothing_comes_of_holes():
    assert quicker_ones("(do (store 0 (hole)))") == []
