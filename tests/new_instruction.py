"""What must hold of an instruction that is one new row, `mean a b out`. `test_new_instruction` runs
this in a copy of the project that has the row."""

from __future__ import annotations

import numpy as np
import pytest

import synth
from bridge.interpreter import run
from bridge.isa import INDEX, OPCODES, TABLED
from bridge.lowering.lower import lower
from bridge.program import parse_program
from bridge.spec import Example, Expect, Machine, Spec
from bridge.term import parse_term
from bridge.tests import encode_examples
from synth.discrete.chains import mcmc
from synth.discrete.edits import edits, instructions_at
from synth.engines.bitblast import Blast
from tests.backend.worlds import bucket_tables, memories, packed, run_soft

MACHINE = Machine(words=8, registers=3, lines=8, steps=20)
SKETCH = parse_program("read 3 1\ninc 3 3\nread 3 2\n?\ninc 3 3\nwrite 3 1\nhalt")
EXAMPLES = [
    Example(memory=(a, b), expect=Expect(memory=(a, b, (a + b) // 2)))
    for a, b in ((3, 5), (2, 3), (1, 7), (6, 2))
]


def test_its_text():
    program = parse_program("mean 1 2 3")
    assert parse_program(str(program)) == program
    assert OPCODES[INDEX["mean"]].commutes
    assert MACHINE.opcodes == 14
    assert TABLED.tolist()[0] == INDEX["mean"]


def test_the_soft_machine_has_it():
    program = parse_program(str(SKETCH).replace("?", "mean 1 2 1"))
    memory = memories(0, 7, examples=9)
    soft = run_soft(packed(program, 0.0, 0), memory, bucket_tables(7), 24, 20)
    machine = Machine(words=7, registers=4, lines=8, steps=20)
    for e, cells in enumerate(memory[:, :7].tolist()):
        want = run(program, cells, machine).memory
        np.testing.assert_array_equal(soft.state.memory[0, e, :7].argmax(-1), want)
        assert want[2] == (cells[0] + cells[1]) // 2


def test_the_searches_find_it():
    tests = encode_examples(EXAMPLES, MACHINE)
    *_, edited = edits(SKETCH, tests, MACHINE, lines=0)
    *_, sampled = mcmc(tests, MACHINE, seed=0, start=SKETCH, budget=1_000_000)
    for found in (edited.found[0], sampled.found):
        assert found is not None
        assert found.instructions[3].opcode == "mean"
    rows = instructions_at(0, 1, (0, 1), MACHINE.opcodes)
    operands = [tuple(row[1:4]) for row in rows.tolist() if row[0] == INDEX["mean"]]
    assert operands == [(0, 1, 0), (0, 1, 1)]  # of one register twice it is `move`


def test_the_formula_has_it():
    solvers = pytest.importorskip("pysat.solvers")
    with solvers.Solver("cadical195") as solver:
        blast = Blast(MACHINE, len(SKETCH), MACHINE.steps, solver.add_clause, SKETCH)
        for example in EXAMPLES:
            blast.add_example(example)
        assert solver.solve()
        assert blast.program(solver.get_model()).instructions[3].opcode == "mean"


def test_a_term_of_its_name_lowers_to_it():
    program = lower(parse_term("(do (store 2 (mean (load 0) (load 1))))"), MACHINE)
    assert "mean" in [i.opcode for i in program.instructions]
    assert run(program, (3, 5), MACHINE).memory[2] == 4


def test_a_program_with_it_is_made_quicker():
    """The language has no such construct, but what is edited needs none."""
    slow = str(SKETCH).replace("?", "mean 1 2 1").replace("write 3 1", "noop\nwrite 3 1")
    spec = Spec(machine=MACHINE, examples=tuple(EXAMPLES), start=slow, objective="steps")
    solution = synth.solve(spec, programs=20_000, terms=0, restarts=0, seconds=1_000)
    assert solution.examples.correct
    assert solution.examples.mean_steps < solution.start_steps[0]
