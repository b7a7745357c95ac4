"""Core terms -> virtual code: as many registers as it likes, labels not yet lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter, methodcaller
from typing import Final

from bridge.errors import LoweringError
from bridge.isa import OPCODES, Slot, opcode
from bridge.lowering.made import ways_to
from bridge.term import Arg, Term

__all__ = ["COUNTED", "ZERO", "Code", "Op", "emit"]

ZERO = 0
"""The virtual register that nothing writes: it stays 0, for constants and unconditional jumps."""

COUNTED: Final = 8
"""Steps of one that make a constant even where fewer instructions double it: so far, counting is
what programs of small machines do, and what is read most easily."""
MOST = 2_000
"""Instructions, before they are simplified: far more than any machine has lines. A term may stand
for exponentially many."""

_FUNCTIONS = {row.name for row in OPCODES if row.word is not None and Slot.A in row.operands}
"""The instructions that are functions of words, and constructs of the same name."""


@dataclass(frozen=True)
class Op:
    """An instruction over virtual registers; a jump's label is a number into `Code.labels`.

    A hole (opcode None) has no operands yet, but `out` tells which register it should set; one that
    stands for a word that is put in later has its number, (hole 0), for an operand.
    """

    opcode: str | None
    operands: tuple[int, ...] = ()
    out: int | None = None
    source: Term | None = field(default=None, compare=False, repr=False)
    """The statement that it comes from."""

    @property
    def slots(self) -> Iterator[tuple[Slot, int]]:
        """Its operands, each with the slot that it fills."""
        return zip(opcode(self.opcode).operands if self.opcode else (), self.operands, strict=True)

    @cached_property
    def uses(self) -> tuple[int, ...]:
        """The registers whose values it takes."""
        return tuple(value for slot, value in self.slots if slot in (Slot.A, Slot.B))

    @cached_property
    def defines(self) -> int | None:
        """The register that it sets, if any."""
        if self.opcode is None:
            return self.out
        return self.operands[-1] if opcode(self.opcode).outputs else None

    @property
    def blank(self) -> bool:
        """Whether it is a blank statement, which may use and set any variable."""
        return self.opcode is None and self.out is None

    def taking(self, instead: Mapping[int, int]) -> Op:
        """The same, of what is in other registers `instead`."""
        if instead.keys().isdisjoint(self.uses):
            return self
        n = len(self.uses)  # inputs come first in every instruction's operands
        inputs = (instead.get(register, register) for register in self.operands[:n])
        return replace(self, operands=(*inputs, *self.operands[n:]))

    @property
    def label(self) -> int | None:
        return self.operands[1] if self.opcode == "jump" else None

    @property
    def always_jumps(self) -> bool:
        return self.opcode == "jump" and self.operands[0] == ZERO


@dataclass(frozen=True)
class Code:
    """Virtual code. `labels[i]` is the index of the op that label i stands before (or the end)."""

    ops: tuple[Op, ...]
    labels: tuple[int, ...]
    variables: dict[str, int] = field(default_factory=dict[str, int])
    """The virtual register of each variable of the term."""
    first: dict[int, int] = field(default_factory=dict[int, int])
    """The registers that start with another word than 0, and with which."""


def emit(
    block: Term,
    words: int,
    preloaded: Collection[int] = (),
    *,
    made: Collection[int] = (),
    apart: bool = False,
    doubling: bool = False,
) -> Code:
    """Code of a block of core statements. Constants that are `preloaded` are in registers from the
    start, which nothing writes; those that are `made` are made there once, and kept; instructions
    make the others where they are needed. With `apart`, branches that end the program stand behind
    all the rest, so that no run has to jump over them. Constants far from 0 are made by adding
    words to themselves, others by steps of one; with `doubling` all are made the shortest way.
    Raises LoweringError on any other construct, or where there is too much of it."""
    emitter = _Emitter(words, preloaded, apart, doubling)
    first = {register: word for word, register in emitter.preloaded.items()}
    for word in made:
        emitter.preloaded[word] = emitter.constant(word, None)
    emitter.block(block)
    emitter.endings()
    return Code(tuple(emitter.ops), tuple(emitter.labels), emitter.variables, first)


class _Emitter:
    """Appends ops as it walks a term."""

    def __init__(self, words: int, preloaded: Collection[int], apart: bool, doubling: bool) -> None:
        self.words = words
        self.apart = apart
        self.doubling = doubling
        self.ends: dict[Arg, int] = {}
        """The labels of branches that stand behind the rest, each once."""
        self.ops: list[Op] = []
        self.labels: list[int] = []
        self.variables: dict[str, int] = {}
        self.registers = 1  # ZERO
        self.source: Term | None = None
        self.preloaded = {word: self.new_register() for word in preloaded}
        """The registers of constants that are kept."""

    # -------------------------------------------------------- building blocks

    def new_register(self) -> int:
        self.registers += 1
        return self.registers - 1

    def new_label(self) -> int:
        self.labels.append(-1)
        return len(self.labels) - 1

    def place(self, label: int) -> None:
        self.labels[label] = len(self.ops)

    def here(self) -> int:
        """A new label at the next op."""
        self.labels.append(len(self.ops))
        return len(self.labels) - 1

    def op(self, name: str | None, *operands: int, out: int | None = None) -> None:
        if len(self.ops) == MOST:
            raise LoweringError(f"the term takes more than {MOST:,} instructions: shorten it")
        self.ops.append(Op(name, operands, out, self.source))

    def variable(self, name: Arg) -> int:
        if not isinstance(name, str):
            raise LoweringError(f"{name}: a variable's name belongs here")
        if name not in self.variables:
            self.variables[name] = self.new_register()
        return self.variables[name]

    # -------------------------------------------------------- words

    def word(self, term: Arg, out: int | None = None) -> int:
        """Code that computes the word, into `out` if given; the register that holds it."""
        if isinstance(term, int):
            return self.constant(term % self.words, out)
        if isinstance(term, str):
            source = self.variable(term)
            if out is None or out == source:
                return source
            self.op("move", source, out)
            return out
        if term.op == "hole":
            out = self.new_register() if out is None else out
            self.op(None, *(number for number in term.args if isinstance(number, int)), out=out)
            return out
        if term.op != "load" and term.op not in _FUNCTIONS:
            raise LoweringError(f"{term.op}: no core construct of words: expand the term first")
        inputs = [self.word(arg) for arg in term.args]
        out = self.new_register() if out is None else out
        self.op("read" if term.op == "load" else term.op, *inputs, out)
        return out

    def constant(self, value: int, out: int | None) -> int:
        if value == 0 and out is None:
            return ZERO
        if (source := self.preloaded.get(value)) is not None:
            if out is None:
                return source
            self.op("move", source, out)
            return out
        out = self.new_register() if out is None else out
        down = self.words - value
        ways = [(min(value, down), out, value <= down)]  # from 0, up or down
        ways += [(abs(value - near), r, near < value) for near, r in self.preloaded.items()]
        steps, source, up = min(ways, key=itemgetter(0))
        made = ways_to(self.words)[value]
        if len(made) < steps and (self.doubling or steps > COUNTED):
            self.op("zero", out)
            for way in made:
                self.op(way, *[out] * (2 if way == "add" else 1), out)
            return out
        if source == out:
            self.op("zero", out)
        for _ in range(steps):
            self.op("inc" if up else "dec", source, out)
            source = out
        return out

    # -------------------------------------------------------- statements

    def block(self, term: Arg) -> None:
        if not isinstance(term, Term) or term.op != "do":
            raise LoweringError(f"{term}: a block belongs here: write (do …)")
        for statement in term.args:
            if not isinstance(statement, Term) or statement.op not in _STATEMENTS:
                raise LoweringError(f"{statement}: no core statement: expand the term first")
            outer, self.source = self.source, statement
            _STATEMENTS[statement.op](self, *statement.args)
            self.source = outer

    def assign(self, name: Arg, value: Arg) -> None:
        self.word(value, self.variable(name))

    def store(self, address: Arg, value: Arg) -> None:
        self.op("write", self.word(address), self.word(value))

    def swap(self, one: Arg, other: Arg) -> None:
        a, b = self.word(one), self.word(other)
        at_a, at_b = self.new_register(), self.new_register()
        self.op("read", a, at_a)
        self.op("read", b, at_b)
        self.op("write", a, at_b)
        self.op("write", b, at_a)

    def if_zero(self, condition: Arg, then: Arg, otherwise: Arg) -> None:
        if self.apart and _ends(then):
            if then not in self.ends:
                self.ends[then] = self.new_label()
            self.op("jump", self.word(condition), self.ends[then])
            self.block(otherwise)
            return
        is_zero, end = self.new_label(), self.new_label()
        self.op("jump", self.word(condition), is_zero)
        self.block(otherwise)
        self.op("jump", ZERO, end)
        self.place(is_zero)
        self.block(then)
        self.place(end)

    def endings(self) -> None:
        """The branches that stand behind the rest. A `halt` is needed only between them: what runs
        past the end halts, so one that does nothing else is the end itself."""
        waiting = {block: label for block, label in self.ends.items() if block != _HALT}
        if waiting:
            self.op("halt")
        while waiting:
            for block, label in waiting.items():
                self.place(label)
                self.block(block)
            waiting = {b: at for b, at in self.ends.items() if self.labels[at] < 0 and b != _HALT}
        if self.ends and self.ops and self.ops[-1].opcode == "halt":
            self.ops.pop()
            self.labels = [min(at, len(self.ops)) for at in self.labels]
        if _HALT in self.ends:
            self.place(self.ends[_HALT])

    def while_(self, condition: Arg, body: Arg) -> None:
        top, end = self.here(), self.new_label()
        self.op("jump", self.word(condition), end)
        self.block(body)
        self.op("jump", ZERO, top)
        self.place(end)

    def until(self, condition: Arg, body: Arg) -> None:
        # Rotated: the test stands behind the body, where one jump both tests and loops.
        test = self.new_label()
        self.op("jump", ZERO, test)
        top = self.here()
        self.block(body)
        self.place(test)
        self.op("jump", self.word(condition), top)

    def do_while(self, body: Arg, condition: Arg) -> None:
        top, end = self.here(), self.new_label()
        self.block(body)
        self.op("jump", self.word(condition), end)
        self.op("jump", ZERO, top)
        self.place(end)

    def do_until(self, body: Arg, condition: Arg) -> None:
        top = self.here()
        self.block(body)
        self.op("jump", self.word(condition), top)

    def forever(self, body: Arg) -> None:
        top = self.here()
        self.block(body)
        self.op("jump", ZERO, top)


_HALT: Final = Term("do", (Term("halt"),))


def _ends(block: Arg) -> bool:
    """Whether no run gets past the end of the block. One with holes stays where it is."""
    if not isinstance(block, Term) or not block.args or block.has_hole:
        return False
    last = block.args[-1]
    assert isinstance(last, Term)
    if last.op == "if-zero":
        return all(map(_ends, last.args[1:]))
    return last.op in ("halt", "forever")


_STATEMENTS: dict[str, Callable[..., None]] = {
    "assign": _Emitter.assign,
    "store": _Emitter.store,
    "swap": _Emitter.swap,
    "noop": methodcaller("op", "noop"),
    "halt": methodcaller("op", "halt"),
    "hole-stmt": methodcaller("op", None),
    "if-zero": _Emitter.if_zero,
    "while": _Emitter.while_,
    "until": _Emitter.until,
    "do-while": _Emitter.do_while,
    "do-until": _Emitter.do_until,
    "forever": _Emitter.forever,
}
