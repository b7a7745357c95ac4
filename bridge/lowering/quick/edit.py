"""What the passes share: virtual code, with some ops replaced by others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from bridge.lowering.emit import Code, Op

__all__ = ["HALT", "ends", "goes_on", "replace_ops"]

HALT = Op("halt")


def ends(op: Op) -> bool:
    """Whether the op behind it is never the next."""
    return op.opcode == "halt" or op.always_jumps


def goes_on(code: Code, index: int) -> bool:
    """Whether a run may come to the op at the index, or to the end, from the op before it."""
    return index == 0 or not ends(code.ops[index - 1])


def replace_ops(code: Code, pieces: Sequence[Sequence[Op]]) -> Code:
    """The code with a piece instead of each op, and one more at the end. Labels stand before the
    pieces of the ops that they stood before."""
    starts = [0, *accumulate(map(len, pieces))]
    labels = tuple(starts[at] for at in code.labels)
    return replace(code, ops=tuple(op for piece in pieces for op in piece), labels=labels)
