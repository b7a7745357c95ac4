"""Compositions of calls whose values are what is wanted: all of few calls, by their values.

Of those that make the same on all examples one is gone on with (observational equivalence), so that
millions of compositions are a few thousand values; nothing is executed. A call that occurs twice is
counted once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Int64

from synth.deduction.calls.call import PAIRS, SCANS, TESTS, Call, Function, known
from synth.deduction.calls.values import MEANINGS, NEEDED, SIZES, Lists, Numbers, Values
from synth.deduction.shown import Shown
from synth.deduction.vectors import Tally

__all__ = ["found"]

CONSTANTS: Final = (1, 2, 3, 4)
"""Numbers that cost nothing."""
_AT_ONCE, _WORDS_AT_ONCE = 1 << 14, 1 << 25
"""Values computed before they are looked at, and words of these on all examples."""


class _Form(NamedTuple):
    """A function on lists with the function that it applies, and what it takes: L a list, N a
    number."""

    name: str
    function: Function | None
    takes: str
    gives: str


def _forms(given: Shown) -> Iterator[_Form]:
    pairs, tests = known(PAIRS, given.language), known(TESTS, given.language)
    for name in ("sort", "reverse", "unique"):
        yield _Form(name, None, "L", "L")
    for name in ("head", "last", "length", "sum", "greatest", "least"):
        yield _Form(name, None, "L", "N")
    for name, gives in (("take", "L"), ("drop", "L"), ("access", "N")):
        yield _Form(name, None, "LN", gives)
    for f in pairs:
        yield _Form("map", f, "LN", "L")
        yield _Form("zip", f, "LL", "L")
        yield _Form("of", f, "NN", "N")
    yield _Form("map", Function("(sub {y} {x})"), "LN", "L")
    for f in known(tuple(SCANS), given.language):
        yield _Form("scan", f, "L", "L")
    for f in tests:
        yield _Form("filter", f, "LN"[: f.takes], "L")
        yield _Form("count", f, "LN"[: f.takes], "N")
    if {"eq", "less"} <= set(given.language):
        for name in ("once", "several", "alternate"):
            yield _Form(name, None, "L", "L")


@dataclass
class _Kept:
    """Distinct values of one kind, by the number of their calls; and the calls that make them."""

    values: list[Values] = field(default_factory=list[Values])
    """Of each number of calls."""
    calls: list[list[Call]] = field(default_factory=list[list[Call]])
    at: dict[Call, tuple[int, int]] = field(default_factory=dict[Call, tuple[int, int]])
    """Where each call's values are."""

    def add(self, values: Values, calls: list[Call]) -> None:
        self.at |= {call: (len(self.values), i) for i, call in enumerate(calls)}
        self.values.append(values)
        self.calls.append(calls)


def found(given: Shown, tally: Tally, most: int, deepest: int) -> Iterator[Call | None]:
    """Calls that make what is wanted, fewer before more; None after some work. At most so many
    values are computed, of at most so many calls."""
    return _Search(given, tally, most, deepest).run()


@dataclass
class _Search:
    given: Shown
    tally: Tally
    most: int
    deepest: int
    kept: dict[str, _Kept] = field(default_factory=lambda: {"L": _Kept(), "N": _Kept()})
    seen: set[bytes] = field(default_factory=set[bytes])
    tried: int = 0

    def run(self) -> Iterator[Call | None]:
        self._begin()
        forms = [*_forms(self.given)]
        at_once = max(1, min(_AT_ONCE, _WORDS_AT_ONCE // max(1, self.wanted.words.size)))
        for level in range(1, self.deepest + 1):
            new: dict[str, list[tuple[Values, list[Call]]]] = {"L": [], "N": []}
            for form in forms:
                if level == self.deepest and (form.gives == "N") != self.given.is_number:
                    continue
                for at in self._places(form.takes, level):
                    for i in range(0, len(at[0][1]), at_once):
                        some = tuple((c, rows[i : i + at_once]) for c, rows in at)
                        yield from self._applied(form, some, level, new[form.gives])
                        if self.tried >= self.most:
                            return
            if level < self.deepest:
                for kind, parts in new.items():
                    self._keep(kind, parts)

    def _begin(self) -> None:
        """What there is without calls."""
        given, b = self.given, self.given.words
        every = [given.lists, *map(given.other, given.others)]
        longest = max(len(xs) for lists in (*every, given.wanted) for xs in lists)
        lists = [_padded(own, longest) for own in every]
        self.wanted = _padded(given.wanted, longest)
        self._keep("L", [(xs, [Call("list", place=k)]) for k, xs in enumerate(lists)])
        inputs = [(given.memory[None, :, k], Call("number", place=k)) for k in range(given.numbers)]
        e = len(given.memory)
        constants = [
            (np.full((1, e), k, np.uint8), Call("constant", place=k)) for k in CONSTANTS if k < b
        ]
        self._keep("N", [(values, [call]) for values, call in (*inputs, *constants)])

    def _keep(self, kind: str, parts: Sequence[tuple[Values, list[Call]]]) -> None:
        calls = [*chain.from_iterable(own for _, own in parts)]
        self.kept[kind].add(_together([values for values, _ in parts], self.wanted), calls)

    # ------------------------------------------------------------ which values are taken

    def _places(self, takes: str, level: int) -> Iterator[tuple[tuple[int, np.ndarray], ...]]:
        """For each argument how many calls it is, and which of these values."""
        kept = [self.kept[kind] for kind in takes]
        if len(takes) == 1:
            yield ((level - 1, np.arange(len(kept[0].calls[level - 1]))),)
            return
        for left in range(level):
            right = level - 1 - left
            n, m = len(kept[0].calls[left]), len(kept[1].calls[right])
            yield (left, np.repeat(np.arange(n), m)), (right, np.tile(np.arange(m), n))
        if level == 1:
            return
        for whole, part in ((0, 1), (1, 0)):  # what one argument is made of is the other, too
            pairs: dict[int, list[tuple[int, int]]] = {}
            for i, call in enumerate(kept[whole].calls[level - 1]):
                for other in call.parts:
                    at = kept[part].at.get(other)
                    if at is not None and at[0] > 0 and not (whole == 1 and other == call):
                        pairs.setdefault(at[0], []).append((i, at[1]))
            for cost, some in pairs.items():
                rows = np.array(some).T
                found = ((level - 1, rows[0]), (cost, rows[1]))
                yield found if whole == 0 else found[::-1]

    # ------------------------------------------------------------ what becomes of them

    def _applied(
        self,
        form: _Form,
        at: tuple[tuple[int, Int64[np.ndarray, " some"]], ...],
        level: int,
        new: list[tuple[Values, list[Call]]],
    ) -> Iterator[Call | None]:
        args = [
            self.kept[kind].values[c][rows] for kind, (c, rows) in zip(form.takes, at, strict=True)
        ]
        fits = np.ones(len(at[0][1]), np.bool_)
        if form.name in NEEDED:
            fits &= NEEDED[form.name](*args).all(-1)
        if level == self.deepest and form.name in SIZES:
            fits &= (SIZES[form.name](*args) == self.wanted.size).all(-1)
        rows = np.flatnonzero(fits)[: self.most - self.tried]
        if not len(rows):
            return
        made = MEANINGS[form.name](self.given.words, form.function, *(arg[rows] for arg in args))
        self.tried += len(rows)
        self.tally.tried += len(rows)

        def call(i: int) -> Call:
            taken = (
                self.kept[kind].calls[c][own[rows[i]]]
                for kind, (c, own) in zip(form.takes, at, strict=True)
            )
            return Call(form.name, tuple(taken), form.function)

        for i in np.flatnonzero(self._right(made)).tolist():
            yield call(i)
        yield None
        if level < self.deepest:
            fresh = [i for i, key in enumerate(_keys(made)) if key and self._is_new(key)]
            if fresh:
                new.append((made[np.array(fresh)], [call(i) for i in fresh]))

    def _right(self, made: Values) -> np.ndarray:
        """Which of them are what is wanted."""
        if isinstance(made, Lists):
            if self.given.is_number:
                return np.zeros(len(made), np.bool_)
            same = (made.words == self.wanted.words).all((1, 2))
            return same & (made.size == self.wanted.size).all(1)
        if not self.given.is_number:
            return np.zeros(len(made), np.bool_)
        return (made == self.wanted.words[..., 0]).all(1)

    def _is_new(self, key: bytes) -> bool:
        if key in self.seen:
            return False
        self.seen.add(key)
        return True


def _keys(made: Values) -> Iterator[bytes]:
    """What tells each from others; empty for a number that is the same everywhere."""
    if isinstance(made, Lists):
        for words, size in zip(made.words, made.size.astype(np.uint8), strict=True):
            yield words.tobytes() + size.tobytes()
    else:
        varied = (made != made[:, :1]).any(1).tolist()
        yield from (row.tobytes() if v else b"" for row, v in zip(made, varied, strict=True))


def _padded(lists: Sequence[Sequence[int]], longest: int) -> Lists:
    words = np.zeros((1, len(lists), longest), np.uint8)
    for row, xs in zip(words[0], lists, strict=True):
        row[: len(xs)] = xs
    return Lists(words, np.array([[*map(len, lists)]]))


def _together(parts: Sequence[Values], like: Lists) -> Values:
    """All in one; none, where there is none."""
    lists = [part for part in parts if isinstance(part, Lists)]
    if lists:
        return Lists(
            np.concatenate([xs.words for xs in lists]), np.concatenate([xs.size for xs in lists])
        )
    numbers: list[Numbers] = [part for part in parts if not isinstance(part, Lists)]
    return np.concatenate(numbers) if numbers else like.words[:0, :, 0]
