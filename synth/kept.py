"""What engines see of the examples, and what a better program must pass besides.

Where a correct program is to be made quicker or shorter, a quarter of the examples is kept back:
fresh inputs of the same distribution. If there is an oracle, none is: engines see some more
examples, which it answers, and a better program must do as it does on many others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from bridge import Program, verify
from bridge.counts import counted
from bridge.spec import Example
from bridge.tests import Tests, encode_examples
from synth.counterexamples import answered
from synth.problem import Problem

__all__ = ["Kept", "keep_back"]

SHOWN: Final = 12
"""Inputs drawn like the examples that engines see, where an oracle answers them, and as many that
are drawn more widely."""
FRESH: Final = 500
"""Further ones of both kinds, on which better programs are checked, too."""


@dataclass(frozen=True)
class Kept:
    """What is shown, and what is not."""

    problem: Problem
    shown: tuple[Example, ...]
    kept: tuple[Example, ...] = ()
    alike: Tests | None = None
    """Inputs like the examples, which the oracle answers."""
    wide: Tests | None = None
    """Others."""
    shown_wide: int = 0
    """How many of those that are shown are such, at the end."""

    @property
    def seen(self) -> Problem:
        """The problem, with what is shown."""
        return replace(self.problem, examples=self.shown, wide=self.shown_wide)

    def check(self, program: Program) -> int | None:
        """The steps that it takes on fresh inputs like the examples, and half of those on others:
        what is quicker on the examples must not be much slower elsewhere. None if it fails some, or
        one that is kept back. It must pass those that are shown."""
        machine = self.problem.machine
        if self.kept:
            return 0 if verify(program, self.kept, machine).correct else None
        if self.alike is None or self.wide is None:
            return 0
        from bridge.batch import which_pass  # compiled: loaded only where it is used

        (right, steps), (too, more) = (
            which_pass([program], t, machine) for t in (self.alike, self.wide)
        )
        return int(steps[0] + more[0] // 2) if right[0] and too[0] else None

    def note(self, refuted: int) -> str:
        """What came of it."""
        if self.alike is not None and self.wide is not None:
            what = counted(len(self.alike.memory) + len(self.wide.memory), "fresh input")
        elif self.kept:
            what = f"{counted(len(self.kept), 'example')} kept back from the search"
        else:
            return "too few examples to keep any back: no fresh inputs but what is held out"
        return f"checked on {what}, which refuted {counted(refuted, 'program')}"


def keep_back(problem: Problem, seed: int, attempt: int = 0) -> Kept:
    """All examples, unless a correct program is to be made quicker or shorter. Each attempt draws
    other inputs."""
    examples = problem.examples
    if not problem.adapts:
        return Kept(problem, examples)
    if problem.oracle is None:
        order = np.random.default_rng(seed).permutation(len(examples))
        few = len(examples) // 4
        shown, kept = (tuple(examples[i] for i in sorted(o)) for o in (order[few:], order[:few]))
        return Kept(problem, shown, kept)
    alike, wide = (
        list(islice(answered(problem, f"fresh/{seed}/{attempt}", widely=widely), SHOWN + FRESH))
        for widely in (False, True)
    )
    if problem.oracle != problem.start:
        wide = []  # scratch memory is another program's own affair
    shown = (*examples, *alike[:SHOWN], *wide[:SHOWN])
    return Kept(
        problem, shown, (), encode_examples(alike, problem.machine),
        encode_examples(wide, problem.machine), shown_wide=len(wide[:SHOWN]),
    )  # fmt: skip
