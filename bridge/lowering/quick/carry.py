"""What some ways to a label have computed already, computed on the others, too, before they join.

Behind the label it need not be computed again: a word that a loop reads at the end of a round is
carried into the next one, and what no round changes is computed before the loop. No way gets longer
by it (partial redundancy elimination, Morel and Renvoise 1979), but where a conditional jump is the
way: what is computed before it may be of no use where it is not taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bridge.lowering.emit import Code, Op
from bridge.lowering.quick.edit import ends
from bridge.lowering.quick.values import Known, is_known, known_before, known_behind

__all__ = ["carried"]


def carried(code: Code, words: int) -> Iterator[Code]:
    """The code with one op behind a label computed on all ways to it instead, where some way knows
    its result; each such op in turn. There must be no holes."""
    before = known_before(code, words)
    ways: dict[int, list[tuple[int, Known]]] = {}
    for index, known in enumerate(before[:-1]):
        if known is not None:
            for behind, after in known_behind(code, index, known, words):
                ways.setdefault(behind, []).append((index, after))
    if before[0] is not None:
        ways.setdefault(0, []).append((-1, before[0]))
    targets = set(code.labels)
    for start in sorted(targets & ways.keys()):
        for index in _movable(code, start, targets):
            op = code.ops[index]
            if any(is_known(op, known, words) for _, known in ways[start]):
                yield _moved(code, index, start, [way for way, _ in ways[start]])


def _movable(code: Code, start: int, targets: set[int]) -> Iterator[int]:
    """The ops behind a label that may as well come before it."""
    defined, written = set[int](), False
    for index in range(start, len(code.ops)):
        op = code.ops[index]
        if ends(op) or (index > start and index in targets):
            return
        out = op.defines
        if (
            out is not None
            and op.uses
            and op.opcode != "move"
            and not defined & {*op.uses}
            and not (written and op.opcode == "read")
        ):
            yield index
        written |= op.opcode == "write"
        if out is not None:
            defined.add(out)


def _moved(code: Code, index: int, start: int, ways: list[int]) -> Code:
    """The op computed at the end of each way to the label: behind an op that goes on there, before
    one that jumps; −1 is the way from the program's beginning."""
    op, jumps = code.ops[index], [at for at, op in enumerate(code.ops) if op.label is not None]
    out = op.defines
    fresh = 1 + max(r for some in code.ops for r in (some.defines or 0, *some.uses))
    there = replace(op, operands=(*op.operands[:-1], fresh))
    pieces: list[list[Op]] = [[some] for some in code.ops]
    assert out is not None
    pieces[index] = [Op("move", (fresh, out), source=op.source)]
    ahead: list[Op] = []
    for way in ways:
        if way < 0:
            ahead = [there]
        elif way in jumps and code.labels[code.ops[way].operands[1]] == start:
            pieces[way].insert(0, there)
        else:
            pieces[way].append(there)
    starts = [len(ahead)]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    labels = tuple(starts[at] for at in code.labels)
    ops = (*ahead, *(some for piece in pieces for some in piece))
    return replace(code, ops=ops, labels=labels)
