"""What else an example is in single words, which is tried where nothing simpler fits: how many of
its elements are of a kind, the second largest and least one, where the largest and the least one
stand, the most frequent one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final, TypeAlias

import numpy as np

from bridge.term import Term
from synth.deduction.features import Feature
from synth.deduction.frames import framed, numbered
from synth.deduction.grown import generated
from synth.deduction.kept import filtered
from synth.deduction.loops import loops, mapped
from synth.deduction.shown import Shown
from synth.deduction.slices import sliced
from synth.deduction.words import Words

__all__ = ["further", "told_further"]

MOST: Final = 20_000
"""Expressions that are tried for a hypothesis."""
SPENT: Final = 2.0
"""Bits that it takes to say that simpler words were not enough."""
COST: Final = 2

_Of: TypeAlias = Callable[[tuple[int, ...], int], int]
"""What is said of a list; behind it is a number that is an input."""


def told_further(words: Words) -> Iterator[tuple[Term, ...] | None]:
    """What simple hypotheses make of such words and of those that are known; None after each."""
    given = words.given
    more = tuple(further(given, words.known))
    if not more:
        return
    given = replace(given, spent=given.spent + SPENT)
    known, most = (*words.known, *more), min(words.most, MOST)
    own = Words(given, known, words.tally, most, by_two=False)
    for hypothesis in (numbered, framed, sliced, generated):
        yield from hypothesis(own)
        yield None
    for loop in islice(loops(given, known, words.tally, most), 1):
        for over in (partial(mapped, by_two=False), filtered):
            yield from over(loop)
            yield None


def further(given: Shown, known: tuple[Feature, ...]) -> Iterator[Feature]:
    """All that can be said so, but for what something that is known, or that came before, is on
    every example."""
    if not {"eq", "less"} <= set(given.language) or not any(given.lists):
        return
    seen = {feature.values.tobytes() for feature in known}
    for name, of, before, body in _rows(given):
        k = int(name[1:]) if name[1:].isdecimal() else 0
        numbers = given.memory[:, k].tolist()
        said = [of(xs, n) % given.words for xs, n in zip(given.lists, numbers, strict=True)]
        values = np.array(said, np.uint8)
        if (key := values.tobytes()) not in seen:
            seen.add(key)
            yield Feature(name, COST, values, before, body)


def _rows(given: Shown) -> Iterator[tuple[str, _Of, str, str]]:
    """A name, what is said, and the statements before the loop over the list and in it."""
    at, most, x = given.first, given.words - 1, "(load p)"

    def counted(name: str, of: _Of, word: str, before: str = "") -> tuple[str, _Of, str, str]:
        return name, of, before, f"(assign {name} (add {name} {word}))"

    met = f"(while (min (sub p r) (sub (load r) {x})) (do (assign r (inc r))))"
    yield (
        "nd", lambda xs, _: len({*xs}), "",
        f"(assign r {at}) {met} (assign nd (add nd (eq r p)))",
    )  # fmt: skip
    yield counted("nh", lambda xs, _: xs.count(xs[0]) if xs else 0, f"(eq {x} (load {at}))")
    last = f"{given.to_end()} (assign nz (load (dec p)))"
    yield counted("nl", lambda xs, _: xs.count(xs[-1]) if xs else 0, f"(eq {x} nz)", last)
    for k in range(given.numbers):
        yield counted(f"n{k}", lambda xs, n: xs.count(n), f"(eq {x} (load {k}))")
    yield counted("no", lambda xs, _: sum(x % 2 for x in xs), f"(mod {x} 2)")
    yield counted("ne", lambda xs, _: sum(x % 2 == 0 for x in xs), f"(eq (mod {x} 2) 0)")
    yield (
        "ms", lambda xs, _: sorted((0, 0, *xs))[-2], "",
        f"(assign ms (max ms (min mt {x}))) (assign mt (max mt {x}))",
    )  # fmt: skip
    yield (
        "ws", lambda xs, _: sorted((*xs, most, most))[1], "(assign ws (dec 0)) (assign wt (dec 0))",
        f"(assign ws (min ws (max wt {x}))) (assign wt (min wt {x}))",
    )  # fmt: skip
    place = given.since("p")
    yield (
        "pm", lambda xs, _: xs.index(max(xs)) if xs else 0, "",
        f"(if-zero (less pn {x}) (do) (do (assign pn {x}) (assign pm {place})))",
    )  # fmt: skip
    yield (
        "pw", lambda xs, _: xs.index(min(xs)) if xs else 0, "(assign px (dec 0))",
        f"(if-zero (less {x} px) (do) (do (assign px {x}) (assign pw {place})))",
    )  # fmt: skip
    alike = given.each(f"(assign fc (add fc (eq (load r) {x})))", "r")
    yield (
        "fx", lambda xs, _: max(xs, key=xs.count, default=0), "",
        f"(assign fc 0) {alike} (if-zero (less fm fc) (do) (do (assign fm fc) (assign fx {x})))",
    )  # fmt: skip
