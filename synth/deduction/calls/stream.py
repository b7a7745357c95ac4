"""Calls that need no list in between: what an element of the result is, at pointers that move.

A map, a zip, a scan, a filter, what is taken or dropped say of each element what it is, of elements
of lists in memory; so one loop does for all of them (deforestation; Wadler 1990,
doi:10.1016/0304-3975(90)90147-A).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from synth.deduction.calls.call import SCANS, Call, Function
from synth.deduction.calls.memory import Memory

__all__ = ["NotStreamedError", "Pointer", "Stream", "applied", "number_word"]


_MONUS: Final = Function("(sub {x} (min {x} {y}))")


class NotStreamedError(Exception):
    """Calls that take a list to be in memory."""


def number_word(call: Call) -> str:
    """The word of a number that needs no loop."""
    if call.name == "constant":
        return str(call.place)
    if call.name == "number":
        return f"(load {call.place})"
    if call.name == "variable":
        return call.variable
    if call.name == "of":
        assert call.function is not None
        return applied(call.function, *map(number_word, call.args))
    raise NotStreamedError


def applied(f: Function, x: str, y: str = "") -> str:
    """The word, in its shortest form."""
    word = f.of(x, y)
    return {
        f"(add {x} 1)": f"(inc {x})",
        f"(sub {x} 1)": f"(dec {x})",
        f"(mul {x} 2)": f"(add {x} {x})",
    }.get(word, word)


@dataclass(frozen=True)
class Pointer:
    """What moves over a list: from its start, or so many elements on; or from its end down, one
    behind the element. Where a filter comes before, only when an element is kept."""

    place: int
    skipped: str = ""
    down: bool = False
    kept: bool = False


@dataclass
class Stream:
    """A list, element by element. Raises NotStreamedError."""

    memory: Memory
    result: Call
    pointers: dict[Pointer, str] = field(default_factory=dict[Pointer, str])
    """Their variables."""
    read: set[Pointer] = field(default_factory=set[Pointer])
    """Those that elements are read at."""
    begin: list[str] = field(default_factory=list[str])
    """Statements before the loop, when pointers have been set."""
    early: list[str] = field(default_factory=list[str])
    """Statements of each round before the filter's word is computed."""
    round: list[str] = field(default_factory=list[str])
    """Statements of each round, before the word is computed; with a filter, where that holds."""
    moves: list[str] = field(default_factory=list[str])
    """Statements at the end of each such round."""
    more: list[str] = field(default_factory=list[str])
    """Words that all must not be 0 for a round to begin."""
    filter: Call | None = None
    test: tuple[str, bool] | None = None
    """The filter's word, and whether elements are kept where that is 0."""
    certain: bool = False
    """Whether there are more elements than are left out."""

    def __post_init__(self) -> None:
        filters = [part for part in self.result.parts if part.name in ("filter", "keep")]
        if len(filters) > 1:
            raise NotStreamedError
        self.filter = filters[0] if filters else None
        self._made = dict[tuple[Call, bool], str]()
        self.word = self._word(self.result)

    def pointer(self, pointer: Pointer) -> str:
        """Its variable."""
        taken = set(self.pointers.values())
        return self.pointers.setdefault(pointer, next(n for n in "pqrstuvw" if n not in taken))

    # ------------------------------------------------------------ what an element is

    def _word(self, call: Call, kept: bool | None = None) -> str:
        """The word of an element; `kept` if it comes behind the filter."""
        kept = self.filter is not None if kept is None else kept
        if (call, kept) not in self._made:
            self._made[call, kept] = self._word_of(call, kept)
        return self._made[call, kept]

    def _word_of(self, call: Call, kept: bool) -> str:
        name, f = call.name, call.function
        if name == "list":
            return self._read(Pointer(call.place, kept=kept))
        if name == "skipped":
            return self._read(Pointer(call.place, number_word(call.args[0]), kept=kept))
        if name == "reversed":
            return self._read(Pointer(call.place, down=True, kept=kept))
        first, *rest = call.args
        if name in ("drop", "skip", "reverse"):
            self.certain |= name == "skip"
            return self._word(pushed(call), kept)
        if name in ("filter", "keep"):
            return self._filtered(call)
        if name == "take":
            return self._taken(call, kept)
        if f is None or name == "order":
            raise NotStreamedError
        if name == "map":
            return applied(f, self._word(first, kept), *map(number_word, rest))
        if name == "zip":
            return applied(f, *(self._word(arg, kept) for arg in call.args))
        return self._scanned(f, self._word(first, kept))

    def _read(self, pointer: Pointer) -> str:
        self.read.add(pointer)
        name = self.pointer(pointer)
        return f"(load (dec {name}))" if pointer.down else f"(load {name})"

    def _filtered(self, call: Call) -> str:
        source, *rest = call.args
        if self.round:  # of what is kept: its turn would come before the test
            raise NotStreamedError
        word = self._word(source, False)
        others = [self._word(a, False) if a.is_list else number_word(a) for a in rest]
        if self.more or call.function is None:
            raise NotStreamedError
        self.early, self.round = self.round, []
        self.test = applied(call.function, word, *others), call.function.opposite
        return word

    def _taken(self, call: Call, kept: bool) -> str:
        source, n = call.args
        if self.filter is not None:
            raise NotStreamedError
        word = self._word(source, kept)
        if not self.memory.counted:
            if self.more:
                raise NotStreamedError
            self.begin.append(f"(assign k {number_word(n)})")
            self.more.append("k")
            self.moves.append("(assign k (dec k))")
        return word

    def _scanned(self, f: Function, word: str) -> str:
        name, first = f"a{len(self.early) + len(self.round)}", SCANS[f]
        if not first and (self.round or self.filter is not None):
            raise NotStreamedError
        self.begin.append(f"(assign {name} {first or f'(add {word} {word})'})")
        self.round.append(f"(assign {name} {applied(f, name, word)})")
        return name

    # ------------------------------------------------------------ how many there are

    def count(self) -> str:
        """The word that says how many elements there are, where lists are counted and nothing is
        filtered."""
        return self._count(self.result)

    def tested(self) -> str:
        """The same for what is filtered."""
        assert self.filter is not None
        return self._count(Call("zip", self.filter.args))

    def _count(self, call: Call) -> str:
        if call.name == "list":
            return self.memory.length(call.place)
        counts = [*dict.fromkeys(self._count(arg) for arg in call.args if arg.is_list)]
        if call.name == "take":
            return f"(min {counts[0]} {number_word(call.args[1])})"
        if call.name == "drop":
            n = number_word(call.args[1])
            return f"(sub {counts[0]} (min {counts[0]} {n}))"
        return counts[0] if len(counts) == 1 else f"(min {counts[0]} {counts[1]})"


def pushed(call: Call) -> Call:
    """What is left out in front of, or the reversal of, what is made of lists: made of lists that
    are so."""
    name, inner, own = call.name, call.args[0], call.args[1:]
    if inner.name == "list":
        new = "reversed" if name == "reverse" else "skipped"
        return Call(new, own, place=inner.place)
    if inner.name == "map" or (inner.name == "zip" and name != "reverse"):
        args = (Call(name, (arg, *own)) if arg.is_list else arg for arg in inner.args)
        return Call(inner.name, tuple(args), inner.function)
    if inner.name == "take" and name != "reverse":
        left = Call("of", (inner.args[1], *own), _MONUS)
        return Call("take", (Call(name, (inner.args[0], *own)), left))
    raise NotStreamedError
