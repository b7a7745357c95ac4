"""Program × examples -> Verdict. The only thing that counts as success."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from bridge.interpreter import run
from bridge.pictures import PictureTests
from bridge.program import Program
from bridge.rates import wilson
from bridge.spec import Example, Machine

__all__ = ["Verdict", "contradictions", "covered", "verify"]
__all__ += ["verify_pictures"]

Cells = tuple[tuple[tuple[str, int], int], ...]
"""Expected words, each with its bank and index, in their order."""


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
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share of such examples that it passes."""
        return wilson(self.passed, self.total)

    @property
    def mean_steps(self) -> float:
        return sum(self.steps) / len(self.steps) if self.steps else 0.0


def verify(program: Program, examples: Sequence[Example], machine: Machine) -> Verdict:
    """Runs the program on each example. Raises AssemblyError as `run` does."""
    passed = cells = cells_total = 0
    steps: list[int] = []
    for example in examples:
        outcome = run(program, example.words, machine)
        expected = list(example.cells())
        lost = machine.halt and not outcome.halted
        right = 0 if lost else sum(getattr(outcome, bank)[i] == word for bank, i, word in expected)
        passed += not lost and right == len(expected)
        cells += right
        cells_total += len(expected)
        steps.append(outcome.steps)
    return Verdict(passed, len(examples), cells, cells_total, tuple(steps))


def verify_pictures(
    program: Program,
    tests: PictureTests,
    words: Sequence[Int64[np.ndarray, " _"]],
    machine: Machine,
) -> Verdict:
    """Runs the program on each example with pictures, where each set's pictures show these words.
    Raises AssemblyError if the program does not fit the machine."""
    from bridge.batch import run_programs  # compiled: it takes a second to load

    program.check(machine)
    memory, registers, steps, halted = run_programs([program], tests.filled(words), machine)
    right = np.concatenate([memory[0], registers[0]], 1) == tests.expect
    right[~halted[0] & machine.halt] = False
    passed = (right | ~tests.checked).all(1) & (halted[0] | (not machine.halt))
    cells, total = int((right & tests.checked).sum()), int(tests.checked.sum())
    return Verdict(int(passed.sum()), len(tests), cells, total, tuple(steps[0].tolist()))


def contradictions(examples: Sequence[Example]) -> list[tuple[int, int]]:
    """Which examples expect another word than an earlier one with the same memory, as (earlier,
    later), one pair for each later one: no program passes both."""
    seen: dict[tuple[object, ...], dict[Cells, tuple[int, dict[tuple[str, int], int]]]] = {}
    found: list[tuple[int, int]] = []
    for later, example in enumerate(examples):
        given, want = _said(example)
        alike = seen.setdefault(given, {})  # each of these once: many examples may say the same
        earlier = (
            number
            for number, other in alike.values()
            if any(other.get(cell, word) != word for cell, word in want)
        )
        if (first := next(earlier, None)) is not None:
            found.append((first, later))
        alike.setdefault(want, (later, dict(want)))
    return found


def covered(examples: Sequence[Example], by: Sequence[Example]) -> set[int]:
    """Which of the examples say nothing that one of the others doesn't: the same memory before, no
    other words after."""
    known: dict[tuple[object, ...], dict[Cells, set[object]]] = {}
    for example in by:
        given, want = _said(example)
        known.setdefault(given, {}).setdefault(want, set(want))
    return {
        i
        for i, (given, want) in enumerate(map(_said, examples))
        if any(other.issuperset(want) for other in known.get(given, {}).values())
    }


def _said(example: Example) -> tuple[tuple[object, ...], Cells]:
    """Its memory without the zeros behind, and what it expects."""
    memory = [tuple(c.items()) if isinstance(c, dict) else c for c in example.memory]
    given = max((i + 1 for i, word in enumerate(memory) if word), default=0)
    return tuple(memory[:given]), tuple(((bank, i), word) for bank, i, word in example.cells())
