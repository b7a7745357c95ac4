"""Draws specs of this suite: `python -m benchmarks.suites.digits.generate --tasks sum`.

The digits are scikit-learn's; which of them are held out, and what is wrong, is drawn from the
seed. Operators, of which scikit-learn has none, are drawn here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from cyclopts import Parameter

from benchmarks.command import Seeds, check_known, check_positive, make_app, run_app, seed_range
from benchmarks.suites.digits.tasks import GRID, TASKS, Task
from bridge.counts import counted

__all__ = ["Draw", "draw_spec", "main", "write_images"]

HELD_OUT: Final = 500
"""How many of the digits are held out."""
OPERATORS: Final = 600
OPERATORS_HELD_OUT: Final = 200

app = make_app("benchmarks.suites.digits.generate")


@dataclass(frozen=True)
class Draw:
    """What is drawn of a task."""

    examples: int = 300
    wrong: float = 0.0
    """The share of examples whose answer is that of another example."""
    seed: int = 0
    held: int = 1000
    """Held-out examples; none of these is wrong."""
    lengths: tuple[int, ...] = ()
    """Of lists in examples; the task's by default."""
    held_lengths: tuple[int, ...] = ()
    """Of those that are held out; as in the examples, by default."""
    accuracy: float = 0.85

    def name(self, task: str) -> str:
        """Of the spec."""
        return f"{task}.{self.examples}.{round(100 * self.wrong):02}.{self.seed}"

    def longest(self, task: Task) -> int:
        """The longest list."""
        return max((*(self.lengths or task.lengths), *self.held_lengths))


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Pictures of the digits 1 to 9, and their labels."""
    from sklearn.datasets import load_digits  # the extra `digits`

    images, labels = load_digits(return_X_y=True)
    chosen = labels > 0
    return images[chosen].reshape(-1, 8, 8).astype(np.uint8), labels[chosen].astype(np.int64)


@cache
def operators() -> tuple[np.ndarray, np.ndarray]:
    """Pictures of + and −, 8 × 8, shifted, bent and noisy; and their labels, 0 and 1."""
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, OPERATORS)
    y, x = np.mgrid[:8, :8]
    images = np.empty((OPERATORS, 8, 8), np.uint8)
    for image, label in zip(images, labels, strict=True):
        (cy, cx), tilt = draw.uniform(2.5, 4.5, 2), draw.normal(0, 0.15)
        reach, width = draw.uniform(2, 3.5, 2), draw.uniform(0.6, 1.1)
        along, across = (x - cx) + tilt * (y - cy), (y - cy) - tilt * (x - cx)
        ink = np.exp(-((across / width) ** 2)) * (abs(along) < reach[0])
        if label == 0:
            ink = np.maximum(ink, np.exp(-((along / width) ** 2)) * (abs(across) < reach[1]))
        image[:] = np.clip(16 * ink + draw.normal(0, 1.5, (8, 8)), 0, 16)
    return images, labels


def write_images(folder: Path) -> None:
    """Writes the pictures of all specs of this suite into that folder."""
    for name, (images, labels) in (("digits", digits()), ("operators", operators())):
        np.savez_compressed(folder / f"{name}.npz", images=images, labels=labels)


def draw_spec(name: str, how: Draw) -> dict[str, Any]:
    """The spec of that task, as plain dicts and lists."""
    task = TASKS[name]
    lengths = how.lengths or task.lengths
    held_lengths = how.held_lengths or lengths
    machine = task.machine(how.longest(task))
    draw = np.random.default_rng([*name.encode(), how.seed])
    labels, held = (
        (operators()[1], OPERATORS_HELD_OUT) if task.operators else (digits()[1], HELD_OUT)
    )
    order = draw.permutation(len(labels))
    shown, hidden = _deal(draw, order[held:]), _deal(draw, order[:held])
    rows = [
        [_example(task, draw, cards, labels, length, machine.words) for length in some]
        for cards, some in (
            (shown, np.resize(lengths, how.examples)),
            (hidden, np.resize(held_lengths, how.held)),
        )
    ]
    _make_wrong(rows[0], how.wrong, draw)
    file, words = (
        ("operators.npz", [0, 1]) if task.operators else ("digits.npz", list(range(1, 10)))
    )
    return {
        "name": how.name(name),
        "machine": msgspec.to_builtins(machine),
        "images": {"file": file, "words": words},
        "accuracy": how.accuracy,
        "examples": rows[0],
        "holdout": rows[1],
    }


def _deal(draw: np.random.Generator, cards: np.ndarray) -> Iterator[int]:
    """The pictures in some order, then in another one, for ever."""
    while True:
        yield from draw.permutation(cards).tolist()


def _example(
    task: Task,
    draw: np.random.Generator,
    cards: Iterator[int],
    labels: np.ndarray,
    length: int,
    words: int,
) -> dict[str, Any]:
    pictures = [next(cards) for _ in range(length)]
    auxiliary = draw.integers(1, 10, 3).tolist() if task.operators else []
    ending = [] if task.lengths == (GRID,) else [0]
    shown = [int(labels[i]) for i in pictures]
    expected = [word % words for word in task.meaning([*shown, *auxiliary])]
    memory = [*({"image": i} for i in pictures), *auxiliary, *ending]
    return {"memory": memory, "expect": {"memory": expected}}


def _make_wrong(examples: list[dict[str, Any]], share: float, draw: np.random.Generator) -> None:
    """Gives that share of the examples the answer of another one of its length that differs."""
    answers = [example["expect"]["memory"] for example in examples]
    for i in draw.permutation(len(examples))[: round(share * len(examples))]:
        length = len(examples[i]["memory"])
        others = [
            answer
            for example, answer in zip(examples, answers, strict=True)
            if len(example["memory"]) == length and answer != answers[i]
        ]
        if others:
            examples[i]["expect"] = {"memory": others[draw.integers(len(others))]}


@app.default
def generate(
    *,
    out: Annotated[Path, Parameter(help="The folder to write.")] = Path("runs/digits"),
    tasks: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    examples: Annotated[list[int], Parameter(consume_multiple=True)] = [300],  # noqa: B006
    wrong: Annotated[
        list[int], Parameter(consume_multiple=True, help="Percent of the answers.")
    ] = [0],  # noqa: B006
    seeds: Seeds = "0:1",
    held: Annotated[int, Parameter(help="Held-out examples.")] = 1000,
    lengths: Annotated[list[int] | None, Parameter(consume_multiple=True)] = None,
    held_lengths: Annotated[list[int] | None, Parameter(consume_multiple=True)] = None,
    accuracy: Annotated[float, Parameter(help="What is asked for.")] = 0.85,
) -> int:
    """Writes specs with pictures into a folder; all tasks by default.

    Beside TASK.EXAMPLES.WRONG.SEED.json stands a program that solves it.
    """
    chosen = list(TASKS) if tasks is None else tasks
    check_known("tasks", chosen, TASKS)
    check_positive(held=held, **{"examples": min(examples)})
    out.mkdir(parents=True, exist_ok=True)
    write_images(out)
    every = list(product(chosen, examples, wrong, seed_range(seeds)))
    of = tuple(lengths or ()), tuple(held_lengths or ())
    for name, n, percent, seed in every:
        how = Draw(n, percent / 100, seed, held, *of, accuracy)
        (out / f"{how.name(name)}.json").write_text(json.dumps(draw_spec(name, how)))
        program = TASKS[name].program(how.longest(TASKS[name]))
        (out / f"{how.name(name)}.asm").write_text(f"{program}\n")
    print(f"{counted(len(every), 'spec')} in {out}: give one to python -m synth.search")
    return 0


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
