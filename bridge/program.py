"""Programs, and assembly text <-> Program (the paper's Listing 1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from jaxtyping import Int16, UInt8

from bridge.counts import counted
from bridge.errors import AssemblyError
from bridge.isa import INDEX, OPCODES, Slot, opcode
from bridge.spec import Machine

__all__ = ["HOLE", "Comment", "Instruction", "Program", "decode_rows", "encode", "parse_program"]
__all__ += ["first_words"]

HOLE = "?"
"""How a hole is written: as an operand, or alone on a line for a whole unknown instruction."""


@dataclass(frozen=True)
class Instruction:
    """An opcode with its operands: register numbers from 1; for a label, the line's index from 0.

    None is a hole: as an operand one unknown operand, as the opcode an unknown instruction.
    """

    opcode: str | None
    operands: tuple[int | None, ...] = ()

    @property
    def has_hole(self) -> bool:
        return self.opcode is None or None in self.operands

    @cached_property
    def registers(self) -> int:
        """The highest register number that it names (0 if none)."""
        named = (n for slot, n in self.slots if slot is not Slot.LABEL)
        return max((n for n in named if n is not None), default=0)

    @property
    def slots(self) -> Iterator[tuple[Slot, int | None]]:
        """Its operands, each with the slot that it fills; none of an unknown instruction."""
        return zip(opcode(self.opcode).operands if self.opcode else (), self.operands, strict=True)

    @property
    def target(self) -> int | None:
        """The line that it may jump to, if it is a jump and its label is no hole."""
        return self.operands[1] if self.opcode == "jump" else None


@dataclass(frozen=True)
class Comment:
    """A comment at an instruction: behind it, or on a line of its own before it."""

    line: int
    text: str
    own_line: bool = False


@dataclass(frozen=True)
class Program:
    """An assembly program. Running past its last instruction halts.

    `labels` are (name, line) pairs in order of lines; a line may be `len(instructions)`, the end.
    Jump targets without a name get one when the program is made, so that printing it and parsing
    that text gives an equal program.

    `preload` are (register, word) pairs: what registers start with, on machines that allow it, for
    no step. Registers that are not there start at 0; pairs that say so are left out.
    """

    instructions: tuple[Instruction, ...]
    labels: tuple[tuple[str, int], ...] = ()
    comments: tuple[Comment, ...] = ()
    preload: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        preload = tuple(sorted((r, word) for r, word in self.preload if word))
        object.__setattr__(self, "preload", preload)
        names = {name for name, _ in self.labels}
        named = {line for _, line in self.labels}
        labels = list(self.labels)
        for line in sorted({i.target for i in self.instructions if i.target is not None} - named):
            name = self._label_for(line)
            number = 1
            while (fresh := name if number == 1 else f"{name}_{number}") in names:
                number += 1
            names.add(fresh)
            labels.append((fresh, line))
        object.__setattr__(self, "labels", tuple(sorted(labels, key=lambda pair: pair[1])))
        object.__setattr__(
            self, "comments", tuple(sorted(self.comments, key=lambda c: (c.line, not c.own_line)))
        )

    def _label_for(self, line: int) -> str:
        """What to call a line: the end, a loop (something below jumps back to it), or a skip."""
        if line >= len(self.instructions):
            return "end"
        below = self.instructions[line:]
        return "loop" if any(i.target == line for i in below) else "skip"

    def __len__(self) -> int:
        return len(self.instructions)

    def __str__(self) -> str:
        return print_program(self)

    @property
    def has_hole(self) -> bool:
        return any(i.has_hole for i in self.instructions)

    @property
    def registers(self) -> int:
        """The highest register number that it names (0 if none)."""
        preloaded = (register for register, _ in self.preload)
        return max((*(i.registers for i in self.instructions), *preloaded), default=0)

    def bare(self) -> Program:
        """The same program without comments and with generated labels: equal iff the code is."""
        return Program(self.instructions, preload=self.preload)

    def check(self, machine: Machine, source: str = "the program") -> Program:
        """Itself, if it fits the machine. Raises AssemblyError otherwise."""
        if len(self) > machine.lines:
            raise AssemblyError(
                f"{source} has {counted(len(self), 'instruction')}, the machine has "
                f"{counted(machine.lines, 'line')}: "
                "raise machine.lines or shorten the program"
            )
        if self.registers > machine.registers:
            raise AssemblyError(
                f"{source} uses register {self.registers}, the machine has {machine.registers} "
                "registers: raise machine.registers or renumber"
            )
        known = machine.opcodes
        for i in self.instructions:
            if i.opcode is not None and INDEX[i.opcode] >= known:
                raise AssemblyError(
                    f"{source} uses {i.opcode}, which is none of the machine's instructions: set "
                    f"machine.instructions (now {machine.instructions!r}) to "
                    f"{opcode(i.opcode).first_set!r}"
                )
        for register, word in self.preload:
            if not machine.preload:
                raise AssemblyError(
                    f"{source} begins with 'r{register} = {word}', the machine's registers start "
                    "at 0: set machine.preload to true, or make the word by instructions"
                )
            if word >= machine.words:
                raise AssemblyError(
                    f"{source} begins with 'r{register} = {word}', the machine's words are 0 to "
                    f"{machine.words - 1}: raise machine.words or change the word"
                )
        return self


# ---------------------------------------------------------------- text


def print_program(program: Program) -> str:
    """Assembly text, one instruction a line; ends without a newline."""
    names = {line: name for name, line in reversed(program.labels)}
    out = [f"  r{register} = {word}" for register, word in program.preload]
    for line in range(len(program) + 1):
        out += [f"{name}:" for name, at in program.labels if at == line]
        out += [f"; {c.text}".rstrip() for c in program.comments if c.line == line and c.own_line]
        if line == len(program):
            break
        text = "  " + _print_instruction(program.instructions[line], names)
        for c in program.comments:
            if c.line == line and not c.own_line:
                text += f"  ; {c.text}".rstrip()
        out.append(text)
    return "\n".join(out)


def _print_instruction(instruction: Instruction, names: dict[int, str]) -> str:
    if instruction.opcode is None:
        return HOLE
    words = (
        HOLE if value is None else names[value] if slot is Slot.LABEL else str(value)
        for slot, value in instruction.slots
    )
    return " ".join([instruction.opcode, *words])


_LABEL = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.]*)\s*:")
_REGISTER = re.compile(r"[1-9][0-9]{0,2}")
_PRELOAD = re.compile(r"r([1-9][0-9]{0,2})\s*=\s*([0-9]{1,3})")
_LISTING_NUMBER = re.compile(r"^\s*\d+(?=\s|$)")


def parse_program(text: str, source: str = "assembly") -> Program:
    """The program that the text describes.

    Text pasted from the paper's listing parses too: line numbers before instructions are passed
    over, and a line that begins with an arrow goes on with the line before it. Raises
    AssemblyError with source, line, and what was expected.
    """
    rows: list[tuple[str, str]] = []  # an instruction's text, and where it stands
    labels: dict[str, int] = {}
    comments: list[Comment] = []
    preload: dict[int, int] = {}
    for number, raw in _join_listing(text):
        where = f"{source}, line {number}"
        code, mark, comment = raw.partition(";")
        code = _LISTING_NUMBER.sub("", code, count=1)
        while found := _LABEL.match(code):
            name = found[1]
            if name in labels:
                raise AssemblyError(f"{where}: label {name!r} is defined twice: rename one")
            labels[name] = len(rows)
            code = code[found.end() :]
        code = code.strip()
        if "=" in code:
            if rows or labels:
                raise AssemblyError(
                    f"{where}: {code!r} comes too late: what registers start with stands before "
                    "all instructions and labels"
                )
            _parse_preload(code, where, preload)
            code = ""
        if mark:
            comments.append(Comment(len(rows), comment.strip(), own_line=not code))
        if code:
            rows.append((code, where))
    instructions = tuple(_parse_instruction(code, where, labels) for code, where in rows)
    return Program(instructions, tuple(labels.items()), tuple(comments), tuple(preload.items()))


def _join_listing(text: str) -> Iterable[tuple[int, str]]:
    """Numbered lines, those that begin with an arrow joined to the line before."""
    joined: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        continued = line.strip()
        if continued.startswith("↪") and joined:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {continued[1:].strip()}")
        else:
            joined.append((number, line))
    return joined


def _parse_preload(code: str, where: str, preload: dict[int, int]) -> None:
    """Adds what a line such as `r4 = 3` says."""
    if (found := _PRELOAD.fullmatch(code)) is None:
        raise AssemblyError(
            f"{where}: {code!r} sets no register: write a register and the word that it starts "
            "with, 'r4 = 3'"
        )
    register, word = map(int, found.groups())
    if register in preload:
        raise AssemblyError(f"{where}: r{register} is set twice before the run: leave one out")
    preload[register] = word


def _parse_instruction(code: str, where: str, labels: dict[str, int]) -> Instruction:
    name, *words = code.split()
    if name == HOLE and not words:
        return Instruction(None)
    if name not in INDEX:
        known = ", ".join(row.name for row in OPCODES)
        raise AssemblyError(f"{where}: no instruction {name!r}; there are {known}")
    slots = opcode(name).operands
    if len(words) != len(slots):
        usage = " ".join([name, *(slot.name.lower() for slot in slots)])
        takes = counted(len(slots), "operand")
        raise AssemblyError(f"{where}: {name} takes {takes}, not {len(words)}: write '{usage}'")
    operands: list[int | None] = []
    for slot, word in zip(slots, words, strict=True):
        if word == HOLE:
            operands.append(None)
        elif slot is Slot.LABEL:
            if not _LABEL.fullmatch(f"{word}:"):
                raise AssemblyError(f"{where}: {word!r} is no label: write a name")
            if word not in labels:
                raise AssemblyError(f"{where}: label {word!r} is not defined: add '{word}:'")
            operands.append(labels[word])
        elif _REGISTER.fullmatch(word):
            operands.append(int(word))
        else:
            raise AssemblyError(f"{where}: {word!r} is no register: registers are numbered from 1")
    return Instruction(name, tuple(operands))


# ---------------------------------------------------------------- arrays


def encode(program: Program, lines: int) -> Int16[np.ndarray, "lines 5"]:
    """The program as rows (opcode, A, B, OUT, LABEL), registers from 0; unused slots are 0.

    Rows past the end are halts. A hole, of any kind, is -1. Raises AssemblyError if it is longer
    than `lines`.
    """
    if len(program) > lines:
        raise AssemblyError(
            f"{counted(len(program), 'instruction')} in {counted(lines, 'line')}: shorten it"
        )
    rows = np.zeros((lines, 1 + len(Slot)), np.int16)
    rows[len(program) :, 0] = INDEX["halt"]
    for row, instruction in zip(rows, program.instructions, strict=False):
        if instruction.opcode is None:
            row[:] = -1
            continue
        row[0] = INDEX[instruction.opcode]
        for slot, value in instruction.slots:
            row[1 + slot] = -1 if value is None else value - (slot is not Slot.LABEL)
    return rows


def first_words(program: Program, registers: int) -> UInt8[np.ndarray, " registers"]:
    """What registers start with: what is preloaded, else 0."""
    first = np.zeros(registers, np.uint8)
    for register, word in program.preload:
        first[register - 1] = word
    return first


def decode_rows(rows: np.ndarray, first: np.ndarray | None = None) -> Program:
    """A program that `encode` gives these rows for, and `first_words` those words, if any;
    trailing halts are dropped but for one."""
    instructions: list[Instruction] = []
    for number, *slots in cast("list[list[int]]", rows.tolist()):
        if number < 0:
            instructions.append(Instruction(None))
            continue
        row = OPCODES[number]
        operands = tuple(
            None if slots[slot] < 0 else slots[slot] + (slot is not Slot.LABEL)
            for slot in row.operands
        )
        instructions.append(Instruction(row.name, operands))
    last = max([0, *(i.target for i in instructions if i.target is not None)])
    while (
        len(instructions) > max(1, last + 1)
        and instructions[-1].opcode == "halt"
        and instructions[-2].opcode == "halt"
    ):
        instructions.pop()
    words = () if first is None else cast("list[int]", first.tolist())
    return Program(tuple(instructions), preload=tuple(enumerate(words, 1)))
