"""An engine: what `--engine` names. It takes a problem, a budget and a seed, and yields events."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bridge.spec import Budget
from bridge.term import Term
from synth.engines import Candidate, Event, Spent, Work
from synth.enumeration.grammar import Grammar
from synth.problem import Problem

__all__ = ["random_terms"]

COST = 6
"""The largest cost of a statement."""


def random_terms(problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
    """Programs of one to three small statements, drawn at random; the same seed draws the same."""
    random = Random(seed)
    machine, language = problem.machine, problem.language
    grammar = Grammar(machine.words, 2, machine.steps, distinct=False, language=language)
    statements = [s for cost in range(1, COST + 1) for s in grammar.statements(cost)]
    for _ in range(budget.terms):
        yield Spent("random_terms", Work(terms=1))
        term = Term("do", tuple(random.choices(statements, k=random.randint(1, 3))))
        for program in problem.lowerings(term):
            yield Candidate(program, term)
