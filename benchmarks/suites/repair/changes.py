"""Changes to a program that solves a spec: some of its instructions unknown, or others."""

from __future__ import annotations

from random import Random

from benchmarks.suites import SolvedSpec
from bridge import Machine, Program, verify
from bridge.isa import OPCODES, Slot
from bridge.program import Instruction

__all__ = ["breakage", "with_holes"]


def with_holes(task: SolvedSpec, holes: int, seed: int) -> Program | None:
    """The task's program with so many of its instructions unknown; None if it has not so many."""
    if holes > len(task.program):
        return None
    random = Random(f"holes/{task.spec.name}/{holes}/{seed}")
    blank = random.sample(range(len(task.program)), holes)
    code = (
        Instruction(None) if line in blank else instruction
        for line, instruction in enumerate(task.program.instructions)
    )
    return Program(tuple(code), task.program.labels)


def breakage(task: SolvedSpec, wrong: int, seed: int) -> Program | None:
    """The task's program with so many instructions replaced; None if it has not so many."""
    spec, length = task.spec, len(task.program)
    if wrong > length:
        return None
    random = Random(f"repair/{task.spec.name}/{wrong}/{seed}")
    while True:
        code = list(task.program.instructions)
        for line in random.sample(range(length), wrong):
            old = code[line]
            while code[line] == old:
                code[line] = _draw(random, spec.machine, length)
        program = Program(tuple(code))
        if not verify(program, spec.examples, spec.machine).correct:
            return program


def _draw(random: Random, machine: Machine, length: int) -> Instruction:
    row = random.choice(OPCODES[: machine.opcodes])
    return Instruction(
        row.name,
        tuple(
            random.randint(0, length)
            if slot is Slot.LABEL
            else random.randint(1, machine.registers)
            for slot in row.operands
        ),
    )
