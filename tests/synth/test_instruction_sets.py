"""Sets of instructions: a search uses all that the spec's machine has, and nothing else."""

from __future__ import annotations

import json

import pytest

import synth
from bridge import AssemblyError, Machine, SpecError, parse_program, run
from bridge.isa import SETS
from bridge.loading import convert_spec, spec_schema
from bridge.term import parse_term
from bridge.tests import encode_examples
from synth.discrete.chains import random_programs
from synth.discrete.edits import edits, instructions_at
from synth.egraph.decompile import decompile
from synth.language import FULL, LANGUAGE, construct, extended_for, language_for
from synth.language.sorts import Word
from synth.problem import resolve
from synth.rules.explain import explain

PRODUCTS = [{"memory": [a, b], "expect": {"memory": [a * b % 16]}}
            for a, b in ((3, 5), (2, 7), (6, 4), (15, 15), (0, 9))]  # fmt: skip
PARITIES = [{"memory": [a], "expect": {"memory": [a % 2]}} for a in (3, 6, 9, 12, 15)]
SKETCH = "read 1 2\ninc 1 3\nread 3 3\n?\nwrite 1 2\nhalt"


def spec(instructions="arithmetic", examples=PRODUCTS, registers=3, **more):
    machine = {"words": 16, "registers": registers, "lines": 2 * registers, "steps": 16}
    machine["instructions"] = instructions
    return convert_spec({"machine": machine, "examples": examples, **more})


@pytest.mark.parametrize("engine", ["enumeration", "edits", "mcmc", "tuning", "sat"])
def test_each_engine_has_the_instructions_of_the_machine(engine):
    if engine == "sat":
        pytest.importorskip("pysat.solvers")
    small = {"examples": PARITIES, "registers": 5}
    given = small if engine == "enumeration" else {"sketch": SKETCH}
    solution = synth.solve(spec(**given), engine=engine, seconds=1_000)
    assert solution.examples.correct
    assert {"mul", "mod"} & {i.opcode for i in solution.program.instructions}


@pytest.mark.parametrize("engine", ["edits", "exhaustive", "random"])
def test_without_them_there_is_none(engine):
    given = {} if engine == "exhaustive" else {"sketch": SKETCH}
    solution = synth.solve(spec("paper", **given), engine=engine, programs=20_000, seconds=1_000)
    assert not solution.examples.correct


@pytest.mark.parametrize("instructions", SETS)
def test_programs_are_made_of_that_set(instructions):
    machine = Machine(words=8, registers=2, lines=3, steps=8, instructions=instructions)
    examples = spec(examples=[{"memory": [1], "expect": {"memory": [7, 7, 7, 7]}}]).examples
    tests = encode_examples(examples, machine)
    for sampled in random_programs(tests, machine, seed=0, budget=3_000):
        sampled.best.check(machine)
    *_, edited = edits(parse_program("?\n?"), tests, machine, lines=0)
    edited.best.check(machine)
    rows = instructions_at(0, 3, (0, 1), machine.opcodes)
    assert rows[:, 0].max() == machine.opcodes - 1


def test_what_is_outside_of_the_set_is_refused():
    fix = r"set machine.instructions \(now 'paper'\) to 'arithmetic'"
    with pytest.raises(SpecError, match=rf"\$.oracle: the program uses mul, .*{fix}"):
        spec("paper", oracle="mul 1 1 1")
    with pytest.raises(SpecError, match=r"\$.sketch: \(mul …\): .* machine.instructions to 'arith"):
        resolve(spec("paper", sketch="(do (store 0 (mul (hole) 2)))"))
    with pytest.raises(SpecError, match=r"\$.machine.instructions: expected .*'paper'"):
        spec("all")
    with pytest.raises(AssemblyError, match="uses xor"):
        run(parse_program("xor 1 1 1"), (), Machine(words=8, instructions="arithmetic"))
    assert json.dumps(spec_schema()).count('"arithmetic"') == 1


def test_languages():
    assert resolve(spec("paper")).language is LANGUAGE
    assert resolve(spec()).language == language_for("arithmetic")
    assert language_for("bits", by_lists=True) is FULL
    assert not {"mul", "product", "xor"} & set(LANGUAGE)
    assert {"mul", "product"} <= set(language_for("arithmetic"))
    assert "xor" not in language_for("arithmetic")

    @construct()
    def xor(x: Word) -> Word:
        """Of a plug-in."""
        ...

    own = LANGUAGE.extended(xor)
    assert extended_for(own, "paper", by_lists=False) is own
    with pytest.raises(SpecError, match=r"\$: construct xor: its name is .*\"bits\".*another"):
        resolve(spec("bits"), own)


def test_a_program_is_read_and_proved():
    program = parse_program("read 1 2\nadd 2 2 3\nmul 3 2 2\nwrite 1 2")
    term = decompile(program, 16, language=FULL)
    assert "mul" in str(term)
    one = parse_term("(do (store 0 (mul (add x x) y)) (while (eq x 3) (do (store x y))) (halt))")
    other = parse_term("(do (store 0 (mul y (mul x 2))) (until (sub x 3) (do (store x y))) (halt))")
    assert explain(one, other, 16, language=FULL)


def test_lists_have_constructs_of_their_own():
    rows = [{"input": x, "output": sorted(x)} for x in ([2, 1], [3, 1, 2])]
    machine = {"words": 16, "registers": 6, "lines": 32}
    problem = resolve(convert_spec({"machine": machine, "examples": rows}))
    assert problem.language == language_for("paper", by_lists=True)
    assert {"sort", "each-if", "insert"} <= set(problem.language)
    with pytest.raises(SpecError, match=r"\(sort …\): for lists only: give the examples as input"):
        resolve(spec("bits", sketch="(do (sort p q (monus)) (store 0 (hole)))"))
