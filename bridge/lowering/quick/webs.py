"""Registers that hold several values one after another -> one register for each.

Definitions belong together if some use may see the value of either. So a register that each copy of
a loop's body sets anew need not be the same in all of them.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from bridge.isa import Slot
from bridge.lowering.emit import ZERO, Code, Op
from bridge.lowering.simplify import successors

__all__ = ["split_registers"]


def split_registers(code: Code) -> Code:
    """The code with as many registers as there are values that are apart. There must be no holes;
    variables are not told any more. What a register starts with stays in the same one."""
    reaching = _reaching(code)
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        while one in leader:
            one = leader[one]
        return one

    # A definition is the number of its op, or −r for what register r starts with.
    seen: list[dict[int, int]] = []
    for index, op in enumerate(code.ops):
        used: dict[int, int] = {}
        for register in op.uses:
            first, *others = reaching[index][register]
            for other in others:
                one, two = sorted((find(first), find(other)))
                if one != two:
                    leader[two] = one  # what is there from the start leads
            used[register] = first
        seen.append(used)
    fresh = count(1 + max((r for op in code.ops for r in (op.defines or 0, *op.uses)), default=0))
    named: dict[int, int] = {}

    def name(definition: int) -> int:
        definition = find(definition)
        if definition <= 0:
            return -definition
        if definition not in named:
            named[definition] = next(fresh)
        return named[definition]

    def renamed(index: int, op: Op) -> Op:
        op = op.taking({r: name(d) for r, d in seen[index].items()})
        if op.defines is None:
            return op
        operands = (name(index + 1) if slot is Slot.OUT else value for slot, value in op.slots)
        return replace(op, operands=tuple(operands))

    return replace(code, ops=tuple(renamed(i, op) for i, op in enumerate(code.ops)), variables={})


def _reaching(code: Code) -> list[dict[int, list[int]]]:
    """Of each register that an op uses, the definitions that may be in force before it, in order:
    the number of an op, from 1, or −r for what register r starts with."""
    registers = sorted({r for op in code.ops for r in (*op.uses, op.defines) if r is not None})
    place = {register: bit for bit, register in enumerate(registers)}
    first, own = len(registers), [1 << bit for bit in range(len(registers))]
    for index, op in enumerate(code.ops):
        if op.defines is not None and op.defines != ZERO:
            own[place[op.defines]] |= 1 << (first + index)
    before = [0] * (len(code.ops) + 1)  # sets of definitions, as bits
    before[0] = (1 << first) - 1
    todo = [0]
    while todo:
        index = todo.pop()
        if index == len(code.ops):
            continue
        known, out = before[index], code.ops[index].defines
        if out is not None and out != ZERO:
            known = known & ~own[place[out]] | 1 << (first + index)
        for behind in successors(code, index):
            new = before[behind] | known
            if new != before[behind]:
                before[behind] = new
                todo.append(behind)

    def numbers(register: int, index: int) -> list[int]:
        bits = before[index] & own[place[register]]
        found = [-register] if bits >> place[register] & 1 else []
        bits >>= first
        while bits:
            lowest = bits & -bits
            found.append(lowest.bit_length())
            bits ^= lowest
        return found or [-register]  # where no run comes

    return [{r: numbers(r, index) for r in op.uses} for index, op in enumerate(code.ops)]
