"""Calls that change a list where it lies, as no stream does: at a place, or in how long it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from synth.deduction.calls.call import Call
from synth.deduction.calls.memory import Memory
from synth.deduction.calls.stream import NotStreamedError, number_word
from synth.deduction.openings import by_number, each_once, every_other
from synth.deduction.shown import Shown

__all__ = ["PLACED", "placed", "single"]

_LEFT: Final[Mapping[str, Callable[[Shown], str]]] = {
    "unique": each_once,
    "once": partial(by_number, once=True),
    "several": partial(by_number, once=False),
    "alternate": partial(every_other, begin=0),
}
"""What leaves some of the elements."""
_PUT: Final = "(store q (load p)) (assign p (inc p)) (assign q (inc q))"


def placed(memory: Memory, call: Call) -> str:
    """Statements that make of the first list what the call does. Raises NotStreamedError."""
    if call.name in _LEFT and not memory.marked:
        return _LEFT[call.name](memory.given)
    if call.name not in PLACED:
        raise NotStreamedError
    return PLACED[call.name](memory, *map(number_word, call.args[1:]))


def single(memory: Memory, x: str) -> str:
    """Statements that make the first list one of that number alone."""
    start = memory.start(0)
    if memory.given.counted:
        return f"(store {start} {x}) {memory.resized('1', 0)}"
    return f"(store {start} {x}) (assign q (inc {start})) {memory.closed('q', 0)}"


def _ended(memory: Memory) -> str:
    """Makes e the address behind the list."""
    if memory.counted:
        return f"(assign e {memory.end(0)})"
    return f"(assign e {memory.start(0)}) (find e (id))"


def _at(memory: Memory, place: str) -> str:
    """The address of that place."""
    return f"(add {memory.start(0)} {place})" if memory.start(0) != "0" else place


def _before(memory: Memory, one: str, other: str) -> str:
    """Whether an address is before another one."""
    less = "less" in memory.given.language
    return f"(less {one} {other})" if less else f"(sub {other} (min {one} {other}))"


def _appended(memory: Memory, x: str) -> str:
    return f"{_ended(memory)} (store e {x}) (assign e (inc e)) {memory.closed('e', 0)}"


def _inserted(memory: Memory, x: str, n: str) -> str:
    """Each element from there on takes the place of the next."""
    step = "(assign y (load p)) (store p x) (assign x y) (assign p (inc p))"
    loop = f"(while {_before(memory, 'p', 'e')} (do {step})) (store p x) (assign p (inc p))"
    begin = f"{_ended(memory)} (assign x {x}) (assign p {_at(memory, n)})"
    return f"{begin} {loop} {memory.closed('p', 0)}"


def _replaced(memory: Memory, x: str, n: str) -> str:
    there = _before(memory, "p", "e")
    store = f"(if-zero {there} (do) (do (store p {x})))"
    return f"{_ended(memory)} (assign p {_at(memory, n)}) {store}"


def _deleted(memory: Memory, n: str) -> str:
    begin = f"(assign q (min e {_at(memory, n)})) (assign p (inc q))"
    loop = f"(while {_before(memory, 'p', 'e')} (do {_PUT}))"
    return f"{_ended(memory)} {begin} {loop} {memory.closed('q', 0)}"


def _rotated(memory: Memory, n: str) -> str:
    """What comes first is written behind the list, then all is moved to the start."""
    start = memory.start(0)
    begin = f"(assign q e) (assign p {start}) (assign r (min e {_at(memory, n)}))"
    loop = f"(while (sub r p) (do {_PUT})) (assign e q) (assign q {start})"
    back = f"(while (sub e p) (do {_PUT})) {memory.closed('q', 0)}"
    return f"{_ended(memory)} {begin} {loop} {back}"


def _repeated(memory: Memory, n: str) -> str:
    """From behind, so that no element is overwritten before it is read."""
    start = memory.start(0)
    begin = f"(assign q {_at(memory, f'(mul {n} (sub e {start}))')}) (assign r q)"
    each = "(while k (do (assign q (dec q)) (store q y) (assign k (dec k))))"
    body = f"(assign e (dec e)) (assign y (load e)) (assign k {n}) {each}"
    loop = f"(while (sub e {start}) (do {body}))"
    return f"{_ended(memory)} {begin} {loop} {memory.closed('r', 0)}"


def _mirrored(memory: Memory) -> str:
    step = "(assign p (dec p)) (store q (load p)) (assign q (inc q))"
    loop = f"(while (sub p {memory.start(0)}) (do {step}))"
    return f"{_ended(memory)} (assign p e) (assign q e) {loop} {memory.closed('q', 0)}"


def _runs(memory: Memory) -> str:
    """The sizes of runs: of elements that equal the one before them."""
    alike = "(while (min (sub e p) (eq (load p) y)) (do (assign p (inc p))))"
    size = f"(assign y (load p)) (assign r p) {alike} (store q (sub p r)) (assign q (inc q))"
    start = f"(assign p {memory.start(0)}) (assign q p)"
    return f"{_ended(memory)} {start} (while (sub e p) (do {size})) {memory.closed('q', 0)}"


def _doubled(memory: Memory) -> str:
    begin = f"(assign p {memory.start(0)}) (assign q e)"
    return f"{_ended(memory)} {begin} (while (sub e p) (do {_PUT})) {memory.closed('q', 0)}"


PLACED: Final[Mapping[str, Callable[..., str]]] = {
    "append": _appended,
    "insert": _inserted,
    "replace": _replaced,
    "delete": _deleted,
    "rotate": _rotated,
    "repeat": _repeated,
    "runs": _runs,
    "mirror": _mirrored,
    "double": _doubled,
}
"""By the call's name: from memory and the words of the numbers."""
