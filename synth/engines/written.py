"""Statements as a program that is right on the examples."""

from __future__ import annotations

from bridge.term import Term
from synth.deduction.literals import shared
from synth.engines.base import Candidate
from synth.problem import Problem

__all__ = ["written"]


def written(problem: Problem, statements: tuple[Term, ...]) -> Candidate | None:
    """The candidate, if it is right on the examples; with constants that are made of one another
    where it would be too long."""
    term = Term("do", statements)
    program = problem.lower(term)
    if program is None and (fewer := shared(statements, problem.language, problem.machine.words)):
        term = Term("do", fewer)
        program = problem.lower(term)
    return Candidate(program, term) if program is not None and problem.passes(program) else None
