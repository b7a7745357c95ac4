"""A spec, resolved."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest

from bridge import SpecError, load_spec, parse_program
from bridge.spec import Budget, Search
from bridge.term import parse_term
from bridge.tests import encode_examples
from synth.problem import Problem, resolve
from tests.cases import TABLE1
from tests.synth.engines.test_perception import write_spec

SPEC = TABLE1["map_dec"].spec


def test_what_is_parsed():
    spec = msgspec.structs.replace(
        SPEC, start="halt", sketch="; mine\n?", oracle=str(TABLE1["map_dec"].program)
    )
    problem = resolve(spec)
    assert problem.start == parse_program("halt")
    assert problem.sketch is not None
    assert problem.sketch.program == parse_program("?")
    assert problem.oracle == TABLE1["map_dec"].program
    assert problem.examples == spec.examples
    assert problem.cells == sum(1 for e in spec.examples for _ in e.cells())


def test_a_program_that_goes_on_forever_is_judged_compiled():
    """Two million steps and more; the interpreter takes one or two seconds for each million."""
    machine = msgspec.structs.replace(SPEC.machine, steps=65_536, halt=False)
    endless = f"{TABLE1['map_dec'].program}".replace("halt", "here: zero 3\njump 3 here")
    spec = msgspec.structs.replace(SPEC, machine=machine, examples=SPEC.examples * 4)
    assert resolve(msgspec.structs.replace(spec, oracle=endless)).oracle is not None
    wrong = msgspec.structs.replace(spec.examples[0], expect=spec.examples[1].expect)
    spec = msgspec.structs.replace(spec, examples=(*spec.examples, wrong), oracle=endless)
    with pytest.raises(SpecError, match=r"\$\.oracle: fails \$\.examples\[32\]"):
        resolve(spec)


def test_examples_become_arrays_once_however_many_programs_are_judged(monkeypatch):
    """Of 50,000 examples that takes as long as a thousand runs of a program."""
    encoded: list[int] = []

    def counting(examples, machine):
        encoded.append(len(examples))
        return encode_examples(examples, machine)

    monkeypatch.setattr("synth.problem.encode_examples", counting)
    machine = msgspec.structs.replace(SPEC.machine, steps=1_000_000)
    problem = resolve(msgspec.structs.replace(SPEC, machine=machine))
    assert not problem.passes(parse_program("inc 1 1\nhalt"))
    assert problem.passes(TABLE1["map_dec"].program)
    assert encoded == [len(SPEC.examples)]


def test_a_term_behind_a_comment_is_a_term():
    spec = msgspec.structs.replace(SPEC, sketch="; mine\n(do (map p (pred)) (hole-stmt))")
    problem = resolve(spec)
    assert problem.sketch is not None
    assert problem.sketch.term == parse_term("(do (map p (pred)) (hole-stmt))")


def test_nothing_of_what_is_held_out_is_in_it():
    """Neither under that name nor any other."""
    problem = resolve(SPEC)
    assert "holdout" not in {f.name for f in dataclasses.fields(Problem)}
    held = {e.memory for e in SPEC.holdout} - {e.memory for e in SPEC.examples}
    assert held
    seen = {e.memory for e in problem.examples}
    assert not held & seen
    assert len(problem.tests.memory) == len(SPEC.examples)
    np.testing.assert_array_equal(
        problem.tests.memory[0, : len(SPEC.examples[0].memory)], SPEC.examples[0].memory
    )


def test_the_budget_is_what_the_spec_says_of_the_search():
    assert issubclass(Search, Budget)
    assert {*Search.__struct_fields__} - {*Budget.__struct_fields__} == {"seed"}


def test_variables_end_in_the_registers_that_are_expected():
    example = {"memory": [3], "expect": {"registers": [None, 3]}}
    spec = msgspec.convert({"machine": {"words": 8}, "examples": [example]}, type(SPEC))
    problem = resolve(spec)
    assert problem.outputs == (2,)
    programs = list(problem.lowerings(parse_term("(do (assign x (load 0)) (assign y 1))")))
    assert len(programs) == 2
    assert [problem.passes(p) for p in programs].count(True) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"oracle": "halt"}, "$.oracle: fails $.examples["),
        ({"sketch": "halt"}, "$.sketch: has no hole"),
        ({"objective": "steps"}, "$.objective: 'steps' adapts a correct program"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(SpecError) as caught:
        resolve(msgspec.structs.replace(SPEC, **changes))
    assert str(caught.value).startswith(message)


def test_pictures_with_arithmetic_have_the_loops_for_lists(tmp_path):
    for instructions, there in (("paper", False), ("arithmetic", True)):
        machine = {"words": 8, "registers": 5, "lines": 12, "instructions": instructions}
        problem = resolve(load_spec(write_spec(tmp_path, sum, machine=machine)))
        assert ("sort" in problem.language) is there
        assert ("mul" in problem.language) is there
