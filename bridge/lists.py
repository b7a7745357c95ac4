"""Lists, numbers and booleans as people write them, laid out in memory and read back.

From address 0 on memory holds

    numbers and booleans (1, 0), in their order · the addresses of the second list and of those
    after it · the lists, in their order, one behind the other

In the layout `terminated` a list is its elements and a 0; in `prefixed` it is its length and its
elements. All else is 0. An output that is a number or a boolean is expected in cell 0; one that is
a list where the first list begins, or would begin, its end (the 0, or the length) too. What other
cells hold at the end doesn't matter.
"""

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Final, Literal

import msgspec

from bridge.counts import counted
from bridge.errors import shorten

__all__ = ["Atom", "Kind", "Layout", "LayoutName", "Value", "no_word", "number_of"]
__all__ += ["word_of"]

Atom = int | bool
Value = Atom | Sequence[Atom]
Kind = Literal["number", "boolean", "list", "list of booleans"]
LayoutName = Literal["terminated", "prefixed"]
Cells = Sequence[int | None]

_LISTS: Final = ("list", "list of booleans")


def word_of(number: int, words: int, signed: bool) -> int:
    """The word that a number is: −1 is b − 1. Raises ValueError if it is none."""
    low, high = _range(words, signed)
    if not low <= number <= high:
        raise ValueError(f"{shorten(str(number))} is {no_word(words, signed)}")
    return int(number) % words


def number_of(word: int, words: int, signed: bool) -> int:
    """The number that a word is read as: signed, one from the upper half is negative."""
    return word - words if word > _range(words, signed)[1] else word


def _range(words: int, signed: bool) -> tuple[int, int]:
    return (-(words // 2), (words - 1) // 2) if signed else (0, words - 1)


def no_word(words: int, signed: bool = False) -> str:
    """What is said of a number that is none."""
    low, high = _range(words, signed)
    return f"no word of the machine: give {low} to {high}, or raise machine.words (now {words})"


def _is_a(kind: Kind, value: Value) -> bool:
    """Whether that is of the kind; numbers may stand for booleans, and the other way round."""
    is_list = isinstance(value, Sequence)
    return is_list == (kind in _LISTS) and all(
        isinstance(v, Integral) for v in (value if is_list else (value,))
    )


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How the inputs and the output of a program lie in memory."""

    name: LayoutName
    inputs: tuple[Kind, ...]
    output: Kind
    words: int
    signed: bool = False
    """Whether words from the upper half are negative numbers."""
    same_length: bool = False
    """Whether a list that is the output is as long as the first list, so that it may hold 0, though
    a 0 ends it."""

    @property
    def first(self) -> int:
        """The address of the first list, or of the output, where that alone is a list."""
        lists = sum(kind in _LISTS for kind in self.inputs)
        return len(self.inputs) - lists + max(lists - 1, 0)

    @property
    def place(self) -> int:
        """The address of the output."""
        return self.first if self.output in _LISTS else 0

    def memory(self, inputs: Sequence[Value]) -> tuple[int, ...]:
        """Memory from address 0 that holds these inputs. Raises ValueError that says what doesn't
        fit, and how to mend it."""
        if len(inputs) != len(self.inputs):
            raise ValueError(f"{counted(len(inputs), 'input')}: give {len(self.inputs)}")
        atoms: list[int] = []
        lists: list[list[int]] = []
        for kind, value in zip(self.inputs, inputs, strict=True):
            if not _is_a(kind, value):
                raise ValueError(f"{value!r}: give a {kind}")
            if isinstance(value, Sequence):
                words = [self._word(v) for v in value]
                if self.name == "terminated" and 0 in words:
                    raise ValueError("0 ends a list in the layout 'terminated': leave it out")
                lists.append(self._ended(words))
            else:
                atoms.append(self._word(value))
        addresses: list[int] = []
        end = self.first
        for cells in lists:
            addresses.append(end)
            end += len(cells)
        if end > self.words:
            raise ValueError(f"{end} cells are needed, there are {self.words}: raise machine.words")
        return (*atoms, *addresses[1:], *(word for cells in lists for word in cells))

    def expected(self, output: Value) -> tuple[int | None, ...]:
        """Memory from address 0 that holds the output, None where anything is right. Raises
        ValueError as `memory` does."""
        if not _is_a(self.output, output):
            raise ValueError(f"{output!r}: give a {self.output}")
        if not isinstance(output, Sequence):
            return (self._word(output),)
        cells = (*[None] * self.place, *self._ended([self._word(v) for v in output]))
        if len(cells) > self.words:
            need = f"{len(cells)} cells are needed, there are {self.words}"
            raise ValueError(f"{need}: raise machine.words")
        return cells

    def cells(self, inputs: Sequence[Value], output: Value) -> int:
        """How many cells from address 0 on they fill, before and after."""
        ends = [self.first + sum(len(v) + 1 for v in inputs if isinstance(v, Sequence))]
        ends += [self.place + len(output) + 1] if isinstance(output, Sequence) else [1]
        return max(ends)

    def address(self, inputs: Sequence[Value], number: int, element: int | None) -> int:
        """Where in memory the input of that number lies; or, of one that is a list, an element."""
        before = list(zip(self.inputs, inputs, strict=True))[:number]
        if element is None:
            return sum(kind not in _LISTS for kind, _ in before)
        ends = (len(v) + 1 for _, v in before if isinstance(v, Sequence))
        return self.first + sum(ends) + element + (self.name == "prefixed")

    def _ended(self, words: list[int]) -> list[int]:
        return [*words, 0] if self.name == "terminated" else [len(words), *words]

    # ------------------------------------------------------------ the way back

    def values(self, memory: Sequence[int], expected: Cells) -> tuple[tuple[Value, ...], Value]:
        """The inputs that were laid out in memory, and the output that is expected."""
        inputs = self.inputs_in(memory)
        output = None if inputs is None else self.output_in(expected, inputs)
        assert inputs is not None
        assert output is not None
        return inputs, output

    def inputs_in(self, memory: Sequence[int]) -> tuple[Value, ...] | None:
        """The inputs in memory that may be cut off behind its last word that is not 0; None where
        it holds none."""
        cells = [*memory, *[0] * (self.words - len(memory))]
        atoms, at, found = iter(cells), self.first, list[Value]()
        for kind in self.inputs:
            if kind in _LISTS:
                if (words := self._list_at(cells, at)) is None:
                    return None
                at += len(words) + 1
                found.append(self._values(words, kind))
            else:
                found.append(self._value(next(atoms), kind))
        return tuple(found)

    def output_in(self, memory: Cells, inputs: Sequence[Value]) -> Value | None:
        """The output that memory holds at the end, given the inputs; None where no list lies
        there."""
        cells = [word or 0 for word in memory]
        cells += [0] * (self.words - len(cells))
        if self.output not in _LISTS:
            return self._value(cells[0], self.output)
        lists = (v for v in inputs if isinstance(v, Sequence))
        least = len(next(lists, ())) if self.same_length else 0
        words = self._list_at(cells, self.place, least)
        return None if words is None else self._values(words, self.output)

    def _list_at(self, cells: Sequence[int], at: int, least: int = 0) -> list[int] | None:
        """The elements of the list there, at `least` so many of them."""
        if self.name == "prefixed":
            start, end = at + 1, at + 1 + cells[at] if at < len(cells) else len(cells) + 1
        else:
            start = at
            end = next((i for i in range(at + least, len(cells)) if not cells[i]), len(cells) + 1)
        return None if end > len(cells) else list(cells[start:end])

    def _values(self, words: Iterable[int], kind: Kind) -> list[Atom]:
        one: Kind = "boolean" if kind == "list of booleans" else "number"
        return [self._value(word, one) for word in words]

    # ------------------------------------------------------------ words

    def _word(self, value: Atom) -> int:
        return word_of(value, self.words, self.signed)

    def _value(self, word: int, kind: Kind) -> Atom:
        """What the word means; of a boolean that is neither 0 nor 1, the number."""
        if kind == "boolean" and word in (0, 1):
            return bool(word)
        return number_of(word, self.words, self.signed)
