"""A flow graph -> a term that does the same, statement by statement, with loops and branches.

A loop that one test ends becomes a loop with that test; one that ends in several places becomes
one with a variable that tells where it ended. Code that several ways lead to, and that none of
the language's branches can share, is written once for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bridge.lowering.flow import END, Block, Flow
from bridge.lowering.inline import LARGEST, Style, is_plain_load, substitute
from bridge.lowering.unused import variables
from bridge.program import Instruction
from bridge.term import Arg, Term

__all__ = ["structure"]

_HALT = Term("halt")
_ROOM = 4
"""How many times as many statements as the program has instructions a term may have."""

_SHORT = 4
"""As many statements may be repeated to save a variable that tells where a loop ended."""

_Code = tuple[Term, ...]


class _TooLong(Exception):
    """The term would repeat too much."""


def structure(flow: Flow, words: int, style: Style = Style.QUICK) -> Term | None:
    """The term, in that style; None if a loop can be entered in two places, or the term would have
    to repeat too much of the code."""
    if flow.loops is None:
        return None
    length = sum(len(block.body) + 1 for block in flow.blocks)
    try:
        builder = _Builder(flow, words, flow.loops, style, _ROOM * length + 16)
        return _do(builder.go(0, _Place(END)))
    except _TooLong:
        return None


@dataclass(frozen=True)
class _Place:
    """Where the code that is being written stands.

    - `follow`: the block that is run after it.
    - `leaves`: what to do on the way to blocks outside the loops that it is in.
    - `inside`: the headers of those loops.
    """

    follow: int
    leaves: Mapping[int, _Code] = field(default_factory=dict[int, _Code])
    inside: frozenset[int] = frozenset()


@dataclass
class _Builder:
    """Walks the graph, writing the code of a block where control first comes to it."""

    flow: Flow
    words: int
    loops: Mapping[int, frozenset[int]]
    style: Style
    room: int
    flags: int = 0

    def go(self, number: int, place: _Place) -> _Code:
        """The code from a block on until what follows."""
        if number == place.follow:
            return ()
        if number in place.leaves:
            return place.leaves[number]
        if number in self.loops and number not in place.inside:
            return self.loop(number, place)
        return self.block(number, place)

    def block(self, number: int, place: _Place) -> _Code:
        block = self.flow.blocks[number]
        body = self.body(block)
        if block.test is None:
            return (*body, *self.go(block.other, place))
        join = self.join(number, place)
        inner = replace(place, follow=join)
        branches = (_do(self.go(n, inner)) for n in (block.zero, block.other))
        branch = Term("if-zero", (self.flow.names[block.test], *branches))
        return (*body, branch, *(() if join == place.follow else self.go(join, place)))

    def body(self, block: Block) -> _Code:
        self.room -= len(block.body) + 1
        if self.room < 0:
            raise _TooLong
        return tuple(_statement(i, self.flow.names) for i in block.body)

    def join(self, number: int, place: _Place) -> int:
        """The first block through which all ways from this one to what follows lead; ways to the
        program's end don't count."""
        apart = [n for n, code in place.leaves.items() if code[-1:] == (_HALT,)]
        counting = {place.follow, *place.leaves}.difference(apart)
        behind = self.behind(number, place)
        for one in self.flow.order:
            if one in behind - counting and counting.isdisjoint(self.behind(number, place, one)):
                return one
        return place.follow

    def behind(self, number: int, place: _Place, without: int | None = None) -> set[int]:
        """The blocks that may run after this one until what follows, that and leaves too."""
        found, todo = set[int](), [*self.flow.blocks[number].successors]
        while todo:
            one = todo.pop()
            if one in found or one == without:
                continue
            found.add(one)
            if one != place.follow and one not in place.leaves:
                todo += self.flow.blocks[one].successors
        return found

    # -------------------------------------------------------- loops

    def loop(self, header: int, place: _Place) -> _Code:
        members = self.loops[header]
        exits = [(n, s) for n in self.flow.order if n in members
                 for s in self.flow.blocks[n].successors if s not in members]  # fmt: skip
        targets = list(dict.fromkeys(target for _, target in exits))
        inside = place.inside | {header}
        if self.style is Style.OPEN and not place.inside:
            ending = {t: (*self.go(t, _Place(END)), _HALT) for t in targets}
            return (Term("forever", (_do(self.block(header, _Place(header, ending, inside))),)),)
        ending = {t: c for t in targets if (c := self.ending(t, targets, inside)) is not None}
        at = self.tester(header, exits, ending)
        if at is not None:
            (target,) = set(self.flow.blocks[at].successors) - members
            loop = self.tested(header, at, _Place(header, ending, inside))
            return (*loop, *self.go(target, place))
        if ending.keys() >= set(targets):
            body = self.block(header, _Place(header, ending, inside))
            return (Term("forever", (_do(body),)),)
        return self.flagged(header, [t for t in targets if t not in ending], ending, place)

    def ending(self, target: int, others: Sequence[int], inside: frozenset[int]) -> _Code | None:
        """The code from a loop's exit to the program's end, if it may stand within the loop: where
        it is nothing but that end, is short, or shares nothing with the other exits."""
        if target == END:
            return (_HALT,)
        reached = self.flow.reached(target) - {END}
        if len(others) < 2 or not inside.isdisjoint(reached):
            return None
        shared = set[int]().union(*(self.flow.reached(t) for t in others if t != target))
        length = sum(len(self.flow.blocks[n].body) + 1 for n in reached)
        if length > _SHORT and not shared.isdisjoint(reached):
            return None
        return (*self.go(target, _Place(END)), _HALT)

    def tester(
        self, header: int, exits: Sequence[tuple[int, int]], ending: Mapping[int, _Code]
    ) -> int | None:
        """The block whose test can be the loop's: it is run in every round, by no loop within, and
        all other exits end the program. At the header, if there is one."""
        members = self.loops[header]
        within = set[int]().union(
            *(m for h, m in self.loops.items() if h in members and h != header)
        )
        latches = [n for n in members if header in self.flow.blocks[n].successors]
        for block, _ in sorted(exits, key=lambda e: e[0] != header):
            others = {t for b, t in exits if b != block}
            if (
                block not in within
                and others <= ending.keys()
                and all(self.flow.dominates(block, latch) for latch in latches)
                and not set(self.flow.blocks[block].successors).isdisjoint(members)
            ):
                return block
        return None

    def tested(self, header: int, at: int, place: _Place) -> _Code:
        """The loop whose test is that of the block `at`."""
        block = self.flow.blocks[at]
        assert block.test is not None
        test, leaves_at_zero = self.flow.names[block.test], block.zero not in self.loops[header]
        onward = block.other if leaves_at_zero else block.zero
        before: _Code = ()
        if at != header:
            before = self.block(header, replace(place, follow=at))
        before = (*before, *self.body(block))
        after = self.go(onward, place)
        if not after:
            name = "do-while" if leaves_at_zero else "do-until"
            return (Term(name, (_do(before), test)),)
        name = "while" if leaves_at_zero else "until"
        first, last = _split(before)
        if (early := self.early(test, last)) is not None:
            # first; while early (last; after; first); last
            self.repeat(before)
            body = _do((*last, *after, *first))
            return (*first, Term(name, (early, body)), *last)
        # before; while test (after; before)
        # before; while test (after; before)
        self.repeat(before)
        return (*before, Term(name, (test, _do((*after, *before)))))

    def repeat(self, code: _Code) -> None:
        self.room -= sum(1 for s in code for t in s.subterms() if isinstance(t, Term))
        if self.room < 0:
            raise _TooLong

    def early(self, test: str, code: _Code) -> Arg | None:
        """The test as an expression of what holds before those assignments, if it takes nothing
        but a load, or the style doesn't mind."""
        found: Arg = test
        for statement in reversed(code):
            name, value = statement.args
            found = substitute(found, name, value)
            if isinstance(found, Term) and found.size > LARGEST:
                return None
        if not self.style.quick or not isinstance(found, Term) or is_plain_load(found):
            return found
        return None

    def flagged(
        self, header: int, targets: Sequence[int], ending: Mapping[int, _Code], place: _Place
    ) -> _Code:
        """The loop with a variable that is 0 until it ends, then tells by which exit."""
        self.flags += 1
        flag = f"exit{self.flags}"
        if len(targets) >= self.words:
            raise _TooLong
        leaves = {t: (Term("assign", (flag, i)),) for i, t in enumerate(targets, 1)}
        body = self.block(header, _Place(header, {**ending, **leaves}, place.inside | {header}))
        loop = Term("do-until", (_do(body), flag))
        *some, after = (self.go(target, place) for target in targets)
        for number in reversed(range(len(some))):
            which: Arg = flag
            for _ in range(number + 1):
                which = Term("dec", (which,))
            after = (Term("if-zero", (which, _do(some[number]), _do(after))),)
        return (Term("assign", (flag, 0)), loop, *after)


def _do(code: _Code) -> Term:
    return Term("do", code)


def _split(code: _Code) -> tuple[_Code, _Code]:
    """The code as two parts. The second, as long as possible, is of assignments which do nothing
    when they are made again."""
    assigned = set[Arg]()
    for index in reversed(range(len(code))):
        statement = code[index]
        if statement.op != "assign":
            return code[: index + 1], code[index + 1 :]
        name, value = statement.args
        if not variables(value).isdisjoint(assigned | {name}):
            return code[: index + 1], code[index + 1 :]
        assigned.add(name)
    return (), code


def _statement(instruction: Instruction, called: Mapping[int, str]) -> Term:
    """The instruction as an assignment or a store."""
    names = [called[o or 0] for o in instruction.operands]
    match instruction.opcode:
        case "write":
            return Term("store", tuple(names))
        case "zero":
            return Term("assign", (names[-1], 0))
        case "move":
            return Term("assign", (names[-1], names[0]))
        case "read":
            return Term("assign", (names[-1], Term("load", (names[0],))))
        case str(name):
            return Term("assign", (names[-1], Term(name, tuple(names[:-1]))))
        case None:
            raise AssertionError(instruction)
