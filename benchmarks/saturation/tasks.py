"""Tasks, drawn from a seed: near miss and target fill the places of the same shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count
from random import Random
from typing import Final

from bridge import Example, LoweringError, Machine, Program, run, verify
from bridge.lowering.lower import lower
from bridge.spec import Expect
from bridge.term import Term, parse_term
from synth.language import expand

__all__ = ["MACHINE", "PADDING", "NearMiss", "draw_tasks", "lowered"]

MACHINE: Final = Machine(words=12, registers=6, lines=16, steps=64)
HALF: Final = MACHINE.words // 2
PADDING: Final = 2
"""The most no-ops of a variant, as in `synth.egraph.skeletons`."""
EXAMPLES: Final = (0, 1, 2, 2, 3, 3, 4, 4)
HOLDOUT: Final = (1, 2, 3, 4, 5) * 4
"""Lengths of the lists in the examples, and in the held-out ones."""
DISTANCE: Final = (2, 3)
"""By how many opcodes the programs of near miss and target differ, at least and at most."""

SHAPES: Final = (
    "(do (map p {f}))",
    "(do (map p {f}) (store p {w}))",
    "(do (fold p a {g}) (store p a))",
    "(do (fold p a {g}) (store p (apply {f} a)))",
    "(do (scan p a {g}) (store p a))",
    "(do (scan p a {g}))",
    "(do (find p {f}) (store p {w}))",
    "(do (assign q {n}) (map-to p q {f}) (store q {w}))",
    "(do (assign q {n}) (map-to p q {f}))",
    "(do (assign q {n}) (reverse p q))",
)
"""Programs with places: f a function of one word, g of two, w a word, n an address. A target has
its near miss's shape, or the next one."""


@dataclass(frozen=True)
class NearMiss:
    """A term that is nearly right, from which tuning starts; and what it is to find."""

    term: Term
    target: Term
    examples: tuple[Example, ...]
    holdout: tuple[Example, ...]

    @property
    def name(self) -> str:
        return f"{self.term} → {self.target}"


def draw_tasks(seed: int = 0) -> Iterator[NearMiss]:
    """Tasks without end, the same for a seed for ever; shapes take turns."""
    for turn in count():
        random = Random(f"saturation/{seed}/{turn}")
        for _ in range(200):
            shapes = turn % len(SHAPES), (turn + random.randrange(2)) % len(SHAPES)
            miss, target = (parse_term(_fill(SHAPES[i], random)) for i in shapes)
            if (task := _task(miss, target, random)) is not None:
                yield task
                break


def _fill(shape: str, random: Random) -> str:
    n = random.randint(HALF - 1, HALF + 1)
    return shape.format(
        f=_function(random, 2), g=_function2(random), w=random.choice(["p", "1", "2"]), n=n
    )


def _function(random: Random, depth: int) -> str:
    kind = random.randrange(6 if depth else 4)
    if kind < 4:
        return ("(succ)", "(pred)", "(is-zero)", "(fetch)")[kind]
    if kind == 4:
        return f"(compose {_function(random, depth - 1)} {_function(random, depth - 1)})"
    return f"(bind {_function2(random)} {random.choice(['p', '1', '2', '3'])})"


def _function2(random: Random) -> str:
    simple = random.choice(["plus", "minus", "least", "greatest", "monus", "second"])
    return f"({simple})" if random.random() < 0.9 else f"(flip ({simple}))"


def _task(miss: Term, target: Term, random: Random) -> NearMiss | None:
    """The task, if it is one: the target does something, halts and fits; the near miss is one."""
    start, goal = lowered(miss), lowered(target)
    if start is None or goal is None or not 0 <= len(goal) - len(start) <= PADDING:
        return None
    one, other = ([i.opcode for i in program.instructions] for program in (start, goal))
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    if not DISTANCE[0] <= len(other) - sum(block.size for block in blocks) <= DISTANCE[1]:
        return None
    examples = tuple(_example(goal, length, random) for length in EXAMPLES)
    holdout = tuple(_example(goal, length, random) for length in HOLDOUT)
    both = [e for e in (*examples, *holdout) if e is not None]
    if len(both) < len(examples) + len(holdout):
        return None
    changed = sum(e.memory != e.expect.memory for e in both)
    outputs = {e.expect.memory for e in both}
    if changed < len(both) // 2 or len(outputs) < len(both) // 2:
        return None
    if verify(start, both, MACHINE).passed > len(both) // 2:
        return None
    return NearMiss(miss, target, tuple(both[: len(examples)]), tuple(both[len(examples) :]))


def _example(program: Program, length: int, random: Random) -> Example | None:
    """Two lists of that length, each with a 0 behind it; None if the program does not halt."""
    lists = ([random.randrange(1, MACHINE.words) for _ in range(length)] for _ in range(2))
    memory = tuple(word for each in lists for word in (*each, *[0] * (HALF - length)))
    outcome = run(program, memory, MACHINE)
    if not outcome.halted:
        return None
    return Example(memory=memory, expect=Expect(memory=tuple(outcome.memory)))


def lowered(term: Term) -> Program | None:
    """The term's program, if it fits the machine."""
    core = expand(term)
    assert isinstance(core, Term)
    try:
        return lower(core, MACHINE)
    except LoweringError:
        return None
