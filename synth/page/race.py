"""Pictures: what they were read as, and the race of the programs that nets were trained with."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from markupsafe import Markup

from bridge import Example
from bridge.counts import counted
from bridge.images import ImageSet
from bridge.pictures import load_sets
from synth.page.plots import race_plot
from synth.page.run import Run
from synth.page.svg import draws
from synth.page.told import SetRead

__all__ = [
    "Confusion",
    "Album",
    "Contender",
    "Perceived",
    "Picture",
    "Raced",
    "album",
    "perceived",
    "raced",
]

SHOWN, WRONG = 32, 10
"""Pictures of each set, at most; of these, such as were misread, if there are any."""
ALIAS: Final = "as likely: the examples can't tell"
LONG: Final = 60
"""Characters of a candidate's name in a plot."""


@dataclass(frozen=True)
class Contender:
    """A candidate, as it left the race."""

    program: str
    loss: str
    steps: int
    likelihood: str
    told: str


@dataclass(frozen=True)
class Raced:
    """The section of the race."""

    told: str
    plot: Markup | None
    contenders: tuple[Contender, ...]


@dataclass(frozen=True)
class Picture:
    """A picture, and what it was read as."""

    uri: str
    read: int
    label: int | None


@dataclass(frozen=True)
class Confusion:
    """Of a set: its pictures, and how many of each kind were read as what."""

    name: str
    told: str
    words: tuple[int, ...]
    rows: tuple[tuple[int, tuple[tuple[int, float], ...]], ...]
    """(word that is shown, (number, its share of the row) for each word read)."""
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Perceived:
    """The section of the pictures."""

    sets: tuple[Confusion, ...]
    labelled: str


def raced(run: Run) -> Raced | None:
    """The section of the race, if there was one."""
    race = run.race
    if race is None:
        return None
    contenders = tuple(
        Contender(
            c.term or c.program, _loss(c.loss, c.error), c.steps, c.likelihood,
            "the winner" if i == 0 else ALIAS if i in race.aliases else "",
        )
        for i, c in enumerate(race.contenders)
    )  # fmt: skip
    told = (
        f"Of {counted(race.pool, 'program')} enumerated, {race.reachable:,} can lead to the "
        "answers for some reading of the pictures."
    )
    if race.courses:
        left = sum(not course.stayed for course in race.courses)
        told += f" {len(race.courses)} raced, each with nets of its own; {left} were dropped on the"
        told += " way."
    if race.margin is not None:
        told += f" The winner leads by {race.margin:.3f} nats an example."
    lines = [
        (_short(c.shown), [(n, y) for n, y in zip(c.steps, c.losses, strict=False) if y], c.stayed)
        for c in race.courses
    ]
    lines = [each for each in lines if each[1]]
    many = any(len(course) > 1 for _, course, _ in lines)
    return Raced(told, race_plot(lines) if many and draws() else None, contenders)


def _loss(loss: float | None, error: float | None) -> str:
    return "" if loss is None or error is None else f"{loss:.3f} ± {error:.3f}"


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def perceived(run: Run) -> Perceived | None:
    """The section of the pictures, if there are any and they were read."""
    told = run.told.perception
    if not run.spec.images or told is None:
        return None
    shown = album(run)
    sets = tuple(_confusion(name, each, shown) for name, each in told.images.items())
    sets = sets or tuple(_unlabelled(shown))
    words = ""
    if told.labelled is not None:
        words = (
            f"Were all pictures read right, {told.labelled.passed:,} of {told.labelled.total:,} "
            "held-out examples would pass."
        )
    return Perceived(sets, words)


@dataclass(frozen=True, eq=False)
class Album:
    """The pictures of a run, with what they were read as; empty where either is not there."""

    sets: dict[str, ImageSet]
    readings: dict[str, np.ndarray]
    held: dict[str, list[int]]
    """By set, the numbers of those in held-out examples."""

    def uri(self, name: str, number: int) -> str:
        """A picture as a PNG, as a data URI; empty where nothing can make one."""
        return _uri(self.sets[name].pixels[number])


def album(run: Run) -> Album:
    """The run's pictures."""
    if not run.readings or not _pillow():
        return Album({}, {}, {})
    sets = {images.name: images for images in load_sets(run.spec)}
    held: dict[str, list[int]] = {name: [] for name in sets}
    for name, number in _used(run.fresh or run.examples):
        held[name].append(number)
    held = {name: sorted(set(numbers)) for name, numbers in held.items()}
    return Album(sets, dict(run.readings), held)


def _used(examples: tuple[Example, ...]) -> Iterator[tuple[str, int]]:
    for example in examples:
        for cell in example.memory:
            if isinstance(cell, dict):
                yield next(iter(cell.items()))


def _confusion(name: str, told: SetRead, shown: Album) -> Confusion:
    words = tuple(told.words)
    rows = tuple(
        (word, tuple((n, n / max(1, sum(row))) for n in row))
        for word, row in zip(words, told.confusion, strict=True)
    )
    text = f"Read right: {told.read.right:,} of {counted(told.read.total, 'held-out picture')}."
    return Confusion(name, text, words, rows, tuple(_pictures(name, shown)))


def _unlabelled(shown: Album) -> Iterator[Confusion]:
    for name in shown.sets:
        text = "What they show, nobody says."
        yield Confusion(name, text, (), (), tuple(_pictures(name, shown)))


def _pictures(name: str, shown: Album) -> Iterator[Picture]:
    """Some that were misread, and others."""
    if name not in shown.sets:
        return
    images, read = shown.sets[name], shown.readings[name]
    labels = images.labels
    wrong = [i for i in shown.held[name] if labels is not None and labels[i] != read[i]]
    right = [i for i in shown.held[name] if labels is None or labels[i] == read[i]]
    few = wrong[: max(WRONG, SHOWN - len(right))]
    for i in [*few, *right[: SHOWN - len(few)]]:
        yield Picture(shown.uri(name, i), int(read[i]), None if labels is None else int(labels[i]))


@cache
def _pillow() -> bool:
    try:
        import PIL.Image  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        return False
    return True


def _uri(pixels: np.ndarray) -> str:
    from PIL import Image

    if pixels.ndim == 1:
        pixels = pixels.reshape(1, -1)
    if pixels.ndim == 3 and pixels.shape[-1] not in (3, 4):
        pixels = pixels[..., 0]
    Image.fromarray(np.round(255 * pixels).astype(np.uint8)).save(file := io.BytesIO(), "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
