"""Counterexamples: a program that passes the examples is held against an oracle on other inputs.

Inputs are drawn like the examples': one of them, with words redrawn between the smallest and the
largest that examples have in the same cell; cells that are 0 (ends of lists, empty places) stay 0.
What is right then is what the oracle leaves in the cells that the example checks. Where examples
are lists, the numbers in these are redrawn, and what is right is the list that the oracle leaves.

Where the oracle is the program to be made quicker or shorter, words reach as much further as the
examples' stand apart, since few examples seldom have the smallest and the largest of their kind.
Others are drawn more widely still: lists get longer and shorter, and any word may come. There, what
is right is all that the oracle leaves in memory. If it is cut off there, it leaves what a quicker
program need not, so these are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest
from random import Random
from typing import Final

from bridge import Example, Program, run, verify
from bridge.lists import Atom, Layout, Value
from bridge.spec import Expect, Machine
from synth.problem import Problem

__all__ = ["TRIES", "answered", "attack", "draw_inputs", "draw_lists", "draw_widely"]

TRIES: Final = 1000
"""Inputs that a program is tried on before it is believed."""


def attack(problem: Problem, program: Program, seed: str) -> Iterator[tuple[Example | None, int]]:
    """Tries the program on drawn inputs. Yields, after each, a counterexample or None, and how many
    were tried; ends with the first counterexample, or after TRIES, unless there are fewer. The
    problem must have an oracle."""
    examples = answered(problem, f"oracle/{seed}")
    if _is_own(problem):
        widely = answered(problem, f"oracle/{seed}", widely=True)
        examples = filter(None, chain.from_iterable(zip_longest(examples, widely)))
    for tries, wanted in enumerate(islice(examples, TRIES), 1):
        if not verify(program, (wanted,), problem.machine).correct:
            yield wanted, tries
            return
        yield None, tries


def answered(problem: Problem, seed: str, *, widely: bool = False) -> Iterator[Example]:
    """Drawn inputs on which the oracle ends, as examples of what it does; where none of TRIES in a
    row is one, no more. The problem must have one."""
    machine, oracle, random = problem.machine, problem.oracle, Random(seed)
    assert oracle is not None
    if widely:
        drawn = draw_widely(problem.examples, machine, random)
    elif problem.lists is not None:
        drawn = draw_lists(problem.lists, problem.examples, random)
    else:
        most = machine.words - 1 if _is_own(problem) else None
        drawn = draw_inputs(problem.examples, random, most)
    endless = 0
    for example in drawn:
        outcome = run(oracle, example.words, machine)
        endless = 0 if outcome.halted else endless + 1
        if (machine.halt or widely) and not outcome.halted:
            if endless == TRIES:
                return
            continue
        if problem.lists is not None and not widely:
            inputs = problem.lists.inputs_in(example.words) or ()
            if (output := problem.lists.output_in(outcome.memory, inputs)) is not None:
                expect = Expect(memory=problem.lists.expected(output))
                yield Example(memory=example.memory, expect=expect)
            continue
        expect = Expect(
            memory=_where(example.expect.memory, outcome.memory),
            registers=_where(example.expect.registers, outcome.registers),
        )
        yield Example(memory=example.memory, expect=expect)


def _is_own(problem: Problem) -> bool:
    """Whether the oracle is the program to be made quicker or shorter, which is right for all
    inputs, not for such as the examples alone."""
    return problem.adapts and problem.oracle == problem.start


def _where(checked: tuple[int | None, ...], words: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(None if c is None else w for c, w in zip(checked, words, strict=False))


def draw_inputs(
    given: tuple[Example, ...], random: Random, most: int | None = None
) -> Iterator[Example]:
    """Examples with other inputs, none twice, none of these; what they expect is that of the
    example that they were drawn from, and counts only for which cells it checks. Ends when ten
    times TRIES draws in a row gave nothing new. Words may be beyond the smallest and largest of the
    examples if there is a largest that they may be, `most`."""
    seen = {e.words for e in given}
    columns = zip_longest(*(e.words for e in given), fillvalue=0)
    ranges = [_range([word for word in words if word], most) for words in columns]
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


def _range(words: list[int], most: int | None) -> tuple[int, int]:
    """The smallest and the largest word to draw, where examples have these. With `most`, they are
    what is likely of uniform words, n of which leave one nth of their range out on either side."""
    low, high = min(words, default=0), max(words, default=0)
    if most is None or len(words) < 2:
        return low, high
    beyond = (high - low) // (len(words) - 1)
    return max(1, low - beyond), min(most, high + beyond)


def draw_lists(
    layout: Layout, given: tuple[Example, ...], random: Random, *, lengths: bool = False
) -> Iterator[Example]:
    """Examples with other inputs: those of one of these, with some numbers redrawn between the
    smallest and the largest that the same input has in any example. Lists keep their lengths,
    unless `lengths` are drawn, too: then up to twice the longest. They expect nothing; it ends as
    `draw_inputs` does."""
    rows = [inputs for e in given if (inputs := layout.inputs_in(e.words)) is not None]
    numbers = [
        [n for v in column for n in (v if isinstance(v, Sequence) else (v,))]
        for column in zip(*rows, strict=True)
    ]
    ranges = [(min(some, default=0), max(some, default=0)) for some in numbers]

    longest = max((len(v) for row in rows for v in row if isinstance(v, Sequence)), default=0)

    def as_long(values: Sequence[Atom]) -> list[Atom]:
        """The list, or one of another length made of it."""
        if not lengths or not values:
            return [*values]
        length = random.randint(0, 2 * longest)
        return [*values, *random.choices(values, k=length)][:length]

    def redrawn(old: Atom, low: int, high: int) -> Atom:
        new = random.randint(low, high)
        within = layout.name == "prefixed" or new
        return type(old)(new) if within and random.random() < share else old

    seen = {e.words for e in given}
    fruitless = 0
    while fruitless < 10 * TRIES:
        fruitless += 1
        share = random.choice((0.5, 1.0))
        inputs = [
            [redrawn(n, *limits) for n in as_long(v)]
            if isinstance(v, Sequence)
            else redrawn(v, *limits)
            for v, limits in zip(random.choice(rows), ranges, strict=True)
        ]
        memory = _laid_out(layout, inputs)
        if memory is not None and memory not in seen:
            seen.add(memory)
            fruitless = 0
            yield Example(memory=memory, expect=Expect())


def _laid_out(layout: Layout, inputs: Sequence[Value]) -> tuple[int, ...] | None:
    """The memory of these inputs; None where they are too long for it."""
    try:
        return layout.memory(inputs)
    except ValueError:
        return None


def draw_widely(given: tuple[Example, ...], machine: Machine, random: Random) -> Iterator[Example]:
    """Examples with other inputs: one of these with a list ended early or gone on with, and some
    words redrawn at will; each checks the whole memory, and the registers that the one that it was
    drawn from checks. Ends as `draw_inputs` does."""
    seen = {e.words for e in given}
    fruitless = 0
    while fruitless < 10 * TRIES:
        fruitless += 1
        example = random.choice(given)
        cells = [*example.words, *[0] * (machine.words - len(example.words))]
        place = random.randrange(machine.words)
        if cells[place]:
            end = next((i for i in range(place, len(cells)) if not cells[i]), len(cells))
            cells[place:end] = [0] * (end - place)
        else:
            start = max((i + 1 for i in range(place) if cells[i]), default=0)
            end = next((i for i in range(place, len(cells)) if cells[i]), len(cells)) - 1
            more = random.randint(0, end - start)
            cells[start : start + more] = [random.randrange(1, machine.words) for _ in range(more)]
        share = random.choice((0.0, 0.5))
        memory = tuple(
            random.randrange(machine.words) if word and random.random() < share else word
            for word in cells
        )
        if memory not in seen:
            seen.add(memory)
            fruitless = 0
            every = Expect(memory=memory, registers=example.expect.registers)
            yield Example(memory=memory, expect=every)
