"""A program that begins with words in registers -> the same with instructions that make them; the
same without those that nobody reads."""

from collections.abc import Collection
from dataclasses import replace

from bridge.isa import Slot
from bridge.program import Instruction, Program

__all__ = ["drop_unread", "without_preload"]


def drop_unread(program: Program, outputs: Collection[int] = ()) -> Program:
    """The program without words in registers, from 1, that no instruction reads; the `outputs`
    count at the end."""
    slots = (slot for i in program.instructions for slot in i.slots)
    read = {register for slot, register in slots if slot in (Slot.A, Slot.B)} | {*outputs}
    kept = tuple((register, word) for register, word in program.preload if register in read)
    return program if kept == program.preload else replace(program, preload=kept)


def without_preload(program: Program, words: int) -> Program:
    """A program that does the same with registers that all start at 0; it has more lines, and takes
    more steps. Comments go; labels are generated."""
    made = [i for register, word in program.preload for i in _made(register, word, words)]
    moved = [
        i if i.target is None else replace(i, operands=(i.operands[0], i.target + len(made)))
        for i in program.instructions
    ]
    return Program((*made, *moved))


def _made(register: int, word: int, words: int) -> list[Instruction]:
    """Instructions that make the word in a register that holds 0."""
    step = Instruction("inc" if word <= words - word else "dec", (register, register))
    return [step] * min(word, words - word)
