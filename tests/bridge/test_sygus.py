"""SyGuS problems: read, understood, made into specs, or refused with what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import SpecError, load_spec, run, verify
from bridge.program import parse_program
from bridge.sygus import as_spec
from bridge.sygus.meaning import Calls, hold
from bridge.sygus.parse import Problem, parse_problem

MAX2 = """
; the greater of two
(set-logic LIA)
(synth-fun max2 ((x Int) (y Int)) Int)
(declare-var x Int)
(declare-var y Int)
(define-fun least ((a Int) (b Int)) Bool (<= a b))
(constraint (least x (max2 x y)))
(constraint (least y (max2 x y)))
(constraint (or (= x (max2 x y)) (= (max2 x y) y)))
(check-synth)
"""


def function(parameters: str, *constraints: str, result: str = "Int", name: str = "f") -> str:
    """A problem whose variables are its parameters."""
    listed = " ".join(f"({p} Int)" for p in parameters.split())
    declared = "".join(f"(declare-var {p} Int)" for p in parameters.split())
    asked = "".join(f"(constraint {c})" for c in constraints)
    return f"(synth-fun {name} ({listed}) {result}) {declared} {asked}"


def test_a_constraint_becomes_examples():
    spec = as_spec(MAX2)
    assert (len(spec["examples"]), len(spec["holdout"])) == (24, 48)
    every = spec["examples"] + spec["holdout"]
    assert all(e["output"] == max(e["inputs"]) for e in every)
    assert len({str(e["inputs"]) for e in every}) == 72
    assert any(0 in e["inputs"] for e in spec["examples"])
    assert as_spec(MAX2) == spec != as_spec(MAX2, seed=1)
    assert 6 <= sum(e["output"] == e["inputs"][0] for e in spec["examples"]) <= 18
    few = as_spec(MAX2, examples=3, held=0)
    assert (len(few["examples"]), few["holdout"]) == (3, [])


def test_a_file_is_a_spec(tmp_path):
    path = tmp_path / "max2.sl"
    path.write_text(MAX2)
    spec = load_spec(path)
    assert spec.name == "max2"
    assert spec.machine.instructions == "arithmetic"
    program = parse_program("read 1 1\ninc 2 2\nread 2 3\nmax 1 3 1\nzero 2\nwrite 2 1\nhalt")
    assert verify(program, spec.holdout, spec.machine).passed == 48
    assert run(program, spec.examples[0].words, spec.machine).halted


def test_examples_stay_examples_and_a_third_is_held_out():
    points = [(0, 1), (1, 3), (-2, -3), (5, 11), (5, 11)]
    text = function("x", *(f"(= (f {x}) {y})" for x, y in points)).replace(
        "(declare-var x Int)", ""
    )
    spec = as_spec(text.replace("-2", "(- 2)"))
    assert spec["signed"] is True
    assert spec["examples"] == [{"inputs": [x], "output": y} for x, y in points[:3]]
    assert spec["holdout"] == [{"inputs": [5], "output": 11}]


def test_inputs_come_in_ascending_order_too_and_near_the_numbers_that_are_named():
    text = function("a b c", "(= (f a b c) (ite (< a b c) 1 (ite (= a 77) 2 0)))")
    outputs = {e["output"] for e in as_spec(text)["examples"] + as_spec(text)["holdout"]}
    assert outputs == {0, 1, 2}


def test_booleans():
    text = function("x", "(= (f x) (> x 3))", result="Bool")
    spec = as_spec(text)
    assert all(e["output"] is (e["inputs"][0] > 3) for e in spec["examples"])
    assert (len(spec["examples"]), len(spec["holdout"])) == (11, 21)  # there are no more inputs


def test_of_booleans_all_inputs_are_examples_though_they_are_few():
    text = """(synth-fun f ((x Bool) (y Bool) (z Bool)) Bool)
    (declare-var x Bool) (declare-var y Bool) (declare-var z Bool)
    (constraint (= (f x y z) (xor x (and y z))))"""
    spec = as_spec(text)
    every = spec["examples"] + spec["holdout"]
    assert (len(spec["examples"]), len(every)) == (6, 8)
    assert all(e["output"] == (x ^ (y and z)) for e in every for x, y, z in [e["inputs"]])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(+ a b 1)", lambda a, b: a + b + 1),
        ("(- a)", lambda a, b: -a),
        ("(- a b 1)", lambda a, b: a - b - 1),
        ("(* a (- b))", lambda a, b: -a * b),
        ("(abs (- a b))", lambda a, b: abs(a - b)),
        ("(div a 3)", lambda a, b: a // 3),
        ("(mod (- a) 3)", lambda a, b: -a % 3),
        ("(+ (* 3 (div a (- 3))) (- (* -3 2)) (mod a (- 3)))",
         lambda a, b: 3 * -(a // 3) + 6 + a % 3),
        ("(ite (=> (< a b) (= b 3)) 1 2)", lambda a, b: 1 if a >= b or b == 3 else 2),
        ("(ite (and (distinct a b 4) (not (xor (> a 2) (> b 2)))) a b)",
         lambda a, b: a if a != b and 4 not in (a, b) and (a > 2) == (b > 2) else b),
        ("(let ((c (+ a 1)) (d b)) (ite (or (<= c d) (>= d 7) false) c d))",
         lambda a, b: a + 1 if a + 1 <= b or b >= 7 else b),
    ],
)  # fmt: skip
@given(a=st.integers(-40, 40), b=st.integers(-40, 40))
def test_expressions_mean_what_smt_lib_says(expression, expected, a, b):
    problem = parse_problem(function("a b", f"(= (f a b) {expression})"))
    outputs = np.arange(-2000, 2000)
    values = {"a": np.array([[a]]), "b": np.array([[b]])}
    calls = Calls(problem, 1, outputs)
    right = outputs[hold(problem, problem.constraints, values, calls)[0]]
    assert right.tolist() == [expected(a, b)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(synth-fun f ((x Int)) Int", "parenthesis"),
        (")", "parenthesis"),
        ('"open', "parenthesis"),
        ("(" * 5000, "parenthesis|deep"),
        ("x", "x: not supported"),
        ("()", r"\(\): not supported"),
        ("(synth-inv f ((x Int)))", "synth-inv"),
        ("(check-synth)", "0 functions"),
        (MAX2 + MAX2, "2 functions"),
        ("(synth-fun f ((x Int)) Int)", "no constraint"),
        ("(synth-fun f ((x (BitVec 8))) Int)", r"the sort \(BitVec 8\)"),
        ("(synth-fun f (x) Int)", "give .NAME SORT"),
        ("(synth-fun f ((x Real)) Real)", "Real"),
        (function("x", "(= (f x) 1.5)"), "integers and symbols"),
        (function("x", "(= (f x) #x0f)"), "there is no #x0f"),
        (function("x", "(= (f x) y)"), "there is no y"),
        (function("x", "(= (f x x) 1)"), "called with 2 arguments"),
        (function("x", "(= (f (f x)) x)"), "what it gives itself"),
        (function("x y", "(= (f x y) (f y x))"), "different arguments"),
        (function("x", "(> x 1)"), "no constraint calls f"),
        (function("x", "(f x)"), "is a boolean"),
        (function("x", "(and (f x) true)"), "takes booleans"),
        (function("x", "(= (f x) (- (> x 1)))"), "- takes numbers"),
        (function("x", "(= (f x) (+ x true))"), r"takes numbers"),
        (function("x", "(= (f x) (mod x))"), "takes 2 arguments, not 1"),
        (function("x", "(not (= (f x) x) true)"), "takes 1 argument, not 2"),
        (function("x", "(= (f x) (let (y) x))"), "give .NAME VALUE"),
        (function("x", "(= (f x) ((x) 1))"), "no expression"),
        (function("x", "(= (f x) 99999999999)"), "smaller number"),
        (function("x", "(>= (f x) x)"), "several outputs are right"),
        (function("x", "(= (f x) 1)", "(= (f x) 2)"), "no output is right"),
        (function("x", "(= (f x) (+ x 300))"), "no output is right"),
        (function("x", "(= (f x) (- x 100))"), "a number is not in 0"),
        ("(synth-fun f ((x Int)) Int) (constraint (> (f 1) 2))", "several outputs are right"),
    ],
)  # fmt: skip
def test_what_is_not_supported_is_refused(text, why):
    with pytest.raises(SpecError, match=why):
        as_spec(text)


PIECES = (
    "", "(", ")", "x", "max2", "1", "-1", "true", "()", "'x", '"', "|", "let", "; ", "(max2 x y)",
    "div", "ite", "not", "99999999999", "\\", "é",
)  # fmt: skip


@given(
    at=st.integers(0, len(MAX2)), length=st.integers(0, 12), piece=st.sampled_from(PIECES),
    again=st.integers(0, len(MAX2)),
)  # fmt: skip
def test_a_damaged_file_is_a_spec_or_refused(at, length, piece, again):
    text = MAX2[:at] + piece + MAX2[at + length :]
    for damaged in (text, text[:again] + piece + text[again:]):
        try:
            spec = as_spec(damaged, examples=4, held=2)
        except SpecError:
            continue
        assert spec["examples"]


def test_macros_that_grow_without_end_are_refused():
    doubled = "".join(
        f"(define-fun m{i} ((a Int)) Int (m{i - 1} (m{i - 1} a)))" for i in range(1, 30)
    )
    text = "(define-fun m0 ((a Int)) Int (+ a 1))" + doubled + function("x", "(= (f x) (m29 x))")
    with pytest.raises(SpecError, match="operations"):
        as_spec(text)
    with pytest.raises(SpecError, match=r"too many operations: write shorter"):
        as_spec(function("x", *["(>= (f x) x)"] * 3_000))
    squared = "(define-fun s ((a Int)) Int (* a a))" + function(
        "x", "(= (f x) (s (s (s (s (s (+ x 9)))))))"
    )
    with pytest.raises(SpecError, match="too large"):
        as_spec(squared)
    with pytest.raises(SpecError, match="deep"):
        as_spec("(define-fun r ((a Int)) Int (r a))" + function("x", "(= (f x) (r x))"))


def test_a_file_that_is_wrong_is_named(tmp_path):
    path = tmp_path / "wrong.sl"
    path.write_bytes(b"\xff(")
    with pytest.raises(SpecError, match=r"wrong\.sl: is not UTF-8"):
        load_spec(path)
    path.write_text("(" * 300_000)
    with pytest.raises(SpecError, match=r"wrong\.sl: larger than 256 KiB"):
        load_spec(path)
    path.write_text(function("x", "(= (g x) 1)"))
    with pytest.raises(SpecError, match=r"wrong\.sl: \(g x\): there is no g"):
        load_spec(path)


def test_a_problem_without_a_grammar_and_one_with_one_are_the_same():
    grammar = MAX2.replace("(y Int)) Int)", "(y Int)) Int ((S Int)) ((S Int (x y 0))))")
    assert grammar != MAX2
    one, other = parse_problem(MAX2), parse_problem(grammar)
    assert isinstance(one, Problem)
    assert one == other
