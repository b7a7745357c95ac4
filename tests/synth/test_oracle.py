"""Oracles: weak examples are made up for by counterexamples, with every engine."""

from __future__ import annotations

from itertools import islice
from random import Random

import msgspec
import pytest

import synth
from benchmarks.suites import ROOT
from bridge import SpecError, load_spec, verify
from bridge.loading import convert_spec
from synth.counterexamples import TRIES, answered, draw_inputs
from synth.problem import resolve

MAX = "read 1 2\ninc 1 3\nread 3 3\nmax 2 3 2\nwrite 1 2"


def spec_of(pairs, holdout=((3, 8), (8, 2), (7, 7)), **more):
    """The larger one of cells 0 and 1."""

    def example(x, y):
        return {"memory": [x, y], "expect": {"memory": [max(x, y)]}}

    return convert_spec(
        {
            "machine": {"words": 16, "registers": 4, "lines": 6, "steps": 16},
            "examples": [example(*pair) for pair in pairs],
            "holdout": [example(*pair) for pair in holdout],
            **more,
        }
    )


WEAK = [(5, 3), (9, 9), (2, 1)]
"""It is always that in cell 0."""


@pytest.mark.parametrize("engine", ["enumeration", "edits", "ladder"])
def test_counterexamples_make_a_program_right(engine):
    without = synth.solve(spec_of(WEAK), engine=engine, seconds=1_000)
    assert without.result is synth.Result.FITS_EXAMPLES
    spec = spec_of(WEAK, oracle=MAX)
    solution = synth.solve(spec, engine=engine, seconds=1_000)
    assert solution.result is synth.Result.VERIFIED
    assert solution.program is not None
    everything = spec_of([(x, y) for x in range(1, 10) for y in range(1, 10)])
    assert verify(solution.program, everything.examples, spec.machine).correct
    (note,) = [n for n in solution.notes if n.startswith("oracle")]
    assert "no counterexample" in note
    assert solution.examples.total > len(WEAK)


def test_an_oracle_that_fails_an_example_is_refused():
    with pytest.raises(SpecError, match=r"\$\.oracle: fails \$\.examples\[0\]"):
        synth.solve(spec_of([(1, 2)], oracle="noop"))
    with pytest.raises(SpecError, match=r"\$\.oracle: fails \$\.holdout\[0\]"):
        synth.solve(spec_of(WEAK, oracle="noop"))


def test_work_is_counted_over_all_rounds():
    spec = spec_of(WEAK, oracle=MAX)
    alone = synth.solve(spec_of(WEAK), engine="enumeration")
    solution = synth.solve(spec, engine="enumeration")
    assert solution.stats.terms > alone.stats.terms
    cut = synth.solve(spec, engine="enumeration", terms=alone.stats.terms + 1)
    assert cut.result is synth.Result.BUDGET_EXHAUSTED
    assert cut.stats.terms <= alone.stats.terms + 1
    assert any("counterexamples added" in note for note in cut.notes)
    assert cut.program is not None  # the best so far


def test_inputs_are_like_the_examples():
    """Lists stay lists of the same lengths, of words in the range of the examples'."""
    spec = load_spec(ROOT / "table1" / "map_inc.json")
    known = {e.memory for e in spec.examples}
    drawn = list(islice(draw_inputs(spec.examples, Random(0)), TRIES))
    assert len({e.memory for e in drawn}) == len(drawn) > 100
    lengths = {len(e.memory) for e in spec.examples}
    for example in drawn:
        assert example.memory not in known
        assert len(example.memory) in lengths
        assert 0 not in example.memory[:-1]
        assert example.memory[-1] == 0
        assert max(example.memory) <= 10


def test_inputs_may_reach_beyond_the_examples():
    """As far as they stand apart, where the machine has such words."""
    spec = load_spec(ROOT / "table1" / "parity.json")
    words = [e.memory[0] for e in spec.examples]
    assert (min(words), max(words), len(words)) == (8, 37, 8)
    drawn = {e.memory[0] for e in draw_inputs(spec.examples, Random(0), spec.machine.words - 1)}
    assert drawn == {*range(4, 40)} - {*words}
    assert {e.memory[0] for e in draw_inputs(spec.examples, Random(0))} == (
        {*range(8, 38)} - {*words}
    )


def test_runs_with_oracles_are_deterministic():
    one, other = (synth.solve(spec_of(WEAK, oracle=MAX), engine="enumeration") for _ in range(2))
    assert (one.program, one.notes) == (other.program, other.notes)


def test_where_an_oracle_is_cut_off_nothing_is_asked_of_all_memory():
    """A quicker program gets further in as many steps."""
    path = ROOT / "table1" / "fibonacci_unhalting"
    start = path.with_suffix(".asm").read_text()
    spec = msgspec.structs.replace(
        load_spec(path.with_suffix(".json")), objective="steps", start=start, oracle=start
    )
    problem = resolve(spec)
    assert list(answered(problem, "seed", widely=True)) == []
    assert next(answered(problem, "seed"), None) is not None
