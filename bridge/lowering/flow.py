"""Program -> its flow graph: blocks of straight code, and which runs after which.

What can be told without running is told here: registers start at 0, so a jump on one that nothing
has changed is always taken; lines that no run reaches are not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bridge.isa import INDEX, lookup_table, opcode
from bridge.program import Instruction, Program

__all__ = ["END", "Block", "Flow", "flow_of"]

END = -1
"""The number of the block behind all blocks, where a run has halted."""

_Known = Mapping[int, int]  # register -> its value, where it is the same on every run


@dataclass(frozen=True)
class Block:
    """Straight code, then a test, if any.

    - `body`: instructions; no jumps, halts and no-ops.
    - `test`: the register that is tested, or None.
    - `zero`, `other`: the block that runs next where that register is 0, and where it is not;
      without a test they are the same.
    """

    body: tuple[Instruction, ...]
    test: int | None
    zero: int
    other: int

    @property
    def successors(self) -> tuple[int, ...]:
        return (self.other,) if self.test is None else (self.zero, self.other)


@dataclass(frozen=True)
class Flow:
    """The blocks of a program, by number; block 0 runs first."""

    blocks: tuple[Block, ...]
    names: Mapping[int, str] = field(default_factory=dict[int, str])
    """What registers are called, where they are no longer the program's (see
    `bridge.lowering.lives`)."""

    def reached(self, start: int, without: Iterable[int] = ()) -> frozenset[int]:
        """The blocks, and END, on the ways from `start`, itself too, that avoid some blocks."""
        found, todo = set[int](), [start]
        avoided = frozenset(without)
        while todo:
            number = todo.pop()
            if number in found or number in avoided:
                continue
            found.add(number)
            todo += () if number == END else self.blocks[number].successors
        return frozenset(found)

    def dominates(self, one: int, other: int) -> bool:
        """Whether every way from the start to `other` leads through `one`."""
        return one == other or other not in self.reached(0, [one])

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The blocks in reverse postorder: each after those before it, but for loops."""
        seen, done = set[int](), list[int]()

        def visit(number: int) -> None:
            seen.add(number)
            for after in self.blocks[number].successors:
                if after != END and after not in seen:
                    visit(after)
            done.append(number)

        visit(0)
        return tuple(reversed(done))

    @cached_property
    def loops(self) -> dict[int, frozenset[int]] | None:
        """The blocks of each natural loop by its header, through which every way into it leads;
        None if some loop can be entered in two places."""
        place = {number: i for i, number in enumerate(self.order)}
        found: dict[int, frozenset[int]] = {}
        for number in self.order:
            for header in self.blocks[number].successors:
                if header == END or place[header] > place[number]:
                    continue
                if not self.dominates(header, number):
                    return None
                found[header] = found.get(header, frozenset({header})) | self._before(
                    number, header
                )
        return found

    def _before(self, latch: int, header: int) -> frozenset[int]:
        """The blocks on the ways from the header to where its loop begins anew."""
        found, todo = {header}, [latch]
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += [n for n, b in enumerate(self.blocks) if number in b.successors]
        return frozenset(found)


def flow_of(program: Program, words: int) -> Flow:
    """The flow graph of a program without holes, for words of that many values."""
    known = _known(program, words)
    lines = program.instructions

    def after(line: int) -> tuple[int, ...]:
        return _after(lines, line, known[line], words)[0] if line < len(lines) else ()

    entered = {0} | {n for line in known for n in after(line) if n != line + 1}
    entered |= {n for line in known if len(set(after(line))) > 1 for n in after(line)}
    starts = sorted(n for n in entered if n < len(lines) and lines[n].opcode != "halt")
    number = {line: i for i, line in enumerate(starts)}

    def block_at(line: int) -> Block:
        body: list[Instruction] = []
        while True:
            instruction, then = lines[line], tuple(dict.fromkeys(after(line)))
            if instruction.opcode not in ("jump", "noop", "halt"):
                body.append(instruction)
            next_ = [number.get(n, END) for n in then]
            if len(then) == 2:
                test, zero, other = instruction.operands[0], next_[1], next_[0]
                return Block(tuple(body), None if zero == other else test, zero, other)
            if not then or then[0] in number or _ends(lines, then[0]):
                return Block(tuple(body), None, *(2 * (next_ or [END])))
            (line,) = then

    if not starts or starts[0] != 0:  # it halts at once
        return Flow((Block((), None, END, END),))
    return Flow(tuple(map(block_at, starts)))


def _ends(lines: tuple[Instruction, ...], line: int) -> bool:
    return line >= len(lines) or lines[line].opcode == "halt"


def _after(
    lines: tuple[Instruction, ...], line: int, known: _Known, words: int
) -> tuple[tuple[int, ...], _Known]:
    """The lines that may run after this one, given what is known before it; a jump that is taken
    leads to the last of them. And what is known then."""
    instruction = lines[line]
    operands = [o or 0 for o in instruction.operands]
    match instruction.opcode:
        case "halt":
            return (), known
        case "jump":
            register, target = operands
            if register not in known:
                return (line + 1, target), known
            return (line + 1 if known[register] else target,), known
        case str(name) if opcode(name).outputs:
            *inputs, out = operands
            values = [known.get(i) for i in inputs]
            changed = {r: v for r, v in known.items() if r != out}
            if opcode(name).word is not None and None not in values:
                a, b = [*values, 0, 0][:2]
                changed[out] = int(lookup_table(words)[INDEX[name], a, b])
            return (line + 1,), changed
        case _:
            return (line + 1,), known


def _known(program: Program, words: int) -> dict[int, _Known]:
    """Of each line that is reached, what the registers are known to hold before it."""
    lines = program.instructions
    known: dict[int, _Known] = {0: dict.fromkeys(range(1, program.registers + 1), 0)}
    todo = [0]
    while todo:
        line = todo.pop()
        if line >= len(lines):
            continue
        then, values = _after(lines, line, known[line], words)
        for next_ in then:
            before = known.get(next_)
            new = values if before is None else dict(before.items() & values.items())
            if new != before:
                known[next_] = new
                todo.append(next_)
    return known
