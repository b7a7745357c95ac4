"""Values of one kind that differ, as a search meets them: what makes each, and of what bits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from jaxtyping import Int64

from synth.deduction.calls.call import Call
from synth.deduction.calls.forms import Form
from synth.deduction.calls.values import Lists, Values
from synth.deduction.vectors import hashes

__all__ = ["Distinct", "Made", "Part", "Rows"]

Rows: TypeAlias = tuple[Int64[np.ndarray, " _"], ...]
"""Numbers of values, some for each argument."""
Made: TypeAlias = tuple[Values, Form | Call, Rows]
"""Values that a form makes of such arguments; or one that there is, as a call says it."""
Part: TypeAlias = tuple[str, int]
"""The kind of a value, and its number."""


@dataclass
class Distinct:
    """Those of fewer bits first."""

    values: Values
    made: list[tuple[Form | Call, Rows]] = field(default_factory=list[tuple[Form | Call, Rows]])
    starts: list[int] = field(default_factory=list[int])
    """What makes them, and the number of the first that it makes."""
    parts: list[frozenset[Part]] = field(default_factory=list[frozenset[Part]])
    """What each is made of, and itself, where that is no input and no constant; of the
    first of them."""
    ends: list[int] = field(default_factory=lambda: [0])
    """How many there are of at most so many bits."""
    seen: set[int] = field(default_factory=set[int])

    def of(self, bits: int) -> Int64[np.ndarray, " _"]:
        """The numbers of those of so many."""
        return np.arange(self.ends[bits - 1], self.ends[bits])

    def fresh(self, values: Values) -> Int64[np.ndarray, " _"]:
        """Which are like none before, which is noted. A number that is the same on all examples
        is none: a constant says it."""
        rows = _flat(values)
        at = np.arange(len(rows)) if isinstance(values, Lists) else np.flatnonzero(_vary(rows))
        _, first = np.unique(keys := hashes(rows[at]), return_index=True)
        first.sort()
        met = zip(first.tolist(), keys[first].tolist(), strict=True)
        own = [i for i, key in met if key not in self.seen]
        self.seen.update(keys[own].tolist())
        return at[own]

    def add(self, new: list[Made]) -> None:
        """Takes in those of one more bit."""
        if new:
            self.values = _together([self.values, *(values for values, _, _ in new)])
        end = self.ends[-1]
        for values, form, rows in new:
            self.starts.append(end)
            self.made.append((form, rows))
            end += len(values)
        self.ends.append(end)

    def bits(self, number: int) -> int:
        """That say that one."""
        return bisect_right(self.ends, number)

    def level(self, bits: int) -> Iterator[tuple[Form | Call, tuple[int, ...]]]:
        """What makes each of those of so many, and of what."""
        block = bisect_left(self.starts, self.ends[bits - 1])
        for form, rows in self.made[block:]:
            each = zip(*(own.tolist() for own in rows), strict=True) if rows else [()]
            yield from ((form, args) for args in each)

    def how(self, number: int) -> tuple[Form | Call, tuple[int, ...]]:
        """What makes that one, and of what."""
        block = bisect_right(self.starts, number) - 1
        form, rows = self.made[block]
        return form, tuple(int(own[number - self.starts[block]]) for own in rows)


def _flat(values: Values) -> np.ndarray:
    if not isinstance(values, Lists):
        return values
    n = len(values)
    return np.concatenate([values.words.reshape(n, -1), values.size.astype(np.uint8)], axis=1)


def _vary(rows: np.ndarray) -> np.ndarray:
    return (rows != rows[:, :1]).any(1)


def _together(parts: list[Values]) -> Values:
    lists = [part for part in parts if isinstance(part, Lists)]
    if not lists:
        return np.concatenate([part for part in parts if not isinstance(part, Lists)])
    words, sizes = ([getattr(xs, name) for xs in lists] for name in ("words", "size"))
    return Lists(np.concatenate(words), np.concatenate(sizes))
