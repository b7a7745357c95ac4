"""Engines that are commands: `--engine "cmd:./tool --flag"`.

The tool is run with the path of a spec file behind its own arguments. The spec holds the examples
(not the held-out ones, nor the oracle), and under `search` the seconds that are left and the seed.
It prints one JSON object, of which `program` counts: assembly text, or null where it found none.
Whether the program is right is found out here.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec import UNSET

from bridge import AssemblyError, Program, SkeletuneError, parse_program
from synth.run import Answer, Run

__all__ = ["PREFIX", "CommandEngine", "CommandError"]

PREFIX: Final = "cmd:"


class CommandError(SkeletuneError):
    """A command that cannot be run, or does not print a solution."""


@dataclass(frozen=True)
class CommandEngine:
    """A tool of somebody else's."""

    name: str
    """`cmd:` and the command, its arguments separated as in a shell."""

    def search(self, run: Run) -> Answer | None:
        """What the tool finds, if it passes all examples. It is killed when time is up. Raises
        CommandError if it cannot be started, fails, or prints something else than a solution."""
        run.count("external")
        spec = msgspec.structs.replace(
            run.spec,
            holdout=(),
            oracle=UNSET,
            search=msgspec.structs.replace(
                run.spec.search, seconds=max(run.budget.seconds - run.seconds, 1e-3), seed=run.seed
            ),
        )
        with tempfile.TemporaryDirectory(prefix="skeletune-") as folder:
            path = Path(folder) / f"{spec.name}.json"
            path.write_bytes(msgspec.json.encode(spec))
            printed = self._run(run, path)
        if printed is None:
            run.notes.append(f"{self.name}: killed, for time was up")
            return None
        program = self._program(printed, run)
        if program is None:
            return None
        answer = Answer(self.name, program)
        run.count(programs=run.stats.programs + 1)
        return answer if run.offer(answer) else None

    def _run(self, run: Run, spec: Path) -> str | None:
        """What the command prints; None if it had to be killed."""
        try:
            command = shlex.split(self.name.removeprefix(PREFIX))
        except ValueError as e:
            raise CommandError(f"{self.name}: no command line: {e}") from None
        if not command:
            raise CommandError(f"{PREFIX} names no command: write {PREFIX}./tool")
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                process = subprocess.Popen(
                    [*command, str(spec)], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                    start_new_session=True,
                )  # fmt: skip
            except OSError as e:
                raise CommandError(
                    f"{command[0]}: cannot be started: {e.strerror}: is the path right, and is it "
                    "executable?"
                ) from None
            try:
                while process.poll() is None and not run.stopped():
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.05)
            finally:
                killed = process.poll() is None
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if killed:
                return None
            if process.returncode not in (0, 1):
                err.seek(0)
                lines = err.read().decode(errors="replace").strip().splitlines()
                last = f": {lines[-1][:200]}" if lines else ""
                raise CommandError(f"{self.name}: exit code {process.returncode}{last}")
            out.seek(0)
            return out.read().decode(errors="replace")

    def _program(self, printed: str, run: Run) -> Program | None:
        shown = printed.strip()[:80] or "nothing"
        try:
            found = json.loads(printed)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("program", 0), str | None):
            raise CommandError(
                f'{self.name}: printed {shown!r}, no solution: print {{"program": "…"}}, with '
                "assembly text or null"
            )
        if found["program"] is None:
            return None
        machine = run.spec.machine
        try:
            program = parse_program(found["program"], "its program")
            program.check(registers=machine.registers, lines=machine.lines, source="its program")
        except AssemblyError as e:
            raise CommandError(f"{self.name}: {e}") from None
        if program.has_hole:
            raise CommandError(f"{self.name}: its program has a hole (?): fill it")
        return program
