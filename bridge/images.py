"""A set of pictures in an .npz file -> ImageSet."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32, Int, Int64, Num

from bridge.errors import SpecError

__all__ = ["ImageSet", "load_images"]

MAX_NUMBERS: Final = 1 << 28
"""In the pictures of a file: a GiB of 32-bit floats."""
AXES: Final = 3
"""The most that a picture has: height, width, channels."""


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Pictures of one shape, and the words that each may show."""

    name: str
    pixels: Float32[np.ndarray, "n *shape"]
    """Of each picture, scaled to 0 … 1 over the whole file."""
    words: tuple[int, ...]
    labels: Int[np.ndarray, " n"] | None = None
    """The word that each shows, where somebody says it: to score with, never to train on."""
    low: float = 0.0
    high: float = 1.0
    """What the file writes for 0 and for 1."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one picture."""
        return self.pixels.shape[1:]

    def __len__(self) -> int:
        return len(self.pixels)

    def scale(self, pictures: Num[np.ndarray, "m *shape"]) -> Float32[np.ndarray, "m *shape"]:
        """Pictures in the units of the file, as `pixels` are. Raises ValueError if they are of
        another shape, or hold what is no finite number."""
        pictures = np.asarray(pictures)
        if pictures.shape[1:] != self.shape:
            raise ValueError(
                f"pictures of shape {pictures.shape[1:]}: those of {self.name!r} have {self.shape}"
            )
        if pictures.dtype.kind not in "buif" or not np.isfinite(pictures).all():
            raise ValueError("pictures hold what is no finite number: replace or remove it")
        return _scaled(pictures.astype(np.float32), self.low, self.high)

    def unlabelled(self, chosen: Int64[np.ndarray, " m"]) -> "ImageSet":
        """These pictures alone, without labels: what an engine may see."""
        return replace(self, pixels=self.pixels[chosen], labels=None)


def load_images(folder: Path, name: str, file: str, words: Sequence[int], at: str) -> ImageSet:
    """The set in that file of the folder. `at` is where the spec names it. Raises SpecError that
    says what is wrong, and how to mend it."""
    path = _inside(folder, file, f"{at}.file")
    try:
        _check_sizes(path)
        with np.load(path, allow_pickle=False) as arrays:
            images = np.asarray(arrays["images"])
            labels = np.asarray(arrays["labels"]) if "labels" in arrays else None
    except (OSError, ValueError, MemoryError, KeyError, EOFError, zipfile.BadZipFile) as e:
        why = "holds objects, not numbers" if "allow_pickle" in str(e) else "cannot be read"
        raise SpecError(
            f"{at}.file: {file}: {why}: write it with numpy.savez(file, images=…), numbers only"
        ) from None
    pixels = _pixels(images, f"{at}.file: {file}: images")
    if labels is not None:
        labels = _labels(labels, len(pixels), words, f"{at}.file: {file}: labels")
    low, high = float(pixels.min()), float(pixels.max())
    return ImageSet(name, _scaled(pixels, low, high), tuple(words), labels, low, high)


def _inside(folder: Path, file: str, at: str) -> Path:
    """The path of a file in the folder or below it."""
    given = Path(file)
    if "\0" in file or "\\" in file or given.is_absolute() or ".." in given.parts:
        raise SpecError(f"{at}: {file!r}: name a file in the spec's own folder, without '..'")
    path = folder / given
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise SpecError(f"{at}: {file!r}: leads out of the spec's folder: put the file there")
        if not path.is_file():
            raise SpecError(f"{at}: {file!r}: there is no such file in {folder}")
    except (OSError, RuntimeError) as e:  # too long; links in a circle
        raise SpecError(f"{at}: {file!r}: cannot be read: {e}") from None
    return path


def _check_sizes(path: Path) -> None:
    """Raises ValueError unless it is an archive of the arrays that are wanted, no larger, unpacked,
    than the limit."""
    with zipfile.ZipFile(path) as archive:
        names = {member.filename for member in archive.infolist()}
        size = sum(member.file_size for member in archive.infolist())
    if not {"images.npy"} <= names <= {"images.npy", "labels.npy"} or size > 8 * MAX_NUMBERS + 4096:
        raise ValueError


def _pixels(images: np.ndarray, at: str) -> Float32[np.ndarray, "n *shape"]:
    if images.dtype.kind not in "buif":
        raise SpecError(f"{at}: {images.dtype} are no numbers: store integers or floats")
    if not 2 <= images.ndim <= 1 + AXES or 0 in images.shape:
        raise SpecError(
            f"{at}: shape {images.shape}: give (pictures, height, width), with channels behind or "
            "not, or (pictures, numbers)"
        )
    if images.size > MAX_NUMBERS:
        raise SpecError(f"{at}: more than {MAX_NUMBERS} numbers: give fewer or smaller pictures")
    with np.errstate(over="ignore"):
        pixels = images.astype(np.float32)
    finite = np.isfinite(pixels).reshape(len(pixels), -1).all(1)
    if not finite.all():
        raise SpecError(f"{at}[{finite.argmin()}]: NaN or infinite: replace or remove it")
    return pixels


def _labels(labels: np.ndarray, count: int, words: Sequence[int], at: str) -> np.ndarray:
    if labels.dtype.kind not in "ui" or labels.shape != (count,):
        raise SpecError(
            f"{at}: {labels.dtype} of shape {labels.shape}: give {count} integers, or none"
        )
    known = np.isin(labels, words)
    if not known.all():
        i = known.argmin()
        raise SpecError(f"{at}[{i}]: {labels[i]} is none of the words that a picture may show")
    return labels.astype(np.int64)


def _scaled(pixels: Float32[np.ndarray, "n *shape"], low: float, high: float) -> np.ndarray:
    return (pixels - np.float32(low)) / np.float32(high - low or 1.0)
