"""What core constructs mean.

A meaning takes the state, then the construct's arguments, not yet evaluated. Words need not be
reduced modulo b.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bridge.isa import INDEX, OPCODES, lookup_table
from bridge.term import Arg

if TYPE_CHECKING:
    from synth.language.semantics import TermState

__all__ = ["STATEMENTS", "WORDS", "Halt"]


class Halt(Exception):
    """Ends the run at once."""


def _swap(s: TermState, a: Arg, b: Arg) -> None:
    at_a, at_b = s.word(a), s.word(b)
    content = s.memory[at_a]
    s.put(at_a, s.memory[at_b])
    s.put(at_b, content)


def _halt(s: TermState) -> None:
    raise Halt


def _if_zero(s: TermState, condition: Arg, then: Arg, otherwise: Arg) -> None:
    s.execute(then if s.word(condition) == 0 else otherwise)


def _while(s: TermState, condition: Arg, body: Arg) -> None:
    while s.word(condition) != 0:
        s.spend()
        s.execute(body)


def _until(s: TermState, condition: Arg, body: Arg) -> None:
    while s.word(condition) == 0:
        s.spend()
        s.execute(body)


def _do_while(s: TermState, body: Arg, condition: Arg) -> None:
    again = True
    while again:
        s.spend()
        s.execute(body)
        again = s.word(condition) != 0


def _do_until(s: TermState, body: Arg, condition: Arg) -> None:
    again = True
    while again:
        s.spend()
        s.execute(body)
        again = s.word(condition) == 0


def _forever(s: TermState, body: Arg) -> None:
    while True:
        s.spend()
        s.execute(body)


def _looked_up(name: str) -> Callable[..., int]:
    """What the instruction of that name does."""

    def meaning(s: TermState, x: Arg, y: Arg) -> int:
        return int(lookup_table(s.words)[INDEX[name], s.word(x), s.word(y)])

    return meaning


WORDS: dict[str, Callable[..., int]] = {
    "inc": lambda s, x: s.word(x) + 1,
    "dec": lambda s, x: s.word(x) - 1,
    "add": lambda s, x, y: s.word(x) + s.word(y),
    "sub": lambda s, x, y: s.word(x) - s.word(y),
    "min": lambda s, x, y: min(s.word(x), s.word(y)),
    "max": lambda s, x, y: max(s.word(x), s.word(y)),
    "load": lambda s, address: s.memory[s.word(address)],
}
WORDS |= {row.name: _looked_up(row.name) for row in OPCODES if row.first_set != "paper"}
STATEMENTS: dict[str, Callable[..., None]] = {
    "assign": lambda s, x, value: s.set(x, s.word(value)),
    "store": lambda s, address, value: s.put(s.word(address), s.word(value)),
    "noop": lambda s: None,
    "swap": _swap,
    "halt": _halt,
    "if-zero": _if_zero,
    "while": _while,
    "until": _until,
    "do-while": _do_while,
    "do-until": _do_until,
    "forever": _forever,
}
