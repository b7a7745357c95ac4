"""What stays the same while one call of `tune` runs, made ready for the compiled function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from backend.descent import Recipe
from backend.loss import Targets
from backend.machine import tables
from backend.plan import Shape, Tuning
from bridge.batch import run_batch
from bridge.isa import NOOP
from bridge.program import Program, encode, first_words
from bridge.spec import Example, Machine
from bridge.tests import Tests, encode_examples

__all__ = ["Task", "make_task"]

MAX_HORIZON: Final = 256
"""The most steps that the soft machine runs; executed programs run as long as the spec says."""


@dataclass(frozen=True)
class Task:
    """Skeletons and examples, with what derives from them."""

    skeletons: tuple[Program, ...]
    first: int
    """The index of the first skeleton."""
    horizons: tuple[int, ...]
    """How many steps the soft machine runs for each skeleton."""
    machine: Machine
    tests: Tests
    tuning: Tuning
    thrifty: bool
    """Whether the objective is a correct program of few steps."""
    seed: int
    recipe: Recipe

    def shape(self, horizon: int) -> Shape:
        """The shapes that restarts with that horizon are compiled for."""
        return Shape.of(self.machine, horizon, len(self.recipe.memory))

    def first_cells(self, part: float) -> Float[np.ndarray, "e b"]:
        """The mask of the first memory cells, up to that part of those that change."""
        targets, width = self.recipe.targets, self.recipe.memory.shape[1]
        changes = (targets.memory != self.recipe.memory) & (targets.memory_mask > 0)
        last = np.where(changes.any(1) & (part < 1), width - changes[:, ::-1].argmax(1), width)
        return (np.arange(width) < np.ceil(part * last)[:, None]).astype(np.float32)


def make_task(
    skeletons: Sequence[Program],
    examples: Sequence[Example],
    machine: Machine,
    tuning: Tuning,
    *,
    seed: int,
    thrifty: bool,
    first: int,
) -> Task:
    """The task of tuning these. Raises AssemblyError if a skeleton does not fit the machine."""
    for i, skeleton in enumerate(skeletons, first):
        skeleton.check(machine, f"skeleton {i}")
    tests = encode_examples(examples, machine)
    horizons = tuple(_horizon(skeleton, tests, machine, tuning) for skeleton in skeletons)
    recipe = _make_recipe(tests, machine, tuning, tuning.thrift if thrifty else 0.0)
    return Task(tuple(skeletons), first, horizons, machine, tests, tuning, thrifty, seed, recipe)


def _horizon(skeleton: Program, tests: Tests, machine: Machine, tuning: Tuning) -> int:
    """A little longer than the skeleton runs, holes as no-ops, where it halts at all. What its
    holes may make of a skeleton without any jump, none can say."""
    limit = min(machine.steps, tuning.horizon or MAX_HORIZON)
    shapeless = skeleton.has_hole and all(i.opcode != "jump" for i in skeleton.instructions)
    if tuning.horizon or not machine.halt or shapeless:
        return limit
    rows = encode(skeleton, machine.lines)
    rows[rows[:, 0] < 0, 0] = NOOP
    first = first_words(skeleton, machine.registers)[None]
    *_, taken, halted = run_batch(np.maximum(rows, 0)[None], tests.memory, machine, first)
    if not halted.any():
        return limit
    longest = int(taken[halted].max())
    return min(limit, (longest * 5 // 4 + 15) // 8 * 8)


def _make_recipe(tests: Tests, machine: Machine, tuning: Tuning, thrift: float) -> Recipe:
    shown = min(len(tests.memory), tuning.examples)
    shape = Shape.of(machine, 1, shown)

    def fit(array: np.ndarray, width: int, dtype: type) -> np.ndarray:
        out = np.zeros((shape.examples, width), dtype)
        out[:shown, : array.shape[1]] = array[:shown]
        return out

    # Examples that only the bucket has must count nothing, and the loss is a mean over all.
    weight = (np.arange(shape.examples) < shown) * np.float32(shape.examples / max(1, shown))
    targets = Targets(
        fit(tests.expect_memory, shape.words, np.int32),
        fit(tests.mask_memory, shape.words, np.float32) * weight[:, None],
        fit(tests.expect_registers, shape.registers, np.int32),
        fit(tests.mask_registers, shape.registers, np.float32) * weight[:, None],
        weight * np.float32(tuning.halting if machine.halt else 0),
        weight * np.float32(thrift),
    )
    return Recipe(
        fit(tests.memory, shape.words, np.int32),
        targets,
        tables(machine.words, shape.words, machine.opcodes),
        np.asarray(tuning.learning_rate, np.float32),
        np.asarray(tuning.clip, np.float32),
        _pressure(tuning),
    )


def _pressure(tuning: Tuning) -> Float[np.ndarray, " 2"] | None:
    if not tuning.entropy:
        return None
    parts = (0, 1 / tuning.steps) if tuning.anneal else (1, 0)
    return np.float32(tuning.entropy) * np.asarray(parts, np.float32)
