"""Programs are read as the combinators that they are, however they were written."""

from __future__ import annotations

import pytest

from bridge import Machine, parse_program, run
from bridge.lowering.lower import lower
from bridge.term import parse_term
from synth.egraph.decompile import decompile
from synth.language import LANGUAGE, expand
from synth.language.semantics import evaluate

MACHINE = Machine(words=12, registers=16, lines=64, steps=2_000)


@pytest.mark.parametrize(
    ("term", "read"),
    [
        ("(do (map p (succ)))", "(do (map r1 (succ)))"),
        ("(do (fold p a (plus)) (store p a))", "(do (fold r1 r3 (plus)) (store r1 r3))"),
        (
            "(do (assign q 5) (filter p q (bind (minus) 3)))",
            "(do (assign r1 5) (filter r2 r1 (bind (minus) 3)))",
        ),
        (  # rounds before the loop, of a body of two statements
            "(do (if-zero (load p) (do) (do (assign a (max a (load p))) (store p a)"
            " (assign p (inc p)) (while (load p) (do (assign a (max a (load p))) (store p a)"
            " (assign p (inc p)))))))",
            "(do (scan r1 r3 (greatest)))",
        ),
        (  # the first round, in numbers
            "(do (assign p 1) (if-zero (load 1) (do) (do (store 1 (inc (load 1))) (assign p 2)"
            " (map p (succ)))))",
            "(do (assign r1 (inc r1)) (map r1 (succ)))",
        ),
        (  # tested at the end
            "(do (find p (id)) (do-while (do (swap p q) (assign p (inc p)) (assign q (dec q)))"
            " (sub q (min p q))))",
            None,
        ),
    ],
)
def test_loops_become_combinators_again(term, read):
    program = lower(expand(parse_term(term)), MACHINE)
    found = decompile(program, 12)
    assert found is not None
    assert read is None or found == parse_term(read)
    assert LANGUAGE.cost(found, 12) <= LANGUAGE.cost(parse_term(term), 12)
    for memory in ([3, 1, 4, 1], [0, 5], [9, 9, 9, 0, 7, 2]):
        ran, outcome = run(program, memory, MACHINE), evaluate(found, memory, 12)
        assert ran.halted == outcome.halted
        assert not ran.halted or ran.memory == outcome.memory


def test_registers_that_count_keep_their_last_values():
    program = parse_program("read 1 2\ninc 2 2\nwrite 1 2\ninc 2 3")
    found = decompile(program, 12, outputs=[3])
    assert found is not None
    again = lower(expand(found), MACHINE, {"r3": 3})
    assert run(again, [5], MACHINE).registers[2] == run(program, [5], MACHINE).registers[2] == 7


def test_what_cannot_be_lifted_is_not_read():
    assert decompile(parse_program("inc 1 1\n?"), 12) is None


def test_more_statements_than_are_saturated_are_read_as_lifted():
    long = parse_program("read 1 2\n" + "write 2 1\ninc 2 2\n" * 120)
    found = decompile(long, 250)
    assert found is not None
    assert len(found.args) > 200
