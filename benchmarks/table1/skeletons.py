"""What a reference program's control flow is, and the skeletons that keep it and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bridge import Program
from bridge.isa import Slot, opcode
from bridge.program import Instruction

__all__ = ["control_lines", "jumps_only", "loop_with_blanks"]

CONTROL = ("halt", "jump")


def loop_with_blanks(program: Program, padding: int = 0) -> Program:
    """The paper's "loop + no-op": the program's control flow given, its body blank. Each line that
    is not of `control_lines` becomes a hole, with `padding` more behind each run of such lines."""
    return _blank(program, control_lines(program), padding)


def jumps_only(program: Program, padding: int = 0) -> Program:
    """The same with even less: only jumps and halts stay."""
    kept = {i for i, line in enumerate(program.instructions) if line.opcode in CONTROL}
    return _blank(program, kept, padding)


def control_lines(program: Program) -> set[int]:
    """The lines that decide which way a run takes: halts, jumps, and the instructions that a
    jump's condition may come from, through registers (a backward slice; what comes out of memory
    counts as data)."""
    lines = program.instructions
    before = _predecessors(program)
    control = {i for i, line in enumerate(lines) if line.opcode in CONTROL}
    todo = [(i, register) for i in control for register in _sources(lines[i])]
    seen = set(todo)
    while todo:
        line, register = todo.pop()
        for i in before[line]:
            if _target(lines[i]) == register:
                control.add(i)
                wanted = {(i, source) for source in _sources(lines[i])}
            else:
                wanted = {(i, register)}
            todo += wanted - seen
            seen |= wanted
    return control


def _predecessors(program: Program) -> list[list[int]]:
    """For each line, those from which a run may come to it."""
    lines = program.instructions
    before: list[list[int]] = [[] for _ in range(len(lines) + 1)]
    for i, line in enumerate(lines):
        if line.opcode != "halt":
            before[i + 1].append(i)
        if line.target is not None:
            before[line.target].append(i)
    return before


def _slots(line: Instruction) -> Iterator[tuple[Slot, int | None]]:
    return zip(opcode(line.opcode or "noop").operands, line.operands, strict=False)


def _sources(line: Instruction) -> set[int | None]:
    """The registers that it reads."""
    return {register for slot, register in _slots(line) if slot in (Slot.A, Slot.B)}


def _target(line: Instruction) -> int | None:
    """The register that it sets."""
    return next((register for slot, register in _slots(line) if slot is Slot.OUT), None)


def _blank(program: Program, kept: set[int], padding: int) -> Program:
    lines = program.instructions
    aimed = {line.target for line in lines}
    code: list[Instruction] = []
    place: list[int] = []
    for i, line in enumerate(lines):
        place.append(len(code))
        code.append(line if i in kept else Instruction(None))
        ends = i + 1 == len(lines) or i + 1 in kept or i + 1 in aimed
        if i not in kept and ends:
            code += [Instruction(None)] * padding
    place.append(len(code))
    for i, line in enumerate(code):
        if line.target is not None:
            code[i] = replace(line, operands=(line.operands[0], place[line.target]))
    return Program(tuple(code))
