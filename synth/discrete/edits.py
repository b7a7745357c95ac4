"""All programs that differ from a given one in a few lines, executed: the cheapest repair.

A line may become any instruction, in canonical form: one of those that mean the same (`sub 1 1 2`
is `zero 2`, `add 2 1 3` is `add 1 2 3`, a jump to the next line is `noop`), and of the registers
that the program does not name, no more than so many changed lines could use. What is left out
behaves like something that is not. A line deleted is one that became `noop`; one inserted is a
hole (`?`) in a longer program: see `insertions`.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
from jaxtyping import Int16

from bridge.isa import INDEX, JUMP, NOOP, OPCODES, OUTPUTS, Slot, twin
from bridge.program import Instruction, Program, decode_rows, encode, first_words
from bridge.spec import Machine
from bridge.tests import Tests
from synth.discrete import behaviours as col
from synth.discrete.behaviours import EDITABLE, FIXED, HOLE, Family, new_walk
from synth.discrete.walk import DONE, FOUND, advance

__all__ = ["Edited", "edits", "insertions", "instructions_at", "likely_steps", "order_tests"]

Row = tuple[int, int, int, int, int]
MOVE = INDEX["move"]
WORK = 3_000_000
"""Machine steps and such between two looks at the clock: some hundredths of a second."""
SHARES = 8
"""Walks that share the edits of two lines and more, on as many threads as there are cores. It is
the same everywhere, as the answer may depend on it."""
_LABEL = np.eye(5, dtype=bool)[1 + Slot.LABEL]
UNLIMITED = np.iinfo(np.int64).max >> 1


@dataclass(frozen=True)
class Edited:
    """What came of trying a program's edits so far."""

    found: tuple[Program, ...]
    """Programs that pass all tests, no two of the same behaviour on these."""
    best: Program
    """One of those with the most right cells."""
    cells: int
    """How many: up to the first test that it fails."""
    executed: int
    """Programs executed: one for all that behave alike on the tests."""
    decided: int
    """Programs that are thereby known to pass or to fail."""
    steps: int
    """Machine steps taken."""
    complete: bool
    """Whether all edits are decided."""


def edits(
    program: Program,
    tests: Tests,
    machine: Machine,
    *,
    lines: int = 1,
    budget: int = UNLIMITED,
    limit: int = 1,
    first_steps: int | None = None,
) -> Iterator[Edited]:
    """Fills the program's holes in every way, with up to `lines` of its other lines replaced; on a
    machine that preloads, what a register starts with is such a line.

    Yields what came of it so far, several times a second: whoever has enough stops asking. It ends
    when `limit` programs are found, `budget` programs were executed
    or all is decided. With `first_steps`, runs on the first test are cut off after so many steps,
    where they must halt: most programs fail there by never halting, and are done with sooner; but
    one that passes may be missed. The course depends on nothing but the arguments, not on the
    number of threads either: there are as many as cores.
    Raises AssemblyError if the program does not fit the machine.
    """
    program.check(machine)
    family = make_family(program, order_tests(tests), machine, lines)
    limits = family.tests.steps
    hasty = first_steps is not None and tests.must_halt and first_steps < limits[0]
    if hasty:
        limits[0] = first_steps
    shares = SHARES if lines > 1 else 1
    walks = [new_walk(family, share, shares) for share in range(shares)]
    going = walks
    found: list[Program] = []
    # In rounds, so that the answer does not depend on which thread comes first.
    with ThreadPoolExecutor(min(shares, os.cpu_count() or 1)) as pool:
        while True:
            best = max(walks, key=lambda walk: int(walk.at[col.BEST]))
            steps, lost, executed = (
                sum(int(walk.at[column]) for walk in walks)
                for column in (col.STEPS, col.LOST, col.EXECUTED)
            )
            yield Edited(
                found=tuple(found[:limit]),
                best=_program(family, best.best, program),
                cells=max(0, int(best.at[col.BEST])),
                executed=executed,
                decided=round(sum(walk.weight[1] for walk in walks)),
                steps=steps,
                complete=not going and not lost and not hasty,
            )
            left = budget - executed
            if not going or len(found) >= limit or left <= 0:
                return
            runs = [(left + i) // len(going) for i in reversed(range(len(going)))]
            work = repeat(WORK // shares)
            states = pool.map(advance, repeat(family), going, runs, work)
            ended = list(zip(going, states, strict=False))
            found += [
                _program(family, walk.best, program) for walk, state in ended if state == FOUND
            ]
            going = [walk for walk, state in ended if state != DONE]


def _program(family: Family, rows: np.ndarray, program: Program) -> Program:
    """What that walk's program is without the lines before it."""
    ahead, first = family.ahead, family.first.copy()
    first[rows[:ahead, 1 + Slot.OUT]] = rows[:ahead, 1 + Slot.LABEL]
    code = rows[ahead : ahead + len(program)].astype(np.int16)
    return decode_rows(_behind(code, -ahead), first)


def order_tests(tests: Tests) -> Tests:
    """Those in which few cells change first, and of these those with small words; but those in
    which no cell does last: the first should be short runs, and hard to pass by accident."""
    wrong = (tests.mask_memory & (tests.memory != tests.expect_memory)).sum(1)
    wrong += (tests.mask_registers & (tests.expect_registers != 0)).sum(1)
    size = tests.memory.sum(1, dtype=int)
    order = np.lexsort((size, wrong, wrong == 0))
    return tests.in_order(order)


def likely_steps(program: Program, tests: Tests) -> int:
    """How long a program near this one is likely to run, at most, on the test that comes first: a
    round through its lines for each cell to change, and one to see that all is done; three at
    least. A guess, for `first_steps`."""
    first = order_tests(tests)
    changed = first.mask_memory[0] & (first.memory[0] != first.expect_memory[0])
    return len(program) * max(3, 1 + int(changed.sum()))


def make_family(program: Program, tests: Tests, machine: Machine, lines: int) -> Family:
    """The program's fillings and edits, as the compiled walk wants them."""
    code, first = encode(program, machine.lines), first_words(program, machine.registers)
    holes = [line for line, i in enumerate(program.instructions) if i.has_hole]
    expected = np.flatnonzero(tests.mask_registers.any(0)).tolist()
    registers = usable_registers(program, expected, machine, lines + len(holes))
    kind = np.full(machine.lines, FIXED, np.uint8)
    kind[: len(program)] = EDITABLE if lines else FIXED
    kind[holes] = HOLE
    ahead = registers if machine.preload and lines else ()
    starts = [_starts_with(register, machine.words) for register in ahead]
    rows = [np.delete(start, first[r], 0) for r, start in zip(ahead, starts, strict=True)]
    for line, sort in enumerate(kind):
        if sort == FIXED:
            rows.append(np.empty((0, 5), np.int16))
        elif sort == HOLE:
            at_hole = _at_hole(code[line], line, len(program), registers, machine.opcodes)
            rows.append(_behind(at_hole, len(ahead)))
        else:
            choice = instructions_at(line, len(program), registers, machine.opcodes)
            same = _canonical(tuple(code[line].tolist()), line) if sort == EDITABLE else -1
            rows.append(_behind(choice[(choice != same).any(1)], len(ahead)))
    offset = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    code[holes] = 0
    now = [start[[first[r]]] for r, start in zip(ahead, starts, strict=True)]
    every = np.concatenate([*rows, *now, _behind(code, len(ahead))]).astype(np.uint8)
    sources, index = np.unique(every[:, [0, 1, 2]], axis=0, return_inverse=True)
    return Family(
        kind=np.concatenate([np.full(len(ahead), EDITABLE, np.uint8), kind]),
        rows=every,
        offset=offset,
        source=np.where(OUTPUTS[every[:, 0]], index.reshape(-1), -1).astype(np.int32),
        sources=np.pad(sources, ((0, 0), (0, 2))),
        tests=tests,
        edits=lines,
        before=np.cumsum(tests.cells) - tests.cells,
        first=first,
        ahead=len(ahead),
    )


def fillings(
    program: Program, machine: Machine, expected: Iterable[int] = ()
) -> dict[int, Int16[np.ndarray, "n 5"]]:
    """The instructions, encoded, that may fill each line with a hole; `expected` are the registers,
    from 0, that are checked at the end."""
    code = encode(program, len(program))
    holes = [line for line, i in enumerate(program.instructions) if i.has_hole]
    registers = usable_registers(program, expected, machine, len(holes))
    limits = len(program), registers, machine.opcodes
    return {line: _at_hole(code[line], line, *limits) for line in holes}


def _at_hole(
    row: Int16[np.ndarray, "5"],
    line: int,
    length: int,
    registers: tuple[int, ...],
    opcodes: int,
) -> Int16[np.ndarray, "n 5"]:
    """What may fill a line of which the whole (all −1), or a part, is a hole."""
    if row[0] < 0:
        return instructions_at(line, length, registers, opcodes)
    return np.array(list(_fillings(row.tolist(), length, registers)), np.int16)


def _starts_with(register: int, words: int) -> Int16[np.ndarray, "words 5"]:
    """That a register starts with each word, as lines before the program: see `Family`."""
    rows = np.zeros((words, 5), np.int16)
    rows[:, 0], rows[:, 1 + Slot.OUT], rows[:, 1 + Slot.LABEL] = NOOP, register, range(words)
    return rows


def _behind(rows: Int16[np.ndarray, "n 5"], ahead: int) -> Int16[np.ndarray, "n 5"]:
    """Instructions of a program behind so many lines."""
    return rows + ahead * np.outer(rows[:, 0] == JUMP, _LABEL).astype(np.int16)


def usable_registers(
    program: Program, expected: Iterable[int], machine: Machine, changed: int
) -> tuple[int, ...]:
    """Registers, from 0, that `changed` new instructions can make use of: those named by the
    program or expected by a test; and of the others, which are alike, one that is never written
    (a zero) and those that one new instruction writes and another reads."""
    used = set(expected)
    used |= {register - 1 for register, _ in program.preload}
    for number, *row in encode(program, len(program)).tolist():
        slots = OPCODES[number].operands if number >= 0 else ()
        used |= {row[slot] for slot in slots if slot is not Slot.LABEL and row[slot] >= 0}
    others = [r for r in range(machine.registers) if r not in used]
    return tuple(sorted([*used, *others[: max(1, changed)]]))


@functools.lru_cache(maxsize=1024)
def instructions_at(
    line: int, length: int, registers: tuple[int, ...], opcodes: int
) -> Int16[np.ndarray, "n 5"]:
    """The canonical ones of the first `opcodes` instructions, in that line of a program of that
    length, encoded (see `encode`). Read-only."""
    every = (
        filling
        for number, row in enumerate(OPCODES[:opcodes])
        for filling in _fillings(
            (number, *(-1 if slot in row.operands else 0 for slot in Slot)), length, registers
        )
    )
    kept = np.array([row for row in every if row == _canonical(row, line)], np.int16)
    kept.setflags(write=False)
    return kept


def _canonical(row: Row, line: int) -> Row:
    """The one that stands for all that mean the same as this instruction in that line."""
    number, a, b, out, label = row
    if OPCODES[number].commutes:
        a, b = min(a, b), max(a, b)
    simpler = twin(number)
    if simpler is not None and a == b:
        number, a, b = simpler, a if Slot.A in OPCODES[simpler].operands else 0, 0
    if (number == MOVE and a == out) or (number == JUMP and label == line + 1):
        return NOOP, 0, 0, 0, 0
    return number, a, b, out, label


def _fillings(row: Sequence[int], length: int, registers: tuple[int, ...]) -> Iterator[Row]:
    """Every instruction that an instruction with holes (−1) as operands may become."""
    label = 1 + Slot.LABEL
    ranges: list[Sequence[int]] = [
        [value] if value >= 0 else range(length + 1) if column == label else registers
        for column, value in enumerate(row)
    ]
    return itertools.product(*ranges)  # pyright: ignore[reportReturnType]


def insertions(program: Program, lines: int) -> Iterator[Program]:
    """The program with one line more, a hole (`?`), in each place, if it has fewer than `lines`.
    Labels move with the lines that they stand for; where a jump comes to the place itself, there
    is one program in which it comes to the new line and one in which it comes behind it."""
    if len(program) >= lines:
        return
    for place in range(len(program) + 1):
        aimed = any(i.target == place for i in program.instructions)
        for first in (place + 1, place) if aimed else (place + 1,):
            moved = move_labels(program.instructions, first, 1)
            longer = (*moved[:place], Instruction(None), *moved[place:])
            yield Program(longer, preload=program.preload)


def move_labels(lines: Sequence[Instruction], first: int, by: int) -> list[Instruction]:
    """The instructions, where all lines from `first` on move."""
    return [
        i
        if i.target is None or i.target < first
        else replace(i, operands=(i.operands[0], i.target + by))
        for i in lines
    ]
