"""Virtual code -> shorter virtual code of the same meaning.

Lines are scarce (16 by default), so each pass removes some: jumps to jumps, unreachable code,
loads of what a register already holds, results that nobody uses. No-ops and holes stay.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, compress

from bridge.isa import opcode
from bridge.lowering.emit import ZERO, Code, Op

__all__ = ["drop_initial_moves", "drop_initial_zeros", "keep", "liveness", "simplify"]
__all__ += ["successors"]


def simplify(code: Code, live_out: frozenset[int] = frozenset()) -> Code:
    """The code after all passes, repeated until nothing changes. `live_out` are the registers
    that count at the end."""
    before = None
    while code != before:
        before = code
        code = _forward_values(_drop_unreachable(_thread_jumps(code)))
        code = _drop_unused(code, live_out)
    return code


def successors(code: Code, index: int) -> tuple[int, ...]:
    """The ops that may run next; `len(ops)` is the end."""
    op = code.ops[index]
    if op.opcode == "halt":
        return (len(code.ops),)
    if op.label is None:
        return (index + 1,)
    target = code.labels[op.label]
    return (target,) if op.always_jumps else (index + 1, target)


def keep(code: Code, kept: Callable[[int], bool]) -> Code:
    """The code without the ops at the indices that aren't kept."""
    chosen = [kept(index) for index in range(len(code.ops))]
    position = [0, *accumulate(chosen)]
    labels = tuple(position[at] for at in code.labels)
    return replace(code, ops=tuple(compress(code.ops, chosen)), labels=labels)


def _thread_jumps(code: Code) -> Code:
    """A jump to an unconditional jump goes to its target; a jump to the next op goes away."""

    def final(label: int) -> int:
        seen = set[int]()
        while label not in seen:
            seen.add(label)
            at = code.labels[label]
            if at < len(code.ops) and code.ops[at].always_jumps:
                label = code.ops[at].operands[1]
        return label

    ops = tuple(
        op
        if op.label is None or (label := final(op.label)) == op.label
        else replace(op, operands=(op.operands[0], label))
        for op in code.ops
    )
    code = replace(code, ops=ops)
    return keep(code, lambda i: (at := ops[i].label) is None or code.labels[at] != i + 1)


def _drop_unreachable(code: Code) -> Code:
    reached, todo = set[int](), [0]
    while todo:
        index = todo.pop()
        if index in reached or index >= len(code.ops):
            continue
        reached.add(index)
        todo += successors(code, index)
    return keep(code, reached.__contains__)


def _forward_values(code: Code) -> Code:
    """Within stretches without labels: uses of a copy become uses of its source; a load of an
    address whose content is in a register, and a constant that is in one, become copies."""
    targets = set(code.labels)
    copies: dict[int, int] = {}  # register -> the register that it is a copy of
    cells: dict[int, int] = {}  # address register -> register that holds the cell's content
    constants: dict[int, int] = {}  # register -> its value, where it is known
    ops: list[Op] = []
    for index, op in enumerate(code.ops):
        if index in targets:
            copies, cells, constants = {}, {}, {}
        op = op.taking(copies)
        if op.opcode == "read" and op.operands[0] in cells:
            op = replace(op, opcode="move", operands=(cells[op.operands[0]], op.operands[1]))
        value = _constant(op, constants)
        if value and op.opcode != "move":
            same = next((r for r, v in constants.items() if v == value), None)
            if same is not None and same != op.defines:
                op = replace(op, opcode="move", operands=(same, op.operands[-1]))
        out = op.defines
        if op.blank:
            copies, cells, constants = {}, {}, {}
        if out is not None:
            constants.pop(out, None)
            if value is not None:
                constants[out] = value
            copies = {k: v for k, v in copies.items() if out not in (k, v)}
            cells = {k: v for k, v in cells.items() if out not in (k, v)}
            if op.opcode == "move" and op.operands[0] != out:
                copies[out] = op.operands[0]
            elif op.opcode == "read" and op.operands[0] != out:
                cells[op.operands[0]] = out
        elif op.opcode == "write":
            cells = {op.operands[0]: op.operands[1]}
        ops.append(op)
    code = replace(code, ops=tuple(ops))
    return keep(code, lambda i: ops[i].opcode != "move" or ops[i].operands[0] != ops[i].operands[1])


def _constant(op: Op, known: dict[int, int]) -> int | None:
    """The value that the op gives its output, if it is known (not reduced modulo b)."""
    if op.opcode == "zero":
        return 0
    if op.opcode in ("inc", "dec", "move") and op.operands[0] in known:
        return known[op.operands[0]] + {"inc": 1, "dec": -1, "move": 0}[op.opcode]
    return None


def liveness(code: Code, live_out: Iterable[int] = ()) -> list[frozenset[int]]:
    """For each op, and the end, the registers whose values may still be used before it runs."""
    after = [successors(code, index) for index in range(len(code.ops))]
    kept = [~0 if op.defines is None else ~(1 << op.defines) for op in code.ops]
    variables = code.variables.values()
    used = [_mask((*op.uses, *(variables if op.blank else ()))) for op in code.ops]
    live = [0] * len(code.ops) + [_mask(live_out)]  # sets of registers, as bits
    changed = True
    while changed:
        changed = False
        for index in reversed(range(len(code.ops))):
            behind = 0
            for onward in after[index]:
                behind |= live[onward]
            now = behind & kept[index] | used[index]
            if now != live[index]:
                live[index], changed = now, True
    return list(map(_registers, live))


def _mask(registers: Iterable[int]) -> int:
    return sum(1 << register for register in set(registers))


@lru_cache(maxsize=4096)
def _registers(mask: int) -> frozenset[int]:
    return frozenset(r for r in range(mask.bit_length()) if mask >> r & 1)


def _drop_unused(code: Code, live_out: frozenset[int]) -> Code:
    """Results that nobody uses are not computed."""
    live = liveness(code, live_out)

    def used(index: int) -> bool:
        op = code.ops[index]
        if op.opcode is None or not opcode(op.opcode).outputs:
            return True
        return any(op.defines in live[s] for s in successors(code, index))

    return keep(code, used)


def drop_initial_zeros(code: Code, live_out: frozenset[int] = frozenset()) -> Code:
    """Without each `zero` of a register that is still 0 from the start; and registers that are
    never written become ZERO.

    It makes some registers live from the start, so it may cost one: a choice of `lower`.
    """
    every = {r for op in code.ops for r in (op.defines, *op.uses) if r is not None}
    known: list[set[int] | None] = [None] * (len(code.ops) + 1)  # None: not reached yet
    known[0] = every - code.first.keys() | {ZERO}
    todo = [0]
    while todo:
        index = todo.pop()
        if index == len(code.ops):
            continue
        after = set(known[index] or ())
        op = code.ops[index]
        if op.blank:
            after = {ZERO}
        elif op.opcode == "zero":
            after.add(op.operands[0])
        elif op.defines is not None:
            after.discard(op.defines)
        for s in successors(code, index):
            old = known[s]
            new = after if old is None else old & after
            if new != old:
                known[s] = new
                todo.append(s)
    code = keep(
        code,
        lambda i: code.ops[i].opcode != "zero" or code.ops[i].operands[0] not in (known[i] or ()),
    )
    if any(op.blank for op in code.ops):
        return code
    unwritten = every - {op.defines for op in code.ops} - code.first.keys()
    zeros = dict.fromkeys(unwritten, ZERO)
    return replace(code, ops=tuple(op.taking(zeros) for op in code.ops))


def drop_initial_moves(code: Code, live_out: frozenset[int] = frozenset()) -> Code:
    """Without each `move` of a preloaded constant before all jumps and labels: the register that it
    goes to starts with the constant; it is the constant's own, if nothing else is put there. Like
    `drop_initial_zeros`, it may cost a register."""
    first, touched, dropped = dict(code.first), set[int](), set[int]()
    written = Counter(op.defines for op in code.ops)
    named = {*code.variables.values()} if any(op.blank for op in code.ops) else live_out
    same: dict[int, int] = {}
    for index, op in enumerate(code.ops[: min(code.labels, default=len(code.ops))]):
        if op.opcode in (None, "jump", "halt"):
            break
        if op.opcode == "move" and op.operands[0] in code.first and op.operands[1] not in touched:
            source, out = op.operands
            if written[out] == 1 and out not in named:
                same[out] = source
            else:
                first[out] = code.first[source]
            dropped.add(index)
        touched |= {*op.uses, op.defines or ZERO}
    code = replace(code, ops=tuple(op.taking(same) for op in code.ops), first=first)
    return keep(code, lambda index: index not in dropped)
