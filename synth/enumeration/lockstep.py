"""One piece of code on LANES examples at once, compiled.

All lanes that are at the same line execute it together. Where a jump parts them, those that are
furthest behind go on and the others wait, so that they meet again where the branches, or a loop,
end. What comes out is, for each lane, what the machine makes of that example alone.
"""

from __future__ import annotations

import numpy as np

from bridge.isa import FAMILIES, HALT, INDEX, JUMP, OPCODES, OUTPUTS, READ, WRITE, Slot
from bridge.kernel import inner
from synth.enumeration.lanes import (
    LANES,
    all_of,
    any_of,
    both,
    choose,
    count_where,
    equal,
    gathered,
    least,
    less,
    minus,
    most_where,
    plus,
    put_row,
    reached,
    row,
    splat,
)

__all__ = ["run_lanes"]

ZERO, MOVE, INC, DEC, ADD, SUB, MIN, MAX = (INDEX[name] for name in FAMILIES)
_FAMILY = np.isin(np.arange(len(OUTPUTS)), [INDEX[name] for name in FAMILIES])
"""Which instructions are computed; other functions of words are looked up."""
_TWO = np.array([Slot.B in row.operands for row in OPCODES])
"""Which instructions take two words."""
_MEMORY = np.uint64(1 << 63)
_NOWHERE = 255
"""The line of lanes that wait for nothing: they are at work, or have ended."""
_PATIENCE = 12
"""Steps before it is asked whether a run will ever end: most have ended by then."""


@inner
def _difference(words, x, y):
    """(x − y) mod b."""
    below = minus(x, y)
    return choose(less(x, y), plus(below, splat(words)), below)


@inner
def _word(number, words, x, y):
    """What an instruction of the families makes of these words."""
    if number == MOVE:
        return x
    if number == INC:
        x = plus(x, splat(1))
        return choose(equal(x, splat(words)), splat(0), x)
    if number == DEC:
        return _difference(words, x, splat(1))
    if number == ADD:
        return _difference(words, x, minus(splat(words), y))
    if number == SUB:
        return _difference(words, x, y)
    if number == MIN:
        return choose(less(x, y), x, y)
    if number == MAX:
        return choose(less(x, y), y, x)
    return splat(0)


@inner
def _deciding(code, lines):
    """The registers, as bits, on which it depends where jumps go; and as the highest bit whether
    memory does."""
    found = np.uint64(0)
    for i in range(lines):
        if code[i, 0] == JUMP:
            found |= np.uint64(1) << np.uint64(code[i, 1])
    before = ~found
    while before != found:
        before = found
        for i in range(lines - 1, -1, -1):
            number = code[i, 0]
            a = np.uint64(1) << np.uint64(code[i, 1])
            b = np.uint64(1) << np.uint64(code[i, 2])
            if number == WRITE:
                if found & _MEMORY:
                    found |= a | b
            elif OUTPUTS[number] and found & (np.uint64(1) << np.uint64(code[i, 3])):
                if number == READ:
                    found |= a | _MEMORY
                elif number != ZERO:
                    found |= a
                    if _TWO[number]:
                        found |= b
    return found


@inner
def _repeats(bank, words, before, deciding, mask):
    """The lanes of the mask in which what decides is what it was before."""
    for i in range(bank.shape[0] - words):
        if (deciding >> np.uint64(i)) & np.uint64(1):
            mask = both(mask, equal(row(bank, words + i), row(before, words + i)))
    if deciding & _MEMORY:
        for i in range(words):
            if not any_of(mask):
                break
            mask = both(mask, equal(row(bank, i), row(before, i)))
    return mask


@inner
def _keep(bank, words, deciding, before):
    """Keeps what decides."""
    for i in range(bank.shape[0] - words):
        if (deciding >> np.uint64(i)) & np.uint64(1):
            put_row(before, words + i, row(bank, words + i))
    if deciding & _MEMORY:
        for i in range(words):
            put_row(before, i, row(bank, i))


@inner
def run_lanes(code, lines, bank, words, table, limit, must_halt, got, taken, before):
    """Runs the first lines of the code in place; whether all lanes have ended within `limit` steps.
    Where they must, it is left when one does not, and that one never does is seen, mostly, long
    before the last step: where a jump back leads to a line to which one led before, and all that
    jumps depend on is what it was then. Which state is compared is changed after 1, 2, 4, … jumps
    (Brent 1980), so that a cycle of any length is met.

    `bank`, u1[words + registers, LANES], holds memory and behind it registers; `got` u1[1, LANES],
    `taken` i4[LANES] and `before`, as large as the bank, are room to work in."""
    everywhere, ended = splat(_NOWHERE), True
    on, whole, at = everywhere, True, everywhere  # lanes at work; whether all; lines of the others
    line, meet = np.int64(0), np.int64(_NOWHERE)  # of those at work; the first of the others
    now, left, total = np.int64(0), np.int64(limit), np.int64(0)  # steps since they were chosen; …
    on_before, line_before, jumps, power = everywhere, np.int64(-1), 0, 1
    deciding = np.uint64(0)
    for e in range(LANES):
        taken[e] = 0
    while line < lines:
        last, to, parted = line, line + 1, False
        if now == left:  # some have taken all steps
            if must_halt:
                return False
            ended = False
            count_where(taken, on, now)
            at = choose(reached(taken, limit), everywhere, choose(on, splat(line), at))
            parted = True
        else:
            now += 1
            total += 1
            number, out = code[line, 0], words + np.int64(code[line, 3])
            a, b = words + np.int64(code[line, 1]), words + np.int64(code[line, 2])
            if number == JUMP:
                zero = both(on, equal(row(bank, a), splat(0)))
                if any_of(zero):
                    if all_of(equal(zero, on)):
                        to = np.int64(code[line, 4])
                    else:
                        count_where(taken, on, now)
                        other = choose(zero, splat(code[line, 4]), splat(to))
                        at = choose(on, other, at)
                        parted = True
            elif number == HALT:
                to = np.int64(_NOWHERE)
            elif number == WRITE:
                x, cell = row(bank, b), np.int64(bank[a, 0])
                if all_of(equal(row(bank, a), splat(cell))):
                    put_row(bank, cell, x if whole else choose(on, x, row(bank, cell)))
                else:
                    put_row(got, 0, x if whole else choose(on, x, gathered(bank, a)))
                    for e in range(LANES):
                        bank[bank[a, e], e] = got[0, e]
            elif OUTPUTS[number]:
                if number == READ:
                    cell = np.int64(bank[a, 0])  # often that of all
                    same = all_of(equal(row(bank, a), splat(cell)))
                    x = row(bank, cell) if same else gathered(bank, a)
                elif _FAMILY[number]:
                    x = _word(number, words, row(bank, a), row(bank, b))
                else:
                    for e in range(LANES):
                        got[0, e] = table[number, bank[a, e], bank[b, e]]
                    x = row(got, 0)
                if not whole:
                    x = choose(on, x, row(bank, out))
                put_row(bank, out, x)
        if not parted and to < meet:
            line = to
        else:
            if not parted:
                count_where(taken, on, now)
                at = choose(on, splat(to), at)
            line = least(at)
            on = equal(at, splat(line))
            at = choose(on, everywhere, at)
            meet, whole = least(at), all_of(on)
            now, left = np.int64(0), limit - most_where(taken, on)
        if line <= last and total > _PATIENCE and must_halt:
            if jumps == 0:
                deciding = _deciding(code, lines)
            if line == line_before and any_of(
                _repeats(bank, words, before, deciding, both(on, on_before))
            ):
                return False
            jumps += 1
            if jumps == power:
                power *= 2
                line_before, on_before = line, on
                _keep(bank, words, deciding, before)
    return ended
