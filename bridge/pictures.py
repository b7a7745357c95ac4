"""Examples with pictures in memory, as arrays; and what can be wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from jaxtyping import Bool, Int8, Int32, Int64, UInt8

from bridge.errors import SpecError
from bridge.images import ImageSet, load_images
from bridge.spec import ONE_SET, Example, Machine, Spec

__all__ = [
    "NO_PICTURES",
    "PictureTests",
    "check_pictures",
    "encode_pictures",
    "load_sets",
    "place_of",
]
__all__ += ["disguised_labels"]


@dataclass(frozen=True, eq=False)
class PictureTests:
    """Examples as arrays. Outputs are memory, then registers."""

    memory: Int64[np.ndarray, "examples b"]
    """The words before; 0 where a picture is."""
    which: Int8[np.ndarray, "examples b"]
    """Of which set the picture in a cell is; −1 where none is."""
    index: Int32[np.ndarray, "examples b"]
    """Which picture of the set it is."""
    expect: Int64[np.ndarray, "examples outputs"]
    checked: Bool[np.ndarray, "examples outputs"]
    """Where an output is expected."""

    def __len__(self) -> int:
        return len(self.memory)

    def filled(self, words: Sequence[Int64[np.ndarray, " _"]]) -> UInt8[np.ndarray, "examples b"]:
        """The memories before, where each set's pictures show these words."""
        memory = self.memory.astype(np.uint8)
        for number, shown in enumerate(words):
            here = self.which == number
            memory[here] = shown[self.index[here]]
        return memory

    def renumbered(self, sets: Sequence[ImageSet]) -> "tuple[PictureTests, tuple[ImageSet, ...]]":
        """With no pictures but those that occur, and no labels: what an engine may see."""
        index, kept = self.index.copy(), list[ImageSet]()
        for number, images in enumerate(sets):
            here = self.which == number
            chosen, index[here] = np.unique(self.index[here], return_inverse=True)
            kept.append(images.unlabelled(chosen.astype(np.int64)))
        return replace(self, index=index), tuple(kept)


NO_PICTURES = PictureTests(
    np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int8), np.zeros((0, 0), np.int32),
    np.zeros((0, 0), np.int64), np.zeros((0, 0), bool),
)  # fmt: skip
"""Of a spec of words."""


EMPTY: Mapping[tuple[str, int, int], str] = MappingProxyType({})


def load_sets(spec: Spec) -> tuple[ImageSet, ...]:
    """The spec's sets of pictures, in its order. Raises SpecError."""
    folder = Path(spec.folder if isinstance(spec.folder, str) else ".")
    return tuple(
        load_images(folder, name, images.file, images.words, place_of(spec, name))
        for name, images in spec.images.items()
    )


def place_of(spec: Spec, name: str) -> str:
    """Where the spec describes that set."""
    return "$.images" if list(spec.images) == [ONE_SET] else f"$.images.{name}"


def encode_pictures(
    examples: Sequence[Example], machine: Machine, sets: Sequence[str]
) -> PictureTests:
    """The examples as arrays; `sets` are the names of the sets of pictures."""
    n, b = len(examples), machine.words
    numbers = {name: i for i, name in enumerate(sets)}
    words, which = np.zeros((n, b), np.int64), np.full((n, b), -1, np.int8)
    index = np.zeros((n, b), np.int32)
    expect = np.zeros((n, b + machine.registers), np.int64)
    checked = np.zeros((n, b + machine.registers), bool)
    for i, example in enumerate(examples):
        for j, cell in enumerate(example.memory):
            if isinstance(cell, dict):
                for name, number in cell.items():  # one, as loading has seen to
                    which[i, j], index[i, j] = numbers[name], number
            else:
                words[i, j] = cell
        for bank, j, word in example.cells():
            at = j if bank == "memory" else b + j
            expect[i, at], checked[i, at] = word, True
    return PictureTests(words, which, index, expect, checked)


def check_pictures(spec: Spec, places: Mapping[tuple[str, int, int], str] = EMPTY) -> None:
    """Raises SpecError where its pictures are not there, or a held-out one is in an example, too;
    `spec.folder` must say where the files are. `places` are the paths of cells, by (group, example,
    address), that the spec doesn't give as memory."""

    def path(group: str, i: int, j: int) -> str:
        return places.get((group, i, j), f"$.{group}[{i}].memory[{j}]")

    sets = load_sets(spec)
    tests = {
        group: encode_pictures(getattr(spec, group), spec.machine, list(spec.images))
        for group in ("examples", "holdout")
    }
    for number, images in enumerate(sets):
        for group, them in tests.items():
            beyond = (them.which == number) & (them.index >= len(images))
            if beyond.any():
                i, j = map(int, np.argwhere(beyond)[0])
                raise SpecError(
                    f"{path(group, i, j)}.{images.name}: no picture {them.index[i, j]}: "
                    f"the file has {len(images)}, counted from 0"
                )
        seen, held = (them.index * (them.which == number) for them in tests.values())
        here = tests["holdout"].which == number
        shared = here & np.isin(held, seen[tests["examples"].which == number])
        if shared.any():
            i, j = map(int, np.argwhere(shared)[0])
            at = (tests["examples"].which == number) & (seen == held[i, j])
            raise SpecError(
                f"{path('holdout', i, j)}.{images.name}: picture {held[i, j]} is in "
                f"$.examples[{np.argwhere(at)[0][0]}], too: hold out pictures that no example has"
            )


def disguised_labels(examples: Sequence[Example]) -> list[int]:
    """The examples that hold one picture alone: what they expect may say what it shows."""
    return [
        i for i, e in enumerate(examples) if sum(isinstance(cell, dict) for cell in e.memory) == 1
    ]
