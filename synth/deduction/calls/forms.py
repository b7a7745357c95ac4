"""What compositions are made of: functions on lists, and constants, each with the bits that say it.

What is written often, and what takes little to say, costs little. Some forms stand for several
calls: what lists of functions on lists have a name for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from synth.deduction.calls.call import LISTS, PAIRS, Call, Function, known
from synth.deduction.shown import Shown

__all__ = ["SHARED", "Form", "constants", "forms"]

SYMMETRIC: Final = ("add", "mul", "min", "max", "eq")
SHARED: Final = 2
"""Bits that say that a part is one that occurs already."""
_X, _Y = Call("argument"), Call("argument", place=1)
_MONUS: Final = Function("(sub {x} (min {x} {y}))")
_APART: Final = Function("(sub (max {x} {y}) (min {x} {y}))")


@dataclass(frozen=True)
class Form:
    """A function on lists with the function that it applies, and what it takes: L a list, N a
    number."""

    name: str
    takes: str
    bits: int
    function: Function | None = None
    fixed: int | None = None
    """One more argument, which is a constant."""
    template: Call | None = None
    """The calls that it stands for."""

    @property
    def gives(self) -> str:
        """Of what kind it makes one."""
        return "L" if (self.template or self).name in LISTS else "N"

    @property
    def symmetric(self) -> bool:
        """Whether it makes the same of its two arguments the other way round."""
        f = self.function
        if self.takes not in ("LL", "NN") or f is None or f.opposite:
            return False
        return f.name in SYMMETRIC

    @property
    def constants(self) -> tuple[np.ndarray, ...]:
        """Values of what is fixed, whatever the example."""
        return () if self.fixed is None else (np.full((1, 1), self.fixed, np.uint8),)

    def call(self, args: tuple[Call, ...]) -> Call:
        """The call, or the calls, of these."""
        if self.template is not None:
            return _filled(self.template, args)
        fixed = () if self.fixed is None else (Call("constant", place=self.fixed),)
        return Call(self.name, (*args, *fixed), self.function)


def _filled(template: Call, args: tuple[Call, ...]) -> Call:
    if template.name == "argument":
        return args[template.place]
    own = tuple(_filled(arg, args) for arg in template.args)
    return Call(template.name, own, template.function, template.place)


def forms(given: Shown) -> Iterator[Form]:
    """All whose words the language has, those of fewer bits first."""

    def has(form: Form) -> bool:
        calls = [form] if form.template is None else form.template.parts
        own = tuple(call.function for call in calls if call.function is not None)
        return len(known(own, given.language)) == len(own)

    lists = (*_ordered(), *_placed(), *_sought(), *_mapped(len(given.others)), *_aligned())
    every = (*lists, *_kept(), *_numbers())
    compares = {"eq", "less", "mul"} <= set(given.language)
    usual = (form for form in every if compares or form.name not in _COMPARING)
    yield from sorted(filter(has, usual), key=lambda form: form.bits)


_COMPARING: Final = (
    "once", "several", "runs", "alternate", "second", "repeat", "delete", "index", "place", "keep",
    "order", "peaks", "valleys", "before", "from", "behind", "led",
)  # fmt: skip
"""What is written with instructions that compare, or multiply."""


_PAIRED: Final = {
    "add": (4, 5), "sub": (4, 5), "mul": (5, 6), "div": (5, 7), "mod": (5, 7), "min": (5, 7),
    "max": (5, 7), "eq": (8, 7), "less": (8, 6),
}  # fmt: skip
"""Bits of a function of two words where it is applied to each element, and to numbers."""


def _pair(op: str) -> Function:
    return Function(f"({op} {{x}} {{y}})")


def _constant(k: int) -> Call:
    return Call("constant", place=k)


def _ordered() -> Iterator[Form]:
    """The elements in an order, some of them, or more often."""
    for name, bits in (
        ("sort", 4), ("reverse", 4), ("unique", 5), ("once", 6), ("several", 7), ("runs", 8),
        ("alternate", 6), ("mirror", 7), ("double", 7),
    ):  # fmt: skip
        yield Form(name, "L", bits)
    yield Form("descending", "L", 5, template=Call("reverse", (Call("sort", (_X,)),)))
    behind = Call("drop", (_X, _constant(1)))
    yield Form("second", "L", 7, template=Call("alternate", (behind,)))
    for k in (2, 3):
        yield Form("repeat", "L", 5 + k, fixed=k)
    for op, bits in {"add": 5, "max": 5, "min": 5, "mul": 7, "sub": 8}.items():
        yield Form("scan", "L", bits, _pair(op))
    yield Form("neighbours", "L", 6, template=Call("zip", (_X, behind), _APART))
    yield Form("neighbours", "L", 8, template=Call("zip", (behind, _X), _pair("sub")))
    for op, bits in {"add": 8, "max": 9, "min": 9}.items():
        yield Form("neighbours", "L", bits, template=Call("zip", (_X, behind), _pair(op)))
    ones = Call("map", (_X,), Function("1"))
    yield Form("places", "L", 7, template=Call("scan", (ones,), _pair("add")))


def _placed() -> Iterator[Form]:
    """A part of the list, or a change at a place."""
    rest = Call("of", (Call("length", (_X,)), _Y), _MONUS)
    for name, bits in (("take", 4), ("drop", 4), ("append", 5), ("rotate", 6)):
        yield Form(name, "LN", bits)
    yield Form("ending", "LN", 5, template=Call("drop", (_X, rest)))
    yield Form("beginning", "LN", 5, template=Call("take", (_X, rest)))
    yield Form("turned", "LN", 7, template=Call("rotate", (_X, rest)))
    for k in range(4):
        yield Form("insert", "LN", 5 + k, fixed=k)
        yield Form("replace", "LN", 6 + k, fixed=k)
        if k:
            yield Form("delete", "L", 6 + k, fixed=k)


def _sought() -> Iterator[Form]:
    """What comes before where a number first stands, from there on, or behind; nothing does where
    it is none of the elements. The list turned so that it comes first."""
    at = Call("seek", (_X, _Y))
    yield Form("before", "LN", 6, template=Call("take", (_X, at)))
    yield Form("from", "LN", 6, template=Call("drop", (_X, at)))
    behind = Call("of", (at, _constant(1)), _pair("add"))
    yield Form("behind", "LN", 6, template=Call("drop", (_X, behind)))
    yield Form("led", "LN", 7, template=Call("rotate", (_X, at)))


def _mapped(others: int) -> Iterator[Form]:
    """A word of each element; or of those of two lists, which is likely where there are more."""
    for f in PAIRS:
        yield Form("map", "LN", _PAIRED[f.name][0], f)
        yield Form("zip", "LL", _PAIRED[f.name][0] + (1 if others else 3), f)
    yield Form("map", "LN", 5, Function("(sub {y} {x})"))
    yield Form("map", "L", 6, Function("(mul {x} {x})"))


def _kept() -> Iterator[Form]:
    """What tests keep, and how many."""
    for word, opposite, bits in (
        ("(less {x} {y})", False, 4), ("(less {y} {x})", False, 4), ("(eq {x} {y})", True, 4),
        ("(mod {x} 2)", True, 4), ("(mod {x} 2)", False, 4), ("(eq {x} {y})", False, 6),
        ("(less {x} {y})", True, 6), ("(less {y} {x})", True, 6), ("(mod {x} 3)", True, 6),
        ("(mod {x} 3)", False, 8), ("(mod {x} 4)", True, 8), ("(mod {x} 5)", True, 8),
        ("(eq (mod {x} 3) {y})", False, 7), ("(eq (mod {x} 4) {y})", False, 8),
        ("(eq (mod {x} 5) {y})", False, 8),
    ):  # fmt: skip
        f = Function(word, opposite)
        yield Form("filter", "LN"[: f.takes], bits, f)
        yield Form("count", "LN"[: f.takes], bits + 1, f)


def _aligned() -> Iterator[Form]:
    """What another list says, element by element: which are kept, or in which order they come."""
    for word, opposite, kept, ordered in (
        ("(less {x} {y})", False, 6, 6), ("(less {y} {x})", False, 6, 8),
        ("(eq {x} {y})", False, 7, 0), ("(eq {x} {y})", True, 8, 0),
    ):  # fmt: skip
        f = Function(word, opposite)
        yield Form("keep", "LL", kept, f)
        if ordered:
            yield Form("order", "LL", ordered, f)
    middle, after = (Call("drop", (_X, _constant(k))) for k in (1, 2))
    for name, op, test, bits in (
        ("peaks", "max", "(less {y} {x})", 8), ("valleys", "min", "(less {x} {y})", 9),
    ):  # fmt: skip
        beside = Call("zip", (_X, after), _pair(op))
        yield Form(name, "L", bits, template=Call("keep", (middle, beside), Function(test)))


def _numbers() -> Iterator[Form]:
    own = {"head": 3, "last": 3, "length": 3, "greatest": 3, "least": 4, "sum": 4}
    for name, bits in own.items():
        yield Form(name, "L", bits)
    yield Form("access", "LN", 5)
    yield Form("index", "LN", 6)
    counted = Call("of", (Call("index", (_X, _Y)), _constant(1)), _pair("add"))
    yield Form("place", "LN", 6, template=counted)
    from_end = Call("of", (Call("length", (_X,)), _Y), _MONUS)
    yield Form("from end", "LN", 6, template=Call("access", (_X, from_end)))
    for f in PAIRS:
        yield Form("of", "NN", _PAIRED[f.name][1], f)


def constants(given: Shown) -> Mapping[int, int]:
    """The numbers that there are, and how many bits say each: small ones, round ones, then those of
    the examples."""
    bits = {1: 2, 2: 2, 3: 3, 4: 3} | dict.fromkeys((0, 5, 6, 7, 8, 9), 5) | {10: 4}
    others = {int(word) for ys in (*given.lists, *given.wanted) for word in ys}
    bits = dict.fromkeys(others, 7) | dict.fromkeys(range(20, given.words, 10), 6) | bits
    return {k: cost for k, cost in bits.items() if k < given.words}
