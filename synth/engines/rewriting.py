"""The engine rewriting: a straight line's equals, where few steps are the objective.

If the start goes the same way on all examples, that line is lifted to a term in which a cell that
is the same in every example is a constant, and cells that are always equal are one; what the
e-graph knows to be equal to that is lowered again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Final, TypeGuard

from bridge import Program
from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import Candidate, Event, Note, Spent
from synth.problem import Problem

__all__ = ["RewritingEngine"]

STAGE: Final = "rewriting"


@dataclass(frozen=True)
class RewritingEngine:
    """The equals of the program to adapt."""

    name: str = STAGE
    variants: int = 256
    """Equals of the straight line, from the e-graph, that are lowered."""
    subsets: int = 4
    """Of how many known cells that it reads each subset is made use of: a constant may take more
    instructions than reading it does."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        from bridge.lowering.straighten import straighten

        if problem.objective != "steps" or problem.start is None:
            yield Note("rewriting makes a correct program quicker: set $.objective to 'steps'")
            return
        yield Spent(STAGE)
        if problem.outputs:
            return  # a lifted term keeps the memory alone
        straight = straighten(problem.start, (e.words for e in problem.examples), problem.machine)
        if straight is None:
            return
        lowered = [
            (program, term)
            for term in dict.fromkeys(self._lifted(problem, straight))
            if (program := problem.lower(term)) is not None
        ]
        for program, term in lowered:
            yield Candidate(program, term)
        shortest = sorted(lowered, key=lambda pair: len(pair[0]))[:2]
        yield from self._equals(problem, budget, [term for _, term in shortest])

    def _lifted(self, problem: Problem, straight: Program) -> Iterator[Term]:
        """The straight line as terms: with no fact, with some, with all."""
        from bridge.lowering.lift import Facts, common_facts, lift

        words = problem.machine.words
        facts = common_facts(problem.examples, words)
        read = {t.args[0] for t in lift(straight, words).subterms() if _is_load(t)}
        known = [a for a in facts.words if a in read][: self.subsets]
        rest = {a: word for a, word in facts.words.items() if a not in known}
        for fold in (True, False):
            yield lift(straight, words, fold=fold)
            for some in chain(*(combinations(known, n) for n in range(len(known) + 1))):
                chosen = rest | {a: facts.words[a] for a in some}
                yield lift(straight, words, Facts(chosen, facts.equals), fold=fold)

    def _equals(self, problem: Problem, budget: Budget, terms: list[Term]) -> Iterator[Event]:
        """What the e-graph makes of these; it knows the language's constructs, no others."""
        ops = {t.op for term in terms for t in term.subterms() if isinstance(t, Term)}
        if not terms or not ops <= {"do", *problem.language}:
            return
        from synth.egraph.skeletons import skeletons
        from synth.egraph.worker import Worker

        with Worker() as worker:
            variants = skeletons(
                terms, problem.machine.words, problem.lower,
                language=problem.language, rulesets=problem.rulesets, padding=0,
                nodes=budget.nodes, memory=budget.memory, worker=worker,
            )  # fmt: skip
            found = 0
            for variant in variants:
                yield Spent(STAGE)
                if variant is not None:
                    found += 1
                    yield Candidate(variant.program, variant.term)
                if found == self.variants:
                    return


def _is_load(term: object) -> TypeGuard[Term]:
    return isinstance(term, Term) and term.op == "load"
