"""Variants that differ in what matters, first: not many re-bracketings of the same loop."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Final, TypeVar

from bridge import Program
from bridge.term import Term

__all__ = ["Look", "diverse", "look"]

T = TypeVar("T")
_OWN: Final = 5
"""So many variants of the first form come before each one of another: more often a line is missing
than the loop is of the wrong kind."""


@dataclass(frozen=True)
class Look:
    """What tells variants apart.

    - `form`: loops and branches in order.
    - `gaps`: the basic blocks in which the no-ops stand: where in a block hardly matters.
    - `lines`, `noops`: the number of lines, and the lines that are no-ops.
    - `opcodes`: variants that have them in common differ in operands only, which tuning finds.
    """

    form: tuple[str, ...]
    gaps: tuple[int, ...]
    lines: int
    noops: tuple[int, ...]
    opcodes: tuple[str | None, ...]


def look(term: Term, program: Program) -> Look:
    """The look of a program that was lowered from the term."""
    form = tuple(t.op for t in term.subterms() if isinstance(t, Term) and t.has_block)
    opcodes = tuple(i.opcode for i in program.instructions)
    noops = tuple(n for n, opcode in enumerate(opcodes) if opcode == "noop")
    starts = {0}
    for n, instruction in enumerate(program.instructions):
        if (target := instruction.target) is not None:
            starts |= {n + 1, target}
    blocks = sorted(starts)
    gaps = tuple(bisect_right(blocks, n) for n in noops)
    return Look(form, gaps, len(opcodes), noops, opcodes)


def diverse(items: Iterable[T], look: Callable[[T], Look], window: int = 128) -> Iterator[T]:
    """The same items, some at a time reordered.

    Forms take turns, the first of them most often; of a form, first one item for each way to
    spread no-ops over its blocks, in the order in which they come, then the second of each, and so
    on. Items with the same opcodes as an earlier one come after the others. At a time: `window`
    different ones, among at most four times as many.
    """
    items, known = iter(items), set()
    while some := list(_some(items, look, known, window)):
        for fresh in (True, False):
            forms: dict[Hashable, list[tuple[T, Look]]] = {}
            for item, seen, new in some:
                if new == fresh:
                    forms.setdefault(seen.form, []).append((item, seen))
            yield from _in_turns([_spread(form) for form in forms.values()])


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


def _in_turns(forms: list[Iterator[T]]) -> Iterator[T]:
    """Some of the first form, one of another, and again, until all are empty."""
    first, others = forms[:1], forms[1:]
    while first or others:
        for queue, number in ((first, _OWN), (others, 1)):
            if queue:
                form = queue.pop(0)
                found = list(islice(form, number))
                yield from found
                if len(found) == number:
                    queue.append(form)
