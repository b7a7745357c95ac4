"""Compositions of calls whose values are what is wanted, those first that few bits say.

Of those that make the same on all examples one is gone on with (observational equivalence), so that
millions of compositions are a few thousand values; nothing is executed. A part that occurs twice is
said once. Of what nothing more can be made, so many bits allowed, the last call is valued on a few
examples first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
from jaxtyping import Bool

from synth.deduction.calls.call import Call
from synth.deduction.calls.distinct import Distinct, Made, Part, Rows
from synth.deduction.calls.forms import SHARED, Form, constants, forms
from synth.deduction.calls.solved import SOLVED, solved
from synth.deduction.calls.values import MEANINGS, NEEDED, SAME_SIZE, SIZES, Lists, Values, on
from synth.deduction.shown import Shown
from synth.deduction.vectors import Tally
from synth.deduction.vectors import bits as told_by

__all__ = ["found", "meaning"]

INPUT: Final = 1
"""Bits that say a list; a number takes one more."""
PART: Final = 2
"""One in so many of what may be tried."""
EACH: Final = 1_000
"""Values after which it is told how many there were."""
ROOM: Final = 1
"""So many elements more than the longest list has there may be on the way."""
LIKELY: Final = 8
"""Bits of the numbers that are solved for: much that is nearly what is wanted becomes so by one of
many numbers."""
MOST: Final = 64
"""Compositions whose last number is solved for."""
FIRST: Final = 2
"""Examples on which values are compared first."""
_AT_ONCE, _WORDS_AT_ONCE = 1 << 14, 1 << 22
"""Values computed before they are looked at, and words of these on all examples."""


def found(given: Shown, tally: Tally, enough: float, bits: int) -> Iterator[Call | None]:
    """Calls that make what is wanted, those of fewer bits first, of at most so many; None after
    some work. While values are fewer than as many bits as are enough can tell apart, and for a
    part of the work that is left."""
    return _Search(given, tally, enough, bits).run()


class _Search:
    def __init__(self, given: Shown, tally: Tally, enough: float, bits: int) -> None:
        self.given, self.tally, self.enough = given, tally, enough
        self.bits = max(0, min(bits, int(enough)))
        self.told = 0
        self.most, self.left = 2 ** min(enough, 60), tally.left // PART
        self.tried = 0
        self.goals = "N" if given.is_number else "LN" if _are_single(given.wanted) else "L"
        """What may be wanted: a number may be the only element of a list."""
        self.forms = [*forms(given)]
        self.cheapest = {
            kind: min(form.bits + len(form.takes) - 1 for form in self.forms if kind in form.takes)
            for kind in "LN"
        }
        """Bits of the least that can be made of a value, without those of the value."""
        self.pairing = min(form.bits for form in self.forms if len(form.takes) > 1)
        every = [given.lists, *map(given.other, given.others)]
        longest = ROOM + max(len(xs) for lists in (*every, given.wanted) for xs in lists)
        order = np.argsort([-len(ys) for ys in given.wanted], kind="stable").tolist()
        lists = [_padded([own[i] for i in order], longest) for own in every]
        self.wanted = _padded([given.wanted[i] for i in order], longest)
        self.kept = {
            "L": Distinct(self.wanted[np.arange(0)]),
            "N": Distinct(self.wanted.words[:0, :, 0]),
        }
        self.leaves: dict[tuple[str, int], list[Made]] = defaultdict(list)
        for k, xs in enumerate(lists):
            self.leaves["L", INPUT].append((xs, Call("list", place=k), ()))
        for k in range(given.numbers):
            own = given.memory[None, order, k]
            self.leaves["N", 1 + INPUT].append((own, Call("number", place=k), ()))
        for k, cost in constants(given).items():
            own = np.full((1, len(order)), k, np.uint8)
            self.leaves["N", cost].append((own, Call("constant", place=k), ()))
        self.shared: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
        """Arguments of which one is a part of the other, by kinds and bits."""
        self._rows = cache(self._rows_of)

    def run(self) -> Iterator[Call | None]:
        for bits in range(1, self.bits + 1 if self.left else 0):
            new = {kind: self.leaves[kind, bits] for kind in "LN"}
            for kind, made in new.items():
                for values, _, _ in made:
                    self.kept[kind].fresh(values)
            if "L" in self.goals and bits == self.bits - self.cheapest["L"] + 1:
                yield from self._solved()
            for form in self.forms:
                kept = self._useful(form.gives, bits)
                last = form.gives in self.goals and not (form.name in SOLVED and form.takes == "LN")
                if bits > form.bits and (kept or last):
                    yield from self._applied(form, bits - form.bits, kept, new[form.gives])
                    if self.tried >= self.most or self.left <= 0:
                        return
            for kind, made in new.items():
                self.kept[kind].add(made)
                if bits + SHARED + self.pairing <= self.bits:
                    self._note_parts(kind, bits)

    def _useful(self, kind: str, bits: int) -> bool:
        """Whether something can be made of what so many say."""
        return bits + self.cheapest[kind] <= self.bits

    def _solved(self) -> Iterator[Call | None]:
        """What a last map, or filter, makes of any of the lists and any of the numbers."""
        lists, numbers = self.kept["L"].values, self.kept["N"].values
        assert isinstance(lists, Lists)
        assert not isinstance(numbers, Lists)
        self._count(len(lists))
        every = list[tuple[int, int, Form, tuple[int, int]]]()
        for form, i, j in solved(self.given.words, self.forms, lists, self.wanted, numbers):
            if (own := self._bits_beside(i, j)) <= LIKELY:
                bits = form.bits + self.kept["L"].bits(i) + own
                every.append((bits, len(every), form, (i, j)))
        for bits, _, form, args in sorted(every)[:MOST]:
            if bits <= self.enough and self._tells(form, args):
                yield self._wanted(form, args)
        yield None

    def _tells(self, form: Form, args: tuple[int, ...]) -> bool:
        """Whether what a last map, or filter, changes in a list that was made tells as much as the
        bits that say it: that one element in twenty goes tells less than which test it fails."""
        lists = self.kept["L"].values
        if not (form.name in SOLVED and form.takes == "LN") or args[0] <= len(self.given.others):
            return True
        assert isinstance(lists, Lists)
        own = lists[np.array(args[:1])]
        before, after = own.words[own.within], self.wanted.words[self.wanted.within]
        if form.name == "filter":
            each = zip(
                own.words[0], own.size[0], self.wanted.words[0], self.wanted.size[0], strict=True
            )
            changed = np.concatenate([~np.isin(xs[:n], ys[:m]) for xs, n, ys, m in each])
            told = told_by(changed)
        else:
            changed = before != after
            told = told_by(changed) + told_by(after[changed])
        return told >= form.bits + self._bits_beside(*args)

    def _bits_beside(self, i: int, j: int) -> int:
        """That say a number beside a list, which it may be made of."""
        bits, parts = self.kept["N"].bits(j), self.kept["N"].parts
        of_it = j < len(parts) and ("L", i) in parts[j]
        return bits + SHARED - self.kept["L"].bits(i) if of_it else bits

    # ------------------------------------------------------------ which values are taken

    def _rows_of(self, takes: str, bits: int, *, ordered: bool = False, long: bool = False) -> Rows:
        """The arguments that so many bits say; `ordered` where it is the same for two of them the
        other way round; lists only that are as `long` as those wanted."""
        if ordered:
            one, other = self._rows(takes, bits)
            return one[one <= other], other[one <= other]
        if long:
            rows, xs = self._rows(takes, bits), self.kept["L"].values
            assert isinstance(xs, Lists)
            fits = (xs.size[rows[0]] == self.wanted.size).all(1)
            return tuple(own[fits] for own in rows)
        kept = [self.kept[kind] for kind in takes]
        if len(kept) == 1:
            return (kept[0].of(bits),)
        pairs = [np.array(self.shared[takes, bits], np.int64).reshape(-1, 2).T]
        for left in range(1, bits):
            one, other = kept[0].of(left), kept[1].of(bits - left)
            both = np.repeat(one, len(other)), np.tile(other, len(one))
            pairs.append(np.stack(both))
        return tuple(np.concatenate(pairs, axis=1))

    def _note_parts(self, kind: str, bits: int) -> None:
        """What was found last, and what it is made of, as arguments."""
        own = self.kept[kind]
        for form, args in own.level(bits):
            parts, i = frozenset[Part](), len(own.parts)
            if isinstance(form, Form):
                each = zip(form.takes, args, strict=True)
                parts = frozenset({(kind, i)}.union(*(self.kept[k].parts[j] for k, j in each)))
            own.parts.append(parts)
            for other, j in parts:
                if kind + other != "NL":
                    self.shared[kind + other, bits + SHARED].append((i, j))
                if other + kind != "NL" and (other, j) != (kind, i):
                    self.shared[other + kind, bits + SHARED].append((j, i))

    # ------------------------------------------------------------ what becomes of them

    def _applied(self, form: Form, bits: int, kept: bool, new: list[Made]) -> Iterator[Call | None]:
        long = not kept and form.name in SAME_SIZE
        every = self._rows(form.takes, bits, ordered=form.symmetric, long=long)
        at_once = max(1, min(_AT_ONCE, _WORDS_AT_ONCE // max(1, self.wanted.words.size)))
        for start in range(0, len(every[0]), at_once):
            rows = tuple(own[start : start + min(at_once, self.left)] for own in every)
            if not kept:
                fits, made = self._made(form, rows, FIRST, last=True)
                self._count(len(made), FIRST / len(self.given.memory))
                promising = fits[self._right(made)]
                rows = tuple(own[promising] for own in rows)
            fits, made = self._made(form, rows, None, last=not kept)
            if kept:
                self._count(len(made))
            rows, right = tuple(own[fits] for own in rows), self._right(made)
            for i in np.flatnonzero(right).tolist():
                args = tuple(int(own[i]) for own in rows)
                if self._tells(form, args):
                    yield self._wanted(form, args)
            if self.tried >= self.told:
                self.told = self.tried + EACH
                yield None
            others = np.flatnonzero(~right)
            if kept and len(others):
                fresh = others[self.kept[form.gives].fresh(made[others])]
                new.append((made[fresh], form, tuple(own[fresh] for own in rows)))
            if self.tried >= self.most or self.left <= 0:
                return

    def _count(self, values: int, share: float = 1.0) -> None:
        """So many were computed, on that share of the examples."""
        self.tried += values
        self.tally.tried += int(values * share)
        self.left -= int(values * share)

    def _made(
        self, form: Form, rows: Rows, first: int | None, *, last: bool
    ) -> tuple[np.ndarray, Values]:
        """Which of the arguments there is a value for, on the first examples, that may be what is
        wanted if it is the `last`; and those values."""
        each = zip(form.takes, rows, strict=True)
        args = [on(first, self.kept[kind].values, own) for kind, own in each]
        fits = np.ones(len(rows[0]), np.bool_)
        if form.name in NEEDED:
            fits &= NEEDED[form.name](*args, *form.constants).all(1)
        if form.name in SIZES:
            size, own = SIZES[form.name](*args, *form.constants), self.wanted.size[:, :first]
            fits &= ((size == own) if last else size <= self.wanted.words.shape[-1]).all(1)
        at = np.flatnonzero(fits)
        return at, meaning(self.given.words, form, [arg[at] for arg in args])

    def _right(self, made: Values) -> Bool[np.ndarray, " some"]:
        """Which of them are what is wanted."""
        if ("L" if isinstance(made, Lists) else "N") not in self.goals:
            return np.zeros(len(made), np.bool_)
        if not isinstance(made, Lists):
            return (made == self.wanted.words[:, : made.shape[1], 0]).all(1)
        e = made.size.shape[1]
        same = (made.words == self.wanted.words[:, :e]).all((1, 2))
        return same & (made.size == self.wanted.size[:, :e]).all(1)

    def _wanted(self, form: Form, args: tuple[int, ...]) -> Call:
        """What makes the output of those values."""
        call = self._call(form, args)
        return call if call.is_list or self.given.is_number else Call("single", (call,))

    def _call(self, form: Form | Call, args: tuple[int, ...]) -> Call:
        """What makes that of those values."""
        if isinstance(form, Call):
            return form
        made = (self.kept[kind].how(i) for kind, i in zip(form.takes, args, strict=True))
        return form.call(tuple(self._call(*own) for own in made))


def _are_single(lists: Iterable[Sequence[int]]) -> bool:
    return all(len(xs) == 1 for xs in lists)


def _padded(lists: Sequence[Sequence[int]], longest: int) -> Lists:
    words = np.zeros((1, len(lists), longest), np.uint8)
    for row, xs in zip(words[0], lists, strict=True):
        row[: len(xs)] = xs
    return Lists(words, np.array([[*map(len, lists)]]))


def meaning(b: int, form: Form, args: Sequence[Values]) -> Values:
    """What the form makes of these."""
    if form.template is None:
        return MEANINGS[form.name](b, form.function, *args, *form.constants)
    return _filled(b, form.template, args)


def _filled(b: int, call: Call, args: Sequence[Values]) -> Values:
    if call.name == "argument":
        return args[call.place]
    if call.name == "constant":
        return np.full((1, 1), call.place, np.uint8)
    own = (_filled(b, arg, args) for arg in call.args)
    return MEANINGS[call.name](b, call.function, *own)
