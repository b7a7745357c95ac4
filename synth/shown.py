"""What a program makes of inputs as people write them: lists, numbers and booleans."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from msgspec import UnsetType

from bridge import Example, Machine, Program, Spec, run
from bridge.lists import Layout, Value

__all__ = ["Shown", "as_text", "called", "show_examples"]

PASSED: Final = 3
FAILED: Final = 5
"""The most examples to show of those that a program passes, and of those that it fails."""
LOOKED_AT: Final = 1000
"""The most examples that are executed to find them."""


@dataclass(frozen=True)
class Shown:
    """An example, and what the program made of it."""

    at: str
    """Where it stands in the spec; `counterexample 1` is the first of those that were added."""
    inputs: tuple[Value, ...]
    wanted: Value
    got: Value | None
    """None if the program doesn't end, or leaves no list."""

    @property
    def passed(self) -> bool:
        return self.got == self.wanted

    def __str__(self) -> str:
        made = f"{', '.join(map(as_text, self.inputs))} -> {as_text(self.got)}"
        return made if self.passed else f"{made}, not {as_text(self.wanted)}: {self.at}"

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**vars(self), "inputs": list(self.inputs), "passed": self.passed}


def as_text(value: Value | None) -> str:
    """As in a spec; `nothing` for None."""
    return "nothing" if value is None else json.dumps(value)


def called(program: Program, layout: Layout, machine: Machine, inputs: Iterable[Any]) -> Value:
    """The output for these inputs. Raises ValueError where they don't fit the layout, or there is
    none."""
    given = [list(v) if isinstance(v, Iterable) else v for v in inputs]
    output = _output(program, layout, machine, layout.memory(given), given)
    if output is None:
        why = f"the program doesn't end within {machine.steps} steps, or leaves no list"
        raise ValueError(f"no output for {', '.join(map(repr, given))}: {why}")
    return output


def show_examples(
    spec: Spec, program: Program | None, examples: Sequence[Example]
) -> tuple[Shown, ...]:
    """Some of the examples, which are the spec's and counterexamples behind them, and of those that
    are held out: the first that fail, and the first held-out ones that pass. None where memory was
    given, or there is no program."""
    layout = spec.lists
    if program is None or isinstance(layout, UnsetType):
        return ()
    known = len(spec.examples)
    names = [f"$.examples[{i}]" for i in range(known)]
    names += [f"counterexample {i + 1}" for i in range(len(examples) - known)]
    held = [f"$.holdout[{i}]" for i in range(len(spec.holdout))]
    seen = [
        *_seen(zip(held, spec.holdout, strict=True), program, layout, spec.machine),
        *_seen(zip(names, examples, strict=True), program, layout, spec.machine),
    ]
    failed = [shown for shown in seen if not shown.passed]
    return (*[s for s in seen if s.passed][:PASSED], *failed[:FAILED])


def _seen(
    rows: Iterable[tuple[str, Example]], program: Program, layout: Layout, machine: Machine
) -> Iterator[Shown]:
    for at, example in islice(rows, LOOKED_AT):
        inputs, wanted = layout.values(example.words, example.expect.memory)
        yield Shown(at, inputs, wanted, _output(program, layout, machine, example.words, inputs))


def _output(
    program: Program, layout: Layout, machine: Machine, memory: Sequence[int], inputs: Any
) -> Value | None:
    outcome = run(program, memory, machine)
    if machine.halt and not outcome.halted:
        return None
    return layout.output_in(outcome.memory, inputs)
