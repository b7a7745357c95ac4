"""What is made of a list as a whole, and takes nothing else: it sorted, reversed, each of its
elements once, or what a function makes of it that runs over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise
from typing import Final, TypeAlias

import numpy as np
from jaxtyping import Bool

from bridge.term import Term
from synth.deduction.calls.call import SCANS, Function, known
from synth.deduction.calls.fused import sorted_in_place
from synth.deduction.calls.memory import Memory
from synth.deduction.features import statements
from synth.deduction.openings import by_number, each_once, every_other, turned
from synth.deduction.shown import Shown

__all__ = ["Whole", "wholes"]

List: TypeAlias = tuple[int, ...]

PLACES: Final = 6
"""The first ones, of which two are exchanged."""
RUNNING: Final = 3
"""Functions that run over lists: sum, greatest, least one."""


@dataclass(frozen=True)
class Whole:
    """Statements that make a list of the first one."""

    text: str
    made: tuple[List, ...]
    """What they make of each example."""
    right: Bool[np.ndarray, " examples"]
    """Where that is what is wanted."""

    def program(self) -> tuple[Term, ...]:
        """What does so."""
        return statements(self.text)


def wholes(given: Shown) -> Iterator[Whole]:
    """All of them, the likely ones first."""
    for text, of in _rows(given):
        made = tuple(of(xs) for xs in given.lists)
        right = [own == ys for own, ys in zip(made, given.wanted, strict=True)]
        yield Whole(text, made, np.array(right))


def _rows(given: Shown) -> Iterator[tuple[str, Callable[[List], List]]]:
    memory = Memory(given)
    yield "", lambda xs: xs
    yield f"(assign p {given.first}) {given.closed('p')}", lambda xs: ()
    yield turned(given), lambda xs: xs[::-1]
    yield sorted_in_place(memory, 0, down=False), lambda xs: tuple(sorted(xs))
    yield sorted_in_place(memory, 0, down=True), lambda xs: tuple(sorted(xs)[::-1])
    yield each_once(given), lambda xs: tuple(dict.fromkeys(xs))
    for function in known(tuple(SCANS), given.language)[:RUNNING]:
        yield _running(given, function)
    yield from _longer(given)
    if "less" in given.language:
        yield every_other(given, 0), lambda xs: xs[::2]
        yield every_other(given, 1), lambda xs: xs[1::2]
    if "eq" in given.language:
        yield by_number(given, once=True), lambda xs: _by_number(xs, once=True)
        yield by_number(given, once=False), lambda xs: _by_number(xs, once=False)
    difference = "(sub (max (load p) (load (inc p))) (min (load p) (load (inc p))))"
    step = f"(do (store p {difference}) (assign p (inc p)))"
    yield (
        f"{given.to_end('e')} (assign p {given.first}) (assign e (max p (dec e))) "
        f"(while (sub e p) {step}) {given.closed('p')}",
        lambda xs: tuple(abs(x - y) for x, y in pairwise(xs)),
    )
    if "less" in given.language:
        for i, j in combinations(range(PLACES), 2):
            yield _exchanging(given, i, j)


def _exchanging(given: Shown, i: int, j: int) -> tuple[str, Callable[[List], List]]:
    """The elements of two places, if there are both."""
    at = given.first
    exchange = f"(assign p {at + i}) (assign q {at + j}) (swap p q)"
    return (
        f"{given.to_end('e')} (if-zero (less {at + j} e) (do) (do {exchange}))",
        lambda xs: (*xs[:i], xs[j], *xs[i + 1 : j], xs[i], *xs[j + 1 :]) if j < len(xs) else xs,
    )


def _running(given: Shown, function: Function) -> tuple[str, Callable[[List], List]]:
    def then(x: int, y: int) -> int:
        return int(
            function.values(given.words, np.array([x], np.uint8), np.array([y], np.uint8))[0]
        )

    step = f"(assign x {function.of('x', '(load p)')}) (store p x)"
    return f"(assign x {SCANS[function]}) {given.each(step)}", lambda xs: (*accumulate(xs, then),)


def _longer(given: Shown) -> Iterator[tuple[str, Callable[[List], List]]]:
    """The list once more behind itself, as it is, and from behind; each element twice, or three
    times, the last ones first."""
    at, to_end = given.first, given.to_end("e")
    push = "(store e (load q)) (assign e (inc e))"
    yield (
        f"{to_end} (assign p e) (assign q {at}) (while (sub p q) (do {push} (assign q (inc q)))) "
        + given.closed("e"),
        lambda xs: xs + xs,
    )
    yield (
        f"{to_end} (assign q e) (while (sub q {at}) (do (assign q (dec q)) {push})) "
        + given.closed("e"),
        lambda xs: xs + xs[::-1],
    )
    for times in (2, 3):
        size = given.since("e")
        more = "".join(f"(assign q (add q {size})) " for _ in range(times - 1))
        again = "(assign q (dec q)) (store q x) " * times
        yield (
            f"{to_end} (assign q e) {more} {given.closed('q')} "
            f"(while (sub e {at}) (do (assign e (dec e)) (assign x (load e)) {again}))",
            lambda xs, times=times: tuple(x for x in xs for _ in range(times)),
        )


def _by_number(xs: List, *, once: bool) -> List:
    number = Counter(xs)
    return tuple(x for x in xs if (number[x] == 1) == once)
