"""Program -> the same program, easier to read."""

from __future__ import annotations

from dataclasses import replace

from bridge.program import Program

__all__ = ["drop_unreachable", "reachable"]


def reachable(program: Program) -> list[int]:
    """The lines that some run may reach, in order."""
    lines = program.instructions
    reached: set[int] = set()
    todo = [0]
    while todo:
        line = todo.pop()
        if line in reached or line >= len(lines):
            continue
        reached.add(line)
        if lines[line].opcode != "halt":
            todo.append(line + 1)
        target = lines[line].target
        if target is not None:
            todo.append(target)
    return sorted(reached)


def drop_unreachable(program: Program) -> Program:
    """The program without the lines that no run reaches: every run takes the same steps. Comments
    go; labels are generated. Programs read out of weights are full of such lines."""
    lines, reached = program.instructions, reachable(program)
    position = {line: sum(other < line for other in reached) for line in range(len(lines) + 1)}
    kept = (lines[line] for line in reached)
    return Program(
        tuple(
            i if i.target is None else replace(i, operands=(i.operands[0], position[i.target]))
            for i in kept
        )
    )
