"""Programs that can explain examples with pictures, and the likelihoods they are trained with."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np
from jaxtyping import Int16

from bridge import Program
from bridge.counts import counted
from bridge.term import Term
from synth.engines.base import Event, Spent, Work
from synth.engines.likelihoods import trained_as
from synth.engines.reader import Contender
from synth.enumeration.completions import completions
from synth.problem import Problem
from synth.sketch import Sketch

if TYPE_CHECKING:
    from backend.perception import Likelihood, Table
    from bridge.readings import Group
    from synth.enumeration.pictures import PictureEnumeration

__all__ = ["SHORT", "STAGE", "Entrant", "Pool", "caveats", "groups_of", "likelihoods_of"]
__all__ += ["short_groups"]

STAGE: Final = "enumeration"
SHORT: Final = 1_000
"""Candidates are raced on examples that have no more readings,"""
ENOUGH: Final = 64
"""if there are so many of these."""
DEAREST: Final = 1_000_000
"""No term costs as much."""


def groups_of(problem: Problem) -> tuple[Group, ...]:
    """The problem's examples, by their pictures."""
    from bridge.readings import group_examples  # with numba: it takes a second to load

    them = problem.pictures
    return group_examples(
        them.memory, them.which, them.index, them.expect, them.checked,
        [images.words for images in problem.images],
    )  # fmt: skip


def short_groups(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Those that candidates are raced on: of few readings, if these hold enough examples."""
    short = tuple(group for group in groups if group.readings <= SHORT)
    return short if sum(len(group.example) for group in short) >= ENOUGH else tuple(groups)


def likelihoods_of(
    program: Program,
    term: Term | None,
    groups: Sequence[Group],
    problem: Problem,
    *,
    execute: bool = True,
) -> tuple[Likelihood, ...] | str:
    """What the program is trained with, group by group; or why it cannot be trained. Unless it is
    to be done, no readings are executed at each step of training."""
    found = trained_as(
        program, term, groups, problem.machine, lower=problem.lower, rulesets=problem.rulesets,
        language=problem.language, execute=execute,
    )  # fmt: skip
    return found if isinstance(found, str) else found.likelihoods


def caveats(groups: Sequence[Group], likelihoods: Sequence[Likelihood]) -> Iterator[str]:
    """On which examples a program is trained by what may not be exact, and what that is."""
    for group, one in zip(groups, likelihoods, strict=True):
        if one.caveat:
            yield f"trained on examples of {counted(len(group.sets), 'picture')} by {one.caveat}"


@dataclass(frozen=True, eq=False)
class Entrant:
    """A program that can explain the examples."""

    program: Program
    term: Term | None
    number: int
    """In the order of cost (the term's, or the number of lines), and among equals of discovery."""
    likelihoods: tuple[Likelihood, ...]
    """Of each group that it is raced on."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """These, where all are tables; else none."""
        from backend.perception import Table

        found = tuple(one for one in self.likelihoods if isinstance(one, Table))
        return found if len(found) == len(self.likelihoods) else ()

    def contender(self, loss: float, error: float, steps: int) -> Contender:
        """How it fared."""
        kinds = ", ".join(dict.fromkeys(each.kind for each in self.likelihoods))
        cost = self.number // DEAREST
        return Contender(self.program, self.term, cost, loss, error, steps, kinds)


@dataclass
class Pool:
    """The programs found so far, distinct by what they do."""

    problem: Problem
    groups: tuple[Group, ...]
    """All of the examples."""
    racing: tuple[Group, ...]
    """Those of the race."""
    terms: int
    """The most that are executed."""
    entrants: dict[int, Entrant] = field(default_factory=dict)
    reachable: int = 0
    """How many can explain the examples."""
    filled: int = 0
    """How many fillings of a sketch were tried."""
    refused: str = ""
    """Why not all of these are entrants: there is no likelihood that can be had."""

    def __post_init__(self) -> None:
        self._seen = set[tuple[bytes, ...]]()

    @cached_property
    def _enumeration(self) -> PictureEnumeration:
        from synth.enumeration.pictures import PictureEnumeration  # with numba

        problem = self.problem
        return PictureEnumeration(
            self.groups, problem.machine, self.terms, problem.accuracy, problem.language,
            problem.costs,
        )  # fmt: skip

    @cached_property
    def _programs(self) -> Iterator[Term | None]:
        return self._enumeration.programs()

    @property
    def states(self) -> int:
        """Distinct behaviours enumerated; or fillings of a sketch, tried."""
        return self.filled if self.problem.sketch is not None else self._enumeration.states

    def fill(self, terms: int, most: int) -> Generator[Event, object, list[Entrant]]:
        """Enumerates until so many terms are executed, or so many programs are new: these. The
        first is the program without instructions."""
        new, done = list[Entrant](), self._enumeration
        if not done.terms and not self.problem.outputs:  # what does nothing is no state to come to
            new += self._enter(Program(()), Term("do", ()))
        before = Work(terms=done.terms, states=done.states)
        while done.terms < terms and len(new) < most:
            try:
                term = next(self._programs)
            except StopIteration:
                break
            now = Work(terms=done.terms, states=done.states)
            yield Spent(STAGE, now.plus(before, -1), f"{self.reachable:,} can explain the examples")
            before = now
            for program in self.problem.lowerings(term) if term is not None else ():
                new += self._enter(program, term)
        new.sort(key=lambda entrant: entrant.number)
        self.entrants |= {entrant.number: entrant for entrant in new}
        return new

    def complete(
        self, sketch: Sketch, programs: Sequence[Program], terms: int
    ) -> Generator[Event, object, list[Entrant]]:
        """Programs that complete a sketch, where they can explain the examples: these, and those of
        so many fillings of its holes."""
        new = [entrant for program in programs for entrant in self._enter(program, None)]
        problem, machine = self.problem, self.problem.machine
        if sketch.term is None:
            from synth.enumeration.fillings import explaining_fillings  # with numba

            filled = explaining_fillings(
                sketch.program, self.choices(sketch), self.groups, machine, problem.accuracy, terms
            )
            for count, found in filled:
                new += [entrant for program in found for entrant in self._enter(program, None)]
                work, self.filled = Work(programs=count), self.filled + count
                yield Spent(STAGE, work, f"{self.reachable:,} can explain the examples")
        else:
            size = machine.words, machine.steps
            filled = completions(sketch.term, *size, problem.language, problem.costs)
            for term in islice(filled, terms):
                self.filled += 1
                yield Spent(STAGE, Work(terms=1), f"{self.reachable:,} can explain the examples")
                for program in problem.lowerings(term):
                    new += self._enter(program, term)
        self.entrants |= {entrant.number: entrant for entrant in new}
        return new

    def choices(self, sketch: Sketch) -> dict[int, Int16[np.ndarray, "n 5"]]:
        """What may fill each line of a sketch that has a hole."""
        from synth.discrete.edits import fillings  # with numba

        expected = [register - 1 for register in self.problem.outputs]
        return fillings(sketch.program, self.problem.machine, expected)

    def _enter(self, program: Program, term: Term | None) -> list[Entrant]:
        """The program, if it is new and can explain the examples."""
        from backend.perception import Table

        likelihoods = likelihoods_of(program, term, self.racing, self.problem, execute=False)
        if isinstance(likelihoods, str):
            self.reachable, self.refused = self.reachable + 1, self.refused or likelihoods
            return []
        if not self._explains(likelihoods):
            return []
        tables = [np.asarray(one.outcome) for one in likelihoods if isinstance(one, Table)]
        if len(tables) == len(likelihoods):
            key = tuple(table.tobytes() for table in tables)
            if key in self._seen:
                return []
            self._seen.add(key)
        cost = len(program) if term is None else term.size
        self.reachable += 1
        return [Entrant(program, term, DEAREST * cost + self.reachable, likelihoods)]

    def _explains(self, likelihoods: Sequence[Likelihood]) -> bool:
        """Whether some reading of each of enough examples leads to its answer."""
        pairs = list(zip(likelihoods, self.racing, strict=True))
        explained = sum(int(one.reaches(group)[group.answer].sum()) for one, group in pairs)
        total = sum(len(group.example) for group in self.racing)
        return explained >= ceil(self.problem.accuracy * total - 1e-9)
