"""What a program means: the discrete reference interpreter.

Slow and plain on purpose; `bridge.batch` runs many programs fast and is held equal to this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.errors import AssemblyError, SpecError, shorten
from bridge.isa import INDEX, lookup_table
from bridge.program import Instruction, Program, first_words
from bridge.spec import Machine

__all__ = ["Outcome", "run"]

HALT = Instruction("halt")


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the final state, and the number of instructions executed, a final halt
    included. The lines behind a program hold halts: to run into one takes a step, too."""

    memory: tuple[int, ...]
    registers: tuple[int, ...]
    steps: int
    halted: bool


def run(
    program: Program,
    memory: Sequence[int],
    machine: Machine,
    registers: Sequence[int] = (),
    path: list[int] | None = None,
) -> Outcome:
    """Runs the program until it halts, or for `machine.steps` steps.

    Cells that are not given start at 0, registers with what the program preloads. The lines that
    it executes, in order, are appended to `path`, if given. Raises AssemblyError if the program has
    a hole or does not fit the machine, and SpecError if the start does not.
    """
    program.check(machine)
    if program.has_hole:
        raise AssemblyError("a program with a hole (?) cannot be run: fill it first")
    for bank, size in ((memory, machine.words), (registers, machine.registers)):
        if len(bank) > size or any(not 0 <= word < machine.words for word in bank):
            raise SpecError(
                f"{shorten(str(list(bank)))}: no start of a machine with {size} such words"
            )
    table = lookup_table(machine.words)
    cells = [*memory, *[0] * (machine.words - len(memory))]
    first = first_words(program, machine.registers).tolist()
    regs = [0, *registers, *first[len(registers) :]]  # from 1
    line = steps = 0
    halted = False
    while not (halted := line >= machine.lines) and steps < machine.steps:
        if path is not None:
            path.append(line)
        instruction = program.instructions[line] if line < len(program) else HALT
        operands: tuple[int, ...] = instruction.operands  # pyright: ignore[reportAssignmentType]
        steps += 1
        line += 1
        match instruction.opcode, operands:
            case "halt", _:
                halted = True
                break
            case "noop", _:
                pass
            case "read", (address, out):
                regs[out] = cells[regs[address]]
            case "write", (address, value):
                cells[regs[address]] = regs[value]
            case "jump", (condition, label):
                if regs[condition] == 0:
                    line = label
            case str(name), (*inputs, out):
                a, b = ([regs[i] for i in inputs] + [0, 0])[:2]
                regs[out] = int(table[INDEX[name], a, b])
            case _:
                raise AssertionError(instruction)  # a hole: refused above
    return Outcome(tuple(cells), tuple(regs[1:]), steps, halted)
