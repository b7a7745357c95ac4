"""The engine sat: the machine bit-blasted over the examples, and a solver that completes it.

Synthesis by counterexamples: a formula holds the runs on a few examples; the program of its model
is executed on all of them, and the smallest that it fails joins the formula. Lines and the bound of
steps grow together, without knowing what is needed: formulas are tried smallest first, each for a
while, in turns, so that none that takes for ever keeps the others waiting.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

from bridge import Example, Machine, Program, SkeletuneError, verify
from bridge.counts import counted
from bridge.spec import Budget
from synth.engines.base import Candidate, Event, Note, Refuted, Spent, Work
from synth.problem import Problem

__all__ = ["SATEngine", "SolverError"]

SOLVER: Final = "cadical195"
ROUNDS: Final = (2, 3, 4, 6, 12, 24, 48)
"""Steps for each line: a straight program, and loops that go round more and more often."""


class SolverError(SkeletuneError):
    """A solver that is not installed."""


class _Attempt:
    """A formula for so many lines and steps, and its solver; at first with the smallest example."""

    def __init__(self, problem: Problem, lines: int, bound: int) -> None:
        from synth.engines.bitblast import Blast

        try:
            from pysat.solvers import Solver
        except ImportError:
            raise SolverError(
                "engine sat: python-sat is not installed: pip install 'skeletune[sat]'"
            ) from None
        sketch = None if problem.sketch is None else problem.sketch.program
        add, named = (solver := Solver(SOLVER)).add_clause, bool(problem.outputs)
        self.solver, self.size, self.turns = solver, (lines, bound), 0
        self._model: list[int] | None = None
        self.blast = Blast(problem.machine, lines, bound, add, sketch, named)
        self.shown: list[Example] = []
        self.show(min(problem.examples, key=_weight))

    def show(self, example: Example) -> None:
        """Demands that the program be right on one more example."""
        self.shown.append(example)
        self.blast.add_example(example)

    def solve(self, conflicts: int) -> Program | bool | None:
        """A program that satisfies it, or False if there is none; None if so many conflicts don't
        tell."""
        self.turns += 1
        self.solver.conf_budget(conflicts)
        satisfied = self.solver.solve_limited()
        self._model = self.solver.get_model() if satisfied else None
        return satisfied if self._model is None else self.blast.program(self._model)

    def go_on(self) -> None:
        """Demands another program than the last."""
        assert self._model is not None
        self.blast.forbid(self._model)

    def is_whole(self, problem: Problem) -> bool:
        """Whether a program that is no model of it is none for the machine. Of a term's sketch, the
        program has no holes for what takes more lines."""
        machine, sketch = problem.machine, problem.sketch
        lines = machine.lines if sketch is None else len(sketch.program)
        term = None if sketch is None else sketch.term
        return self.size == (lines, machine.steps) and self.blast.has_all_registers and not term


@dataclass(frozen=True)
class SATEngine:
    """Constraint solving: CaDiCaL on the machine as a formula."""

    name: str = "sat"
    conflicts: int = 1000
    """Of the solver, in a formula's first turn; twice as many in its second, and so on."""
    most_conflicts: int = 4000
    """The most in one turn: what the clock waits for."""
    open: int = 6
    """How many formulas take turns."""
    clauses: int = 6_000_000
    """The most clauses of all of them together, for the sake of memory."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """Raises SolverError if python-sat is not installed."""
        sketch = None if problem.sketch is None else problem.sketch.program
        sizes = _sizes(problem.machine, None if sketch is None else len(sketch))
        refuted: list[tuple[int, int]] = []
        attempts: list[_Attempt] = []
        executed, none_fits = 0, False
        try:
            while executed < budget.programs:
                if self._has_room(attempts) and (size := _next(sizes, refuted)) is not None:
                    attempts.append(_Attempt(problem, *size))
                elif not attempts:
                    break
                for attempt in list(attempts):
                    yield Spent(self.name, detail=_tried(refuted, attempts))
                    turn = self.conflicts << min(attempt.turns, 10)
                    program = attempt.solve(min(turn, self.most_conflicts))
                    if isinstance(program, Program):
                        executed += 1
                        if (yield from self._try(problem, attempt, program)):
                            return
                    elif program is False:
                        refuted.append(attempt.size)
                        none_fits |= attempt.is_whole(problem)
                        attempts.remove(attempt)
                        attempt.solver.delete()
            yield Note(f"{self.name}: {_tried(refuted, attempts)}")
            if none_fits:
                yield Refuted("the formula of the whole machine has no solution")
        finally:
            for attempt in attempts:
                attempt.solver.delete()

    def _has_room(self, attempts: list[_Attempt]) -> bool:
        clauses = sum(attempt.blast.clauses for attempt in attempts)
        return len(attempts) < self.open and clauses < self.clauses

    def _try(
        self, problem: Problem, attempt: _Attempt, program: Program
    ) -> Generator[Event, bool, bool]:
        """Offers the program of a model; where it fails, that is one more example for the formula.
        Whether it was accepted."""
        yield Spent(self.name, Work(programs=1))
        if (yield Candidate(program)):
            return True
        failed = (
            example
            for example in problem.examples
            if example not in attempt.shown
            and not verify(program, (example,), problem.machine).correct
        )
        if (smallest := min(failed, key=_weight, default=None)) is not None:
            attempt.show(smallest)
        else:  # it is right, and more are wanted
            attempt.go_on()
        return False


def _tried(refuted: list[tuple[int, int]], attempts: list[_Attempt]) -> str:
    open_ = ", ".join("{} lines × {} steps".format(*a.size) for a in attempts)
    return f"no program for {counted(len(refuted), 'bound')}; at the end: {open_ or 'none'}"


def _sizes(machine: Machine, lines: int | None) -> Iterator[tuple[int, int]]:
    """Numbers of lines with bounds of steps, the smallest products first; `lines` if given. Where
    the run needn't halt, its state after the machine's steps counts, and no bound is shorter."""
    numbers = range(1, machine.lines + 1) if lines is None else (lines,)
    rounds = ROUNDS if machine.halt else (machine.steps,)
    bounds = {(n, min(machine.steps, each * n)) for n in numbers for each in rounds}
    bounds.add((max(numbers), machine.steps))  # all that there is
    return iter(sorted(bounds, key=lambda size: (size[0] * size[1], size)))


def _next(
    sizes: Iterator[tuple[int, int]], refuted: list[tuple[int, int]]
) -> tuple[int, int] | None:
    """The next that may have a program: none has what fits into bounds that have none."""
    for lines, bound in sizes:
        if not any(lines <= most and bound <= limit for most, limit in refuted):
            return lines, bound
    return None


def _weight(example: Example) -> tuple[int, int]:
    """Small examples need few steps, as a rule."""
    return len([word for word in example.words if word]), sum(example.words)
