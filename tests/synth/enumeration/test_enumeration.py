"""Enumeration: cheapest first, exact budgets, no behaviour twice."""

from __future__ import annotations

from collections import Counter
from functools import cache

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import Example, Machine, Spec, verify
from bridge.lowering.lower import lower
from bridge.term import Term, parse_term
from synth.enumeration import judge
from synth.enumeration.grammar import VARIABLES, Grammar
from synth.enumeration.judge import CONSTANTS, FORMS, TRUTHS
from synth.enumeration.layers import completion_word
from synth.enumeration.renamed import fill
from synth.enumeration.search import Enumeration
from synth.enumeration.templates import Templates
from synth.language import LANGUAGE, check_term, expand
from synth.language.semantics import TermState, evaluate
from synth.problem import resolve
from tests.strategies import memories

MACHINE = Machine(words=8, steps=64)


def examples(term: str, inputs, machine: Machine = MACHINE) -> list[Example]:
    """What the term does to the inputs."""
    rows = []
    for memory in inputs:
        after = evaluate(parse_term(term), memory, machine.words).memory
        rows.append({"memory": memory, "expect": {"memory": after}})
    return msgspec.convert(rows, list[Example])


def first_program(enumeration: Enumeration, spec: list[Example], machine: Machine = MACHINE):
    for term in enumeration.programs():
        if term is not None:
            problem = resolve(Spec(machine=machine, examples=tuple(spec)))
            if any(problem.passes(program) for program in problem.lowerings(term)):
                return term
    return None


INPUTS = [[3, 1, 4, 1, 0, 0, 0, 0], [2, 7, 0, 5, 0, 0, 0, 1], [5, 5, 5, 0, 1, 2, 3, 0]]


@pytest.mark.parametrize(
    "target",
    [
        "(do (store 0 (inc (load 0))))",
        "(do (map p (pred)))",
        "(do (fold p a (plus)) (store p a))",
        "(do (swap 0 1))",
        "(do (scan p a (greatest)))",
        "(do (store (load 0) (load 1)))",
        "(do (find p (id)) (store 0 p))",
        "(do (assign p (load 0)) (map p (bind (plus) 2)))",
        "(do (find-down p (pred)) (store p 2))",
        # The last statement is seen without being tried.
        "(do (assign p (load 0)) (assign q (load 1)) (swap (inc (inc p)) (inc (inc q))))",
        "(do (assign p (load 2)) (store 0 (apply (is-zero) (load p))))",
    ],
)
def test_small_programs_are_found(target):
    spec = examples(target, INPUTS)
    enumeration = Enumeration(spec, MACHINE, 400_000)
    found = first_program(enumeration, spec)
    assert found is not None
    assert found.size <= parse_term(target).size + 4  # a last `store` costs nothing


@pytest.mark.parametrize("words", [200, 256])
def test_words_may_be_any_bytes(words: int):
    machine = Machine(words=words, steps=200)
    inputs = [[words - 1, 130, 3, *[0] * (words - 3)], [128, *[0] * (words - 1)]]
    spec = examples("(do (map p (succ)) (store p (dec p)))", inputs, machine)
    assert first_program(Enumeration(spec, machine, 100_000), spec, machine) is not None


@given(memories(5), memories(5))
def test_completion_words_mean_what_the_kernel_counts(memory, registers):
    variables = 2
    state = TermState(list(memory), 5, variables=dict(zip(VARIABLES, registers, strict=False)))
    cells = np.array([memory], np.uint8)
    for number in range(CONSTANTS + (FORMS + TRUTHS) * variables):
        values = np.array([registers], np.uint8)
        counted = judge.completion.py_func(5, variables, cells, values, number, 0)
        assert counted == state.word(completion_word(number, variables))


def test_the_budget_of_terms_is_exact():
    spec = examples("(do (reverse p q))", INPUTS)[:1]
    contradictory = [*spec, *examples("(do (swap 0 3))", INPUTS[1:])]
    for budget in (0, 1, 17, 5_000):
        enumeration = Enumeration(contradictory, MACHINE, budget)
        assert first_program(enumeration, contradictory) is None
        assert enumeration.terms == budget


def test_the_same_search_gives_the_same_near_misses():
    spec = examples("(do (scan p a (least)) (swap 0 2))", INPUTS)
    runs = []
    for _ in range(2):
        enumeration = Enumeration(spec, MACHINE, 2_000)
        list(enumeration.programs())
        runs.append([(str(m.term), m.score) for m in enumeration.near_misses(20)])
    assert runs[0] == runs[1]
    assert len({text for text, _ in runs[0]}) == 20
    kinds: dict[tuple[str, ...], int] = {}
    for text, score in runs[0]:
        kinds.setdefault(tuple(s.op for s in parse_term(text).args), score)
    assert len(kinds) >= 5  # they are of many kinds, and of each the best comes first
    assert list(kinds.values()) == sorted(kinds.values(), reverse=True)


def test_near_misses_are_scored_by_what_they_get_right():
    spec = examples("(do (map p (pred)))", INPUTS)
    enumeration = Enumeration(spec, MACHINE, 20)  # just before it is found
    list(enumeration.programs())
    best = enumeration.near_misses(1)[0]
    program = lower(expand(best.term), MACHINE)
    verdict = verify(program, spec, MACHINE)
    changed = sum(len(e.memory) for e in spec) - verdict.cells
    assert 2 * verdict.cells <= best.score <= 2 * verdict.cells + changed


def test_a_program_that_need_not_halt_may_run_on():
    machine = Machine(words=8, steps=60, halt=False)
    rows = [{"memory": m, "expect": {"memory": [1, 1, 1, 1]}} for m in INPUTS]
    spec = msgspec.convert(rows, list[Example])
    found = first_program(Enumeration(spec, machine, 200_000), spec, machine)
    assert found is not None


def test_expected_registers_are_reached():
    rows = [{"memory": m, "expect": {"memory": m, "registers": [None, m[0]]}} for m in INPUTS]
    spec = msgspec.convert(rows, list[Example])
    enumeration = Enumeration(spec, MACHINE, 200_000)
    found = first_program(enumeration, spec)
    assert found is not None


@pytest.mark.parametrize("variables", [1, 2])
def test_enumerated_statements_are_well_sorted_and_behave_differently(variables):
    grammar = Grammar(8, variables, 2_000)
    seen = set()
    for cost in range(3, 7):
        for statement in grammar.statements(cost):
            check_term(statement, sort="Stmt")
            assert statement not in seen
            seen.add(statement)
    assert Term("map", ("p", Term("succ"))) in seen
    # Equal to cheaper ones, or to doing nothing:
    assert Term("store", ("p", Term("inc", (Term("dec", ("p",)),)))) not in seen
    assert Term("assign", ("p", "p")) not in seen


@cache
def shells_and_bodies():
    templates = Templates(Machine(words=4, steps=32), 1, LANGUAGE)
    shells = [*templates.shells(1, 3), *templates.shells(1, 4)]
    return tuple(
        [each.term(i) for each in batches for i in range(len(each))]
        for batches in (shells, templates.statements(1, 4))
    )


@given(st.data())
def test_a_shell_is_filled_with_its_body(data):
    shell, body = (data.draw(st.sampled_from(terms)) for terms in shells_and_bodies())
    filled = fill(shell, [body])
    check_term(filled, sort="Stmt")
    assert not filled.has_hole
    memory = data.draw(memories(4))
    program = lower(expand(Term("do", (filled,))), Machine(words=4, lines=64, steps=500))
    outcome = evaluate(Term("do", (filled,)), memory, 4, fuel=60)
    ran = verify(
        program,
        msgspec.convert([{"memory": memory, "expect": {"memory": outcome.memory}}], list[Example]),
        Machine(words=4, lines=64, steps=500),
    )
    assert ran.correct or not outcome.halted


# ---------------------------------------------------------------- nothing twice, nothing lost


def state_of(term: Term, machine: Machine, inputs) -> tuple | None:
    """What a term leaves, whatever its variables are called; None where it does not end."""
    after = []
    for memory in inputs:
        outcome = evaluate(term, memory, machine.words, fuel=machine.steps)
        if not outcome.halted:
            return None
        after.append((outcome.memory, outcome.variables))
    names = {name for _, variables in after for name in variables}
    words = Counter(tuple(v.get(name, 0) for _, v in after) for name in names)
    return tuple(memory for memory, _ in after), frozenset(words.items())


@pytest.mark.parametrize(("variables", "cost"), [(1, 8), (2, 7), (3, 7)])
def test_every_state_is_found_and_each_once(variables, cost):
    """As many as all programs lead to, in whatever order they use their variables."""
    machine = Machine(words=8, steps=2_000, registers=variables + 2)
    spec = examples("(do (reverse p q))", INPUTS)
    enumeration = Enumeration(spec, machine, 10**6)
    layers = enumeration.layers
    for term in enumeration.programs():
        if term is None and min(layers.costs.values()) >= cost:
            break
    found = [
        layers.term(i)
        for (_, own), (low, high) in layers.states.items()
        if own <= cost
        for i in range(low, high)
    ]
    states = [state_of(term, machine, INPUTS) for term in found]
    assert len(set(states[1:])) == len(states[1:])  # the first is the start
    grammar = Grammar(8, variables, 2_000)
    plain = {c: grammar.statements(c) for c in range(2, cost + 1)}
    programs: dict[int, list[tuple[Term, ...]]] = {0: [()]}
    for total in range(1, cost + 1):
        programs[total] = [
            (*before, s)
            for own in plain
            if total - own in programs
            for before in programs[total - own]
            for s in plain[own]
        ]
    straight = {
        state_of(Term("do", p), machine, INPUTS) for each in programs.values() for p in each
    }
    assert straight - {None} <= set(states)
