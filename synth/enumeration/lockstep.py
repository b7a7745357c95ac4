"""One piece of code on LANES examples at once, compiled.

All lanes that are at the same line execute it together. Where a jump parts them, those that are
furthest behind go on and the others wait, so that they meet again where the branches, or a loop,
end. What comes out is, for each lane, what the machine makes of that example alone.
"""

from __future__ import annotations

import numpy as np

from bridge.isa import FAMILIES, HALT, INDEX, JUMP, OUTPUTS, READ, WRITE
from bridge.kernel import inner
from synth.enumeration.lanes import (
    LANES,
    all_of,
    any_of,
    both,
    choose,
    count_where,
    equal,
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

_, MOVE, INC, DEC, ADD, SUB, MIN, MAX = (INDEX[name] for name in FAMILIES)
_FAMILY = np.isin(np.arange(len(OUTPUTS)), [INDEX[name] for name in FAMILIES])
"""Which instructions are computed; other functions of words are looked up."""
NOWHERE = 255
"""The line of lanes that wait for nothing: they are at work, or have ended."""
_PATIENCE = 48
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
def _repeats(bank, before, mask):
    """The lanes of the mask whose words and registers are what they were before."""
    for i in range(bank.shape[0] - 1, -1, -1):  # registers first: one of them counts, mostly
        mask = both(mask, equal(row(bank, i), row(before, i)))
        if not any_of(mask):
            break
    return mask


@inner
def run_lanes(code, lines, bank, words, table, limit, must_halt, got, taken, before):
    """Runs the first lines of the code in place; whether all lanes have ended within `limit` steps.
    Where they must, it is left when one does not, and that one never does is seen, mostly, long
    before the last step: where a jump back leads to a state that it led to before. Which one is
    compared is changed after 1, 2, 4, … jumps (Brent 1980), so that a cycle of any length is met.

    `bank`, u1[words + registers, LANES], holds memory and behind it registers; `got` u1[1, LANES],
    `taken` i4[LANES] and `before`, as large as the bank, are room to work in."""
    everywhere, ended = splat(NOWHERE), True
    on, whole, at = everywhere, True, everywhere  # lanes at work; whether all; lines of the others
    line, meet = np.int64(0), np.int64(NOWHERE)  # of those at work; the first of the others
    now, left, total = np.int64(0), np.int64(limit), np.int64(0)  # steps since they were chosen; …
    on_before, line_before, jumps, power = everywhere, np.int64(-1), 0, 1
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
                to = np.int64(NOWHERE)
            elif number == WRITE:
                x = row(bank, b)
                if not whole:
                    for e in range(LANES):
                        got[0, e] = bank[bank[a, e], e]
                    x = choose(on, x, row(got, 0))
                put_row(got, 0, x)
                for e in range(LANES):
                    bank[bank[a, e], e] = got[0, e]
            elif OUTPUTS[number]:
                if number == READ:
                    for e in range(LANES):
                        got[0, e] = bank[bank[a, e], e]
                    x = row(got, 0)
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
            if line == line_before and any_of(_repeats(bank, before, both(on, on_before))):
                return False
            jumps += 1
            if jumps == power:
                power *= 2
                line_before, on_before = line, on
                for i in range(bank.shape[0]):
                    put_row(before, i, row(bank, i))
    return ended
