"""Splits, compiled: what the instructions of a line do to the state at hand, sorted by effect."""

from __future__ import annotations

from bridge.isa import HALT, JUMP, OUTPUTS, READ, WRITE
from bridge.kernel import inlined, inner
from synth.discrete.behaviours import ENDS, LABELS, NOTHING, REGISTERS

__all__ = ["copy_row", "is_back", "split"]


@inner
def _effect(rows, i, memory, registers, table, line, ahead):
    """The number of what an instruction does to this state."""
    number = rows[i, 0]
    words = memory.shape[0]
    if line < ahead:
        out, value = rows[i, 3], rows[i, 4]
        return NOTHING if registers[out] == value else REGISTERS + out * words + value
    if number == HALT:
        return ENDS
    a = registers[rows[i, 1]]
    if number == JUMP:
        return LABELS + rows[i, 4] if a == 0 and rows[i, 4] != line + 1 else NOTHING
    if number == WRITE:
        value = registers[rows[i, 2]]
        if memory[a] == value:
            return NOTHING
        return REGISTERS + (registers.shape[0] + a) * words + value
    if not OUTPUTS[number]:
        return NOTHING
    value = memory[a] if number == READ else table[number, a, registers[rows[i, 2]]]
    out = rows[i, 3]
    return NOTHING if registers[out] == value else REGISTERS + out * words + value


@inlined
def _effects(family, walk, low, high, line):
    """scratch[0]: what the instructions order[low:high] do to the running state. Of many, first
    what each source yields."""
    memory, registers, order = walk.memory[0], walk.registers[0], walk.order
    rows, table, source, values = family.rows, family.tests.table, family.source, walk.values
    sources, out = family.sources, walk.scratch
    words = memory.shape[0]
    many = high - low > 2 * sources.shape[0]
    for i in range(sources.shape[0] if many else 0):
        a = registers[sources[i, 1]]
        read = sources[i, 0] == READ
        values[i] = memory[a] if read else table[sources[i, 0], a, registers[sources[i, 2]]]
    for i in range(low, high):
        row = order[i]
        if many and source[row] >= 0:
            value = values[source[row]]
            target = rows[row, 3]
            changes = registers[target] != value
            out[0, i - low] = REGISTERS + target * words + value if changes else NOTHING
        else:
            out[0, i - low] = _effect(rows, row, memory, registers, table, line, family.ahead)


@inlined
def split(family, walk, low, high, line):
    """Sorts order[low:high] into parts of one effect each; how many there are."""
    _effects(family, walk, low, high, line)
    order, ends, counts, scratch = walk.order, walk.ends, walk.counts, walk.scratch
    parts = 0
    for i in range(high - low):
        effect = scratch[0, i]
        if counts[effect] == 0:
            scratch[1, parts] = effect
            parts += 1
        counts[effect] += 1
    if parts > 1:
        begin = low
        for part in range(parts):
            effect = scratch[1, part]
            size = counts[effect]
            ends[begin] = begin + size
            counts[effect] = begin
            begin += size
        for i in range(low, high):
            scratch[2, i - low] = order[i]
        for i in range(high - low):
            effect = scratch[0, i]
            order[counts[effect]] = scratch[2, i]
            counts[effect] += 1
    elif parts == 1:
        ends[low] = high
    for part in range(parts):
        counts[scratch[1, part]] = 0
    return parts


@inlined
def copy_row(source, i, target, j):
    for k in range(source.shape[1]):
        target[j, k] = source[i, k]


@inner
def is_back(bank):
    same = True
    for k in range(bank.shape[1]):
        same &= bank[0, k] == bank[1, k]
    return same
