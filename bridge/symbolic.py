# pyright: basic
"""Programs on pictures that nobody has read yet, compiled with numba.

What a place (a register or a memory cell) holds is a function of the word of *one* picture at most:
one word for each that its owner may mean, or the same word throughout where it has no owner. A
program runs on such states as on words, step for step, until what comes next depends on a picture
(a jump, an address) or on two of them (a sum): then one must be *resolved*, word by word. Copies,
functions of one word and tests that come out alike for all its words resolve nothing.

A state that waits for a picture forgets what it needs no more, so that states with the same future
are the same: registers that are not live, and memory cells whose words were read or written on the
way. If such a cell is an output, its word is *said*, as the final one. That is a guess: a run that
reads a forgotten cell, or changes one whose word was said, stops there, and the cell must be kept.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Int16, Int64, UInt8

from bridge.isa import HALT, JUMP, OUTPUTS, READ, WRITE, Slot, slot_mask
from bridge.kernel import kernel

__all__ = ["ENDED", "FORGOTTEN", "OUT_OF_STEPS", "SILENT", "States", "advance", "live_registers"]

ENDED: Final = -1
"""It halted, and every output has been said."""
OUT_OF_STEPS: Final = -2
FORGOTTEN: Final = -3
"""It needs a cell that was forgotten."""
SILENT: Final = -1
"""No word is said."""
_TAKES = slot_mask()[:, [Slot.A, Slot.B]]


class States(NamedTuple):
    """States, one a row. Places are registers, then memory cells; −1 is no owner."""

    line: Int64[np.ndarray, " n"]
    """What comes next; −1 once halted."""
    owner: Int64[np.ndarray, "n places"]
    value: UInt8[np.ndarray, "n places words"]
    forgotten: Bool[np.ndarray, "n b"]
    touched: Bool[np.ndarray, "n b"]
    """Cells that were read as a picture or written, since the last wait."""
    fewest: Int64[np.ndarray, " n"]
    """Steps taken: on the shortest of the ways that lead here, and on the longest."""
    most: Int64[np.ndarray, " n"]
    read: Int64[np.ndarray, "n k"]
    """When each picture was read last; 0 for never."""

    def take(self, rows: np.ndarray) -> States:
        """Those rows, as copies."""
        return States._make(array[rows] for array in self)


def live_registers(
    code: Int16[np.ndarray, "lines 5"], outputs: Bool[np.ndarray, " registers"], must_halt: bool
) -> Bool[np.ndarray, "lines+1 registers"]:
    """Which registers count before each line, and behind the last. A program that needn't halt may
    be cut off anywhere."""
    lines = len(code)
    live = np.zeros((lines + 1, len(outputs)), bool)
    live[lines if must_halt else slice(None)] |= outputs
    before = None
    while before is None or (live != before).any():
        before = live.copy()
        for line in reversed(range(lines)):
            number, a, b, out, label = code[line]
            after = live[lines] if number == HALT else live[line + 1]
            row = after | live[label] if number == JUMP else after.copy()
            if OUTPUTS[number]:
                row[out] = False
            for register, taken in zip((a, b), _TAKES[number], strict=True):
                row[register] |= taken
            live[line] |= row
    return live


def advance(
    states: States,
    code: Int16[np.ndarray, "lines 5"],
    table: UInt8[np.ndarray, "opcodes b b"],
    live: Bool[np.ndarray, "lines+1 registers"],
    checked: Bool[np.ndarray, " outputs"],
    kept: Bool[np.ndarray, " b"],
    steps: int,
    must_halt: bool,
) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " n"], Int16[np.ndarray, "n outputs"]]:
    """Runs each state, in place, until it waits for a picture or ends. `checked` are the outputs
    that count, memory first; `kept` the cells that are not to be forgotten.

    Returns the picture that each waits for (or ENDED, OUT_OF_STEPS, FORGOTTEN), the cell that it
    lacks where it is FORGOTTEN, and the words that it said, SILENT elsewhere."""
    n = len(states.line)
    waits, lacks = np.zeros(n, np.int64), np.full(n, -1)
    said = np.full((n, len(checked)), SILENT, np.int16)
    limits = checked, kept, steps, must_halt
    _advance(*states, code, table, live, _TAKES, *limits, waits, lacks, said)
    return waits, lacks, said


@kernel
def _advance(
    lines, owners, values, forgotten, touched, fewest, most, read,
    code, table, live, takes, checked, kept, steps, must_halt, waits, lacks, said,
):  # fmt: skip
    cells, registers, words = kept.shape[0], live.shape[1], values.shape[2]
    end = code.shape[0]
    for n in range(lines.shape[0]):
        line, taken, event = lines[n], 0, ENDED
        owner, value = owners[n], values[n]
        while line >= 0:
            if line >= end:
                line = np.int64(-1)
                break
            if fewest[n] + taken >= steps:
                if must_halt:
                    event = OUT_OF_STEPS
                line = np.int64(-1)
                break
            number, label = np.int64(code[line, 0]), np.int64(code[line, 4])
            a, b, out = np.int64(code[line, 1]), np.int64(code[line, 2]), np.int64(code[line, 3])
            of_a = owner[a] if takes[number, 0] else np.int64(-1)
            of_b = owner[b] if takes[number, 1] else np.int64(-1)
            onward = line + 1
            if number == HALT:
                onward = np.int64(-1)
            elif number == JUMP:
                zeros = 0
                for w in range(words):
                    zeros += value[a, w] == 0
                if 0 < zeros < words:
                    event = of_a
                    break
                if zeros:
                    onward = label
            elif number in (READ, WRITE):
                if of_a >= 0:
                    event = of_a
                    break
                cell = np.int64(value[a, 0])
                place = registers + cell
                if forgotten[n, cell] and (number == READ or checked[cell]):
                    event, lacks[n] = FORGOTTEN, cell
                    break
                source, target = (place, out) if number == READ else (b, place)
                owner[target] = owner[source]
                for w in range(words):
                    value[target, w] = value[source, w]
                if number == WRITE:
                    forgotten[n, cell], touched[n, cell] = False, True
                elif owner[source] >= 0:
                    read[n, owner[source]] = fewest[n] + taken + 1
            elif OUTPUTS[number]:
                if of_a >= 0 and of_b >= 0 and of_a != of_b:
                    # Rather the one that was read before: sums then are of a word and a picture.
                    event = of_a if read[n, of_a] <= read[n, of_b] else of_b
                    break
                alike = True
                for w in range(words):
                    value[out, w] = table[number, value[a, w], value[b, w]]
                    alike = alike and value[out, w] == value[out, 0]
                owner[out] = -1 if alike else max(of_a, of_b)
            taken += 1
            line = onward
        lines[n] = line
        fewest[n] += taken
        most[n] += taken
        if event == ENDED:  # are all outputs words?
            for o in range(checked.shape[0]):
                place = registers + o if o < cells else o - cells
                if checked[o] and owner[place] >= 0 and event == ENDED:
                    event = owner[place]
        waits[n] = event
        if event in (OUT_OF_STEPS, FORGOTTEN):
            continue
        at = end if line < 0 else line
        for r in range(registers):
            if event == ENDED and checked[cells + r]:
                said[n, cells + r] = value[r, 0]
            if event == ENDED or not live[at, r]:
                owner[r] = -1
                for w in range(words):
                    value[r, w] = 0
        for c in range(cells):
            place = registers + c
            if owner[place] >= 0 or forgotten[n, c]:
                touched[n, c] = False
                continue
            if event == ENDED or (touched[n, c] and not kept[c]):
                if checked[c]:
                    said[n, c] = value[place, 0]
                forgotten[n, c] = True
                for w in range(words):
                    value[place, w] = 0
            touched[n, c] = False
