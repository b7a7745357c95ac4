"""Answers to optimise: one right program for each task, found once, with a budget in work.

    python -m benchmarks.optimise.answers [--terms N] [--out FILE.jsonl]
    python -m benchmarks.optimise.answers --shipped

The second line solves nothing: it writes what `python -m synth.rules show` looks at.

What enumeration finds, as a term, if it is verified; else the program that stands beside the spec.
A task that asks for few steps is answered with the program that it gives to start from.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

import synth
from benchmarks.answers import ENDLESS
from benchmarks.command import UsageError, check_positive, make_app, run_app
from benchmarks.suites import ROOT, find_suites, load_solved
from bridge import Program, Spec, load_spec, parse_program, run
from bridge.lowering.lift import Style, lift_program
from bridge.term import Term, parse_term
from synth.options import refuses
from synth.rules.gains import ANSWERS

__all__ = ["FILE", "SUITES", "Answer", "load_answers", "main"]

FILE: Final = Path(__file__).parent / "answers.jsonl"
SUITES: Final = ("table1", "anc", "lists")

app = make_app("benchmarks.optimise.answers")


@dataclass(frozen=True)
class Answer:
    """A task, and a program that is right on all its examples, held-out ones too."""

    suite: str
    task: str
    program: Program
    term: Term | None
    """What the program was lowered from, where it was."""

    @property
    def name(self) -> str:
        return f"{self.suite}/{self.task}"

    @property
    def spec(self) -> Spec:
        """The task's spec."""
        return load_spec(ROOT / self.suite / f"{self.task}.json")


def load_answers(path: Path = FILE) -> list[Answer]:
    """The answers in that file, in the order of their names. Raises UsageError."""
    try:
        return [_answer(json.loads(line)) for line in path.read_text().splitlines()]
    except (OSError, ValueError, KeyError) as e:
        raise UsageError(f"{path}: no answers in it ({e}): make them with --out") from None


def _answer(row: dict[str, Any]) -> Answer:
    term = row["term"]
    program = parse_program(row["program"])
    return Answer(row["suite"], row["task"], program, None if term is None else parse_term(term))


def solve(path: Path, terms: int) -> dict[str, Any]:
    """The record of a task's answer."""
    solved = load_solved(path)
    row = {"suite": path.parent.name, "task": path.stem}
    if solved.spec.objective == "correct":
        found = synth.solve(solved.spec, engine="enumeration", terms=terms, seconds=ENDLESS)
        if found.result is synth.Result.VERIFIED:
            return row | {"term": str(found.term), "program": str(found.program)}
    return row | {"term": None, "program": str(solved.program)}


INPUTS: Final = 8
"""Of each task, so many inputs are shipped."""


def to_ship(answer: Answer) -> dict[str, Any] | None:
    """The answer as a term, loops open where it has to be lifted, and what it does on some of the
    task's inputs; None if its runs need not end."""
    machine, spec = answer.spec.machine, answer.spec
    term = answer.term or lift_program(answer.program, machine.words, style=Style.OPEN)
    if term is None or not machine.halt:
        return None
    examples = [
        {
            "memory": example.memory,
            "expect": {"memory": run(answer.program, example.words, machine).memory},
        }
        for example in spec.examples[:INPUTS]
    ]
    return {
        "name": answer.name,
        "term": str(term),
        "spec": {"machine": msgspec.to_builtins(machine), "examples": examples},
    }


@app.default
@refuses("shipped", why="it solves nothing")
def answers(
    *,
    terms: Annotated[int, Parameter(help="To enumerate, for each task.")] = 30_000_000,
    out: Annotated[Path, Parameter(help="Written anew.")] = FILE,
    shipped: Annotated[
        bool, Parameter(negative=(), help="Writes the answers, with inputs, for synth.rules.")
    ] = False,
) -> int:
    """Solves every task of the suites table1, anc and lists once; keeps the answers in a file."""
    if shipped:
        _write(ANSWERS, [row for a in load_answers() if (row := to_ship(a)) is not None])
        return 0
    check_positive(terms=terms)
    paths: Sequence[Path] = [path for name in SUITES for path in find_suites()[name]]
    console = Console(stderr=True)
    rows = [solve(p, terms) for p in track(paths, console=console, disable=not console.is_terminal)]
    _write(out, rows)
    return 0


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
