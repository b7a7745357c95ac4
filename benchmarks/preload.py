"""A straight program -> what is left of it where registers may start with constants.

On ANC's machine a program says what its registers start with, for nothing; here they start at 0,
and constants take instructions. To compare steps with ANC's, results that are the same on every
example become initial registers, and their instructions go. What is left is executed, from these
registers, by the reference interpreter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.interpreter import run
from bridge.isa import Slot, opcode
from bridge.lowering.straighten import straighten
from bridge.program import Instruction, Program
from bridge.spec import Example, Machine

__all__ = ["Preloaded", "preload"]


@dataclass(frozen=True)
class Preloaded:
    """A program, and what its registers start with."""

    program: Program
    registers: tuple[int, ...]

    def solves(self, examples: Sequence[Example], machine: Machine) -> bool:
        """Whether it is right on all of these, executed."""
        for example in examples:
            outcome = run(self.program, example.words, machine, self.registers)
            right = all(getattr(outcome, bank)[i] == word for bank, i, word in example.cells())
            if not (outcome.halted and right):
                return False
        return True

    def mean_steps(self, examples: Sequence[Example], machine: Machine) -> float:
        runs = [run(self.program, e.words, machine, self.registers).steps for e in examples]
        return sum(runs) / len(runs)


def preload(program: Program, examples: Sequence[Example], machine: Machine) -> Preloaded | None:
    """The program with its constants in initial registers; None if it does not go the same way on
    all examples, or does not fit the machine's registers so."""
    straight = straighten(program, (e.words for e in examples), machine)
    if straight is None or len(straight) > machine.lines:
        return None
    code = straight.instructions
    constants: dict[int | None, int] = {None: 0}  # what registers start with
    for i in range(len(code)):
        if (word := _constant(code, i, examples, machine)) >= 0:
            constants[i] = word
    sources = _sources(code)
    kept = [i for i in range(len(code)) if i not in constants]
    words = sorted({constants[s] for i in kept for s in sources[i] if s in constants})
    homes: dict[int, int] = {}
    free = set(range(len(words) + 1, machine.registers + 1))
    lines = []
    for i in kept:
        inputs = [
            1 + words.index(constants[s]) if s is None or s in constants else homes[s]
            for s in sources[i]
        ]
        later = {s for j in kept if j > i for s in sources[j]}
        free |= {homes.pop(s) for s in list(homes) if s not in later}
        operands = inputs
        if opcode(str(code[i].opcode)).outputs:
            if not free:
                return None
            homes[i] = min(free)
            free.discard(homes[i])
            operands = [*inputs, homes[i]]
            if i not in later:
                free.add(homes.pop(i))
        lines.append(Instruction(code[i].opcode, tuple(operands)))
    if len(words) > machine.registers:
        return None
    return Preloaded(Program(tuple(lines)), tuple(words))


def _constant(
    code: Sequence[Instruction], index: int, examples: Sequence[Example], machine: Machine
) -> int:
    """What that line puts in its register on every example; −1 if that differs, or nothing."""
    instruction = code[index]
    if not opcode(str(instruction.opcode)).outputs:
        return -1
    upto = Program(tuple(code[: index + 1]))
    out = (instruction.operands[-1] or 0) - 1
    words = {run(upto, e.words, machine).registers[out] for e in examples}
    return words.pop() if len(words) == 1 else -1


def _sources(code: Sequence[Instruction]) -> list[list[int | None]]:
    """For each line, which lines its inputs come from; None: they are 0 from the start."""
    last: dict[int, int] = {}
    sources = []
    for index, instruction in enumerate(code):
        row = opcode(str(instruction.opcode))
        inputs = [
            register or 0
            for slot, register in zip(row.operands, instruction.operands, strict=True)
            if slot in (Slot.A, Slot.B)
        ]
        sources.append([last.get(r) for r in inputs])
        if row.outputs:
            last[instruction.operands[-1] or 0] = index
    return sources
