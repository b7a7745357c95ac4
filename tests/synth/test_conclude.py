"""What a search ends with: the trivial, the contradictory, and what is held out."""

from __future__ import annotations

import pytest

import synth
from bridge import Example, Machine, Program, Spec, SpecError, parse_program
from bridge.loading import convert_spec
from bridge.spec import Expect
from bridge.verify import covered
from synth.conclude import check_contradictions
from synth.engines import Candidate

MACHINE = Machine(words=8)


def example(before, after, **more) -> Example:
    return Example(memory=before, expect=Expect(memory=after, **more))


def spec_of(*examples: Example, **more) -> Spec:
    return Spec(machine=MACHINE, examples=examples, **more)


IDENTITY = [example((1, 2), (1, 2)), example((3,), (3,))]
INC = [example((i,), (i + 1,)) for i in range(3)]


# ---------------------------------------------------------------- the empty program


@pytest.mark.parametrize("engine", [None, "edits", "enumeration", "mcmc", "tuning", "sat"])
def test_where_nothing_is_to_be_done_nothing_is(engine):
    spec = spec_of(*IDENTITY, holdout=(example((5,), (5,)),))
    solution = synth.solve(spec, engine=engine)
    assert solution.result is synth.Result.VERIFIED
    assert (str(solution.program), str(solution.term)) == ("", "(do)")
    assert parse_program(str(solution.program)) == Program(())
    assert solution.found_by == "empty"
    assert solution.to_json()["program"] == ""


def test_registers_at_rest_have_no_term():
    solution = synth.solve(spec_of(Example(memory=(1,), expect=Expect(registers=(0,)))))
    assert solution.program == Program(())
    assert solution.term is None


def test_nothing_is_quicker_than_nothing():
    spec = spec_of(*IDENTITY, objective="steps", start="inc 1 1\nhalt")
    solution = synth.solve(spec, seconds=1_000)
    assert solution.program == Program(())
    assert solution.stats.programs < 1_000


def test_a_sketch_keeps_its_lines():
    solution = synth.solve(spec_of(*IDENTITY, sketch="inc 1 1\n?"), engine="edits")
    assert len(solution.program) == 2


# ---------------------------------------------------------------- contradictions


@pytest.mark.parametrize("group", ["examples", "holdout"])
def test_contradictions_are_said_before_the_search(group, tmp_path):
    odd = example((1,), (3,))
    spec = spec_of(*INC, odd) if group == "examples" else spec_of(*INC, holdout=(odd,))
    with pytest.raises(SpecError, match=r"contradicts \$\.examples\[1\].*mend or remove"):
        synth.solve(spec, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    raw = {"examples": [{"input": [1], "output": n} for n in (0, 1)]}
    with pytest.raises(SpecError, match="the same input, another output"):
        check_contradictions(convert_spec(raw))
    solution = synth.solve(spec, engine="enumeration", terms=50)
    assert any("contradicts" in note for note in solution.notes)


# ---------------------------------------------------------------- what is held out


def test_what_is_shown_is_not_held_out():
    solution = synth.solve(spec_of(*INC, holdout=(INC[1], example((5, 0), (6,)))))
    assert solution.result is synth.Result.VERIFIED
    assert solution.holdout.total == 1
    assert solution.notes == (
        "$.holdout[0] among the examples, too: what a search sees does not count as held out",
    )
    alone = synth.solve(spec_of(*INC, holdout=INC[:2]))
    assert alone.result is synth.Result.FITS_EXAMPLES
    assert alone.holdout.total == 0
    assert any("the program is only known to fit the examples" in n for n in alone.notes)


def test_covered_means_nothing_new():
    shown = [example((1,), (2, None, 3))]
    assert covered([example((1, 0), (2,)), example((1,), (None, None, 3))], shown) == {0, 1}
    assert covered([example((1,), (2, 0)), example((2,), (2,))], shown) == set()


def test_notes_fit_the_result():
    def engine(problem, budget, seed):
        yield Candidate(parse_program("halt"))

    solution = synth.solve(spec_of(*INC), engine=engine)
    assert not solution.examples.correct
    assert not any("only known to fit" in note for note in solution.notes)


# ---------------------------------------------------------------- quicker, but wrong


def test_a_quicker_program_that_fails_what_is_held_out_is_not_the_answer():
    """Two examples are too few to keep any back."""
    start = "read 2 1\ninc 1 1\nwrite 2 1"
    quick = parse_program("inc 1 1\nwrite 2 1")

    def engine(problem, budget, seed):
        yield Candidate(quick)

    spec = spec_of(
        example((0,), (1,)), holdout=(example((4,), (5,)),), objective="steps", start=start
    )
    solution = synth.solve(spec, engine=engine)
    assert solution.result is synth.Result.VERIFIED
    assert solution.found_by == "start"
    assert solution.program == parse_program(start)
    assert any("fails 1 held-out input that the start passes" in n for n in solution.notes)
