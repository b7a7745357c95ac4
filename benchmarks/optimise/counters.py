"""What counting down, or a pointer of its own, could be worth: sums with counters, in loops.

    python -m benchmarks.optimise.counters [RUNS]

Counting down takes a difference away that a loop tests in each round; a pointer that is moved takes
a sum away that is an address. Either is an `add` or a `sub` within a loop, of a counter and of what
the loop leaves alone. A counter is what a loop makes of itself, of other counters and of what it
leaves alone; what it reads, or takes the smaller of, is none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from benchmarks.command import UsageError, make_app, run_app
from benchmarks.optimise.answers import load_answers
from benchmarks.store import read_records
from bridge import Program, parse_program
from bridge.isa import opcode
from bridge.program import Instruction

__all__ = ["main", "sums"]

COUNTING: Final = {"zero", "inc", "dec", "move", "add", "sub"}

app = make_app("benchmarks.optimise.counters")


def sums(program: Program) -> Iterator[tuple[int, Instruction]]:
    """The lines, from 0, of sums and differences of a counter and of what its loop leaves alone.
    A loop is what a jump back goes over. There must be no holes."""
    found: dict[int, Instruction] = {}
    for end, jump in enumerate(program.instructions):
        if jump.target is None or jump.target > end:
            continue
        loop = program.instructions[jump.target : end + 1]
        made = _made(loop)
        counters = _counters(made)
        for line, some in enumerate(loop, jump.target):
            if some.opcode in ("add", "sub"):
                a, b = some.operands[:2]
                if (a in counters and b not in made) or (b in counters and a not in made):
                    found[line] = some
    yield from sorted(found.items(), key=lambda pair: pair[0])


_Made = dict[int | None, list[Instruction]]
"""Registers, and the instructions of a loop that set each."""


def _made(loop: Iterable[Instruction]) -> _Made:
    made: _Made = {}
    for some in loop:
        if some.opcode is not None and opcode(some.opcode).outputs:
            made.setdefault(some.operands[-1], []).append(some)
    return made


def _counters(made: _Made) -> set[int | None]:
    """The largest set of registers that are made of each other, and of what is not made."""
    counters = set(made)
    before = -1
    while before != len(counters):
        before = len(counters)
        counters = {
            register
            for register in counters
            if all(
                some.opcode in COUNTING
                and all(x in counters or x not in made for x in some.operands[:-1])
                for some in made[register]
            )
        }
    return counters


@app.default
def counters(
    runs: Annotated[
        Path | None, Parameter(help="What benchmarks.optimise kept; without, answers as found.")
    ] = None,
    /,
) -> None:
    """Prints the sums with counters in the loops of all answers, or of what they became."""
    console = Console(width=100, highlight=False)
    programs = _programs(runs)
    some = 0
    for name, program in programs:
        text = [f"{line}: {_said(what)}" for line, what in sums(program)]
        some += bool(text)
        if text:
            console.print(f"{name}: {', '.join(text)}")
    console.print(f"{some} of {len(programs)} programs have sums with counters in a loop")


def _programs(runs: Path | None) -> Sequence[tuple[str, Program]]:
    if runs is None:
        return [(answer.name, answer.program) for answer in load_answers()]
    rows = read_records(runs)
    if any(row["suite"] != "optimise" for row in rows):
        raise UsageError(f"{runs}: other runs are in it: give what benchmarks.optimise kept")
    return [
        (f"{row['task']}, {row['lists']}, {row['engine']}", parse_program(row["program"]))
        for row in rows
    ]


def _said(instruction: Instruction) -> str:
    return " ".join(map(str, (instruction.opcode, *instruction.operands)))


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
