"""Registers that are copies of each other -> one register, where both never differ in use.

So a value that is carried from one round of a loop to the next is where it is wanted, without a
move that other passes would make room for.
"""

from __future__ import annotations

from dataclasses import replace

from bridge.isa import Slot
from bridge.lowering.emit import ZERO, Code, Op
from bridge.lowering.lower import interference
from bridge.lowering.simplify import keep, liveness

__all__ = ["coalesce"]


def coalesce(code: Code) -> Code:
    """The code without moves between registers that never hold different values that are still to
    be used (Chaitin et al. 1981). There must be no holes; preloaded registers stay apart."""
    moves = [op.operands for op in code.ops if op.opcode == "move"]
    if not moves:
        return code
    apart = interference(code, liveness(code))
    kept = {ZERO, *code.first}
    joined: dict[int, int] = {}

    def now(register: int) -> int:
        while register in joined:
            register = joined[register]
        return register

    for pair in moves:
        source, out = map(now, pair)
        if source == out or source in kept or out in kept or out in apart[source]:
            continue
        joined[out] = source
        for other in apart.pop(out, ()):
            apart[other].discard(out)
            apart[other].add(source)
            apart[source].add(other)

    def renamed(op: Op) -> Op:
        operands = (value if slot is Slot.LABEL else now(value) for slot, value in op.slots)
        return replace(op, operands=tuple(operands))

    ops = tuple(map(renamed, code.ops))
    return keep(
        replace(code, ops=ops, variables={}),
        lambda index: ops[index].opcode != "move" or len({*ops[index].operands}) == 2,
    )
