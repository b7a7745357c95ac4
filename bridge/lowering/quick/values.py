"""What registers are known to hold, on all ways to an op: what need not be computed again.

Forward data flow over the whole program, loops included: copies, constants, results of the same
instruction on the same registers, and loads of cells that nothing has been written to. A register
is 0 where a jump on it was taken, and is not where it wasn't.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from bridge.isa import opcode
from bridge.lowering.emit import ZERO, Code, Op
from bridge.lowering.quick.edit import replace_ops

__all__ = ["Known", "is_known", "known_before", "known_behind", "reuse_values"]

K = TypeVar("K")
V = TypeVar("V")
Key = tuple[str, tuple[int, ...]]
"""An instruction, and the registers that it takes."""


@dataclass(frozen=True)
class Known:
    """What holds before an op."""

    copies: dict[int, int] = field(default_factory=dict[int, int])
    """Registers, and others that hold the same."""
    constants: dict[int, int] = field(default_factory=dict[int, int])
    results: dict[Key, int] = field(default_factory=dict[Key, int])
    """What an instruction would give, and the register that holds it."""
    nonzero: frozenset[int] = frozenset()

    def meet(self, other: Known) -> Known:
        """What holds on both ways."""
        return Known(
            _both(self.copies, other.copies),
            _both(self.constants, other.constants),
            _both(self.results, other.results),
            self.nonzero & other.nonzero,
        )

    def without(self, register: int) -> Known:
        """What holds whatever is in the register."""
        return Known(
            {k: v for k, v in self.copies.items() if register not in (k, v)},
            {k: v for k, v in self.constants.items() if k != register},
            {k: v for k, v in self.results.items() if register != v and register not in k[1]},
            self.nonzero - {register},
        )


def reuse_values(code: Code, words: int) -> Code:
    """The code without ops whose result is known to be there; others take it from where it is.
    There must be no holes."""
    before = known_before(code, words)
    pieces: list[tuple[Op, ...]] = []
    for index, op in enumerate(code.ops):
        known = before[index]
        kept = () if known is None else (_improved(op, known, words),)
        pieces.append(tuple(op for op in kept if op is not None))
    return replace_ops(code, [*pieces, ()])


def known_before(code: Code, words: int) -> list[Known | None]:
    """What is known before each op; None where no run comes."""
    registers = {r for op in code.ops for r in (op.defines, *op.uses) if r is not None}
    start = dict.fromkeys(registers | {ZERO}, 0) | code.first
    before: list[Known | None] = [None] * (len(code.ops) + 1)
    before[0] = Known(constants=start, nonzero=frozenset(r for r, word in start.items() if word))
    todo = [0]
    while todo:
        index = todo.pop()
        known = before[index]
        if known is None or index == len(code.ops):
            continue
        for behind, after in known_behind(code, index, known, words):
            old = before[behind]
            new = after if old is None else old.meet(after)
            if new != old:
                before[behind] = new
                todo.append(behind)
    return before


def known_behind(code: Code, index: int, known: Known, words: int) -> list[tuple[int, Known]]:
    """The ops that may run next, and what is known there. Results are known of the registers that
    the op names, and of those that they are known to be copies of: on another way to what follows
    they may be no copies."""
    named = code.ops[index]
    op = _of_known(named, known)
    if op.opcode == "halt":
        return []
    if op.label is not None:
        (test, _), target = op.operands, code.labels[op.label]
        after = [] if test in known.nonzero else [(target, _told(known, test, zero=True))]
        if known.constants.get(test) == 0:
            return after
        return [*after, (index + 1, _told(known, test, zero=False))]
    if op.opcode == "write":
        address, word = op.operands
        apart = _apart(address, known)
        results = {k: v for k, v in known.results.items() if k[0] != "read" or k[1][0] in apart}
        for register in (named.operands[0], address):
            results["read", (register,)] = word
        return [(index + 1, replace(known, results=results))]
    out = op.defines
    if out is None:
        return [(index + 1, known)]
    word = _word(op, known, words)
    rest = known.without(out)
    copies, constants = rest.copies, rest.constants
    results, nonzero = rest.results, rest.nonzero
    if op.opcode == "move":
        (source, _) = op.operands
        if source == out:
            return [(index + 1, known)]
        copies = copies | {out: source}
        if source in nonzero:
            nonzero |= {out}
    elif op.uses:
        results = {_key(some): out for some in (named, op) if out not in some.uses} | results
    if word is not None:
        constants = constants | {out: word}
        if word:
            nonzero |= {out}
    return [(index + 1, Known(copies, constants, results, nonzero))]


def is_known(op: Op, known: Known, words: int) -> bool:
    """Whether a register holds what the op gives."""
    word = _word(_of_known(op, known), known, words)
    return _held(op, known) is not None or (word is not None and word in known.constants.values())


def _held(op: Op, known: Known) -> int | None:
    """The register that holds what the op gives, if one is known."""
    ways = (known.results.get(_key(some)) for some in (_of_known(op, known), op))
    return next((register for register in ways if register is not None), None)


def _apart(address: int, known: Known) -> set[int]:
    """Registers that hold another address for sure: one more, or one less; or another constant."""
    steps = ("inc", "dec")
    beside = {v for k, v in known.results.items() if k[0] in steps and k[1] == (address,)}
    beside |= {k[1][0] for k, v in known.results.items() if k[0] in steps and v == address}
    constant = known.constants.get(address)
    if constant is not None:
        beside |= {r for r, word in known.constants.items() if word != constant}
    return beside


def _told(known: Known, test: int, *, zero: bool) -> Known:
    """What is known where a jump on the register is taken, or isn't."""
    if not zero:
        return replace(known, nonzero=known.nonzero | {test})
    return replace(known, constants=known.constants | {test: 0})


def _improved(op: Op, known: Known, words: int) -> Op | None:
    """The op, or one that does the same for less; None where nothing is to be done."""
    held = _held(op, known) if op.uses and op.defines is not None else None
    op = _of_known(op, known)
    if op.label is not None:
        return None if op.operands[0] in known.nonzero else op
    out = op.defines
    if out is None or op.opcode is None:
        return op
    word = _word(op, known, words)
    if word is not None:
        if known.constants.get(out) == word:
            return None
        equal = sorted(r for r, constant in known.constants.items() if constant == word)
        if word and equal and op.opcode != "move":
            return replace(op, opcode="move", operands=(equal[0], out))
        if word == 0 and op.opcode != "zero":
            return replace(op, opcode="zero", operands=(out,))
    if (same := _same(op)) is not None:
        op = replace(op, opcode="move", operands=(same, out))
    if op.opcode == "move":
        source = op.operands[0]
        return None if source == out or known.copies.get(source) == out else op
    if held is None:
        return op
    return None if held == out else replace(op, opcode="move", operands=(held, out))


def _of_known(op: Op, known: Known) -> Op:
    """The op, which takes what is 0 from ZERO, and of copies the one that is copied."""
    zeros = {r: ZERO for r in op.uses if known.constants.get(r) == 0}
    return op.taking(known.copies | zeros)


def _word(op: Op, known: Known, words: int) -> int | None:
    """The word that the op gives, if it is always the same one."""
    if op.opcode == "sub" and len(set(op.uses)) == 1:  # x − x
        return 0
    if op.opcode == "min" and ZERO in op.uses:
        return 0
    row = opcode(op.opcode) if op.opcode else None
    if row is None or row.word is None:
        return None
    inputs = [known.constants[r] for r in op.uses if r in known.constants]
    if len(inputs) < len(op.uses):
        return None
    a, b = (*map(np.asarray, inputs), 0, 0)[:2]
    return int(row.word(np.asarray(a), np.asarray(b))) % words


def _same(op: Op) -> int | None:
    """Which of its inputs the op only hands on, if it does."""
    match op.opcode, op.uses:
        case ("min" | "max", (a, b)) if a == b:
            return a
        case ("add" | "max", (a, b)) if ZERO in (a, b):
            return b if a == ZERO else a
        case "sub", (a, b) if b == ZERO:
            return a
        case _:
            return None


def _key(op: Op) -> Key:
    """The instruction and its inputs, in one order where it doesn't matter."""
    assert op.opcode is not None
    uses = tuple(sorted(op.uses)) if opcode(op.opcode).commutes else op.uses
    return op.opcode, uses


def _both(one: dict[K, V], other: dict[K, V]) -> dict[K, V]:
    return {k: v for k, v in one.items() if k in other and other[k] == v}
