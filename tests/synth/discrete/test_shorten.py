"""Edits that shorten: what is found is right and quicker, and what is there is found."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.program import parse_program
from bridge.spec import Example, Expect, Machine
from bridge.tests import encode_examples
from bridge.verify import verify
from synth.discrete.shorten import deletions, shorten, total_steps
from tests.programs import machines, memories, programs

MACHINE = Machine(words=8, registers=3, lines=10)


def examples_of(program, starts, machine) -> tuple[Example, ...]:
    """Starting memories, with what the program makes of them."""
    from bridge.interpreter import run

    return tuple(
        Example(memory=m, expect=Expect(memory=run(program, m, machine).memory)) for m in starts
    )


def test_deletions_keep_where_jumps_lead():
    program = parse_program("jump 1 on\ninc 1 1\non: inc 2 2\nwrite 1 2")
    assert [str(p) for p in deletions(program)] == [
        "  inc 1 1\n  inc 2 2\n  write 1 2",
        "  jump 1 skip\nskip:\n  inc 2 2\n  write 1 2",
        "  jump 1 skip\n  inc 1 1\nskip:\n  write 1 2",
        "  jump 1 skip\n  inc 1 1\nskip:\n  inc 2 2",
    ]


def test_constants_are_made_in_fewer_steps():
    """4 is 2 + 2, not 1 + 1 + 1 + 1."""
    slow = parse_program("inc 1 1\ninc 1 1\ninc 1 1\ninc 1 1\nwrite 2 1")
    examples = examples_of(slow, [(5,), (1, 2)], MACHINE)
    tests = encode_examples(examples, MACHINE)
    found = [p for some in shorten(slow, tests, MACHINE) for p in some.found]
    quick = min(found, key=lambda p: total_steps(p, tests, MACHINE))
    assert verify(quick, examples, MACHINE).correct
    assert total_steps(quick, tests, MACHINE) == 2 * 5


def test_where_nothing_is_shorter():
    best = parse_program("inc 1 1\nwrite 2 1")
    tests = encode_examples(examples_of(best, [(5,), (2,)], MACHINE), MACHINE)
    told = list(shorten(best, tests, MACHINE))
    assert not any(some.found for some in told)
    assert sum(some.executed for some in told) > 10


@settings(max_examples=20)
@given(st.data())
def test_what_is_found_is_right_and_quicker(data):
    machine = data.draw(machines(halt=True))
    program = data.draw(programs(registers=machine.registers, lines=min(machine.lines, 6)))
    starts = data.draw(st.lists(memories(machine.words), min_size=1, max_size=3))
    examples = examples_of(program, starts, machine)
    if not verify(program, examples, machine).correct:
        return  # it does not halt
    tests = encode_examples(examples, machine)
    before = total_steps(program, tests, machine)
    assert before == sum(verify(program, examples, machine).steps)
    told = list(shorten(program, tests, machine, lines=1, budget=50_000))
    assert sum(some.executed for some in told) <= 50_000
    for quicker in (p for some in told for p in some.found):
        verdict = verify(quicker, examples, machine)
        assert verdict.correct
        assert (sum(verdict.steps), len(quicker)) < (before, len(program))
