"""Statements as a program that is right on the examples."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from bridge.spec import MAX_LINES, MAX_REGISTERS
from bridge.term import Term
from synth.deduction.literals import shared
from synth.engines.base import Candidate
from synth.problem import Problem

__all__ = ["too_large", "written"]


def written(problem: Problem, statements: tuple[Term, ...]) -> Candidate | None:
    """The candidate, if it is right on the examples; with constants that are made of one another
    where it would be too long."""
    term = Term("do", statements)
    program = problem.lower(term)
    if program is None and (fewer := shared(statements, problem.language, problem.machine.words)):
        term = Term("do", fewer)
        program = problem.lower(term)
    return Candidate(program, term) if program is not None and problem.passes(program) else None


def too_large(problem: Problem, statements: tuple[Term, ...]) -> str:
    """What the machine lacks for the statements, if they are right on the examples and only a
    larger machine has room for them; else empty."""
    machine = problem.machine
    if problem.lower(Term("do", statements)) is not None:
        return ""
    largest = msgspec.structs.replace(machine, lines=MAX_LINES, registers=MAX_REGISTERS)
    fewer = shared(statements, problem.language, machine.words)
    fit = written(replace(problem, machine=largest), fewer or statements)
    if fit is None:
        return ""
    sizes = (
        ("lines", machine.lines, len(fit.program)),
        ("registers", machine.registers, fit.program.registers),
    )
    more = " and ".join(f"machine.{name} (now {has}) to {n}" for name, has, n in sizes if n > has)
    return f"a program that is right on all examples doesn't fit: raise {more}"
