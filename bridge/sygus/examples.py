"""What the constraints say of single inputs -> examples of a spec.

A constraint that holds for all values of its variables says what is right for each input, if the
function is called with the same arguments throughout: inputs are drawn, every output is tried, and
an input for which one is right is an example. Without variables each constraint is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bridge.errors import SpecError
from bridge.sygus.meaning import Calls, hold
from bridge.sygus.parse import Problem, Sexp, parse_problem

__all__ = ["EXAMPLES", "HELD_OUT", "as_spec"]

Array = npt.NDArray[Any]
Example = dict[str, Any]

MACHINE: Final = {"lines": 32, "instructions": "arithmetic"}
"""As far as it does not follow from the examples: SyGuS has products and comparisons."""
EXAMPLES: Final = 24
HELD_OUT: Final = 48
FEWEST: Final = 30
"""Examples and held-out ones, where there are not so many."""
DRAWS: Final = 4_000
"""Of inputs, among which so many examples are looked for."""
UNORDERED: Final = 3_000
HIGHEST: Final = (4, 9, 16, 31)
"""Variables are drawn up to one of these, another one for each input."""
SHARE_OF_ZEROS: Final = 0.1
FEWEST_WORDS: Final = 32
NUMBERS: Final = 128
"""Inputs and outputs are smaller: half of the words that a machine may have."""
OUTPUTS: Final = np.arange(-2 * NUMBERS, 2 * NUMBERS)
"""Those that are tried."""


def as_spec(
    text: str, seed: int = 0, *, examples: int = EXAMPLES, held: int = HELD_OUT
) -> dict[str, Any]:
    """The problem as a spec, as plain data: so many examples, and held-out ones, which `seed`
    draws; or those that it gives, or all that there are of fewer, a third of which is held out.
    Raises SpecError."""
    problem = parse_problem(text)
    if problem.variables:
        found, every = _drawn(problem, seed, examples + held)
        held = len(found) // 3 if every else len(found) * held // (examples + held)
    else:
        found = _given(problem)
        held = len(found) // 3
    signed = any(
        type(word) is int and word < 0
        for example in found
        for word in (*example["inputs"], example["output"])
    )
    return {
        "machine": MACHINE | {"words": _room(found)},
        **({"signed": True} if signed else {}),
        "examples": found[: len(found) - held],
        "holdout": found[len(found) - held :],
    }


def _room(examples: Sequence[Example]) -> int:
    """Words of the machine, twice as many as the numbers need: integers know no end, so the sum and
    the difference of two numbers that occur are not to wrap around."""
    numbers = [int(n) for e in examples for n in (*e["inputs"], e["output"])]
    largest, sides = max(map(abs, numbers)), 1 + (min(numbers) < 0)
    return min(max(2 * sides * (largest + 1), FEWEST_WORDS), 2 * NUMBERS)


def _given(problem: Problem) -> list[Example]:
    """Each constraint is one."""
    found: list[Example] = []
    for constraint in problem.constraints:
        examples, why = _read(problem, (constraint,), {}, 1, least=int(OUTPUTS[0]))
        if not examples:
            raise SpecError(f"the constraint of {problem.name}: {why.most_common(1)[0][0]}")
        found += [example for example in examples if example not in found]
    return found


def _drawn(problem: Problem, seed: int, wanted: int) -> tuple[list[Example], bool]:
    """So many, none of whose inputs is there twice, or negative; or all that were found, if these
    are not too few. And whether they are few as there are no other inputs, such as of booleans."""
    random = np.random.default_rng(seed)
    values = _values(problem, random)
    examples, why = _read(problem, problem.constraints, values, DRAWS, least=0)
    few = len(examples) < min(wanted, FEWEST)
    if few and why:
        reasons = "; ".join(f"{why[reason]} × {reason}" for reason in why)
        raise SpecError(
            f"{problem.name}: {len(examples)} different inputs of {DRAWS} that were drawn have one "
            f"right output, {min(wanted, FEWEST)} are needed: {reasons}"
        )
    return examples[:wanted], few


def _values(problem: Problem, random: np.random.Generator) -> dict[str, Array]:
    """Of each variable, (draws, 1). Every fourth number is near one that the constraints name,
    every tenth is 0. The inputs behind `UNORDERED`, which count where those before are too few, are
    in ascending order: all numbers, all but the first or all but the last; in half of these none is
    there twice."""
    names = [name for name, sort in problem.variables if sort == "Int"]
    highest = random.choice(HIGHEST, (DRAWS, 1))
    numbers = random.integers(0, highest + 1, (DRAWS, len(names)))
    near = sorted({n + d for c in (*problem.constraints, *_bodies(problem)) for n in _literals(c)
                   for d in (-1, 0, 1) if 0 <= n + d < NUMBERS})  # fmt: skip
    if near:
        chosen = random.choice(near, numbers.shape)
        numbers = np.where(random.random(numbers.shape) < 0.25, chosen, numbers)
    numbers[random.random(numbers.shape) < SHARE_OF_ZEROS] = 0
    for order, part in enumerate((slice(None), slice(1, None), slice(None, -1))):
        rows = slice(UNORDERED + order, None, 3)
        rising = np.sort(numbers[rows, part], axis=1)
        rising[::2] += np.arange(rising.shape[1])
        numbers[rows, part] = rising
    values = {name: numbers[:, i : i + 1] for i, name in enumerate(names)}
    for name, sort in problem.variables:
        if sort == "Bool":
            values[name] = random.random((DRAWS, 1)) < 0.5
    return values


def _bodies(problem: Problem) -> list[Sexp]:
    return [macro.body for macro in problem.macros.values()]


def _literals(sexp: Sexp) -> set[int]:
    """The numbers in it."""
    if isinstance(sexp, tuple):
        return set[int]().union(*map(_literals, sexp))
    return {sexp} if isinstance(sexp, int) else set()


def _read(
    problem: Problem,
    constraints: tuple[Sexp, ...],
    values: dict[str, Array],
    inputs: int,
    *,
    least: int,
) -> tuple[list[Example], Counter[str]]:
    """The inputs with one right output, no number of which is below `least`; and how often why
    others have none."""
    outputs = OUTPUTS if problem.result == "Int" else np.array([False, True])
    calls = Calls(problem, inputs, outputs)
    truth = hold(problem, constraints, values, calls)
    if calls.arguments is None:
        raise SpecError(f"no constraint calls {problem.name}")
    if not calls.same:
        raise SpecError(
            f"{problem.name} is called with different arguments: not supported, as no single input "
            "then has its output"
        )
    right = np.broadcast_to(truth, (inputs, len(outputs)))
    why: Counter[str] = Counter()
    found: dict[tuple[int, ...], Example] = {}
    for i, row in enumerate(right):
        given = [argument[i].item() for argument in calls.arguments]
        output = outputs[row.argmax()].item()
        numbers = [int(word) for word in (*given, output)]
        if (count := row.sum()) != 1:
            why["several outputs are right" if count else "no output is right"] += 1
        elif min(numbers) < least or max(numbers) >= NUMBERS - 1:
            why[f"a number is not in {max(least, 0)} … {NUMBERS - 2}"] += 1
        else:
            found.setdefault(tuple(numbers[:-1]), {"inputs": given, "output": output})
    return list(found.values()), why
