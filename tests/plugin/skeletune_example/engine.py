"""An engine: what `--engine` names. It takes a run and hands back an answer, or None."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bridge.term import Term
from synth.enumeration.grammar import Grammar
from synth.run import Answer, Run

__all__ = ["RandomTerms"]


@dataclass(frozen=True)
class RandomTerms:
    """Programs of one to three small statements, drawn at random and executed."""

    name: str = "random-terms"
    cost: int = 6
    """The largest cost of a statement."""

    def search(self, run: Run) -> Answer | None:
        """The first program that passes all examples; None when the budget of terms or time ends.
        The same seed draws the same programs."""
        random = Random(run.seed)
        grammar = Grammar(run.spec.machine.words, 2, run.spec.machine.steps, distinct=False)
        statements = [s for cost in range(1, self.cost + 1) for s in grammar.statements(cost)]
        for tried in range(run.budget.terms):
            if run.stopped():
                break
            run.count(self.name, terms=tried + 1)
            term = Term("do", tuple(random.choices(statements, k=random.randint(1, 3))))
            for program in run.lowerings(term):
                answer = Answer(self.name, program, term)
                if run.passes(program) and run.offer(answer):
                    return answer
        return None
