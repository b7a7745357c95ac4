"""Oracles: a program that passes the examples is attacked with counterexamples.

Inputs are drawn like the examples': one of them, with words redrawn between the smallest and the
largest that examples have in the same cell; cells that are 0 (ends of lists, empty places) stay 0.
What is right then is what the oracle leaves in the cells that the example checks. A counterexample
joins the examples, and the search goes on, until no counterexample is found in `TRIES` tries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from random import Random
from typing import Final, cast

import msgspec
from msgspec import UNSET

from bridge import Example, Program, Spec, SpecError, parse_program, run, verify
from bridge.spec import Expect
from synth.run import Answer, Budget, Run
from synth.solution import Stats

__all__ = ["TRIES", "check_oracle", "draw_inputs", "search_against_oracle"]

TRIES: Final = 1000
"""Inputs that a program is tried on before it is believed."""


def check_oracle(spec: Spec) -> None:
    """Raises SpecError if the spec has an oracle that fails one of its examples."""
    oracle = _oracle(spec)
    if oracle is None:
        return
    for group in ("examples", "holdout"):
        for i, example in enumerate(getattr(spec, group)):
            if not verify(oracle, (example,), spec.machine).correct:
                raise SpecError(f"$.oracle: fails $.{group}[{i}]: mend one of them")


def search_against_oracle(of: Run, search: Callable[[], Answer | None]) -> Answer | None:
    """What the search finds; if the spec has an oracle, a program that withstood it, or None.
    Rounds share the run's budget. Counterexamples are added to the run's examples."""
    oracle = _oracle(of.spec)
    if oracle is None:
        return search()
    added = [msgspec.convert(e, Example) for e in of.saved.pop("counterexamples", [])]
    _learn(of, added)
    spent = Stats()
    while (answer := search()) is not None:
        spent, of.stats, of.budget = _charge(of, spent)
        random = Random(f"oracle/{of.seed}/{len(added)}")
        found, tries = _attack(of, oracle, answer.program, random)
        if found is None:
            of.notes.append(
                f"oracle: no counterexample in {tries:,} of {TRIES:,} tries; "
                f"{len(added)} were found before, and added to the examples"
            )
            break
        added.append(found)
        _learn(of, [found])
        of.offer(answer)  # still the best so far, though it is not right
        of.save(counterexamples=[msgspec.to_builtins(example) for example in added])
    else:
        of.notes.append(f"oracle: {len(added)} counterexamples were added to the examples")
    of.stats = _sum(spent, of.stats)
    return answer


def _attack(
    of: Run, oracle: Program, program: Program, random: Random
) -> tuple[Example | None, int]:
    """The first drawn input on which the program is wrong, with what the oracle makes of it; or
    None. And how many inputs were tried: TRIES, unless there are fewer or time is up."""
    machine = of.spec.machine
    tries = 0
    for example in draw_inputs(of.spec, random):
        of.count("oracle")
        if tries == TRIES or of.stopped():
            break
        outcome = run(oracle, example.memory, machine)
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
            return wanted, tries
    return None, tries


def _where(checked: tuple[int | None, ...], words: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(None if c is None else w for c, w in zip(checked, words, strict=False))


def draw_inputs(spec: Spec, random: Random) -> Iterator[Example]:
    """Examples with other inputs, none twice, none of the spec's; what they expect is that of the
    example that they were drawn from, and counts only for which cells it checks. Ends when ten
    times TRIES draws in a row gave nothing new."""
    seen = {e.memory for e in spec.examples}
    ranges: dict[int, tuple[int, int]] = {}
    for example in spec.examples:
        for i, word in enumerate(example.memory):
            if word:
                low, high = ranges.get(i, (word, word))
                ranges[i] = min(low, word), max(high, word)
    given = tuple(spec.examples)
    fruitless = 0
    while fruitless < 10 * TRIES:
        fruitless += 1
        example = random.choice(given)
        memory = tuple(
            random.randint(*ranges[i]) if word and random.random() < 0.5 else word
            for i, word in enumerate(example.memory)
        )
        if memory not in seen:
            seen.add(memory)
            fruitless = 0
            yield Example(memory=memory, expect=example.expect)


def _oracle(spec: Spec) -> Program | None:
    return None if spec.oracle is UNSET else parse_program(cast("str", spec.oracle), "$.oracle")


def _learn(of: Run, examples: list[Example]) -> None:
    """Adds to the run's examples; what was the best so far is judged anew by whoever offers it."""
    if not examples:
        return
    of.spec = msgspec.structs.replace(of.spec, examples=(*of.spec.examples, *examples))
    of.cells = sum(1 for example in of.spec.examples for _ in example.cells())
    of.best = None
    of.saved = {}


def _charge(of: Run, spent: Stats) -> tuple[Stats, Stats, Budget]:
    """The work so far, counters from 0, and what is left of the budget."""
    done = of.stats
    left = replace(
        of.budget,
        terms=max(0, of.budget.terms - done.terms),
        restarts=max(0, of.budget.restarts - done.restarts),
    )
    return _sum(spent, done), Stats(), left


def _sum(one: Stats, other: Stats) -> Stats:
    """Counters added up; clocks are the run's own business."""
    counted = [f.name for f in fields(Stats) if f.type in ("int", "float")]
    return replace(other, **{name: getattr(one, name) + getattr(other, name) for name in counted})
