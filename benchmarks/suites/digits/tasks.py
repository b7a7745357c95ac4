"""The tasks: what each expects of the words that pictures show, and a term that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from bridge import Machine, Program, parse_program
from bridge.isa import InstructionSet
from bridge.lowering.lower import lower
from bridge.term import Term, parse_term
from synth.language import expand

__all__ = ["GRID", "TASKS", "Task"]

Meaning = Callable[[Sequence[int]], list[int]]
"""From the words in memory to those that are expected from address 0 on, before `mod words`."""

GRID: Final = 4
"""Cells of a 2 × 2 grid: top left, top right, bottom left, bottom right."""


@dataclass(frozen=True)
class Task:
    """What is asked for."""

    meaning: Meaning
    term: str
    """A program, in the language; lists end with a 0."""
    lengths: tuple[int, ...] = (2, 3)
    """Of the lists in the examples."""
    words: Callable[[int], int] = lambda longest: 9 * longest + 5
    """Of the machine, where the longest list is so long."""
    steps: Callable[[int], int] = lambda longest: 48 * longest + 16
    lines: int = 24
    instructions: InstructionSet = "paper"
    """Of the machine."""
    operators: bool = False
    """Whether pictures show operators: 0 is +, 1 is −; three words follow them."""

    def machine(self, longest: int) -> Machine:
        """For lists up to that length."""
        words, steps = self.words(longest), self.steps(longest)
        return Machine(
            words=words, registers=6, lines=self.lines, steps=steps, instructions=self.instructions
        )

    def program(self, longest: int) -> Program:
        """The term, lowered."""
        term = expand(parse_term(self.term))
        assert isinstance(term, Term)
        return parse_program(str(lower(term, self.machine(longest))))


def fold(step: Callable[[int, int], int], first: int = 0) -> Meaning:
    return lambda xs: [reduce(step, xs, first)]


def ended(change: Callable[[list[int]], list[int]]) -> Meaning:
    """A list becomes another, the 0 at its end included."""
    return lambda xs: [*change(list(xs)), 0]


def cells(*chosen: int) -> Task:
    """The sum of those cells of a grid."""
    loads = [f"(load {i})" for i in chosen]
    total = reduce(lambda a, b: f"(add {a} {b})", loads)
    return Task(
        lambda xs: [sum(xs[i] for i in chosen)], f"(do (store 0 {total}))", (GRID,),
        lambda longest: 41, lambda longest: 64,
    )  # fmt: skip


def applied(first: int, second: int) -> Task:
    """Two operators of a grid, applied to the three words behind it, from left to right."""

    def meaning(xs: Sequence[int]) -> list[int]:
        signs = [1 - 2 * xs[i] for i in (first, second)]
        return [xs[GRID] + signs[0] * xs[GRID + 1] + signs[1] * xs[GRID + 2]]

    def apply(cell: int, word: int) -> str:
        plus, minus = (f"(do (assign a ({op} a (load {word}))))" for op in ("add", "sub"))
        return f"(if-zero (load {cell}) {plus} {minus})"

    steps = f"{apply(first, GRID + 1)} {apply(second, GRID + 2)}"
    return Task(
        meaning, f"(do (assign a (load {GRID})) {steps} (store 0 a))", (GRID,),
        lambda longest: 28, lambda longest: 128, 48, operators=True,
    )  # fmt: skip


SUM: Final = "(do (fold p a (plus)) (store 0 a))"
PRODUCT: Final = (
    "(do (assign a 1) (walk p (do (assign n (load p)) (assign b 0) "
    "(times n (do (assign b (add b a)))) (assign a b))) (store 0 a))"
)
SORT: Final = (
    "(do (walk q (do (assign p 0) (while (load (inc p)) (do (if-zero "
    "(sub (load p) (min (load p) (load (inc p)))) (do) (do (swap p (inc p)))) "
    "(assign p (inc p)))))))"
)

TASKS: Final[dict[str, Task]] = {
    "sum": Task(fold(int.__add__), SUM),
    "max": Task(fold(max), "(do (fold p a (greatest)) (store 0 a))"),
    "min": Task(lambda xs: [min(xs)], "(do (assign a (load 0)) (fold p a (least)) (store 0 a))"),
    "last": Task(lambda xs: [xs[-1]], "(do (fold p a (second)) (store 0 a))"),
    "first": Task(lambda xs: [xs[0]], "(do)"),
    "alternating": Task(fold(lambda a, x: x - a), "(do (fold p a (flip (minus))) (store 0 a))"),
    "minus_sum": Task(fold(int.__sub__), "(do (fold p a (minus)) (store 0 a))"),
    "sum_plus_1": Task(fold(int.__add__, 1), "(do (fold p a (plus)) (store 0 (inc a)))"),
    "twice_sum": Task(
        lambda xs: [2 * sum(xs)], "(do (fold p a (plus)) (store 0 (add a a)))",
        words=lambda longest: min(18 * longest + 5, 128),
    ),
    "sum_mod_12": Task(fold(int.__add__), SUM, words=lambda longest: 12),
    "parity": Task(
        lambda xs: [sum(xs) % 2],
        "(do (fold p a (plus)) (while (sub a (min a 1)) (do (assign a (dec (dec a))))) "
        "(store 0 a))", instructions="arithmetic",
    ),
    "product": Task(
        fold(int.__mul__, 1), PRODUCT, (2,), lambda _: 83, lambda n: 96 * n,
        instructions="arithmetic",
    ),
    "count": Task(
        lambda xs: [list(xs).count(1)],
        "(do (walk p (do (if-zero (dec (load p)) (do (assign a (inc a))) (do)))) (store 0 a))",
    ),
    "map_inc": Task(ended(lambda xs: [x + 1 for x in xs]), "(do (map p (succ)))"),
    "reverse": Task(
        ended(lambda xs: xs[::-1]), "(do (find q (id)) (assign q (dec q)) (reverse p q))"
    ),
    "sort": Task(
        ended(sorted), SORT, steps=lambda longest: 24 * longest**2 + 48, instructions="arithmetic"
    ),
    "add2x2_top": cells(0, 1),
    "add2x2_left": cells(0, 2),
    "add2x2_bottom": cells(2, 3),
    "add2x2_all": cells(0, 1, 2, 3),
    "apply2x2_top": applied(0, 1),
    "apply2x2_left": applied(0, 2),
    "apply2x2_bottom": applied(2, 3),
    "meta_abd_sum": Task(fold(int.__add__), SUM, (2, 3, 4, 5)),
    "meta_abd_product": Task(
        fold(int.__mul__, 1), PRODUCT, (2, 3), lambda _: 127, lambda n: 128 * n,
        instructions="arithmetic",
    ),
}  # fmt: skip
"""All of them, by name."""
