"""Term -> Program: expression code, loops and labels, then registers by colouring."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import combinations

from bridge.errors import LoweringError
from bridge.isa import INDEX, Slot
from bridge.lowering.emit import ZERO, Code, Op, emit
from bridge.lowering.made import ways_to
from bridge.lowering.simplify import (
    drop_initial_moves,
    drop_initial_zeros,
    keep,
    liveness,
    simplify,
    successors,
)
from bridge.program import Instruction, Program
from bridge.spec import Machine
from bridge.term import Arg, Term

__all__ = ["assign_registers", "constants_in", "interference", "lower"]
__all__ += ["lower_linked", "preloadable", "program_of"]


def lower(term: Term, machine: Machine, outputs: Mapping[str, int] | None = None) -> Program:
    """The program of a block of core statements.

    Its meaning is the term's: from every memory, and with every variable 0 at the start, it ends
    with the same memory, if the machine's steps suffice. `outputs` tells in which register (from
    1) a variable's final value must be. Holes become blank lines. Where the machine allows it,
    constants are preloaded: as many as there are registers for. Raises LoweringError if it does not
    fit the machine's lines, registers or instructions.
    """
    return lower_linked(term, machine, outputs)[0]


def lower_linked(
    term: Term, machine: Machine, outputs: Mapping[str, int] | None = None
) -> tuple[Program, tuple[Term | None, ...]]:
    """The same, with the statement that each line comes from: that very object in the term."""
    *choices, fewest = preloadable(term, machine)
    for preloaded in choices:
        with suppress(LoweringError):
            return _lower(term, machine, outputs, preloaded)
    return _lower(term, machine, outputs, fewest)


def preloadable(term: Term, machine: Machine) -> Iterator[tuple[int, ...]]:
    """Which constants may be preloaded: all of them, or those that take the most instructions to
    make; in the end none."""
    if machine.preload:
        words = machine.words
        found = {word % words for word in constants_in(term)} - {0}
        dear = sorted(found, key=lambda word: (-min(word, words - word), word))
        for number in reversed(range(1, 1 + min(len(dear), machine.registers))):
            yield tuple(dear[:number])
    yield ()


def constants_in(term: Term) -> Iterator[int]:
    """Those in the term. What it shares is looked at once: written out it may be far too long."""
    stack: list[Arg] = [term]
    seen = set[int]()
    while stack:
        arg = stack.pop()
        if isinstance(arg, int):
            yield arg
        elif isinstance(arg, Term) and id(arg) not in seen:
            seen.add(id(arg))
            stack.extend(arg.args)


def _lower(
    term: Term,
    machine: Machine,
    outputs: Mapping[str, int] | None,
    preloaded: tuple[int, ...],
) -> tuple[Program, tuple[Term | None, ...]]:
    words = machine.words
    try:
        return _fitted(emit(term, words, preloaded, apart=True), term, machine, outputs)
    except LoweringError:
        found = {word % words for word in constants_in(term)}
        fewer = (len(ways_to(words)[c]) < min(c, words - c) for c in found)
        if not any(fewer):
            raise
    doubling = emit(term, words, preloaded, apart=True, doubling=True)
    return _fitted(doubling, term, machine, outputs)


def _fitted(
    code: Code, term: Term, machine: Machine, outputs: Mapping[str, int] | None
) -> tuple[Program, tuple[Term | None, ...]]:
    for op in code.ops:
        if op.opcode is not None and INDEX[op.opcode] >= machine.opcodes:
            raise LoweringError(f"the term takes {op.opcode}, which the machine has not")
    fixed: dict[int, int] = {}
    for name, number in (outputs or {}).items():
        if name not in code.variables:
            raise LoweringError(f"{name}: no such variable in the term")
        fixed[code.variables[name]] = number - 1
    live_out = frozenset(fixed)
    code = simplify(code, live_out)
    try:
        shorter = drop_initial_moves(drop_initial_zeros(code, live_out), live_out)
        code = assign_registers(simplify(shorter, live_out), machine.registers, fixed)
    except LoweringError:
        code = assign_registers(code, machine.registers, fixed)
    program = program_of(code)
    if len(program) > machine.lines:
        raise LoweringError(
            f"the term takes {len(program)} lines, the machine has {machine.lines}: {term}"
        )
    return program, tuple(op.source for op in code.ops)


def assign_registers(code: Code, registers: int, fixed: Mapping[int, int]) -> Code:
    """Colours the interference graph greedily, in order of appearance, preferring to give both
    sides of a move the same register; `fixed` have theirs. Moves onto themselves go away. Numbers
    are from 0 here, from 1 in a program."""
    colours = dict(fixed)
    live = liveness(code, fixed)
    interferes = interference(code, live)
    moved = _edges(op.operands for op in code.ops if op.opcode == "move")
    for register in _by_appearance(code):
        if register in colours:
            continue
        taken = {colours[r] for r in interferes[register] if r in colours}
        wanted = [colours[r] for r in sorted(moved[register]) if r in colours]
        free = (c for c in range(len(taken) + 1) if c not in taken)
        colours[register] = next((c for c in wanted if c not in taken), next(free))
        if colours[register] >= registers:
            raise LoweringError(f"the term takes more than {registers} registers")

    def real(op: Op) -> Op:
        operands = (v if slot is Slot.LABEL else colours[v] for slot, v in op.slots)
        return replace(op, operands=tuple(operands))

    ops = tuple(map(real, code.ops))

    def changes(index: int) -> bool:
        return ops[index].opcode != "move" or len(set(ops[index].operands)) == 2

    first = {colours[r]: word for r, word in code.first.items() if r in live[0]}
    return keep(replace(code, ops=ops, first=first), changes)


def _edges(pairs: Iterable[tuple[int, ...]]) -> defaultdict[int, set[int]]:
    """The neighbours of each register in the graph of those edges."""
    graph: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        graph[one].add(other)
        graph[other].add(one)
    return graph


def interference(code: Code, live: Sequence[frozenset[int]]) -> defaultdict[int, set[int]]:
    """Of each register those that hold different values at the same time, by their liveness."""
    return _edges(_interfering(code, live))


def _interfering(code: Code, live: Sequence[frozenset[int]]) -> Iterator[tuple[int, ...]]:
    """Pairs of registers that hold different values at the same time."""
    yield from combinations(live[0], 2)  # what is expected to be 0, or preloaded, at the start
    yield from combinations(live[-1], 2)
    for index, op in enumerate(code.ops):
        if op.defines is not None:
            after = set[int]().union(*(live[s] for s in successors(code, index)))
            copied = op.operands[0] if op.opcode == "move" else None
            yield from ((r, op.defines) for r in after - {op.defines, copied})


def _by_appearance(code: Code) -> list[int]:
    named = (register for op in code.ops for register in (*op.uses, op.defines))
    seen = [register for register in dict.fromkeys(named) if register is not None]
    return sorted(seen, key=lambda register: register == ZERO)  # last: it gets the highest number


def program_of(code: Code) -> Program:
    """Instructions of code in real registers."""
    return Program(
        tuple(
            Instruction(
                op.opcode,
                tuple(code.labels[v] if slot is Slot.LABEL else v + 1 for slot, v in op.slots),
            )
            for op in code.ops
        ),
        preload=tuple((register + 1, word) for register, word in code.first.items()),
    )
