"""What is settled before an engine begins: whether the empty program is right, or no program can
be."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bridge import Program
from bridge.spec import Budget
from bridge.term import Term
from synth.engines import Candidate, Refuted
from synth.engines.exhaustive import FEW, ExhaustiveEngine, is_small
from synth.engines.thread import EngineThread
from synth.problem import Problem

__all__ = ["empty_answer", "refutation"]


def empty_answer(problem: Problem) -> Candidate | None:
    """The program without instructions, where it may be one: if it is right, nothing is shorter or
    quicker; if not, it is the best so far."""
    if problem.sketch is not None or problem.images:
        return None
    term = None if problem.outputs else Term("do", ())  # a term keeps the memory alone
    return Candidate(Program(()), term, found_by="empty")


def refutation(
    problem: Problem, budget: Budget, stopped: Callable[[], bool]
) -> tuple[Refuted | None, list[Candidate]]:
    """Why no program of a small machine passes, if none does, and the best that there are; it ends
    without one when `stopped` says so."""
    tried: list[Candidate] = []
    if not is_small(problem):
        return None, tried
    few = msgspec.structs.replace(budget, programs=FEW)
    with EngineThread(ExhaustiveEngine(), problem, few, 0, stopped) as running:
        while not stopped() and (event := running.next()) is not None:
            if isinstance(event, Candidate):
                tried.append(event)
            elif isinstance(event, Refuted):
                return event, tried
    return None, tried
