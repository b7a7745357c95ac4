"""Variants that differ in what matters, first: not many that tuning would take for the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TypeVar

from bridge import Program

__all__ = ["Look", "diverse", "look"]

T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """What tells variants apart.

    - `gaps`: the basic blocks in which the no-ops stand: where in a block hardly matters.
    - `lines`, `noops`: the number of lines, and the lines that are no-ops.
    - `opcodes`: variants that have them in common differ in operands only, which tuning finds.
    """

    gaps: tuple[int, ...]
    lines: int
    noops: tuple[int, ...]
    opcodes: tuple[str | None, ...]


def look(program: Program) -> Look:
    """The look of a program."""
    opcodes = tuple(i.opcode for i in program.instructions)
    noops = tuple(n for n, opcode in enumerate(opcodes) if opcode == "noop")
    starts = {0}
    for n, instruction in enumerate(program.instructions):
        if (target := instruction.target) is not None:
            starts |= {n + 1, target}
    blocks = sorted(starts)
    gaps = tuple(bisect_right(blocks, n) for n in noops)
    return Look(gaps, len(opcodes), noops, opcodes)


def diverse(items: Iterable[T], look: Callable[[T], Look], window: int = 128) -> Iterator[T]:
    """The same items, some at a time reordered.

    First one item for each way to spread no-ops over the blocks, in the order in which they come,
    then the second of each, and so on. Items with the same opcodes as an earlier one come after the
    others. At a time: `window` different ones, among at most four times as many.
    """
    items, known = iter(items), set()
    while some := list(_some(items, look, known, window)):
        for fresh in (True, False):
            yield from _spread([(item, seen) for item, seen, new in some if new == fresh])


def _some(
    items: Iterator[T], look: Callable[[T], Look], known: set[Hashable], window: int
) -> Iterator[tuple[T, Look, bool]]:
    """(item, its look, whether it is the first with its opcodes)"""
    fresh = 0
    for item in islice(items, 4 * window):
        seen = look(item)
        new = seen.opcodes not in known
        known.add(seen.opcodes)
        yield item, seen, new
        fresh += new
        if fresh == window:
            return


def _spread(items: list[tuple[T, Look]]) -> Iterator[T]:
    """One item for each spread of no-ops, short ones with early no-ops first; then the next."""
    kinds: dict[Hashable, list[tuple[T, Look]]] = {}
    for item in items:
        kinds.setdefault(item[1].gaps, []).append(item)
    for kind in kinds.values():
        kind.sort(key=lambda item: (item[1].lines, item[1].noops))
    for round_ in zip_longest(*kinds.values()):
        yield from (found[0] for found in round_ if found is not None)
