"""Core terms -> programs that take fewer steps than `bridge.lowering.lower`'s, and more lines.

What that keeps short is written out here where it pays: constants are made once, before all loops;
values are found again across jumps, and computed before ways join; what only one side of a jump
needs is computed there; and code may stand where a jump would lead to it. Each of these keeps the
final memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from bridge.errors import LoweringError
from bridge.isa import INDEX
from bridge.lowering.emit import Code, emit
from bridge.lowering.lower import assign_registers, constants_in, preloadable, program_of
from bridge.lowering.quick.carry import carried
from bridge.lowering.quick.coalesce import coalesce
from bridge.lowering.quick.duplicate import duplicates
from bridge.lowering.quick.sink import sink
from bridge.lowering.quick.values import reuse_values
from bridge.lowering.quick.webs import split_registers
from bridge.lowering.simplify import drop_initial_moves, drop_initial_zeros, simplify
from bridge.program import Program
from bridge.spec import Machine
from bridge.term import Term

__all__ = ["finish", "finish_linked", "improved", "longer", "virtual_codes"]

_ROUNDS = 4
_LONGEST = 2
"""Code is worked on while it has at most so many times the machine's lines: passes shorten it."""


def virtual_codes(term: Term, machine: Machine) -> Iterator[Code]:
    """Code of a block of core statements, improved: with constants made where they are needed, and
    with all made once. None of a term with holes, or of instructions that the machine has not."""
    if term.has_hole:
        return
    preloaded = next(iter(preloadable(term, machine)))
    found = {word % machine.words for word in constants_in(term)} - {0, *preloaded}
    near = sorted(found, key=lambda word: (min(word, machine.words - word), word))
    for made in dict.fromkeys(((), tuple(near))):
        with suppress(LoweringError):
            code = emit(term, machine.words, preloaded, made=made, apart=True)
            if all(op.opcode and INDEX[op.opcode] < machine.opcodes for op in code.ops):
                yield improved(simplify(code), machine)


def longer(code: Code, machine: Machine) -> Iterator[Code]:
    """The code with something written out once more, as `duplicates` does, or computed before the
    ways to it join, as `carried` does."""
    for some in chain(carried(code, machine.words), duplicates(code)):
        if len(some.ops) <= _LONGEST * machine.lines:
            yield improved(some, machine)


def improved(code: Code, machine: Machine) -> Code:
    """The code after all passes that make none of it longer."""
    for _ in range(_ROUNDS):
        before = Counter(op.opcode for op in code.ops)
        code = split_registers(code)
        code = coalesce(simplify(reuse_values(code, machine.words)))
        code = simplify(sink(code))
        if Counter(op.opcode for op in code.ops) == before:
            break
    return code


def finish(code: Code, machine: Machine) -> Program | None:
    """The code's program; None if it doesn't fit the machine."""
    found = finish_linked(code, machine)
    return None if found is None else found[0]


def finish_linked(code: Code, machine: Machine) -> tuple[Program, tuple[Term | None, ...]] | None:
    """The same, with the statement that each line comes from: that very object in the term."""
    for some in (simplify(drop_initial_moves(drop_initial_zeros(code))), code):
        with suppress(LoweringError):
            real = assign_registers(some, machine.registers, {})
            program, sources = program_of(real), tuple(op.source for op in real.ops)
            return (program, sources) if len(program) <= machine.lines else None
    return None
