"""The engine rewriting: equals of a correct program, by the e-graph, that cost less.

The whole program is a term, loops and all: what it was lowered from, or else what it lifts to. Of
that term's equals those come first that are likely to take the fewest steps on the examples; they
are lowered, and executed. What rewriting makes is equal for every memory.

If few steps on inputs like the examples are asked for, and the start goes the same way on all of
them, that straight line is lifted, too, to a term in which a cell that is the same in every example
is a constant, and cells that are always equal are one. Equals of that are equal on such inputs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final, TypeGuard, TypeVar

import msgspec

from bridge import Program
from bridge.collection import uncollected
from bridge.spec import Budget
from bridge.term import Term
from synth.engines.base import Candidate, Checkpoint, Event, Note, Spent, Work, saved_as
from synth.problem import Problem

if TYPE_CHECKING:
    from synth.egraph.worker import Worker

__all__ = ["RewritingEngine"]

T = TypeVar("T")
STAGE: Final = "rewriting"


class Rewritten(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its checkpoint."""

    settled: list[str] = []
    """Programs that it rewrote, or made."""


@dataclass(frozen=True)
class RewritingEngine:
    """The equals of the best program so far that it neither made nor rewrote; first the start's."""

    name: str = STAGE
    variants: int = 1_000
    """Of a program's equals, how many are lowered, and executed; the best of them in more ways than
    one."""
    best: int = 16
    """Of how many the driver is told, the best first."""
    nodes: int = 10_000
    """The most e-nodes of the e-graph of a program's terms."""
    iterations: int = 30
    """Of all rules, at most: what more of them add makes nothing quicker."""
    subsets: int = 4
    """Of how many known cells that it reads each subset is made use of: a constant may take more
    instructions than reading it does."""
    later: float = 0.5
    """Of so much work, that share is done for what comes of a program that was rewritten before."""
    worker: Worker | None = field(default=None, repr=False, compare=False)
    """What saturates, and stays; without one, a process is started, and ended, each time."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        if not problem.adapts or problem.start is None:
            yield Note(
                "rewriting makes a correct program quicker or shorter: set $.objective to 'steps' "
                "or 'lines'"
            )
            return
        yield Spent(STAGE)
        if problem.outputs:
            return  # a term keeps the memory alone
        settled = list(saved_as(problem, Rewritten).settled)
        first = not settled
        given = [p for p in problem.starts if isinstance(p, Program)] or [problem.start]
        best = next((program for program in given if str(program) not in settled), None)
        if best is None:
            return
        from synth.egraph.worker import Worker

        with Worker() if self.worker is None else nullcontext(self.worker) as worker:
            alike = first and problem.oracle is None
            straight = (yield from self._straight(problem)) if alike else []
            terms = self._whole(problem, best)
            proved, share = best == problem.start, 1.0 if first else self.later
            for some, equal in ((terms, proved), (straight, False)):
                yield from self._equals(
                    problem, budget, some, settled, worker=worker, share=share, proved=equal
                )
        yield Checkpoint({"settled": [*settled, str(best)]})

    def _whole(self, problem: Problem, program: Program) -> list[Term]:
        """The program as a term: as terms, where it has to be lifted; none, where it cannot be."""
        if program == problem.start and problem.start_term is not None:
            return [problem.start_term]
        from bridge.lowering.lift import Style, lift_program

        words = problem.machine.words
        lifted = (lift_program(program, words, style=s) for s in (Style.OPEN, Style.QUICK))
        return list(dict.fromkeys(term for term in lifted if term is not None))

    def _straight(self, problem: Problem) -> Generator[Event, bool | None, list[Term]]:
        """What the start's straight line, if it has one, lifts to, lowered: known at once. Returns
        the terms of the shortest."""
        from bridge.lowering.straighten import straighten

        assert problem.start is not None
        memories = (e.words for e in problem.examples)
        straight = straighten(problem.start, memories, problem.machine)
        if straight is None:
            return []
        lowered = [
            (program, term)
            for term in dict.fromkeys(self._lifted(problem, straight))
            if (program := problem.lower(term)) is not None
        ]
        for program, term in lowered:
            yield Candidate(program, term)
        shortest = sorted(lowered, key=lambda pair: len(pair[0]))[:2]
        return [term for _, term in shortest]

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

    def _equals(
        self,
        problem: Problem,
        budget: Budget,
        terms: list[Term],
        settled: list[str],
        *,
        worker: Worker,
        share: float,
        proved: bool,
    ) -> Iterator[Event]:
        """What the e-graph makes of these, the best first; it knows the language's constructs, no
        others. What the driver accepts is settled: its own equals are these again. With `proved`,
        they equal the start."""
        ops = {t.op for term in terms for t in term.subterms() if isinstance(t, Term)}
        if not terms or not ops <= {"do", *problem.language}:
            return
        from synth.egraph.equivalents import saturating
        from synth.egraph.executed import best_equals
        from synth.rulesets import DEFAULT, QUICKER

        assert problem.objective != "correct"
        waiting = saturating(
            terms, problem.machine.words, rulesets=(*DEFAULT, *QUICKER, *problem.rulesets),
            core=True, nodes=int(share * self.nodes), memory=budget.memory,
            iterations=int(share * self.iterations), worker=worker, language=problem.language,
        )  # fmt: skip
        saturated = yield from _ticking(waiting, "saturation")
        looking = best_equals(
            terms, saturated, problem.machine, problem.timed, problem.lower,
            objective=problem.objective, variants=self.variants, share=share,
            language=problem.language,
        )  # fmt: skip
        found = yield from _ticking(uncollected(looking), STAGE)
        yield Spent(STAGE, Work(programs=len(found)))
        for each in found[: self.best * len(terms)]:
            source = each.source if proved else None
            if (yield Candidate(each.program, each.term, rewritten_from=source)):
                settled.append(str(each.program))


def _ticking(
    waiting: Generator[float | None, None, T], stage: str
) -> Generator[Event, bool | None, T]:
    """What the generator returns; a sign of life of the stage whenever it yields, of which so many
    seconds were extraction's."""
    extraction = None
    while True:
        yield Spent(stage, others={"extraction": extraction} if extraction else {})
        try:
            extraction = next(waiting)
        except StopIteration as end:
            return end.value


def _is_load(term: object) -> TypeGuard[Term]:
    return isinstance(term, Term) and term.op == "load"
