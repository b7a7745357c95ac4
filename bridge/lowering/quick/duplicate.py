"""Code that a run comes to, written out where it comes from: longer, and a jump less.

A loop is so unrolled: what its jump back leads to is its next round. If only the round's beginning
is written out, up to a test, the loop tests at its end as well. And its first round is peeled, in
which more is known than in the others: variables begin at 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bridge.lowering.emit import ZERO, Code, Op
from bridge.lowering.quick.edit import HALT, ends, goes_on, replace_ops

__all__ = ["duplicates"]


def duplicates(code: Code) -> Iterator[Code]:
    """The code with what stands behind a label once more: instead of an unconditional jump to the
    label, each in turn, up to the next unconditional jump or the end, or up to a conditional jump,
    from where it leads back; and before the label of a loop, where a run comes from above."""
    for index, op in enumerate(code.ops):
        if op.label is not None and op.always_jumps:
            start = code.labels[op.label]
            yield _with(code, index, _from(code, start))
            yield from _begun(code, index, start)
    headers = {
        code.labels[op.label]
        for index, op in enumerate(code.ops)
        if op.label is not None and code.labels[op.label] <= index
    }
    for start in sorted(headers):
        if goes_on(code, start):
            yield _peeled(code, start)


def _from(code: Code, start: int) -> tuple[Op, ...]:
    """What stands there, up to where a run never goes on."""
    stop = start
    while stop < len(code.ops) and not ends(code.ops[stop]):
        stop += 1
    return (*code.ops[start:stop], code.ops[stop] if stop < len(code.ops) else HALT)


def _with(code: Code, index: int, instead: tuple[Op, ...]) -> Code:
    pieces = [(op,) for op in code.ops]
    return replace_ops(code, [*pieces[:index], instead, *pieces[index + 1 :], ()])


def _begun(code: Code, index: int, start: int) -> Iterator[Code]:
    """What stands there up to each conditional jump, and a jump to what is behind that."""
    for stop, op in enumerate(_from(code, start), start + 1):
        if op.label is not None and not op.always_jumps:
            on = Op("jump", (ZERO, len(code.labels)))
            longer = replace(code, labels=(*code.labels, stop))
            yield _with(longer, index, (*code.ops[start:stop], on))


def _peeled(code: Code, start: int) -> Code:
    """The code that stands there once more before it; labels stay where they are, behind that."""
    copy = _from(code, start)
    labels = tuple(at + len(copy) * (at >= start) for at in code.labels)
    return replace(code, ops=(*code.ops[:start], *copy, *code.ops[start:]), labels=labels)
