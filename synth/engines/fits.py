"""Of several programs that are right on the examples, the one to believe.

No example tells them apart, but other inputs do. A program of n instructions is taken for
WEIGHT^−n as likely as the empty one; where programs are tried in the order in which they are
likely, the n-th for 1/n as likely as the first, since what people think of soon may take many
instructions. Both are less likely if they do not end on drawn inputs, or leave words in cells that
were 0 and that nobody asked about: there longer inputs lie. Programs that do the same on all drawn
inputs are one behaviour, as likely as they are together. The likeliest program of the likeliest
behaviour is chosen.
(Solomonoff's prior, cut off; programs are grouped by outputs as AlphaCode's are, Li et al. 2022,
doi:10.1126/science.abq1158.)
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from bridge import Example, Program
from bridge.batch import run_programs
from bridge.term import Term
from synth.engines.base import Candidate, Event, Note
from synth.engines.rivals import Outputs, as_value, doubt, drawn
from synth.problem import Problem

__all__ = ["Chosen", "Fits", "choose"]

WEIGHT: Final = 4.0
"""About as many programs are right and do something else, for each further instruction."""
SHORTER: Final = 1.07
"""The same where the number of those that were tried tells more: ten instructions halve it."""
ENDLESS: Final = 8
"""As many instructions make a program as unlikely as that it doesn't end, or not in time, on one of
the drawn inputs."""
LITTER: Final = 2
"""As many instructions make a program as unlikely as words that it leaves where nothing was."""
DRAWN: Final = 64
"""Inputs like the examples; and as many others, with longer and shorter lists. Fewer, but some,
where that many runs would take too long."""
_STEPS, _SOME = 50_000_000, 4
"""Steps that all runs may take, about; inputs of each kind at least."""
RIVAL: Final = 0.25
"""How likely another behaviour is, against the chosen one, for it to be mentioned."""

MORE: Final = 10_000
"""After the first program that is right the search goes on for half its work and this; where what
it has by then does different things, about as likely, for as much work once more as it did."""
MOST: Final = 128
"""Programs among which is chosen."""


@dataclass(frozen=True)
class Chosen:
    """The program to believe."""

    candidate: Candidate
    doubt: str
    """On which input one as likely does something else; empty where none is."""


@dataclass
class Fits:
    """Programs that are right, as an engine finds them. The first is offered at once, in case time
    is up before others are found."""

    problem: Problem
    _found: dict[Program, Candidate] = field(default_factory=dict[Program, Candidate])
    _tried: dict[Program, int] = field(default_factory=dict[Program, int])
    _until: int = 0
    _chosen: tuple[int, Chosen] | None = None
    """Among so many programs, the one to believe."""

    def add(self, term: Term, work: int, tried: int = 0) -> Iterator[Event]:
        """Takes in the term's programs that are right, found after so much work; when so many had
        been tried, where that says how likely they are."""
        for program in self.problem.lowerings(term):
            if len(self._found) < MOST and self.problem.passes(program):
                fit = self._found.setdefault(program, Candidate(program, term))
                self._tried.setdefault(program, tried)
                if len(self._found) == 1 and self._gathers:
                    self._until = work + work // 2 + MORE
                    yield replace(fit, tentative=True)

    @property
    def _gathers(self) -> bool:
        """Not where an oracle is the judge; or where some examples may be wrong: there the driver
        chooses."""
        return self.problem.oracle is None and not self.problem.may_fail

    def due(self, work: int) -> bool:
        """Whether it is time to choose, after so much work."""
        if not self._found or (work < self._until and len(self._found) < MOST):
            return False
        if self._gathers and self._chosen is None and self._choose().doubt:
            self._until = 2 * work
            return len(self._found) == MOST
        return True

    def _choose(self) -> Chosen:
        """The one to believe of those found so far."""
        if self._chosen is None or self._chosen[0] < len(self._found):
            fits = [*self._found.values()]
            tried = [self._tried[program] for program in self._found]
            weights = _weights(fits, self.problem, tried)
            self._chosen = len(fits), choose(fits, self.problem, weights)
        return self._chosen[1]

    def settle(self) -> Generator[Event, bool, bool]:
        """Offers the one to believe, if there is any, and then, where the driver wants more, the
        others; whether it has enough."""
        fits = [*self._found.values()]
        if self._gathers and fits:
            chosen = self._choose()
            if chosen.doubt:
                yield Note(chosen.doubt)
            fits = [chosen.candidate, *(fit for fit in fits if fit is not chosen.candidate)]
        self._found.clear()
        self._tried.clear()
        self._until, self._chosen = 0, None
        for fit in fits:
            if (yield fit):
                return True
        return False


def choose(
    fits: Sequence[Candidate], problem: Problem, weights: Sequence[float] | None = None
) -> Chosen:
    """Of programs that are right, at least one, the likeliest of the likeliest behaviour; the first
    among equals. How likely each is follows from its lines, where no weights are given."""
    runs = _STEPS // (2 * len(fits) * problem.machine.steps)
    inputs = list(drawn(problem, max(_SOME, min(DRAWN, runs))))
    weights = _weights(fits, problem) if weights is None else weights
    behaviours: dict[Outputs, list[int]] = {}
    for i, outputs in enumerate(_outputs(fits, inputs, problem)):
        behaviours.setdefault(outputs, []).append(i)
    likely = {
        outputs: sum(weights[i] for i in alike) * WEIGHT ** -(ENDLESS * (None in outputs))
        for outputs, alike in behaviours.items()
    }
    first, *others = sorted(behaviours, key=likely.__getitem__, reverse=True)
    rivals = [other for other in others if likely[other] >= RIVAL * likely[first]]
    best = fits[max(behaviours[first], key=weights.__getitem__)]
    return Chosen(best, doubt(first, rivals, inputs, problem) if rivals else "")


def _weights(fits: Sequence[Candidate], problem: Problem, tried: Sequence[int] = ()) -> list[float]:
    """How likely each is, against the empty program; or against what is tried first, where it was
    found among some that were tried."""
    tests = problem.tests
    memory = run_programs([fit.program for fit in fits], tests.memory, problem.machine)[0]
    beside = (tests.memory == 0) & ~tests.mask_memory
    litters = ((memory != 0) & beside).any((1, 2)).tolist()
    each = zip(fits, litters, tried or [0] * len(fits), strict=True)
    return [_weight(len(fit.program), litter, n) for fit, litter, n in each]


def _weight(lines: int, litter: bool, tried: int) -> float:
    lined = SHORTER**-lines / tried if tried else WEIGHT**-lines
    return lined * WEIGHT ** -(LITTER * litter)


def _outputs(
    fits: Sequence[Candidate], inputs: Sequence[Example], problem: Problem
) -> Iterator[Outputs]:
    """What each program leaves, input by input: the output that examples ask for, or the words
    in those places that some example checks; None where it does not end but should."""
    machine, lists, tests = problem.machine, problem.lists, problem.tests
    start = np.zeros((len(inputs), machine.words), np.uint8)
    for row, example in zip(start, inputs, strict=True):
        row[: len(example.words)] = example.words
    programs = [fit.program for fit in fits]
    memory, registers, _, halted = run_programs(programs, start, machine)
    checked, expected = tests.mask_memory.any(0), tests.mask_registers.any(0)
    for cells, banks, ended in zip(memory, registers, halted | (not machine.halt), strict=True):
        if lists is None:
            words = np.concatenate([cells[:, checked], banks[:, expected]], axis=1).tolist()
            made = (tuple(row) for row in words)
        else:
            made = (
                as_value(lists.output_in(row, lists.inputs_in(example.words) or ()))
                for row, example in zip(cells.tolist(), inputs, strict=True)
            )
        yield tuple(out if end else None for out, end in zip(made, ended, strict=True))
