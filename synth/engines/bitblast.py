"""The machine as a formula in conjunctive normal form: a program unknown, its runs bounded.

The program is `lines` instructions, each slot one-hot; a state is a one-hot instruction pointer
(its last place means: halted) and words in binary. Every example adds a run of `bound` steps over
the same program, so that examples can be added one by one to a solver that keeps what it learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np

from bridge.isa import (
    INDEX,
    JUMP,
    NOOP,
    OPCODES,
    OUTPUTS,
    TABLED,
    Slot,
    count_tabled,
    lookup_table,
    slot_mask,
)
from bridge.program import Program, decode_rows, encode, first_words
from bridge.spec import Example, Machine

__all__ = ["Blast"]

Word = list[int]
"""Variables of its bits, the lowest first."""


class Blast:
    """The formula. Clauses go to `add`, as lists of non-zero integers, in DIMACS's way."""

    def __init__(
        self,
        machine: Machine,
        lines: int,
        bound: int,
        add: Callable[[list[int]], object],
        sketch: Program | None = None,
        named: bool = False,
    ) -> None:
        """A sketch fixes all of its `lines` lines but for the holes. Without one, of programs that
        differ only in what does nothing, one is a model; and, unless registers are `named` by what
        is expected in them, of those that differ only in the names of registers, which are then 2
        and one more for each second line."""
        self.machine, self.lines, self.bound = machine, lines, bound
        self.clauses = 0
        self._add = add
        self._last = 0
        self._bits = max(1, (machine.words - 1).bit_length())
        self._registers = machine.registers
        if sketch is None and not named:
            self._registers = min(machine.registers, 2 + lines // 2)
        self.has_all_registers = self._registers == machine.registers
        """Whether programs may use all that the machine has."""
        opcodes = [self._choice(machine.opcodes) for _ in range(lines)]
        widths = [lines + 1 if slot is Slot.LABEL else self._registers for slot in Slot]
        self._first = self._preloads(sketch) if machine.preload else []
        # Choices line by line: of the opcode, then of what is in each slot.
        self._rows = [[opcode, *map(self._choice, widths)] for opcode in opcodes]
        for choices, *slots in self._rows:
            for opcode, used in zip(choices, slot_mask().tolist(), strict=False):
                for slot in Slot:
                    if not used[slot]:
                        self._clause(-opcode, slots[slot][0])
        if sketch is not None:
            self._follow(sketch)
            return
        for choices in opcodes:
            self._clause(-choices[NOOP])
        self._leave_out()
        if not named:
            self._order_names()

    def add_example(self, example: Example) -> None:
        """Demands that the program be right on an example, within `bound` steps; if the machine
        needn't halt, after them."""
        rest = [0] * (self.machine.words - len(example.memory))
        memory = [self._constant(word) for word in (*example.words, *rest)]
        registers = [*self._first] or [self._constant(0) for _ in range(self._registers)]
        pointer = self._choice(self.lines + 1)
        self._clause(pointer[0])
        for _ in range(self.bound):
            pointer, registers, memory = self._step(pointer, registers, memory)
        if self.machine.halt:
            self._clause(pointer[self.lines])
        banks = {"memory": memory, "registers": registers}
        for bank, index, word in example.cells():
            self._equals(banks[bank][index], word)

    def program(self, model: Sequence[int]) -> Program:
        """The program of a model."""
        true = set(model)
        rows = [[[v in true for v in choice].index(True) for choice in row] for row in self._rows]
        first = [sum((bit in true) << i for i, bit in enumerate(word)) for word in self._first]
        return decode_rows(np.array(rows), np.array(first))

    def forbid(self, model: Sequence[int]) -> None:
        """Demands another program than that of the model."""
        true = set(model)
        chosen = [v for row in self._rows for choice in row for v in choice if v in true]
        first = [bit if bit in true else -bit for word in self._first for bit in word]
        self._clause(*(-v for v in (*chosen, *first)))

    # ------------------------------------------------------------ the program

    def _preloads(self, sketch: Program | None) -> list[Word]:
        """What registers start with: a sketch's words, or any."""
        if sketch is not None:
            return [self._constant(w) for w in first_words(sketch, self._registers).tolist()]
        words = [self._word() for _ in range(self._registers)]
        for word in words:
            for value in range(self.machine.words, 1 << self._bits):
                self._clause(*(-bit if value >> i & 1 else bit for i, bit in enumerate(word)))
        return words

    def _leave_out(self) -> None:
        """Instructions that another, or none, can stand for: jumps to the next line or to
        themselves, moves to the same register, and sums and the like in the other order."""
        for line, (opcodes, of_a, of_b, out, label) in enumerate(self._rows):
            for target in (line, line + 1):
                self._clause(-opcodes[JUMP], -label[target])
            for r, a in enumerate(of_a):
                self._clause(-opcodes[INDEX["move"]], -a, -out[r])
                for opcode, row in zip(opcodes, OPCODES, strict=False):
                    for lower in range(r if row.commutes else 0):
                        self._clause(-opcode, -a, -of_b[lower])

    def _order_names(self) -> None:
        """A register may be named only where the one before has been named."""
        named: list[int] = []  # per register, a variable that implies: it was named before
        for _, *registers, _ in self._rows:
            for here in registers:
                for r in range(1, self._registers):
                    self._clause(-here[r], *named[r - 1 : r])
                now = self._fresh(self._registers)
                for r, variable in enumerate(now):
                    self._clause(-variable, here[r], *named[r : r + 1])
                named = now
        for word, variable in zip(self._first, named, strict=False):
            for bit in word:
                self._clause(-bit, variable)

    def _follow(self, sketch: Program) -> None:
        for row, choices in zip(encode(sketch, self.lines).tolist(), self._rows, strict=True):
            for number, choice in zip(row, choices, strict=True):
                if number >= 0:
                    self._clause(choice[number])

    # ------------------------------------------------------------ a step

    def _step(
        self, pointer: list[int], registers: list[Word], memory: list[Word]
    ) -> tuple[list[int], list[Word], list[Word]]:
        opcodes, of_a, of_b, out = (
            self._fetch(pointer, [row[column] for row in self._rows]) for column in range(4)
        )
        op = dict(zip(INDEX, opcodes, strict=False))
        a, b = self._select(of_a, registers), self._select(of_b, registers)
        at = self._decode(a)
        result = self._result(op, a, b, at, memory)

        silent = [opcodes[k] for k in np.flatnonzero(~OUTPUTS[: len(opcodes)])]
        after = [
            self._written(word, result, chosen, silent)
            for chosen, word in zip(out, registers, strict=True)
        ]
        cells = [
            self._written(word, b, chosen, [-op["write"]])
            for chosen, word in zip(at, memory, strict=True)
        ]
        return self._next(pointer, op, at[0]), after, cells

    def _written(self, word: Word, new: Word, chosen: int, unless: list[int]) -> Word:
        """The word after a step: `new` where it is chosen and nothing of `unless` holds."""
        after = self._word()
        self._when([chosen, *(-literal for literal in unless)], after, new)
        for condition in (-chosen, *unless):
            self._when([condition], after, word)
        return after

    def _next(self, pointer: list[int], op: dict[str, int], zero: int) -> list[int]:
        """The instruction pointer after a step; `zero` says that register A held 0."""
        after = self._choice(self.lines + 1)
        self._clause(-pointer[self.lines], after[self.lines])
        for line in range(self.lines):
            here = pointer[line]
            self._clause(-here, -op["halt"], after[self.lines])
            for plain in (-op["jump"], -zero):
                self._clause(-here, op["halt"], -plain, after[line + 1])
            for target, chosen in enumerate(self._rows[line][-1]):
                self._clause(-here, -op["jump"], -zero, -chosen, after[target])
        return after

    def _fetch(self, pointer: list[int], table: list[list[int]]) -> list[int]:
        """The row of the table that the pointer is at; choice 0 behind its end, as in a halt."""
        found = self._fresh(len(table[0]))
        for here, row in zip(pointer, table, strict=False):
            for variable, chosen in zip(found, row, strict=True):
                self._clause(-here, -chosen, variable)
                self._clause(-here, chosen, -variable)
        for i, variable in enumerate(found):
            self._clause(-pointer[self.lines], variable if i == 0 else -variable)
        return found

    def _result(
        self, op: dict[str, int], a: Word, b: Word, at: list[int], memory: list[Word]
    ) -> Word:
        """The word that goes to OUT."""
        result = self._word()
        self._equals(result, 0, op["zero"])
        self._when([op["move"]], result, a)
        total = self._sum(a, b, op)
        for name in ("inc", "dec", "add", "sub"):
            self._when([op[name]], result, total)
        less = self._less(a, b)
        for name, then, otherwise in (("min", a, b), ("max", b, a)):
            self._when([op[name], less], result, then)
            self._when([op[name], -less], result, otherwise)
        for chosen, word in zip(at, memory, strict=True):
            self._when([op["read"], chosen], result, word)
        for number in TABLED[
            : count_tabled(len(op))
        ]:  # instructions that have no circuit: their lookup tables
            for (i, j), word in np.ndenumerate(lookup_table(self.machine.words)[number]):
                self._maps([op[OPCODES[number].name], at[i]], b, j, result, int(word))
        return result

    def _sum(self, a: Word, b: Word, op: dict[str, int]) -> Word:
        """a + y mod words, where y is 1, −1, b or −b: inc, dec, add or sub."""
        words, n = self.machine.words, self._bits
        y = self._word()
        self._equals(y, 1 % words, op["inc"])
        self._equals(y, words - 1, op["dec"])
        self._when([op["add"]], y, b)
        for value in range(words):
            self._maps([op["sub"]], b, value, y, -value % words)
        total = []
        (carry,) = self._fresh(1)
        self._clause(-carry)
        for x, z in zip(a, y, strict=True):
            bit, following = self._fresh(2)
            self._parity([x, z, carry], bit)
            for one, other in combinations([x, z, carry], 2):
                self._clause(-one, -other, following)
                self._clause(one, other, -following)
            total.append(bit)
            carry = following
        if words == 1 << n:
            return total
        reduced = self._word()
        for value in range(2 * words - 1):
            self._maps([], [*total, carry], value, reduced, value % words)
        return reduced

    def _less(self, a: Word, b: Word) -> int:
        """Whether a < b."""
        (less,) = self._fresh(1)
        self._clause(-less)
        for x, y in zip(a, b, strict=True):  # the highest bit that differs decides
            (now,) = self._fresh(1)
            self._clause(x, -y, now)
            self._clause(-x, y, -now)
            for p, q in ((x, y), (-x, -y)):
                self._clause(p, q, -less, now)
                self._clause(p, q, less, -now)
            less = now
        return less

    def _decode(self, word: Word) -> list[int]:
        """One variable for each value that the word can have."""
        places = self._fresh(self.machine.words)
        for value, place in enumerate(places):
            literals = [bit if value >> i & 1 else -bit for i, bit in enumerate(word)]
            for literal in literals:
                self._clause(-place, literal)
            self._clause(place, *(-literal for literal in literals))
        return places

    def _select(self, chosen: list[int], words: list[Word]) -> Word:
        found = self._word()
        for condition, word in zip(chosen, words, strict=True):
            self._when([condition], found, word)
        return found

    # ------------------------------------------------------------ clauses

    def _clause(self, *literals: int) -> None:
        self.clauses += 1
        self._add(list(literals))

    def _fresh(self, number: int) -> list[int]:
        first = self._last + 1
        self._last += number
        return list(range(first, self._last + 1))

    def _word(self) -> Word:
        return self._fresh(self._bits)

    def _constant(self, value: int) -> Word:
        word = self._word()
        self._equals(word, value)
        return word

    def _choice(self, number: int) -> list[int]:
        """Variables of which exactly one is true."""
        choice = self._fresh(number)
        self._clause(*choice)
        for one, other in combinations(choice, 2):
            self._clause(-one, -other)
        return choice

    def _equals(self, word: Word, value: int, *conditions: int) -> None:
        for i, bit in enumerate(word):
            self._clause(*(-c for c in conditions), bit if value >> i & 1 else -bit)

    def _when(self, conditions: Iterable[int], word: Word, other: Word) -> None:
        """word = other where all conditions hold."""
        unless = [-c for c in conditions]
        for bit, same in zip(word, other, strict=True):
            self._clause(*unless, -bit, same)
            self._clause(*unless, bit, -same)

    def _maps(
        self, conditions: list[int], word: Word, value: int, image: Word, result: int
    ) -> None:
        """Where all conditions hold and the word is `value`, the image is `result`."""
        unless = [-bit if value >> i & 1 else bit for i, bit in enumerate(word)]
        self._equals(image, result, *conditions, *(-literal for literal in unless))

    def _parity(self, inputs: list[int], output: int) -> None:
        """output = the exclusive or of the inputs."""
        literals = [*inputs, output]
        for n in range(1, len(literals) + 1, 2):  # an odd number of literals negated: forbidden
            for negated in combinations(literals, n):
                self._clause(*(-v if v in negated else v for v in literals))
