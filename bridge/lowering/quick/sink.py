"""What is computed before a conditional jump, and used on one side of it only, is computed there.

Where that is the side of the jump, it comes between the jump and what it leads to: a run that goes
on without jumping, as loops do until they end, is a step shorter. Where it is the other side, it
comes behind the jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridge.lowering.emit import Code, Op
from bridge.lowering.quick.edit import HALT, goes_on, replace_ops
from bridge.lowering.simplify import liveness

__all__ = ["sink"]


def sink(code: Code) -> Code:
    """The code with every such op moved once, as far as it goes. There must be no holes."""
    moves = 0
    while moves < len(code.ops) and (moved := _moved(code)) is not None:
        code, moves = moved, moves + 1
    return code


def _moved(code: Code) -> Code | None:
    """The code with one op moved, if any can be."""
    live = liveness(code)
    targets = set(code.labels)
    for at, jump in enumerate(code.ops):
        if jump.label is None or jump.always_jumps or at in targets:
            continue
        taken = code.labels[jump.label]
        index = at - 1
        passed: list[Op] = [jump]
        while index >= 0:
            op = code.ops[index]
            if op.opcode in (None, "halt") or op.label is not None:
                break
            out = op.defines
            if out is not None and _passes(op, out, passed):
                there, here = out in live[taken], out in live[at + 1]
                if here and not there:
                    return _behind(code, index, at)
                if there and not here and taken != index:
                    return _between(code, index, at, taken)
            passed.append(op)
            if index in targets:
                break
            index -= 1
    return None


def _passes(op: Op, out: int, others: Sequence[Op]) -> bool:
    """Whether the op may as well come behind the others."""
    return not any(
        out in other.uses
        or out == other.defines
        or other.defines in op.uses
        or (op.opcode == "read" and other.opcode == "write")
        for other in others
    )


def _behind(code: Code, index: int, at: int) -> Code:
    pieces: list[list[Op]] = [*([op] for op in code.ops), []]
    pieces[index] = []
    pieces[at] = [code.ops[at], code.ops[index]]
    return replace_ops(code, pieces)


def _between(code: Code, index: int, at: int, taken: int) -> Code:
    """Before what the jump leads to, if nothing else comes there from above; else at the end."""
    op, jump = code.ops[index], code.ops[at]
    assert jump.label is not None
    label = len(code.labels)
    pieces: list[list[Op]] = [*([op] for op in code.ops), []]
    pieces[index] = []
    pieces[at] = [replace(jump, operands=(jump.operands[0], label))]
    if not goes_on(code, taken):
        pieces[taken - 1] = [*pieces[taken - 1], op]
        behind = 0
    else:
        guard = [HALT] if goes_on(code, len(code.ops)) or len(code.ops) in code.labels else []
        pieces[-1] = [*guard, op, replace(jump, operands=(0, jump.label))]
        taken, behind = len(code.ops) + 1, 1
    starts = sum(map(len, pieces[:taken]))
    moved = replace_ops(code, pieces)
    return replace(moved, labels=(*moved.labels, starts - 1 - behind))
