"""The engine sat: its formula means what the interpreter does, and what it finds is verified."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import synth
from benchmarks.suites import ROOT
from bridge import Example, Machine, load_spec, parse_program, run
from bridge.loading import convert_spec
from bridge.program import encode
from bridge.spec import Expect
from synth.engines.bitblast import Blast
from tests.programs import programs

pysat_solvers = pytest.importorskip("pysat.solvers")


@settings(max_examples=40)
@given(
    st.integers(2, 9).flatmap(
        lambda b: st.tuples(st.just(b), st.lists(st.integers(0, b - 1), max_size=b))
    ),
    programs(registers=3, lines=5, known="bits"),
    st.data(),
)
def test_the_formula_means_what_the_interpreter_does(start, program, data):
    """With the program fixed, the final state of the run is the only one that satisfies it."""
    words, memory = start
    machine = Machine(words=words, registers=3, lines=5, steps=12, halt=False, instructions="bits")
    outcome = run(program, memory, machine)
    expect = Expect(memory=outcome.memory, registers=outcome.registers)
    assert satisfiable(machine, program, Example(memory=tuple(memory), expect=expect))
    bank = data.draw(st.sampled_from(["memory", "registers"]))
    cells = list(getattr(outcome, bank))
    place = data.draw(st.integers(0, len(cells) - 1))
    cells[place] = (cells[place] + data.draw(st.integers(1, words - 1))) % words
    wrong = Expect(**{bank: tuple(cells)})
    assert not satisfiable(machine, program, Example(memory=tuple(memory), expect=wrong))


def satisfiable(machine: Machine, program, example: Example) -> bool:
    with pysat_solvers.Solver("cadical195") as solver:
        blast = Blast(machine, machine.lines, machine.steps, solver.add_clause, program)
        blast.add_example(example)
        if not solver.solve():
            return False
        lines = machine.lines
        assert (encode(blast.program(solver.get_model()), lines) == encode(program, lines)).all()
        return True


def test_small_tasks_are_solved():
    for name in ("table1/inc", "lists/get_k"):
        solution = synth.solve(load_spec(ROOT / f"{name}.json"), engine="sat", seconds=1_000)
        assert solution.result is synth.Result.VERIFIED
        assert solution.found_by == "sat"


def test_counterexamples_are_added():
    """The smallest example alone allows for shorter programs, which are executed and fail."""
    spec = load_spec(ROOT / "table1/inc.json")
    solution = synth.solve(spec, engine="sat", seconds=1_000)
    assert solution.stats.programs > 1


def test_a_sketch_is_completed():
    spec = convert_spec(
        {
            "machine": {"words": 8, "registers": 3, "lines": 6, "steps": 40},
            "examples": [
                {"memory": m, "expect": {"memory": [x + 1 for x in m[:-1]] + [0]}}
                for m in ([3, 1, 0], [2, 4, 6, 0], [0])
            ],
            "holdout": [{"memory": [1, 2, 3, 4, 0], "expect": {"memory": [2, 3, 4, 5, 0]}}],
            "sketch": "loop: read 1 2\njump 2 end\n?\nwrite 1 ?\ninc ? 1\njump 3 loop\nend:",
        }
    )
    solution = synth.solve(spec, engine="sat", seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    wanted = parse_program(str(spec.sketch).replace("?", "inc 2 2", 1).replace("?", "2", 1))
    assert solution.program is not None
    assert encode(solution.program, 6)[:4].tolist() == encode(wanted, 6)[:4].tolist()


def test_what_has_no_program_ends():
    """Two different words from the same state: every size of the machine is refuted."""
    spec = convert_spec(
        {
            "machine": {"words": 4, "registers": 1, "lines": 6, "steps": 6},
            "examples": [
                {"memory": [0, 1], "expect": {"memory": [2, 3]}},
                {"memory": [0, 2], "expect": {"memory": [1, 1]}},
            ],
        }
    )
    solution = synth.solve(spec, engine="sat", seconds=1_000)
    assert solution.result is synth.Result.NO_PROGRAM
    assert solution.stats.seconds < 60
    assert any("at the end: none" in note for note in solution.notes)
