"""A flow graph -> the same with a register for each life of a register.

A register that is used for one thing, then for another, has two *lives*: no use can see a value of
both. Apart, each may become an expression, or the variable of a loop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from bridge.isa import Slot
from bridge.lowering.flow import END, Block, Flow
from bridge.program import Instruction
from bridge.term import Arg, Term

__all__ = ["register_name", "separate", "with_few_lives"]

_Site = tuple[int, int, int]
"""Where a register is set: the register, the block, the instruction's index there. At the start,
which sets all of them to 0, block and index are −1."""

_Reaching = Mapping[int, frozenset[_Site]]
"""Of each register, where its value may have been set."""


def register_name(number: int, life: int = 1) -> str:
    """The variable that stands for a register, from 1: r2; in its second life r2.2."""
    return f"r{number}" if life == 1 else f"r{number}.{life}"


def with_few_lives(term: Term) -> Term:
    """The term with the lives of each register numbered anew, in the order in which they come: so
    most registers have only one, as most lives are expressions now."""
    names: dict[str, str] = {}
    lives = Counter[str]()
    for name in term.subterms():
        if isinstance(name, str) and name not in names:
            register, *_ = name.split(".")
            lives[register] += 1
            names[name] = register if lives[register] == 1 else f"{register}.{lives[register]}"
    return cast("Term", _renamed(term, names))


def _renamed(term: Arg, names: Mapping[str, str]) -> Arg:
    if isinstance(term, Term):
        return Term(term.op, tuple(_renamed(arg, names) for arg in term.args))
    return names[term] if isinstance(term, str) else term


def separate(flow: Flow, outputs: Iterable[int] = (), *, chains: bool = False) -> Flow:
    """The flow graph, in which each life of a register is a register, and has a name. The
    `outputs`, which count at the end, have only one. With `chains`, so has what a loop goes on
    with: a pointer moved by rounds that stand before the loop is the one that the loop moves."""
    reaching, lives = _reaching(flow), _Lives()
    for number, block in enumerate(flow.blocks):
        for index, instruction, before in _steps(block, number, reaching[number]):
            for register in _used(instruction, block):
                lives.join(before[register])
            if (out := _set(instruction)) is not None:
                lives.join([(out, number, index)])
    if chains:
        _join_chains(flow, reaching, lives)
    for register in outputs:
        lives.join(site for site in lives.sites if site[0] == register)
    numbers, names = lives.numbered()

    def renumbered(number: int, block: Block) -> Block:
        body: list[Instruction] = []
        test = None
        for index, instruction, before in _steps(block, number, reaching[number]):
            now = {r: numbers[min(before[r])] for r in _used(instruction, block)}
            if instruction is None:
                test = None if block.test is None else now[block.test]
                continue
            operands = (
                numbers[o or 0, number, index] if slot is Slot.OUT else now[o or 0]
                for slot, o in instruction.slots
            )
            body.append(Instruction(instruction.opcode, tuple(operands)))
        return replace(block, body=tuple(body), test=test)

    return Flow(tuple(renumbered(n, b) for n, b in enumerate(flow.blocks)), names)


def _join_chains(flow: Flow, reaching: list[_Reaching], lives: _Lives) -> None:
    """Joins each life that is set in several places with those that it is computed from."""
    links = [
        ((out, number, index), before[out])
        for number, block in enumerate(flow.blocks)
        for index, instruction, before in _steps(block, number, reaching[number])
        if (out := _set(instruction)) in _used(instruction, block)
    ]
    size, before = Counter(map(lives.first, lives.sites)), Counter[_Site]()
    while size != before:
        for site, sources in links:
            if size[lives.first(site)] > 1:
                lives.join([site, *sources])
        size, before = Counter(map(lives.first, lives.sites)), size


@dataclass
class _Lives:
    """Which sites set the same life of a register."""

    sites: dict[_Site, _Site] = field(default_factory=dict[_Site, _Site])
    """Of each site, another one of the same life, or itself."""

    def first(self, site: _Site) -> _Site:
        while (other := self.sites.setdefault(site, site)) != site:
            site = other
        return site

    def join(self, sites: Iterable[_Site]) -> None:
        firsts = sorted(map(self.first, sites))
        for site in firsts[1:]:
            self.sites[site] = firsts[0]

    def numbered(self) -> tuple[dict[_Site, int], dict[int, str]]:
        """A register for each site, and the names of these."""
        names: dict[int, str] = {}
        numbers: dict[_Site, int] = {}
        lives = Counter[int]()
        for site in sorted(self.sites):
            first = self.first(site)
            if first == site:
                lives[site[0]] += 1
                numbers[site] = len(names) + 1
                names[len(names) + 1] = register_name(site[0], lives[site[0]])
            numbers[site] = numbers[first]
        return numbers, names


def _used(instruction: Instruction | None, block: Block) -> list[int]:
    """The registers that an instruction takes; without one, that the block's test does."""
    if instruction is None:
        return [] if block.test is None else [block.test]
    return [o or 0 for slot, o in instruction.slots if slot is not Slot.OUT]


def _set(instruction: Instruction | None) -> int | None:
    if instruction is None:
        return None
    return next((o for slot, o in instruction.slots if slot is Slot.OUT), None)


def _steps(
    block: Block, number: int, before: _Reaching
) -> Iterator[tuple[int, Instruction | None, _Reaching]]:
    """The instructions of a block, then None; each with its index and what reaches it."""
    for index, instruction in enumerate(block.body):
        yield index, instruction, before
        if (out := _set(instruction)) is not None:
            before = {**before, out: frozenset({(out, number, index)})}
    yield len(block.body), None, before


def _reaching(flow: Flow) -> list[_Reaching]:
    """What reaches each block."""
    registers = {
        register
        for block in flow.blocks
        for instruction in (*block.body, None)
        for register in (*_used(instruction, block), _set(instruction))
        if register is not None
    }
    found: list[_Reaching] = [dict.fromkeys(registers, frozenset[_Site]()) for _ in flow.blocks]
    found[0] = {register: frozenset({(register, -1, -1)}) for register in registers}
    todo = [*flow.order]
    while todo:
        number = todo.pop()
        block = flow.blocks[number]
        *_, (_, _, after) = _steps(block, number, found[number])
        for then in block.successors:
            if then == END:
                continue
            new = {r: sites | after[r] for r, sites in found[then].items()}
            if new != found[then]:
                found[then] = new
                todo.append(then)
    return found
