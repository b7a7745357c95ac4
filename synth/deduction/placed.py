"""Changes of a list in which one word says how many elements are meant, or which one is put where:
what the examples need not have in common, since each is tried on all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from synth.deduction.shown import Shown
from synth.deduction.spliced import pushed

__all__ = ["Change", "changes"]

List: TypeAlias = tuple[int, ...]

PLACES: Final = 4
"""The first ones, where an element is changed."""


class Change(NamedTuple):
    """Statements where x holds a word, e is behind the list and n its length; and what they make of
    a list and that word."""

    text: str
    of: Callable[[List, int], List]
    number: bool
    """Whether the word says how many, rather than what."""


def changes(given: Shown) -> Iterator[Change]:
    """All of them."""
    at, close = given.first, given.closed("p")
    few = "(assign k (min x n))"
    ahead, behind = (f"{few} (assign p {end})" for end in (f"(add k {at})", "(sub e k)"))
    for text, of in (
        (f"{ahead} {close}", lambda xs, x: xs[:x]),
        (f"{ahead} {_moved(given)}", lambda xs, x: xs[x:]),
        (f"{behind} {_moved(given)}", lambda xs, x: xs[-x:] if x else ()),
        (f"{behind} {close}", lambda xs, x: xs[: max(len(xs) - x, 0)]),
        (f"{few} {_rotated(given)}", lambda xs, x: xs[x:] + xs[:x]),
        (f"{few} (assign k (sub n k)) {_rotated(given)}", lambda xs, x: xs[-x:] + xs[:-x]),
        (
            f"(assign q (add (min (dec x) n) {at})) (assign p (min (inc q) e)) {_down(given)}",
            lambda xs, x: xs[: x - 1] + xs[x:] if x else xs,
        ),
    ):
        yield Change(text, of, True)
    yield Change(
        f"(assign p e) (store p x) (assign p (inc p)) {close}", lambda xs, x: (*xs, x), False
    )
    for k in range(PLACES):
        ends = "" if given.counted else "(store p 0)"
        yield Change(
            f"(assign p (min {at + k} e)) {pushed(given)} {ends}",
            lambda xs, x, k=k: (*xs[:k], x, *xs[k:]),
            False,
        )
        yield Change(
            f"(if-zero (less {at + k} e) (do) (do (store {at + k} x)))",
            lambda xs, x, k=k: (*xs[:k], x, *xs[k + 1 :]) if k < len(xs) else xs,
            False,
        )


def _down(given: Shown) -> str:
    """What is from p on is moved to q, and ends behind it."""
    step = "(store q (load p)) (assign p (inc p)) (assign q (inc q))"
    return f"(while (sub e p) (do {step})) {given.closed('q')}"


def _moved(given: Shown) -> str:
    return f"(assign q {given.first}) {_down(given)}"


def _rotated(given: Shown) -> str:
    """The first k elements are put behind the others."""
    step = "(store e (load q)) (assign e (inc e)) (assign q (inc q))"
    return f"(assign q {given.first}) (times k (do {step})) (assign p q) {_moved(given)}"
