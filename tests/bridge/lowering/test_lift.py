"""Lifted terms mean what the program does, wherever the facts hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import Machine, Program, parse_program, run
from bridge.lowering.lift import NOTHING, Facts, common_facts, lift
from bridge.spec import Example, Expect
from bridge.term import parse_term
from synth.language.semantics import evaluate
from tests.programs import instructions

STRAIGHT = ("zero", "inc", "dec", "move", "add", "sub", "min", "max", "read", "write", "noop")
ACCESS = parse_program("read 1 2\ninc 2 2\nread 2 2\nwrite 1 2")


@pytest.mark.parametrize(
    ("facts", "fold", "term"),
    [
        (NOTHING, True, "(do (store 0 (load (inc (load 0)))))"),
        (Facts({0: 3}), True, "(do (store 0 (load 4)))"),
        (Facts({0: 3}), False, "(do (store 0 (load (inc 3))))"),
        (Facts({7: 3}), True, "(do (store 0 (load (inc (load 0)))))"),
    ],
)
def test_access(facts, fold, term):
    assert lift(ACCESS, 10, facts, fold=fold) == parse_term(term)


def test_what_examples_have_in_common():
    expect = Expect(memory=(0,))
    examples = [Example(memory=m, expect=expect) for m in ((3, 1, 5, 1), (3, 2, 4, 2))]
    assert common_facts(examples, 6) == Facts({0: 3, 4: 0, 5: 0}, {3: 1})


@given(st.data())
def test_it_means_what_the_program_does(data):
    words = data.draw(st.integers(2, 8))
    code = data.draw(
        st.lists(
            instructions(registers=4, length=0).filter(lambda i: i.opcode in STRAIGHT),
            max_size=12,
        )
    )
    program = Program(tuple(code))
    # Memories with something in common: columns that are constant, or equal to another.
    columns = [
        data.draw(st.one_of(st.just((c, c)), st.just((c, (c + 1) % words)), st.just((0, 0))))
        for c in data.draw(st.lists(st.integers(0, words - 1), min_size=words, max_size=words))
    ]
    memories = [tuple(column[i] for column in columns) for i in (0, 1)]
    facts = common_facts([Example(memory=m, expect=Expect()) for m in memories], words)
    machine = Machine(words=words, registers=4)
    for known in (NOTHING, facts):
        for fold in (True, False):
            term = lift(program, words, known, fold=fold)
            for memory in memories:
                expected = run(program, memory, machine).memory
                assert tuple(evaluate(term, memory, words).memory) == expected
