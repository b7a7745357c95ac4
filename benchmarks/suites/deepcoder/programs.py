"""Programs of so many calls, drawn: each does what no shorter one and no other drawn one does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import Any, Final

from benchmarks.suites.deepcoder.dsl import CALLS, Call, Kind, Undefined
from benchmarks.suites.drawn.inputs import either, number, numbers, one_of

__all__ = ["SIGNATURES", "Line", "Program", "draw_inputs", "draw_programs"]

SIGNATURES: Final[tuple[tuple[Kind, ...], ...]] = (("list",), ("int", "list"), ("list", "list"))
LISTS: Final = either(numbers(1, 9, 1, 8), numbers(1, 30, 1, 8), numbers(1, 99, 1, 8))
INTS: Final = number(0, 8)
PROBES: Final = 12
"""Inputs of each signature on which programs are told apart."""

Behaviour = tuple[str | None, ...]


@dataclass(frozen=True)
class Line:
    """A call, and which values it takes: inputs first, then what the lines before gave."""

    call: Call
    takes: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """The last line's value is the program's."""

    signature: tuple[Kind, ...]
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """The calls with the places of what they take: inputs are a and b, then lines c, d, …"""
        letters = "abcdefgh"
        return "--".join(
            f"{line.call.name}-{''.join(letters[i] for i in line.takes)}" for line in self.lines
        )

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (*self.signature, *(line.call.gives for line in self.lines))

    def run(self, inputs: Sequence[Any]) -> Any:
        """Raises Undefined."""
        values = list(inputs)
        for line in self.lines:
            values.append(line.call(*(values[i] for i in line.takes)))
        return values[-1]

    def is_defined(self, *inputs: Any) -> bool:
        """Whether it has a value for these inputs."""
        try:
            self.run(inputs)
        except Undefined:
            return False
        return True

    def uses_all(self) -> bool:
        """Whether each input, and each line but the last, is taken by some line."""
        taken = {i for line in self.lines for i in line.takes}
        return len(taken) == len(self.kinds) - 1

    def grows_on_the_way(self) -> bool:
        """Whether a line but the last may give larger numbers than it takes."""
        return any(line.call.grows for line in self.lines[:-1])


@dataclass(frozen=True)
class _Traced:
    """A program, and all its values on each probe; None where one is undefined."""

    program: Program
    values: tuple[tuple[Any, ...] | None, ...]

    def then(self, line: Line) -> _Traced:
        """With one line more."""
        values = tuple(known and _extended(known, line) for known in self.values)
        return _Traced(replace(self.program, lines=(*self.program.lines, line)), values)

    def behaviour(self, value: int = -1) -> Behaviour:
        """What it gives on each probe."""
        return tuple(None if known is None else str(known[value]) for known in self.values)


def _extended(values: tuple[Any, ...], line: Line) -> tuple[Any, ...] | None:
    try:
        return (*values, line.call(*(values[i] for i in line.takes)))
    except Undefined:
        return None


def draw_inputs(random: Random, signature: tuple[Kind, ...]) -> tuple[Any, ...]:
    return tuple(LISTS(random) if kind == "list" else INTS(random) for kind in signature)


def draw_programs(random: Random, each: int, longest: int) -> Iterator[Program]:
    """So many programs of each length, the short ones first."""
    empty = {s: _probed(random, s) for s in SIGNATURES}
    shorter = {s: {start.behaviour(i) for i in range(len(s))} for s, start in empty.items()}
    for length in range(1, longest + 1):
        taken = {s: set(known) for s, known in shorter.items()}
        found = 0
        while found < each:
            signature = one_of(random, SIGNATURES)
            drawn = _draw(random, empty[signature], length)
            behaviour = drawn.behaviour()
            if drawn.program.uses_all() and behaviour not in taken[signature] and _tells(behaviour):
                taken[signature].add(behaviour)
                found += 1
                yield drawn.program
        if length < longest:
            for signature, start in empty.items():
                shorter[signature] |= {p.behaviour() for p in _every(start, length)}


def _probed(random: Random, signature: tuple[Kind, ...]) -> _Traced:
    """The program without lines."""
    probes = tuple(draw_inputs(random, signature) for _ in range(PROBES))
    return _Traced(Program(signature, ()), probes)


def _tells(behaviour: Behaviour) -> bool:
    """Whether most inputs have a value, and no value is that of half of them."""
    counts = Counter(behaviour)
    return counts[None] <= PROBES // 2 and max(counts[v] for v in counts if v) < PROBES // 2


def _lines(kinds: Sequence[Kind]) -> Iterator[Line]:
    """All calls on values of these kinds."""
    for call in CALLS:
        places = [[i for i, kind in enumerate(kinds) if kind == taken] for taken in call.takes]
        yield from (Line(call, takes) for takes in product(*places))


def _every(start: _Traced, length: int) -> Iterator[_Traced]:
    """All that go on from there by so many lines."""
    if length == 0:
        yield start
        return
    for line in _lines(start.program.kinds):
        yield from _every(start.then(line), length - 1)


def _draw(random: Random, start: _Traced, length: int) -> _Traced:
    """Each call is as likely, then each choice of what it takes."""
    for _ in range(length):
        lines: dict[str, list[Line]] = {}
        for line in _lines(start.program.kinds):
            lines.setdefault(line.call.name, []).append(line)
        start = start.then(one_of(random, one_of(random, list(lines.values()))))
    return start
