"""Engines that are commands: `--engine "cmd:./tool --flag"`.

The tool is run with the path of a spec file behind its own arguments. The spec holds the examples
(not the held-out ones, nor the oracle), and under `search` the seconds that are left and the seed.
It prints one JSON object, of which `program` counts: assembly text, or null where it found none.
Whether the program is right is found out here.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec import UNSET

from bridge import AssemblyError, Machine, Program, SkeletuneError, Spec, parse_program
from bridge.spec import Budget, Search
from synth.child import Child, temporary_folder
from synth.engines.base import Candidate, Event, Spent, Work
from synth.problem import Problem
from synth.sources import relative_to_home

__all__ = ["PREFIX", "CommandEngine", "CommandError"]

PREFIX: Final = "cmd:"
STAGE: Final = "external"


class CommandError(SkeletuneError):
    """A command that cannot be run, or does not print a solution."""


@dataclass(frozen=True)
class CommandEngine:
    """A tool of somebody else's."""

    name: str
    """`cmd:` and the command, its arguments separated as in a shell."""

    def __call__(self, problem: Problem, budget: Budget, seed: int) -> Iterator[Event]:
        """What the tool finds. It is killed when time is up. Raises CommandError if it cannot be
        started, fails, or prints something else than a solution."""
        yield Spent(STAGE)
        with temporary_folder() as folder:
            path = folder / f"{problem.name}.json"
            path.write_bytes(msgspec.json.encode(_spec(problem, budget, seed)))
            printed = yield from self._run(path)
        program = self._program(printed, problem.machine)
        if program is not None:
            yield Spent(STAGE, Work(programs=1))
            yield Candidate(program)

    def _run(self, spec: Path) -> Generator[Event, bool, str]:
        """What the command prints."""
        try:
            command = shlex.split(self.name.removeprefix(PREFIX))
        except ValueError as e:
            raise CommandError(
                f"{self.name}: no command line ({e}): quote as a shell does"
            ) from None
        if not command:
            raise CommandError(f"{PREFIX} names no command: write {PREFIX}./tool")
        command[0] = str(relative_to_home(Path(command[0])))
        try:
            child = Child([*command, str(spec)])
        except OSError as e:
            raise CommandError(
                f"{command[0]}: cannot be started: {e.strerror}: is the path right, and is it "
                "executable?"
            ) from None
        with child:
            while not child.ended(0.05):
                yield Spent(STAGE, detail=f"{self.name} is running")
            if child.code not in (0, 1):
                lines = child.stderr().strip().splitlines()
                last = f": {lines[-1][:200]}" if lines else ""
                raise CommandError(f"{self.name}: exit code {child.code}{last}")
            return child.stdout()

    def _program(self, printed: str, machine: Machine) -> Program | None:
        shown = printed.strip()[:80] or "nothing"
        try:
            found = json.loads(printed)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("program", 0), str | None):
            raise CommandError(
                f'{self.name}: printed {shown!r}, no solution: print {{"program":"…"}}, with '
                "assembly text or null"
            )
        if found["program"] is None:
            return None
        try:
            program = parse_program(found["program"], "its program")
            program.check(machine, "its program")
        except AssemblyError as e:
            raise CommandError(f"{self.name}: {e}") from None
        if program.has_hole:
            raise CommandError(f"{self.name}: its program has a hole (?): fill it")
        return program


def _spec(problem: Problem, budget: Budget, seed: int) -> Spec:
    """The problem as a spec, which a tool reads; without the oracle."""
    sketch = None if problem.sketch is None else problem.sketch.term or problem.sketch.program
    return Spec(
        name=problem.name,
        machine=problem.machine,
        examples=problem.examples,
        objective=problem.objective,
        sketch=UNSET if sketch is None else str(sketch),
        start=UNSET if problem.start is None else str(problem.start),
        search=Search(**msgspec.structs.asdict(budget) | {"seed": seed}),
    )
