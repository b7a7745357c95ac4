"""Programs over a list of digits 1-9 at cell 0, and their candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

import numpy as np

from bridge import Machine, Program
from bridge.errors import LoweringError
from bridge.lowering.lower import lower
from bridge.readings import Group, group_examples
from bridge.term import Term, parse_term
from synth.enumeration.pictures import PictureEnumeration
from synth.language import expand

__all__ = ["DIGITS", "MACHINE", "PASSES", "TASKS", "candidates", "lists", "lowered", "task"]

DIGITS: Final = tuple(range(1, 10))
MACHINE: Final = Machine(words=12, registers=8, lines=24, steps=1_000)
OUT: Final = MACHINE.words - 1
"""The cell that the answer is in: one below the list."""

TASKS: Final = {
    "sum": "(fold p a (plus))",
    "max": "(fold p a (greatest))",
    "min": "(assign a (dec 0)) (fold p a (least))",
    "alternating sum": "(fold p a (flip (minus)))",
    "count": "(find p (id)) (assign a p)",
    "last": "(find p (id)) (assign a (load (dec p)))",
    "parity of the sum": "(walk p (do (assign n (load p)) (times n (do (assign a (sub 1 a))))))",
    "product": "(assign a 1) (walk p (do (assign c 0) (assign n (load p)) "
    "(times n (do (assign c (add c a)))) (assign a c)))",
}
"""What leaves the answer in the variable a. Words are modulo 12, and so are sum and product."""

PASSES: Final = {
    "max − min": "(fold p a (greatest)) (assign p 0) (assign c (dec 0)) (fold p c (least)) "
    "(assign a (sub a c))",
    "sum − max": "(fold p a (plus)) (fold q c (greatest)) (assign a (sub a c))",
    "sum − count": "(fold p a (plus)) (assign p 0) (walk p (do (assign c (inc c)))) "
    "(assign a (sub a c))",
    "sum − max, as loops": "(fold p a (plus)) (assign p 0) (while (load p) (do "
    "(assign c (max c (load p))) (assign p (inc p)))) (assign a (sub a c))",
    "sum − max − min": "(fold p a (plus)) (fold q c (greatest)) (assign a (sub a c)) (assign p 0) "
    "(assign c (dec 0)) (fold p c (least)) (assign a (sub a c))",
    "sum, then map": "(fold p a (plus)) (assign p 0) (map p (succ))",
    "min, then the list backwards": "(assign a (dec 0)) (fold p a (least)) "
    "(while p (do (assign p (dec p)) (assign a (sub (load p) a))))",
}
"""Programs that go over their list twice and more."""


def task(text: str) -> Term:
    """The term that stores the answer, too."""
    return parse_term(f"(do {text} (store {OUT} a))")


def lowered(term: Term) -> Program | None:
    """The term's program, if it fits the machine."""
    try:
        return lower(cast("Term", expand(term)), MACHINE)
    except LoweringError:
        return None


def lists(length: int, answers: Sequence[int]) -> Group:
    """As many lists of so many pictures as there are answers."""
    n, outputs = len(answers), MACHINE.words + MACHINE.registers
    which = np.full((n, MACHINE.words), -1)
    which[:, :length] = 0
    expect, checked = np.zeros((n, outputs), int), np.zeros((n, outputs), bool)
    expect[:, OUT], checked[:, OUT] = answers, True
    nothing = np.zeros((n, MACHINE.words), int)
    (group,) = group_examples(nothing, which, nothing, expect, checked, [DIGITS])
    return group


def candidates(number: int) -> Iterator[tuple[Term, Program]]:
    """The cheapest terms that differ in what they make of lists of two and three digits."""
    groups = [lists(length, [0]) for length in (2, 3)]
    found = PictureEnumeration(groups, MACHINE, 100_000_000, share=0.0)
    for term in found.programs():
        if term is not None and (program := lowered(term)) is not None:
            yield term, program
            number -= 1
            if not number:
                return
