"""Examples, stepped through: the interpreter's state after each step."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from bridge import Example, Machine, Program
from bridge.interpreter import run as interpret
from synth.page.race import Album, album
from synth.page.run import Run

__all__ = ["Difference", "Stepper", "Trace", "stepper", "trace"]

MOST_STEPS = 400
"""Of a trace; a longer run is shown until then, and at its end."""
SHOWN, FAILED = 8, 4
"""Examples to step through, at most; of these, such as fail, if there are any."""
LOOKED_AT = 200
"""Examples of each group that are executed to find such as fail."""


@dataclass(frozen=True)
class Trace:
    """A run of the program. Cells are memory, then registers, by one number."""

    title: str
    start: tuple[int, ...]
    """Memory before."""
    preload: tuple[int, ...]
    """What registers start with."""
    path: tuple[int, ...]
    """The line that each step executes."""
    changes: tuple[tuple[tuple[int, int], ...], ...]
    """(cell, word) of what each step changes."""
    expect: tuple[tuple[int, int], ...]
    """(cell, word) of what is expected in the end."""
    steps: int
    """That the run takes; there may be fewer in the path."""
    passed: bool
    halted: bool
    end: tuple[int, ...]
    """Memory and registers after the run."""
    pictures: tuple[tuple[int, str], ...] = ()
    """(cell, picture as a data URI) of those before the run."""


@dataclass(frozen=True)
class Difference:
    """An example that fails, and where."""

    title: str
    start: str
    cells: str
    """Which cells differ, what was expected, and what came of it."""


@dataclass(frozen=True)
class Stepper:
    """Traces of some examples, those that fail first."""

    words: int
    registers: int
    lines: int
    cells: int
    """Of memory, those that are shown: no other is used."""
    traces: tuple[Trace, ...]
    differences: tuple[Difference, ...]
    executed: int
    first: int
    """The trace that is shown first."""


def trace(
    program: Program,
    memory: Sequence[int],
    machine: Machine,
    expect: Sequence[tuple[int, int]] = (),
    title: str = "",
) -> Trace:
    """The program on that memory, by running the reference interpreter for 0, 1, 2, … steps."""
    path: list[int] = []
    whole = interpret(program, memory, machine, path=path)
    shown = min(whole.steps, MOST_STEPS)
    states: list[tuple[int, ...]] = []
    for steps in range(shown + 1):
        least = msgspec.structs.replace(machine, steps=steps)
        outcome = interpret(program, memory, least)
        states.append((*outcome.memory, *outcome.registers))
    end = (*whole.memory, *whole.registers)
    changes = tuple(
        tuple((i, word) for i, word in enumerate(after) if word != before[i])
        for before, after in itertools.pairwise(states)
    )
    lost = machine.halt and not whole.halted
    return Trace(
        title, *_split(states[0], machine.words), tuple(path[:shown]), changes, tuple(expect),
        whole.steps, not lost and all(end[i] == word for i, word in expect), whole.halted, end,
    )  # fmt: skip


def _split(state: tuple[int, ...], words: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return state[:words], state[words:]


def stepper(run: Run) -> Stepper | None:
    """The section of the stepper."""
    if run.program is None or (run.spec.images and not run.readings):
        return None
    machine, program = run.spec.machine, run.program
    failed: list[tuple[str, Example]] = []
    passed: list[tuple[str, Example]] = []
    executed = 0
    for group, examples in (("held out", run.fresh), ("example", run.examples)):
        for i, example in enumerate(examples[:LOOKED_AT]):
            outcome = interpret(program, words := run.words_of(example), machine)
            end, executed = (*outcome.memory, *outcome.registers), executed + 1
            right = all(end[at] == word for at, word in _expected(example, machine))
            ok = right and (outcome.halted or not machine.halt)
            given = run.inputs_of(example) or " ".join(map(str, _trimmed(words)))
            title = f"{group} {i + 1}: {given}"
            (passed if ok else failed).append((title, example))
    passed.sort(key=lambda pair: pair[0].startswith("held"))  # examples first
    chosen = failed[: max(FAILED, SHOWN - len(passed))]
    chosen += passed[: SHOWN - len(chosen)]
    pictures = album(run)
    traces = tuple(
        replace(
            trace(program, run.words_of(e), machine, _expected(e, machine), title),
            pictures=_pictures(e, pictures),
        )
        for title, e in chosen
    )
    used = [
        cell
        for t in traces
        for cell in (
            *(i for i, word in enumerate(t.start) if word),
            *(cell for cell, _ in t.expect),
            *(cell for step in t.changes for cell, _ in step),
        )
        if cell < machine.words
    ]
    return Stepper(
        machine.words, machine.registers, machine.lines, max([*used, 3]) + 1, traces,
        tuple(_difference(t, machine) for t in traces if not t.passed), executed,
        _most_told(traces),
    )  # fmt: skip


def _pictures(example: Example, pictures: Album) -> tuple[tuple[int, str], ...]:
    """The pictures in its memory, by their cells."""
    if not pictures.sets:
        return ()
    return tuple(
        (i, pictures.uri(*next(iter(cell.items()))))
        for i, cell in enumerate(example.memory)
        if isinstance(cell, dict)
    )


def _most_told(traces: Sequence[Trace]) -> int:
    """The first one that fails; or else the longest of those that are not long."""
    told = ((t.passed, t.steps > 60, -t.steps, i) for i, t in enumerate(traces))
    return min(told, default=(True, False, 0, 0))[-1]


def _expected(example: Example, machine: Machine) -> list[tuple[int, int]]:
    return [
        (index + (machine.words if bank == "registers" else 0), word)
        for bank, index, word in example.cells()
    ]


def _difference(t: Trace, machine: Machine) -> Difference:
    wrong = [
        f"{_named(cell, machine)} is {t.end[cell]}, expected {word}"
        for cell, word in t.expect
        if t.end[cell] != word
    ]
    if machine.halt and not t.halted:
        wrong.insert(0, f"it does not halt within {machine.steps} steps")
    more = f" and {len(wrong) - 6} more" if len(wrong) > 6 else ""
    return Difference(t.title, " ".join(map(str, _trimmed(t.start))), "; ".join(wrong[:6]) + more)


def _named(cell: int, machine: Machine) -> str:
    if cell < machine.words:
        return f"cell {cell}"
    return f"register {cell - machine.words + 1}"


def _trimmed(words: Sequence[int]) -> Sequence[int]:
    """Without the zeros behind, but for one."""
    last = max((i for i, word in enumerate(words) if word), default=-1)
    return words[: min(last + 2, len(words))]
