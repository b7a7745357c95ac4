"""Statements by layer: bodies with a branch, with a loop, of three statements."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, product

import pytest

from bridge import Machine
from bridge.term import Arg, Term, parse_term
from synth.costs.costs import SIZES, Costs
from synth.enumeration.search import Enumeration
from synth.enumeration.supply import Supply
from synth.language import LANGUAGE, Language, check_term
from synth.language.semantics import evaluate
from tests.synth.enumeration.test_enumeration import INPUTS, MACHINE, examples

NAMES = "const var inc load append seq end noop assign store if-zero while walk hole-stmt"
FEW = Language(tuple(LANGUAGE[name] for name in NAMES.split()))
"""So few constructs that everything is quickly made."""


def supplied(cost: int, costs: Costs = SIZES) -> Supply:
    """Statements of one variable up to that cost."""
    supply = Supply(Machine(words=8, steps=64), 1, FEW, costs)
    for own in range(1, cost + 1):
        for _ in supply.extend(1, own):
            pass
    return supply


def statements(supply: Supply, cost: int, each: int = 1) -> list[Term]:
    """One in so many of that cost."""
    numbers = (
        number
        for shells, firsts, seconds in supply.of_cost(1, cost)
        for number in product(range(*shells), range(*firsts), range(seconds[0], max(0, seconds[1])))
    )
    return [supply.statement(*number) for number in islice(numbers, 0, None, each)]


def bodies(some: Iterable[Arg]) -> list[tuple[Arg, ...]]:
    """Those of these statements that are not empty."""
    return [
        body.args
        for statement in some
        if isinstance(statement, Term)
        for body in statement.args
        if isinstance(body, Term) and body.op == "do" and body.args
    ]


@pytest.fixture(scope="module")
def made() -> dict[int, list[Term]]:
    """Statements with a body, by cost."""
    supply = supplied(16)
    some = {11: statements(supply, 11), 16: statements(supply, 16, each=41)}
    return {cost: [s for s in each if bodies([s])] for cost, each in some.items()}


def test_a_body_holds_a_branch_a_loop_or_three_statements(made):
    some = [*made[11], *made[16]]
    kinds = {tuple(s.op for s in body if isinstance(s, Term)) for body in bodies(some)}
    assert {("if-zero",), ("walk",), ("assign", "while"), ("store", "assign", "store")} <= kinds
    for statement in some[::10]:
        check_term(statement, sort="Stmt", language=FEW)
        assert not statement.has_hole
    assert len({*some}) == len(some)


def price(term: Arg) -> int:
    """The sum of what its constructs cost."""
    if not isinstance(term, Term):
        return SIZES.constant(term) if isinstance(term, int) else 1
    own = 0 if term.op == "do" else SIZES.of(FEW[term.op])
    return own + sum(map(price, term.args))


def test_a_part_costs_one_more_than_its_statements(made):
    for cost, some in made.items():
        for statement, body in zip(some, bodies(some), strict=True):
            nested = [s for s in body if bodies([s])]
            parts = len(nested) + (len(body) == 3)
            around = price(statement) - sum(map(price, body))
            # What is large costs more.
            small = around <= 4 and all(price(s) <= 6 for s in body if s not in nested)
            assert price(statement) + parts == cost or not small


def test_costs_of_another_unit_make_the_same():
    one, two = supplied(11), supplied(22, Costs(unit=2))
    assert {*statements(one, 11)} == {*statements(two, 22)}


def test_bodies_of_parts_do_what_their_terms_mean():
    """The score of a state says which cells are right: those of the term's meaning."""
    spec = examples("(do (reverse p q))", INPUTS)
    layers = Enumeration(spec, MACHINE, 400_000, FEW).layers
    for term in layers.programs(400_000):
        if term is None and layers.costs[1] >= 12:
            break
    misses = [
        m
        for m in layers.best(layers.count)
        if bodies([b for s in bodies([*m.term.args]) for b in s])
    ]
    assert len(misses) > 20
    for miss in misses:
        score = 0
        for example, memory in zip(spec, INPUTS, strict=True):
            after = evaluate(miss.term, memory, 8, fuel=200).memory
            for _, i, word in example.cells():
                right = after[i] == word
                score += 2 * right + (not right and memory[i] != word and after[i] != memory[i])
        assert miss.score == score


@pytest.mark.parametrize(
    "target",
    [
        "(do (walk p (do (if-zero (load (inc p)) (do (store p 2)) (do)))))",
        "(do (walk p (do (while (load (load p)) (do (store p (load (load p))))))))",
    ],
)
def test_it_is_found(target):
    spec = examples(target, INPUTS)
    programs = Enumeration(spec, MACHINE, 300_000, FEW).programs()
    found = next((term for term in programs if term is not None), None)
    assert found is not None
    assert found.size <= parse_term(target).size
