"""A task: a function of lists and numbers, and what draws its inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final, Protocol

__all__ = ["EXAMPLES", "HELD_OUT", "Bounds", "Draw", "DrawError", "Inputs", "ListTask", "Task",
           "Value", "anything", "nested"]  # fmt: skip

EXAMPLES: Final = 10
HELD_OUT: Final = 20
ATTEMPTS: Final = 50_000
"""Draws of inputs, before a task is given up."""
SHARE_OF_ZEROS: Final = 0.1

Value = int | bool | list[int] | list[bool]
Inputs = tuple[Value, ...]
Draw = Callable[[Random], Inputs]
"""Draws the inputs of one example."""


class DrawError(ValueError):
    """A task of whose inputs too few have an output; an error of the suite."""


class Task(Protocol):
    """What specs are drawn of."""

    def spec(self, random: Random, *, zeros: bool) -> dict[str, Any]:
        """Examples and held-out ones, as plain data, and what else the spec must say; with `zeros`,
        about every tenth number of the lists is 0. Raises DrawError."""
        ...


@dataclass(frozen=True)
class Bounds:
    """What an output may be; inputs with another one are drawn again."""

    low: int = 0
    high: int = 99
    longest: int = 20

    def hold(self, output: Value) -> bool:
        """Whether that output is within them."""
        items = output if isinstance(output, list) else [output]
        return len(items) <= self.longest and all(self.low <= x <= self.high for x in items)


def anything(*inputs: Any) -> bool:
    """Holds for all inputs."""
    return True


@dataclass(frozen=True)
class ListTask:
    """A function."""

    answer: Callable[..., Value]
    """The reference: from the inputs to the output."""
    draw: Draw
    given: Callable[..., bool] = anything
    """What inputs must fulfil for the answer to be defined; others are drawn again."""
    bounds: Bounds = field(default_factory=Bounds)
    signed: bool = False
    """Whether numbers may be negative."""
    words: int | None = None
    """Of the machine, where larger numbers occur on the way than in inputs and outputs."""
    steps: int | None = None
    """Of the machine, where two loops over the longest list aren't enough."""

    def spec(self, random: Random, *, zeros: bool = False) -> dict[str, Any]:
        """No input is there twice."""
        found: dict[str, dict[str, Any]] = {}
        for _ in range(ATTEMPTS):
            inputs = self.draw(random)
            if zeros:
                inputs = tuple(_with_zeros(value, random) for value in inputs)
            if str(inputs) in found or not self.given(*inputs):
                continue
            output = self.answer(*inputs)
            if self.bounds.hold(output):
                found[str(inputs)] = _example(inputs, output)
            if len(found) == EXAMPLES + HELD_OUT:
                break
        else:
            raise DrawError(f"{len(found)} inputs: {EXAMPLES + HELD_OUT} are needed")
        examples = _telling(list(found.values()))
        machine = {"words": self.words, "steps": self.steps}
        return {
            **({"signed": True} if self.signed else {}),
            "machine": {name: size for name, size in machine.items() if size is not None},
            "examples": examples[:EXAMPLES],
            "holdout": examples[EXAMPLES:],
        }


def _telling(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same in another order where all examples leave an input as it is, but not all that is
    held out does: some that don't are examples then."""
    changed = [e for e in drawn if e["output"] not in (e.get("input"), *e.get("inputs", ()))]
    if not changed or any(e in changed for e in drawn[:EXAMPLES]):
        return drawn
    first = changed[:3]
    return [*first, *(e for e in drawn if e not in first)]


def nested(task: ListTask) -> ListTask:
    """The task, with steps for a loop in a loop over ten elements."""
    return replace(task, steps=1024)


def _with_zeros(value: Value, random: Random) -> Value:
    if not isinstance(value, list):
        return value
    return [0 if not isinstance(x, bool) and random.random() < SHARE_OF_ZEROS else x for x in value]


def _example(inputs: Inputs, output: Value) -> dict[str, Any]:
    given = {"input": inputs[0]} if len(inputs) == 1 else {"inputs": list(inputs)}
    return {**given, "output": output}
