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
            first, *others = sorted(reaching[index].get(register, {-register}))
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


def _reaching(code: Code) -> list[dict[int, frozenset[int]]]:
    """Of each register that was set, the definitions that may be in force before each op: the
    number of an op, from 1, or −r for what register r starts with."""
    before: list[dict[int, frozenset[int]] | None] = [None] * (len(code.ops) + 1)
    before[0] = {}
    todo = [0]
    while todo:
        index = todo.pop()
        known = before[index]
        if index == len(code.ops) or known is None:
            continue
        out = code.ops[index].defines
        if out is not None and out != ZERO:
            known = known | {out: frozenset({index + 1})}
        for behind in successors(code, index):
            old = before[behind]
            new = known
            if old is not None:
                new = {
                    r: old.get(r, frozenset({-r})) | known.get(r, frozenset({-r}))
                    for r in old.keys() | known.keys()
                }
            if new != old:
                before[behind] = new
                todo.append(behind)
    return [known or {} for known in before]
