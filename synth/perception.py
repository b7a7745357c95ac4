"""What of an answer reads pictures, and how well it does so on those that are held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Int64

from bridge import Spec, Verdict
from bridge.images import ImageSet
from bridge.pictures import encode_pictures, load_sets
from bridge.verify import verify_pictures
from synth.engines.base import Candidate
from synth.engines.reader import Race, Reader
from synth.judging import read_all

__all__ = ["Perception", "Reading", "perceive"]


@dataclass(frozen=True, eq=False)
class Reading:
    """How the held-out pictures of a set were read, where the file says what they show."""

    words: tuple[int, ...]
    confusion: Int64[np.ndarray, "words words"]
    """How many pictures that show the word of a row were read as that of a column."""

    @property
    def right(self) -> int:
        return int(np.trace(self.confusion))

    @property
    def total(self) -> int:
        return int(self.confusion.sum())


@dataclass(frozen=True, eq=False)
class Perception:
    """What reads pictures for a program."""

    reader: Reader
    sets: tuple[ImageSet, ...]
    """Their names, shapes, words and scales; no pictures."""
    race: Race | None
    """The programs that the reader's was trained beside."""
    readings: Mapping[str, Reading]
    """Of the sets that have labels."""
    labelled: Verdict | None
    """The program on the held-out examples, the labels read instead of the pictures: what it fails
    even so is not the reader's fault. None without labels."""
    words: Mapping[str, Int64[np.ndarray, " _"]] = field(default_factory=dict[str, Any])
    """What all pictures of each set were read as, in the order of their file."""

    def set_named(self, name: str | None = None) -> ImageSet:
        """The set of that name, or the only one. Raises ValueError if there is no such set."""
        if name is None and len(self.sets) == 1:
            return self.sets[0]
        for images in self.sets:
            if images.name == name:
                return images
        known = ", ".join(images.name for images in self.sets)
        raise ValueError(f"which pictures? there are {known}, not {name}")

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        race, labelled = self.race, self.labelled
        return {
            "race": None
            if race is None
            else {
                "pool": race.pool,
                "reachable": race.reachable,
                "noise": race.noise,
                "margin": race.margin,
                "runner_up": None if race.runner_up is None else race.runner_up.shown,
                "aliases": [race.contenders[i].shown for i in race.aliases],
            },
            "images": {
                name: {
                    "read": {"right": reading.right, "total": reading.total},
                    "words": list(reading.words),
                    "confusion": reading.confusion.tolist(),
                }
                for name, reading in self.readings.items()
            },
            "labelled": None
            if labelled is None
            else {"passed": labelled.passed, "total": labelled.total},
        }


def perceive(
    spec: Spec, candidate: Candidate, reader: Reader
) -> tuple[Verdict, Verdict, Perception]:
    """The candidate on the spec's examples and on the held-out ones, its pictures read; and how
    well they are read."""
    sets, machine, program = load_sets(spec), spec.machine, candidate.program
    names = [images.name for images in sets]
    words = read_all(reader, sets)
    examples, holdout = (
        encode_pictures(group, machine, names) for group in (spec.examples, spec.holdout)
    )
    readings: dict[str, Reading] = {}
    for number, (images, read) in enumerate(zip(sets, words, strict=True)):
        if images.labels is not None:
            held = np.unique(holdout.index[holdout.which == number])
            readings[images.name] = _reading(images.words, images.labels[held], read[held])
    labelled = None
    if spec.holdout and len(readings) == len(sets):
        labels = [images.labels for images in sets if images.labels is not None]
        labelled = verify_pictures(program, holdout, labels, machine)
    none = tuple(images.unlabelled(np.zeros(0, np.int64)) for images in sets)
    perception = Perception(
        reader, none, candidate.race, readings, labelled, dict(zip(names, words, strict=True))
    )
    return (
        verify_pictures(program, examples, words, machine),
        verify_pictures(program, holdout, words, machine),
        perception,
    )


def _reading(
    words: Sequence[int], labels: Int64[np.ndarray, " n"], read: Int64[np.ndarray, " n"]
) -> Reading:
    order = np.argsort(words)
    at = [order[np.searchsorted(words, each, sorter=order)] for each in (labels, read)]
    confusion = np.zeros((len(words), len(words)), np.int64)
    np.add.at(confusion, tuple(at), 1)
    return Reading(tuple(words), confusion)
