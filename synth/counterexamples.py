"""Counterexamples: a program that passes the examples is held against an oracle on other inputs.

Inputs are drawn like the examples': one of them, with words redrawn between the smallest and the
largest that examples have in the same cell; cells that are 0 (ends of lists, empty places) stay 0.
What is right then is what the oracle leaves in the cells that the example checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from random import Random
from typing import Final

from bridge import Example, Program, run, verify
from bridge.spec import Expect
from synth.problem import Problem

__all__ = ["TRIES", "attack", "draw_inputs"]

TRIES: Final = 1000
"""Inputs that a program is tried on before it is believed."""


def attack(problem: Problem, program: Program, seed: str) -> Iterator[tuple[Example | None, int]]:
    """Tries the program on drawn inputs. Yields, after each, a counterexample or None, and how many
    were tried; ends with the first counterexample, or after TRIES, unless there are fewer. The
    problem must have an oracle."""
    machine, oracle = problem.machine, problem.oracle
    assert oracle is not None
    tries = 0
    for example in draw_inputs(problem.examples, Random(f"oracle/{seed}")):
        outcome = run(oracle, example.words, machine)
        if machine.halt and not outcome.halted:
            continue
        tries += 1
        wanted = Example(
            memory=example.memory,
            expect=Expect(
                memory=_where(example.expect.memory, outcome.memory),
                registers=_where(example.expect.registers, outcome.registers),
            ),
        )
        if not verify(program, (wanted,), machine).correct:
            yield wanted, tries
            return
        yield None, tries
        if tries == TRIES:
            return


def _where(checked: tuple[int | None, ...], words: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(None if c is None else w for c, w in zip(checked, words, strict=False))


def draw_inputs(given: tuple[Example, ...], random: Random) -> Iterator[Example]:
    """Examples with other inputs, none twice, none of these; what they expect is that of the
    example that they were drawn from, and counts only for which cells it checks. Ends when ten
    times TRIES draws in a row gave nothing new."""
    seen = {e.words for e in given}
    columns = zip_longest(*(e.words for e in given), fillvalue=0)
    ranges = [(min(filter(None, words), default=0), max(words)) for words in columns]
    fruitless = 0
    while fruitless < 10 * TRIES:
        fruitless += 1
        example = random.choice(given)
        memory = tuple(
            random.randint(*ranges[i]) if word and random.random() < 0.5 else word
            for i, word in enumerate(example.words)
        )
        if memory not in seen:
            seen.add(memory)
            fruitless = 0
            yield Example(memory=memory, expect=example.expect)
