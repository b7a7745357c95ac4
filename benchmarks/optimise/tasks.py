"""Answers as tasks: the inputs that the optimiser sees, those held out, and many more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import count, islice
from random import Random
from typing import Final, Literal

from benchmarks.optimise.answers import Answer
from benchmarks.suites.inputs import Recipe
from bridge import Program, Spec, SpecError, verify
from bridge.loading import convert_spec
from bridge.spec import Example
from bridge.term import Term
from synth.problem import resolve

__all__ = ["LISTS", "Lists", "Task", "fresh_inputs", "make_task"]

Lists = Literal["short", "long"]
LISTS: Final = ("short", "long")
SIZES: Final = (20, 21, 22, 23, 24)
WORDS: Final = (32, 64, 128)
DRAWS: Final = 200
"""Specs that are drawn, at most, for fresh inputs: some tasks have few."""


@dataclass(frozen=True)
class Task:
    """An answer, and the spec that it answers, as it is or with long lists."""

    name: str
    spec: Spec
    recipe: Recipe
    program: Program
    term: Term | None


def make_task(answer: Answer, lists: Lists) -> Task | None:
    """None for long lists, if the task has no list, or no machine is large enough."""
    recipe = import_module(f"benchmarks.suites.{answer.suite}.generate").TASKS[answer.task]
    if lists == "short":
        return Task(answer.name, answer.spec, recipe, answer.program, answer.term)
    if not _has_list(recipe):
        return None
    for words in WORDS:
        machine = recipe.machine | {"words": words, "steps": 4096}
        long = replace(recipe, machine=machine, example_sizes=SIZES, holdout_sizes=SIZES)
        drawn = _spec(long, answer.name, Random(f"long/{answer.name}"))
        if drawn is None:
            continue
        program: Program | None = answer.program
        if answer.term is not None:
            program = resolve(drawn).lower(answer.term)
        every = (*drawn.examples, *drawn.holdout)
        if program is not None and verify(program, every, drawn.machine).correct:
            return Task(answer.name, drawn, long, program, answer.term)
    return None


def _has_list(recipe: Recipe) -> bool:
    """Whether the size that is asked for changes what is drawn."""
    words, sizes = recipe.machine["words"], recipe.example_sizes
    few, more = (
        sum(map(bool, recipe.layout(Random(0), words, size)[0]))
        for size in (min(sizes), max(sizes))
    )
    return few != more


def _spec(recipe: Recipe, name: str, random: Random) -> Spec | None:
    """None if there are no such inputs, or they don't fit the machine."""
    try:
        return convert_spec(recipe.spec(name.replace("/", "."), random))
    except (SpecError, ValueError, IndexError):
        return None


def fresh_inputs(task: Task, number: int) -> list[Example]:
    """Examples that the suite's generator draws anew, none of the spec's."""
    seen = {e.memory for e in (*task.spec.examples, *task.spec.holdout)}

    def drawn() -> Iterator[Example]:
        for seed in islice(count(), DRAWS):
            spec = _spec(task.recipe, task.name, Random(f"fresh/{task.name}/{seed}"))
            for example in () if spec is None else (*spec.examples, *spec.holdout):
                if example.memory not in seen:
                    seen.add(example.memory)
                    yield example

    return list(islice(drawn(), number))
