# pyright: basic
"""Programs on pictures that nobody has read yet, compiled with numba.

What a place (a register or a memory cell) holds is a function of the word of *one* picture at most:
one word for each that its owner may mean, or the same word throughout where it has no owner. A
program runs on such states as on words, step for step, until what comes next depends on a picture
(a jump, an address) or on two of them (a sum): then one must be *resolved*, word by word. Copies,
functions of one word and tests that come out alike for all its words resolve nothing.

A state that waits for a picture forgets what it needs no more, so that states with the same future
are the same: registers that are not live, and memory cells whose words were read or written on the
way. If such a cell is an output, its word is *said*, as the final one. Of a picture's cell it is
still known what it may hold: a test that comes out alike for all of that needs no more. All this is
a guess: a run that needs a forgotten word, or changes one that was said, stops there, and what it
needs must be kept.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Int16, Int64, UInt8

from bridge.isa import HALT, JUMP, OUTPUTS, READ, WRITE, Slot, slot_mask
from bridge.kernel import inner, kernel

__all__ = ["ENDED", "FORGOTTEN", "NOBODY", "OUT_OF_STEPS", "SILENT", "Resolved", "States"]
__all__ += ["advance", "live_registers"]

ENDED: Final = -1
"""It halted, and every output has been said."""
OUT_OF_STEPS: Final = -2
FORGOTTEN: Final = -3
"""It needs a word that was forgotten."""
NOBODY: Final = -1
"""Who owns a word that is the same throughout. A picture whose word was forgotten, i, is −2 − i."""
SILENT: Final = -1
"""No word is said."""
_TAKES = slot_mask()[:, [Slot.A, Slot.B]]


class States(NamedTuple):
    """States, one a row. Places are registers, then memory cells."""

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


class Resolved(NamedTuple):
    """What was read just before states go on."""

    picture: Int64[np.ndarray, " n"]
    """−1 for none."""
    held: Bool[np.ndarray, "n b"]
    """In which cells it was."""
    value: UInt8[np.ndarray, "n b words"]
    """What was in these before."""


def advance(
    states: States,
    resolved: Resolved,
    code: Int16[np.ndarray, "lines 5"],
    table: UInt8[np.ndarray, "opcodes b b"],
    live: Bool[np.ndarray, "lines+1 registers"],
    checked: Bool[np.ndarray, " outputs"],
    kept: Bool[np.ndarray, " cells_and_pictures"],
    steps: int,
    must_halt: bool,
) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " n"], Int16[np.ndarray, "n outputs"]]:
    """Runs each state, in place, until it waits for a picture or ends. `checked` are the outputs
    that count, memory first; `kept` the cells and the pictures that are not to be forgotten.

    Returns the picture that each waits for (or ENDED, OUT_OF_STEPS, FORGOTTEN); the number in
    `kept` of what it lacks where it is FORGOTTEN; and the words that it said, SILENT elsewhere."""
    n = len(states.line)
    waits, lacks = np.zeros(n, np.int64), np.full(n, -1)
    said = np.full((n, len(checked)), SILENT, np.int16)
    limits = checked, kept, steps, must_halt
    _advance(states, resolved, code, table, live, _TAKES, *limits, waits, lacks, said)
    return waits, lacks, said


@kernel
def _advance(
    states, resolved, code, table, live, takes, checked, kept, steps, must_halt, waits, lacks, said
):
    for n in range(states.line.shape[0]):
        event, at = _run(states, resolved, n, code, table, takes, checked, steps, must_halt)
        if event == ENDED:  # are all outputs words?
            event, at = _unsaid(states, n, checked)
        waits[n], lacks[n] = event, at
        if event != OUT_OF_STEPS and event != FORGOTTEN:
            _forget(states, resolved, n, live, checked, kept, event, said)


@inner
def _run(states, resolved, n, code, table, takes, checked, steps, must_halt):
    """Runs a state; what it waits for, and what it lacks."""
    owner, value, forgotten = states.owner[n], states.value[n], states.forgotten[n]
    cells, words = forgotten.shape[0], value.shape[1]
    registers = owner.shape[0] - cells
    line, taken, event, lack = states.line[n], 0, np.int64(ENDED), np.int64(-1)
    while 0 <= line < code.shape[0]:
        if states.fewest[n] + taken >= steps:
            event = np.int64(OUT_OF_STEPS if must_halt else ENDED)
            line = np.int64(-1)
            break
        number, label = np.int64(code[line, 0]), np.int64(code[line, 4])
        a, b, out = np.int64(code[line, 1]), np.int64(code[line, 2]), np.int64(code[line, 3])
        of_a = owner[a] if takes[number, 0] else np.int64(NOBODY)
        of_b = owner[b] if takes[number, 1] else np.int64(NOBODY)
        onward, needs = line + 1, np.int64(NOBODY)
        if number == HALT:
            onward = np.int64(-1)
        elif number == JUMP:
            zeros = 0
            for w in range(words):
                zeros += value[a, w] == 0
            if zeros == words:
                onward = label
            elif zeros:
                needs = of_a
        elif number in (READ, WRITE):
            needs = of_a
            cell = np.int64(value[a, 0])
            place = registers + cell
            lost = owner[place] == NOBODY if number == READ else checked[cell]
            if needs == NOBODY and forgotten[cell] and lost:
                event, lack = np.int64(FORGOTTEN), cell
                break
            if needs == NOBODY:
                source, target = (place, out) if number == READ else (b, place)
                owner[target] = owner[source]
                for w in range(words):
                    value[target, w] = value[source, w]
                if number == WRITE:
                    forgotten[cell], states.touched[n, cell] = False, True
                    resolved.held[n, cell] = False
                elif owner[source] >= 0:
                    states.read[n, owner[source]] = states.fewest[n] + taken + 1
        elif OUTPUTS[number]:
            if of_a != NOBODY and of_b != NOBODY and of_a != of_b:
                needs = max(of_a, of_b)
                if min(of_a, of_b) >= 0:
                    # Rather the one read before: then sums are of a word and a picture.
                    needs = of_a if states.read[n, of_a] <= states.read[n, of_b] else of_b
            else:
                alike = True
                for w in range(words):
                    value[out, w] = table[number, value[a, w], value[b, w]]
                    alike = alike and value[out, w] == value[out, 0]
                owner[out] = NOBODY if alike else (of_b if of_a == NOBODY else of_a)
        if needs >= 0:
            event = needs
            break
        if needs != NOBODY:
            event, lack = np.int64(FORGOTTEN), cells - 2 - needs
            break
        taken += 1
        line = onward
    states.line[n] = -1 if line >= code.shape[0] else line
    states.fewest[n] += taken
    states.most[n] += taken
    return event, lack


@inner
def _unsaid(states, n, checked):
    """What the outputs of an ended run still wait for, and what they lack."""
    cells = states.forgotten.shape[1]
    registers = states.owner.shape[1] - cells
    for o in range(checked.shape[0]):
        owner = states.owner[n, registers + o if o < cells else o - cells]
        if not checked[o] or owner == NOBODY or (o < cells and states.forgotten[n, o]):
            continue
        if owner >= 0:
            return owner, np.int64(-1)
        return np.int64(FORGOTTEN), cells - 2 - owner
    return np.int64(ENDED), np.int64(-1)


@inner
def _forget(states, resolved, n, live, checked, kept, event, said):
    """Forgets registers and cells, and says the words of those that are outputs."""
    owner, value, forgotten = states.owner[n], states.value[n], states.forgotten[n]
    cells, words = forgotten.shape[0], value.shape[1]
    registers = owner.shape[0] - cells
    line = live.shape[0] - 1 if states.line[n] < 0 else states.line[n]
    for r in range(registers):
        if event == ENDED and checked[cells + r]:
            said[n, cells + r] = value[r, 0]
        if event == ENDED or not live[line, r]:
            owner[r] = NOBODY
            for w in range(words):
                value[r, w] = 0
    for c in range(cells):
        place = registers + c
        if owner[place] == NOBODY and not forgotten[c]:
            shows = resolved.held[n, c]
            stays = kept[c] or (shows and kept[cells + resolved.picture[n]])
            if event == ENDED or (states.touched[n, c] and not stays):
                if checked[c]:
                    said[n, c] = value[place, 0]
                forgotten[c] = True
                if shows:
                    owner[place] = -2 - resolved.picture[n]
                for w in range(words):
                    value[place, w] = resolved.value[n, c, w] if shows else 0
        states.touched[n, c] = False
