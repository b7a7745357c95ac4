"""Program × examples -> Verdict. The only thing that counts as success."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.interpreter import run
from bridge.program import Program
from bridge.spec import Example, Machine

__all__ = ["Verdict", "verify"]


@dataclass(frozen=True)
class Verdict:
    """How a program did on examples, by executing it."""

    passed: int
    total: int
    cells: int
    """Expected cells that came out right (0 of an example that had to halt and did not)."""
    cells_total: int
    steps: tuple[int, ...]
    """Steps taken on each example."""

    @property
    def correct(self) -> bool:
        """Every example passed. True of no examples at all: ask for `total` too."""
        return self.passed == self.total

    @property
    def mean_steps(self) -> float:
        return sum(self.steps) / len(self.steps) if self.steps else 0.0


def verify(program: Program, examples: Sequence[Example], machine: Machine) -> Verdict:
    """Runs the program on each example. Raises AssemblyError as `run` does."""
    passed = cells = cells_total = 0
    steps = []
    for example in examples:
        outcome = run(program, example.memory, machine)
        expected = list(example.cells())
        right = sum(getattr(outcome, bank)[i] == word for bank, i, word in expected)
        if machine.halt and not outcome.halted:
            right = 0
            ok = False
        else:
            ok = right == len(expected)
        passed += ok
        cells += right
        cells_total += len(expected)
        steps.append(outcome.steps)
    return Verdict(passed, len(examples), cells, cells_total, tuple(steps))
