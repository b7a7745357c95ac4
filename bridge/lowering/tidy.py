"""Program -> the same program, easier to read."""

from bisect import bisect_left

from bridge.program import Instruction, Program

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
        onward = None if lines[line].opcode == "halt" else line + 1
        todo += [next_ for next_ in (onward, lines[line].target) if next_ is not None]
    return sorted(reached)


def drop_unreachable(program: Program) -> Program:
    """The program without the lines that no run reaches: every run takes the same steps. Comments
    go; labels are generated. Programs read out of weights are full of such lines."""
    reached = reachable(program)

    def moved(i: Instruction) -> Instruction:
        if i.target is None:
            return i
        return Instruction("jump", (i.operands[0], bisect_left(reached, i.target)))

    lines = tuple(moved(program.instructions[line]) for line in reached)
    return Program(lines, preload=program.preload)
