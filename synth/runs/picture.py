"""A picture of an answer: pictures, what they were read as, and what the program made of that."""

from __future__ import annotations

import io
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bridge import Spec, run
from bridge.images import ImageSet
from bridge.pictures import PictureTests, encode_pictures, load_sets
from synth.judging import read_all
from synth.solution import Solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_answer"]

ROWS: Final = 6
WRONG: Final = 2
"""Of the rows, those that show an example that failed, if there are any."""
CELLS: Final = 8
"""The most cells of memory that are shown."""
GOOD, BAD, PLAIN = "#009E73", "#D55E00", "#444444"  # Okabe and Ito's
WIDTH, LINES = 38, 40
"""Of the program's text, in characters and lines."""


@dataclass(frozen=True)
class Shown:
    """An example, as it is drawn."""

    number: int
    outcome: str
    passed: bool


def draw_answer(solution: Solution, spec: Spec) -> bytes:
    """A PNG of some held-out examples (or examples, if none are held out), as the
    solution's nets read them and its program treats them. Needs matplotlib; raises ImportError."""
    from matplotlib.figure import Figure

    perception, program = solution.perception, solution.program
    assert perception is not None
    assert program is not None
    sets = load_sets(spec)
    tests = encode_pictures(spec.holdout or spec.examples, spec.machine, list(spec.images))
    words = read_all(perception.reader, sets)
    filled = tests.filled(words)
    chosen = _chosen([_shown(solution, tests, filled, i) for i in range(min(len(tests), 200))])
    numbers = [shown.number for shown in chosen]
    used = (tests.which[numbers] >= 0) | (tests.memory[numbers] > 0)
    cells = min(CELLS, 1 + int(np.nonzero(used)[1].max(initial=0)))
    figure = Figure(figsize=(1.1 * cells + 6.2, 1.25 * len(chosen) + 1.1), layout="constrained")
    figure.suptitle(_title(solution), x=0.02, ha="left", fontsize=11)
    halves: Any = figure.subfigures(1, 2, width_ratios=(3.4, 1.1 * cells + 2.2))
    text, rows = halves
    _write_program(text, solution)
    axes = rows.subplots(len(chosen), cells + 1, squeeze=False, width_ratios=(*[1.0] * cells, 2.2))
    for row, shown in zip(axes, chosen, strict=True):
        for cell, ax in enumerate(row[:cells]):
            _draw_cell(ax, tests, sets, filled, shown.number, cell)
        row[cells].axis("off")
        colour = GOOD if shown.passed else BAD
        row[cells].text(0, 0.5, f"→ {shown.outcome}", color=colour, fontsize=10, va="center")
    figure.savefig(file := io.BytesIO(), format="png", dpi=120, metadata={"Software": None})
    return file.getvalue()


def _shown(solution: Solution, tests: PictureTests, filled: np.ndarray, i: int) -> Shown:
    """What the program makes of an example."""
    assert solution.program is not None
    outcome = run(solution.program, filled[i].tolist(), solution.machine)
    found = np.array([*outcome.memory, *outcome.registers])
    where = np.nonzero(tests.checked[i])[0]
    right = bool((found[where] == tests.expect[i, where]).all())
    passed = right and (outcome.halted or not solution.machine.halt)
    told = " ".join(map(str, found[where]))
    wanted = "" if passed else f" (expected {' '.join(map(str, tests.expect[i, where]))})"
    return Shown(i, told + wanted, passed)


def _chosen(every: list[Shown]) -> list[Shown]:
    failed = [shown for shown in every if not shown.passed]
    passed = [shown for shown in every if shown.passed]
    few = failed[: max(WRONG, ROWS - len(passed))]
    return sorted(passed[: ROWS - len(few)] + few, key=lambda shown: not shown.passed)


def _draw_cell(
    ax: Axes,
    tests: PictureTests,
    sets: tuple[ImageSet, ...],
    filled: np.ndarray,
    example: int,
    cell: int,
) -> None:
    """A cell of memory before: a picture and what it was read as; or a word."""
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    which, word = tests.which[example, cell], int(filled[example, cell])
    if which < 0:
        ax.text(0.5, 0.5, str(word), ha="center", va="center", color=PLAIN, fontsize=11)
        return
    images, index = sets[which], int(tests.index[example, cell])
    picture: Any = images.pixels[index]
    picture = picture.reshape(1, -1) if picture.ndim == 1 else picture
    ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    colour, said = PLAIN, f"read {word}"
    if images.labels is not None:
        label = int(images.labels[index])
        colour = GOOD if label == word else BAD
        said += "" if label == word else f", is {label}"
    ax.set_xlabel(said, color=colour, fontsize=9)


def _title(solution: Solution) -> str:
    verdict = solution.holdout if solution.holdout.total else solution.examples
    low, high = verdict.interval
    group = "held-out examples" if solution.holdout.total else "examples"
    return (
        f"{solution.name}: right on {verdict.passed:,} of {verdict.total:,} {group} "
        f"({100 * low:.1f}-{100 * high:.1f} %)"
    )


def _write_program(figure: Any, solution: Solution) -> None:
    lines = [] if solution.term is None else [*wrap(str(solution.term), WIDTH), ""]
    lines += str(solution.program).splitlines() or ["(no instruction)"]
    if len(lines) > LINES:
        lines[LINES:] = ["…"]
    figure.text(0.04, 0.94, "\n".join(lines), va="top", family="monospace", fontsize=9)
