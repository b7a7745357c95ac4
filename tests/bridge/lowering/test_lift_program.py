"""Programs, with their loops and branches, as terms of the same meaning."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridge import Machine, parse_program, run
from bridge.errors import LoweringError
from bridge.isa import SETS
from bridge.lowering.lift import Style, lift_program
from bridge.lowering.lives import register_name
from bridge.lowering.lower import lower
from bridge.term import Term, parse_term
from synth.language import FULL, check_term, expand
from synth.language.semantics import evaluate
from tests.programs import programs
from tests.strategies import memories, terms

FUEL = 300
STEPS = 2_000


def machine(words: int) -> Machine:
    """One that has all instructions."""
    return Machine(words=words, registers=24, lines=4096, steps=STEPS, instructions=SETS[-1])


def agree(program, term, words, memory):
    """Whether the term ends with the memory that the program ends with; if either ends at all."""
    ran = run(program, memory, machine(words))
    outcome = evaluate(term, memory, words, fuel=STEPS, language=FULL)
    if ran.halted or outcome.halted:
        return ran.halted == outcome.halted and ran.memory == outcome.memory
    return True


def lowered(term, words):
    """Its program. The example is given up if it takes more than 24 registers."""
    try:
        return lower(expand(term, FULL), machine(words))
    except LoweringError:
        assume(False)


@given(st.data(), st.sampled_from(Style))
def test_every_construct_is_read_back(data, style):
    """Those of larger sets of instructions, and of lists, too."""
    words = data.draw(st.sampled_from([2, 3, 5, 8]))
    term = data.draw(terms("Block", words=words, language=FULL))
    program = lowered(term, words)
    lifted = lift_program(program, words, style=style)
    assert lifted is not None
    check_term(lifted, language=FULL)
    for memory in data.draw(st.lists(memories(words), min_size=3, max_size=3)):
        outcome = evaluate(term, memory, words, fuel=FUEL, language=FULL)
        if outcome.halted:
            again = evaluate(lifted, memory, words, fuel=STEPS, language=FULL)
            assert again.memory == outcome.memory
        assert agree(program, lifted, words, memory)


SETTLED = 4
"""So many times, at most, a term is lowered and lifted until it comes back as it is."""


@settings(max_examples=60)
@given(st.data(), st.sampled_from(Style))
def test_what_is_lifted_is_lifted_again_as_it_is(data, style):
    """lift(lower(t)) is t, up to the names of variables, for all t that lifting gives in the end.
    Not for every t: derived constructs are unfolded (their meaning is the property above), and each
    lowering may share a constant or a load, which is a variable from then on."""
    words = data.draw(st.sampled_from([2, 3, 5, 8]))
    term = data.draw(terms("Block", words=words, language=FULL))
    before = None
    for _ in range(SETTLED):
        term = lift_program(lowered(term, words), words, style=style)
        assert term is not None
        if renamed(term) == before:
            return
        before = renamed(term)
    pytest.fail(f"it goes on to change: {term}")


def renamed(term):
    """The term with variables by number, in the order in which they come."""
    names = {}

    def with_numbers(part):
        if isinstance(part, Term):
            return Term(part.op, tuple(map(with_numbers, part.args)))
        return names.setdefault(part, f"v{len(names)}") if isinstance(part, str) else part

    return with_numbers(term)


@given(st.data(), st.sampled_from(Style))
def test_any_program_is_lifted_right_or_not_at_all(data, style):
    words = data.draw(st.sampled_from([2, 3, 5, 8]))
    program = data.draw(programs(registers=4, lines=12))
    term = lift_program(program, words, style=style)
    assume(term is not None)
    for memory in data.draw(st.lists(memories(words), min_size=3, max_size=3)):
        assert agree(program, term, words, memory)


@given(st.data())
def test_registers_that_count_are_kept(data):
    words = data.draw(st.sampled_from([2, 3, 5, 8]))
    program = data.draw(programs(registers=3, lines=8))
    outputs = [n for n in range(1, program.registers + 1) if data.draw(st.booleans())]
    term = lift_program(program, words, outputs)
    assume(term is not None and {register_name(n) for n in outputs} <= set(term.subterms()))
    again = lower(term, machine(words), {register_name(n): n for n in outputs})
    for memory in data.draw(st.lists(memories(words), min_size=2, max_size=2)):
        before, after = (run(p, memory, machine(words)) for p in (program, again))
        if before.halted and after.halted:
            assert before.memory == after.memory
            for n in outputs:
                assert before.registers[n - 1] == after.registers[n - 1]
        else:
            assert before.halted == after.halted


LOOPS = {
    # a test at the top, whose load is used in the body
    "loop: read 1 2\n jump 2 end\n inc 2 2\n write 1 2\n inc 1 1\n jump 3 loop\nend: halt":
        "(do (while (load r1) (do (store r1 (inc (load r1))) (assign r1 (inc r1)))))",
    # a value that outlives the cell that it was read from
    "loop: read 1 2\n jump 2 end\n write 1 3\n add 3 2 3\n inc 1 1\n jump 4 loop\nend:":
        "(do (while (load r1) (do (assign r2 (load r1)) (store r1 r3) (assign r3 (add r3 r2))"
        " (assign r1 (inc r1)))))",
    # a test at the end
    "loop: write 1 2\n inc 2 2\n inc 1 1\n jump 1 end\n jump 3 loop\nend:":
        "(do (do-while (do (store r1 r2) (assign r2 (inc r2)) (assign r1 (inc r1))) r1))",
    # the paper's loop, which nothing ends
    "loop: read 1 2\n inc 2 2\n write 1 2\n inc 1 1\n jump 3 loop":
        "(do (forever (do (store r1 (inc (load r1))) (assign r1 (inc r1)))))",
    # a second way out, to the end
    "loop: read 1 2\n jump 2 end\n dec 2 2\n jump 2 end\n inc 1 1\n jump 3 loop\nend: halt":
        "(do (while (load r1) (do (if-zero (dec (load r1)) (do (halt)) (do))"
        " (assign r1 (inc r1)))))",
    # two ways out, to code that both share
    "loop: read 1 2\n jump 2 end\n dec 2 2\n jump 2 end\n inc 1 1\n jump 3 loop\n"
    "end: write 1 1\n inc 1 1\n write 1 1\n inc 1 1\n write 1 1":
        "(do (assign exit1 0) (do-until (do (if-zero (load r1) (do (assign exit1 1))"
        " (do (if-zero (dec (load r1)) (do (assign exit1 1)) (do (assign r1 (inc r1)))))))"
        " exit1) (store r1 r1) (assign r1.2 (inc r1)) (store r1.2 r1.2)"
        " (assign r1.3 (inc r1.2)) (store r1.3 r1.3))",
    # branches that meet again
    "read 1 2\n jump 2 zero\n inc 1 1\n jump 3 both\nzero: dec 1 1\nboth: write 1 1":
        "(do (if-zero (load 0) (do (assign r1 7)) (do (assign r1 1)))"
        " (store r1 r1))",
    # a swap; jumps that are always taken
    "inc 1 1\n read 1 2\n read 3 4\n write 3 2\n write 1 4\n jump 5 end\n noop\nend: halt":
        "(do (swap 0 1))",
}  # fmt: skip


@pytest.mark.parametrize("text", LOOPS)
def test_loops_and_branches_are_told_apart(text):
    assert lift_program(parse_program(text), 8) == parse_term(LOOPS[text])


@pytest.mark.parametrize(
    ("style", "term"),
    [
        (Style.QUICK, "(do (assign r2 (inc (load 0))) (store r2 r2))"),
        (Style.TERSE, "(do (store (inc (load 0)) (inc (load 0))))"),
    ],
)
def test_a_value_is_computed_once_unless_it_may_be_computed_anew(style, term):
    program = parse_program("read 1 2\ninc 2 2\nwrite 2 2")
    assert lift_program(program, 8, style=style) == parse_term(term)


def test_a_loop_may_be_open():
    loop = "loop: read 1 2\njump 2 end\nadd 3 2 3\ninc 1 1\njump 4 loop\nend: write 1 3"
    term = (
        "(do (forever (do (if-zero (load r1) (do (store r1 r3) (halt)) (do)) "
        "(assign r3 (add r3 (load r1))) (assign r1 (inc r1)))))"
    )
    assert lift_program(parse_program(loop), 8, style=Style.OPEN) == parse_term(term)


@pytest.mark.parametrize(
    ("style", "before"),
    [
        (Style.TERSE, "(store 1 1) (assign r1 2)"),
        (Style.PLAIN, "(assign r1 (inc r1)) (store r1 r1) (assign r1 (inc r1))"),
    ],
)
def test_what_a_loop_goes_on_with_may_stay_a_variable(style, before):
    loop = "loop: write 1 1\ninc 1 1\njump 1 end\njump 2 loop\nend:"
    program = parse_program(f"inc 1 1\nwrite 1 1\ninc 1 1\n{loop}")
    term = f"(do {before} (do-while (do (store r1 r1) (assign r1 (inc r1))) r1))"
    assert lift_program(program, 8, style=style) == parse_term(term)


def test_nothing_moves_into_a_loop_but_what_costs_nothing_there():
    text = "read 1 2\ninc 2 2\nmove 2 5\nloop: write 1 5\ninc 1 1\njump 1 end\njump 3 loop\nend:"
    term = "(do (assign r2 (inc (load 0))) (do-while (do (store r1 r2) (assign r1 (inc r1))) r1))"
    assert lift_program(parse_program(text), 8) == parse_term(term)


@pytest.mark.parametrize(
    "text",
    [
        "inc 1 1\n?\nhalt",  # a hole
        # a loop with two entries
        "read 1 2\njump 2 middle\nloop: inc 1 1\nmiddle: write 1 1\nread 1 2\njump 2 loop",
    ],
)
def test_what_cannot_be_lifted_gives_none(text):
    assert lift_program(parse_program(text), 8) is None
