"""Near misses become skeletons: different programs, of different shapes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import synth
from bridge import LoweringError, Machine, Program
from bridge.loading import convert_spec
from bridge.lowering.lower import lower
from bridge.term import Term, parse_term
from synth.egraph.choose import Look, diverse, look
from synth.egraph.skeletons import skeletons
from synth.language import expand

MACHINE = Machine(words=12)


def lowered(term: Term) -> Program | None:
    try:
        return lower(expand(term), MACHINE)
    except LoweringError:
        return None


def first(count: int, *misses: str, **options):
    source = skeletons([parse_term(m) for m in misses], 12, lowered, **options)
    return [s for s, _ in zip(source, range(count), strict=False)]


MISSES = ("(do (map p (succ)))", "(do (fold p q (plus)))", "(do (follow p))")


@pytest.fixture(scope="module")
def found():
    return first(200, *MISSES)


def test_skeletons_are_different_programs_that_fit(found):
    assert len({s.program for s in found}) == len(found) == 200
    assert all(len(s.program) <= MACHINE.lines for s in found)


def test_near_misses_take_turns(found):
    for miss in MISSES:
        assert sum(s.near_miss == parse_term(miss) for s in found[:40]) >= 8


def test_near_misses_that_prove_equal_count_once():
    found = first(20, "(do (store 0 (add p 1)))", "(do (store 0 (inc p)))")
    assert {str(s.near_miss) for s in found} == {"(do (store 0 (add p 1)))"}


def test_what_matters_differs_first():
    found = first(24, "(do (map p (succ)))")
    looks = [look(s.program) for s in found]
    assert looks[0].noops == ()
    assert len({a.gaps for a in looks[:10]}) == 10
    assert {len(a.noops) for a in looks} == {0, 1, 2}


def test_the_look_of_a_program():
    term = parse_term("(do (noop) (while (load p) (do (assign p (inc p)) (noop))) (store p 1))")
    program = lowered(term)
    assert program is not None
    found = look(program)
    assert [program.instructions[n].opcode for n in found.noops] == ["noop", "noop"]
    assert found.gaps[0] < found.gaps[1]
    assert found.lines == len(found.opcodes) == len(program)


def test_the_order_is_always_the_same():
    one, other = (first(50, "(do (scan p q (plus)))") for _ in range(2))
    assert one == other


def looks_of(item: tuple[int, tuple[int, int]]) -> Look:
    gap, opcode = item[1]
    return Look((gap,), 5, (gap,), (str(opcode),))


small = st.tuples(st.integers(0, 3), st.integers(0, 6))


@given(st.lists(small, max_size=60), st.integers(1, 20))
def test_diversity_only_reorders(items, window):
    numbered = list(enumerate(items))
    found = list(diverse(numbered, looks_of, window))
    assert sorted(found) == numbered


@given(st.lists(small, min_size=1, max_size=60))
def test_what_is_the_same_comes_last(items):
    numbered = list(enumerate(items))
    found = list(diverse(numbered, looks_of, 60))
    fresh = len({opcode for _, opcode in items})
    assert len({opcode for _, (_, opcode) in found[:fresh]}) == fresh
    spreads = [gap for _, (gap, _) in found[:fresh]]
    different = len(set(spreads))
    assert len(set(spreads[:different])) == different


def test_skeletons_that_differ_in_operands_only_come_last():
    found = first(20, "(do (map p (bind (least) 2)) (store p 1))")
    opcodes = [tuple(i.opcode for i in s.program.instructions) for s in found]
    assert len(set(opcodes)) == 20


def test_too_few_skeletons_are_explained():
    spec = convert_spec(
        {
            "machine": {"words": 4, "registers": 3, "lines": 6, "steps": 8},
            "examples": [
                {"memory": [0, 1], "expect": {"memory": [3, 2, 1]}},
                {"memory": [1, 3], "expect": {"memory": [2, 0, 3]}},
            ],
        }
    )
    solution = synth.solve(spec, terms=50, restarts=10_000, seconds=1_000)
    assert not solution.solved
    assert 0 < solution.stats.skeletons < 2_500
    assert (
        f"asked 2,500 skeletons, distinct {solution.stats.skeletons:,}, because the near misses "
        "have no more equals that fit the machine: raise --terms or --nodes"
    ) in solution.notes
