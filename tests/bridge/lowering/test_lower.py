"""Lowering: the program means what the term means, and it is as short as promised."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.batch import step_machine
from bridge.errors import LoweringError
from bridge.interpreter import run
from bridge.isa import lookup_table
from bridge.lowering.emit import COUNTED
from bridge.lowering.fragment import lower_fragment
from bridge.lowering.lower import lower
from bridge.lowering.made import ways_to
from bridge.program import Instruction, parse_program
from bridge.spec import Machine
from bridge.term import Term, parse_term
from synth.language import FULL, expand
from synth.language.semantics import evaluate
from tests.strategies import NAMES, memories, terms

FUEL = 300
ROOMY = {"registers": 16, "lines": 4096, "steps": 65_536}


def lowered(text: str, words: int = 12, **machine: int):
    term = expand(parse_term(text))
    assert isinstance(term, Term)
    return lower(term, _machine(words, **machine))


def _machine(words: int, **options: int) -> Machine:
    # As `msgspec` does not check what it constructs, tests may have more lines than users.
    return Machine(words=words, instructions="bits", **(ROOMY | options))


@st.composite
def programs_and_memories(draw):
    words = draw(st.sampled_from([2, 3, 5, 8]))
    return words, draw(terms("Block", words=words, language=FULL)), draw(memories(words))


@given(programs_and_memories())
def test_the_program_means_what_the_term_means(case):
    words, term, memory = case
    outcome = evaluate(term, memory, words, fuel=FUEL, language=FULL)
    try:
        program = lower(expand(term, FULL), _machine(words))
    except LoweringError:
        assume(False)  # it takes more than 16 registers, which is rare
    ran = run(program, memory, _machine(words))
    if outcome.halted:
        assert ran.halted
        assert ran.memory == outcome.memory


@given(programs_and_memories(), st.data())
def test_a_fragment_means_what_the_term_means_from_any_state(case, data):
    words, term, memory = case
    values = data.draw(st.lists(st.integers(0, words - 1), min_size=5, max_size=5))
    start = dict(zip(NAMES, values, strict=True))
    outcome = evaluate(term, memory, words, fuel=FUEL, variables=start, language=FULL)
    rows = lower_fragment(expand(term, FULL), NAMES, words)
    cells = np.array(memory, np.uint8)
    registers = np.zeros(max(int(rows[:, :4].max(initial=0)), len(NAMES)) + 2, np.uint8)
    registers[: len(NAMES)] = values
    registers[len(NAMES) + 1 :] = 1  # scratch registers hold anything
    taken = step_machine(rows, cells, registers, lookup_table(words), 65_536)
    if outcome.halted:
        assert taken >= 0
        assert tuple(cells.tolist()) == outcome.memory
        if not outcome.stopped:
            ended = dict(zip(NAMES, registers.tolist(), strict=False))
            assert {k: v for k, v in ended.items() if v} == dict(outcome.variables)


@pytest.mark.parametrize(
    ("term", "most"),
    [
        ("(do (store 0 (load (add (load 1) 2))))", 16),  # straight-line pointer code
        ("(do (map p (succ)))", 6),
        ("(do (fold p a (plus)) (store p a))", 6),
        ("(do (scan p a (greatest)))", 7),
        ("(do (assign q 5) (zip p q (plus)))", 16),
        ("(do (filter p q (bind (minus) 3)) (store q 0))", 16),
        ("(do (find p (bind (minus) 3)) (store 0 p))", 16),
        ("(do (assign n (load 0)) (fill p n 2))", 16),
        ("(do (find q (id)) (assign q (dec q)) (reverse p q))", 16),
        ("(do (assign q 7) (map-to p q (id)))", 16),
        ("(do (filter-down p q (bind (monus) (load 0))))", 16),
        ("(do (assign p (load 0)) (follow p) (store 0 p))", 16),
        ("(do (walk p (do (assign q p) (walk q (do (store q (max (load q) (load p))))))))", 16),
        ("(do (assign n 3) (times n (do (assign p 0) (map p (succ)))))", 16),
        ("(do (recur p (plus)))", 16),
    ],
)
def test_what_the_language_must_express_fits_the_machine(term, most):
    program = lowered(term, registers=6)
    assert len(program) <= most


def test_registers_are_shared():
    text = "(do (assign a (load 0)) (store 1 a) (assign b (load 2)) (store 3 b))"
    assert lowered(text, registers=3).registers <= 3


def test_noops_and_holes_stay():
    program = lowered("(do (noop) (store 1 (hole)) (hole-stmt) (noop))")
    names = [i.opcode for i in program.instructions]
    assert names.count("noop") == 2
    assert names.count(None) == 2
    assert program.has_hole


def test_values_before_a_blank_statement_are_kept():
    program = lowered("(do (assign x 3) (hole-stmt) (store 0 x))", registers=4)
    assert [i.opcode for i in program.instructions].count("inc") == 3


def test_the_map_is_the_papers_loop_with_a_test():
    assert lowered("(do (map p (succ)))") == parse_program(
        "loop:\n read 1 2\n jump 2 end\n inc 2 2\n write 1 2\n inc 1 1\n jump 3 loop\nend:"
    )


@pytest.mark.parametrize("words", [2, 3, 7, 12, 104])
def test_constants_are_doubled_where_lines_are_few_or_they_are_far_from_0(words):
    for word, ways in enumerate(ways_to(words)):
        made = 0
        for way in ways:
            made = (made + {"inc": 1, "dec": -1, "add": made}[way]) % words
        assert made == word
        term = Term("do", (Term("store", (0, word)),))
        few = _machine(words, lines=len(ways) + 2)
        program = lower(term, few)
        assert run(program, (), few).memory[0] == word
        roomy = _machine(words, lines=words + 2)
        plain = lower(term, roomy)
        assert run(plain, (), roomy).memory[0] == word
        steps = min(word, words - word)
        counted = steps <= COUNTED or len(ways) == steps
        assert ("add" in {i.opcode for i in plain.instructions}) != counted
        assert len(plain) <= 2 + (steps if counted else len(ways))


def test_constants_are_counted_from_the_nearer_side():
    program = lowered("(do (store 0 11))", words=12)
    assert program.instructions[0] == Instruction("dec", (1, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "(do (assign x (load 1)) (assign y (load x)) (assign z (load y)) (assign u (load z))"
            " (store x (add y (add z u))) (store y z))",
            "more than 3 registers",
        ),
        ("(do (store 0 9) (store 3 15) (store (load 1) 6))", "lines, the machine has 16"),
    ],
)
def test_what_does_not_fit_is_an_error(text, message):
    term = parse_term(text)
    with pytest.raises(LoweringError, match=message):
        lower(term, Machine(words=20, registers=3, lines=16))


def test_a_derived_construct_must_be_expanded_first():
    with pytest.raises(LoweringError, match="expand the term first"):
        lower(parse_term("(do (map p (succ)))"), Machine(words=8))
    with pytest.raises(LoweringError, match="expand the term first"):
        lower(parse_term("(do (store 0 (apply (succ) 1)))"), Machine(words=8))


def test_a_fragment_with_an_unknown_variable_is_an_error():
    with pytest.raises(LoweringError, match="z: no such variable"):
        lower_fragment(parse_term("(do (assign z 1))"), ["p"], 8)


def test_what_ends_the_program_stands_behind_the_rest_once():
    leave = "(if-zero (load p) (do (store p q) (halt)) (do))"
    round_ = f"{leave} (assign q (add q (load p))) (assign p (inc p))"
    program = lowered(f"(do (forever (do {round_} {round_})))")
    text = """
        loop: read 1 2
        jump 2 skip
        add 3 2 3
        inc 1 1
        read 1 2
        jump 2 skip
        add 3 2 3
        inc 1 1
        jump 4 loop
        skip: write 1 3
    """
    assert program == parse_program(text)


def test_to_halt_is_to_go_to_the_end():
    program = lowered("(do (if-zero (load p) (do (halt)) (do)) (store 0 1))")
    assert program.instructions[1].target == len(program)
    assert all(i.opcode != "halt" for i in program.instructions)


def test_branches_that_end_with_holes_stay_where_they_are():
    ending = "(do (hole-stmt) (halt))"
    program = lowered(f"(do (if-zero p {ending} (do)) (if-zero q {ending} (do)) (store 0 1))")
    assert sum(i.opcode is None for i in program.instructions) == 2
