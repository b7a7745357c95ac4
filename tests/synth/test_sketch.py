"""Sketches: engines fill the holes, and keep what is none."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given

import synth
from bridge import SpecError, parse_program
from bridge.loading import convert_spec
from bridge.program import Program
from bridge.term import Term, parse_term
from synth.enumeration.completions import completions
from synth.language import expand
from synth.language.semantics import evaluate
from synth.sketch import Sketch, load_sketch
from tests.programs import programs

ROWS = [[3, 1, 4], [1], [5, 5], [2, 3, 1, 1], [7], [1, 2, 3], [6, 2], [4, 4, 1]]


def spec(sketch: str, **machine):
    """The sum of a list, behind it."""
    return convert_spec(
        {
            "machine": {"words": 12} | machine,
            "examples": [
                {"memory": row, "expect": {"memory": [*row, sum(row) % 12]}} for row in ROWS[:5]
            ],
            "holdout": [
                {"memory": row, "expect": {"memory": [*row, sum(row) % 12]}} for row in ROWS[5:]
            ],
            "sketch": sketch,
        }
    )


def test_enumeration_fills_the_holes_of_a_term():
    sketch = "(do (walk i (do (assign s (hole)))) (store (hole) s))"
    solution = synth.solve(spec(sketch), engine="enumeration", seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    term = solution.term
    assert term.args[0].args[0] == "i"
    assert term.args[0].args[1].args[0].args[0] == "s"
    assert str(term) == "(do (walk i (do (assign s (add s (load i))))) (store i s))"


ASSEMBLY = """
loop:
  read 1 2
  jump 2 out
  ? 3 2 3
  inc 1 1
  jump 4 loop
out: write ? 3
"""


@pytest.mark.parametrize(
    ("engine", "found_by"), [("tuning", "tuning"), ("edits", "edits"), ("ladder", "edits")]
)
def test_the_holes_of_assembly_are_filled(engine, found_by):
    text = ASSEMBLY.replace("? 3 2 3", "?")
    solution = synth.solve(spec(text), engine=engine, seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    assert solution.found_by == found_by
    assert Sketch(parse_program(text)).completed_by(solution.program)


def test_fillings_come_by_cost_and_once():
    found = list(itertools.islice(completions(parse_term("(do (store 0 (hole)))"), 8, 64), 200))
    assert len(set(found)) == 200
    plain = (t for t in found if not {2, 3} & set(t.subterms()))  # large constants cost more
    sizes = [term.size for term in plain]
    assert sizes == sorted(sizes)


@given(programs(registers=4, lines=6))
def test_a_program_completes_itself_with_any_holes(program: Program):
    assert Sketch(program).completed_by(program)
    assert Sketch(program).completed_by(parse_program(f"{program}\nhalt"))
    blank = parse_program("?\n" * len(program))
    assert Sketch(blank).completed_by(program)
    assert not Sketch(program).completed_by(parse_program(f"{program}\nnoop"))


def test_another_program_does_not_complete_it():
    sketch = Sketch(parse_program("read ? 2\njump 2 out\n?\nout: write 1 2"))
    assert sketch.completed_by(parse_program("read 4 2\njump 2 out\nadd 1 2 2\nout: write 1 2"))
    for other in (
        "read 4 3\njump 2 out\nadd 1 2 2\nout: write 1 2",
        "inc 4 2\njump 2 out\nadd 1 2 2\nout: write 1 2",
        "read 4 2\njump 2 out\nout: add 1 2 2\nwrite 1 2",
        "read 4 2\njump 2 out\nadd 1 2 2\nout:",
    ):
        assert not sketch.completed_by(parse_program(other))


@pytest.mark.parametrize(
    ("sketch", "message"),
    [
        ("(do (noop))", "has no hole"),
        ("inc 1 1", "has no hole"),
        ("(do (store (hole)))", "store"),
        ("(do (fly (hole)))", "fly"),
        ("inc ? 9", "register 9"),
    ],
)
def test_bad_sketches_are_explained(sketch, message):
    with pytest.raises(SpecError, match=rf"\$\.sketch.*{message}"):
        load_sketch(spec(sketch))


def nested(times: int, construct: str) -> str:
    term = "(load 1)"
    for _ in range(times):
        term = construct.format(term)
    return f"(do (store 0 {term}) (hole-stmt))"


def tree(depth: int) -> str:
    return f"(add {tree(depth - 1)} {tree(depth - 1)})" if depth else "(load 1)"


@pytest.mark.parametrize(
    ("sketch", "message"),
    [
        (nested(18, "(apply2 (monus) {} 1)"), "more than 2,000 instructions"),
        (nested(150, "(apply2 (monus) {} 1)"), "more than 2,000 instructions"),
        (nested(150, "(apply (is-zero) {})"), "takes 304 lines, the machine has 16"),
        (f"(do (store 0 {tree(10)}) (hole-stmt))", "more than 2,000 instructions"),
        ("(do " + "(noop) " * 7_000 + "(hole-stmt))", "more than 2,000 instructions"),
        ("(do " + "(noop) " * 16_000 + "(hole-stmt))", "at most 65536 characters"),
        ("?\n" * 16_000, "has 16,000 instructions, the machine has 16 lines"),
    ],
)
def test_what_is_far_too_long_is_refused_at_once(sketch, message):
    began = time.process_time()
    with pytest.raises(SpecError, match=message) as error:
        load_sketch(spec(sketch, registers=16))
    assert time.process_time() - began < 20  # it would be minutes
    assert str(error.value).startswith("$.sketch: ")
    assert len(str(error.value)) < 500


def test_arguments_that_a_definition_takes_twice_are_worked_out_once():
    term = parse_term(nested(150, "(apply2 (monus) {} 1)").replace(" (hole-stmt)", ""))
    assert evaluate(term, [0, 7], 8).memory[0] == 0
    assert evaluate(parse_term("(do (store 0 (apply2 (monus) 7 3)))"), [], 8).memory[0] == 4
    shared = expand(term)
    assert isinstance(shared, Term)
