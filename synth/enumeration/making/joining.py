"""Codes of statements from those of their parts, compiled: words put into patterns, bodies into
shells."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Bool, Int16, Int32, Int64

from bridge.isa import INDEX, JUMP
from bridge.kernel import inlined, kernel
from bridge.lowering.fragment import BLANK_ROW, WORD_ROW
from synth.enumeration.making.codes import Codes
from synth.enumeration.sizes import MAX_PART, MAX_REGISTERS

__all__ = ["fill", "join"]

_MOVE, _ZERO = INDEX["move"], INDEX["zero"]


def join(
    pool: Codes,
    held: Int16[np.ndarray, " pieces"],
    pattern: Int64[np.ndarray, " n"],
    words: Int32[np.ndarray, "n holes"],
    out: int,
) -> tuple[Codes, Bool[np.ndarray, " n"]]:
    """The code of each pattern, a piece of the pool, with these pieces for its numbered holes; and
    which there are: what is too long, or takes too many registers, is not.

    A word's piece computes it into the register `out`, the last before that which is 0; or it is in
    the register that is `held`, if this is not −1. The pattern −1 is none."""
    n = len(pattern)
    rows, ends = np.empty((n * MAX_PART, 5), np.int16), np.zeros(n + 1, np.int32)
    made = np.zeros(n, np.bool_)
    virtual = 1 + max(int(pool.rows.max(initial=0)), out + 1)
    room = np.empty((2, virtual), np.int64), np.empty(1 + int(pool.lines.max(initial=0)), np.int64)
    arguments: Any = pool, held, pattern, words, out, rows, ends, made, *room
    _join(*arguments)
    return Codes(rows[: ends[-1]].copy(), ends), made


@inlined
def _renamed(value, names, free):
    """The number of a register, the next free one if it has none yet; and the next free one."""
    if names[value] < 0:
        names[value] = free
        free += 1
    return names[value], free


@kernel
def _join(pool, held, pattern, words, out, rows, ends, made, names, starts):
    if rows.shape != (MAX_PART * pattern.shape[0], 5) or ends.shape[0] != pattern.shape[0] + 1:
        raise ValueError("join: room for MAX_PART lines of each pattern expected")
    own, inner = names[0], names[1]
    total = 0
    for i in range(pattern.shape[0]):
        begin, end = total, total + MAX_PART
        free, fits = out + 2, pattern[i] >= 0
        for r in range(own.shape[0]):
            own[r] = r if r < free else -1
        first, last = (pool.offset[pattern[i]], pool.offset[pattern[i] + 1]) if fits else (0, 0)
        for k in range(first, last):
            line = pool.rows[k]
            starts[k - first] = total - begin
            if line[0] == WORD_ROW:
                word = words[i, line[1]]
                if word < 0:
                    fits = False
                elif held[word] >= 0:
                    if own[line[3]] < 0:
                        own[line[3]] = held[word]
                    elif own[line[3]] != held[word]:  # it is needed in a variable
                        fits = total < end
                        if fits:
                            nothing = held[word] == out + 1
                            rows[total, 0] = _ZERO if nothing else _MOVE
                            rows[total, 1] = 0 if nothing else held[word]
                            rows[total, 2] = rows[total, 4] = 0
                            rows[total, 3] = own[line[3]]
                            total += 1
                else:
                    for r in range(inner.shape[0]):
                        inner[r] = r if r < out + 2 else -1
                    low, high = pool.offset[word], pool.offset[word + 1]
                    fits = total + high - low <= end
                    for j in range(low, high if fits else low):
                        rows[total, 0], rows[total, 4] = pool.rows[j, 0], pool.rows[j, 4]
                        for column in range(1, 4):
                            register = pool.rows[j, column]
                            if register == out:
                                register, free = _renamed(line[3], own, free)
                            else:
                                register, free = _renamed(register, inner, free)
                            rows[total, column] = register
                        total += 1
            else:
                fits = total < end
                if fits:
                    for column in range(5):
                        rows[total, column] = line[column]
                        if line[0] != BLANK_ROW and 0 < column < 4:
                            rows[total, column], free = _renamed(line[column], own, free)
                    total += 1
            if not fits:
                break
        starts[last - first] = total - begin
        for k in range(begin, total):
            if rows[k, 0] == JUMP:
                rows[k, 4] = starts[rows[k, 4]]
            for column in range(5):
                fits = fits and rows[k, column] < MAX_REGISTERS
        made[i] = fits
        if not fits:
            total = begin
        ends[i + 1] = total


def fill(
    shells: Codes,
    shell: Int64[np.ndarray, " n"],
    bodies: Codes,
    first: Int32[np.ndarray, " n"],
    second: Int32[np.ndarray, " n"],
) -> tuple[Codes, Bool[np.ndarray, " n"]]:
    """The code of each shell with these bodies for its blank, the second (−1: none) behind the
    first; and which there are: what is too long is not."""
    n = len(shell)
    rows, ends = np.empty((n * MAX_PART, 5), np.int16), np.zeros(n + 1, np.int32)
    made = np.zeros(n, np.bool_)
    arguments: Any = shells, shell, bodies, first, second, rows, ends, made
    _fill(*arguments)
    return Codes(rows[: ends[-1]].copy(), ends), made


@inlined
def _append(codes, number, rows, total, begin):
    """Copies a piece behind others; where they end."""
    start = total - begin
    for k in range(codes.offset[number], codes.offset[number + 1]):
        for column in range(5):
            rows[total, column] = codes.rows[k, column]
        rows[total, 4] += start
        total += 1
    return total


@kernel
def _fill(shells, shell, bodies, first, second, rows, ends, made):
    if rows.shape != (MAX_PART * shell.shape[0], 5) or ends.shape[0] != shell.shape[0] + 1:
        raise ValueError("fill: room for MAX_PART lines of each shell expected")
    total = 0
    for i in range(shell.shape[0]):
        low, high = shells.offset[shell[i]], shells.offset[shell[i] + 1]
        body = bodies.offset[first[i] + 1] - bodies.offset[first[i]]
        if second[i] >= 0:
            body += bodies.offset[second[i] + 1] - bodies.offset[second[i]]
        blank = low
        while blank < high and shells.rows[blank, 0] != BLANK_ROW:
            blank += 1
        made[i] = blank < high and high - low + body - 1 <= MAX_PART
        begin = total
        for k in range(low, high if made[i] else low):
            if k == blank:
                total = _append(bodies, first[i], rows, total, begin)
                if second[i] >= 0:
                    total = _append(bodies, second[i], rows, total, begin)
                continue
            for column in range(5):
                rows[total, column] = shells.rows[k, column]
            if rows[total, 4] > blank - low:
                rows[total, 4] += body - 1
            total += 1
        ends[i + 1] = total
