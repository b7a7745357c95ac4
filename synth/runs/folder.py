"""The run folder: written so that a kill at any moment leaves it readable.

spec.json        the spec, as it was loaded
run.json         engine, seed, budget, versions
checkpoint.json  how far the search is; what `--resume` goes on from
checkpoint.N.npz arrays of that: the states of enumeration
history.json     how the search went: little, however long it took
candidates.jsonl one line for each program that passed the examples, or was the best so far
solution.json    the outcome, as `--json` prints it
program.asm      the best program
weights.npz      the tuned weights, if tuning found the program
course.npz       how they became so: the weights every 20 gradient steps
nets.eqx         the leaves of the nets that read pictures, by the names of their sets
readings.npz     the words that the pictures of each set were read as
race.json        the programs that they were trained beside
pictures.png     some held-out pictures, what they were read as, and what the program made of it
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bridge import Spec, Verdict
from bridge.errors import SpecError
from bridge.loading import encode_spec, load_spec
from synth.engines.base import Candidate
from synth.runs.arrays import pack, unpack
from synth.runs.files import Described, RunFolderError, Saved, read_file
from synth.runs.history import History, Recorded
from synth.runs.lock import FolderLock
from synth.runs.picture import draw_answer
from synth.solution import Solution, as_text

__all__ = ["RunFolder", "default_folder", "read_run"]


def default_folder(name: str) -> Path:
    """`runs/NAME-TIME`, or with a number behind it if that exists: made, so that it is nobody
    else's. Raises RunFolderError if that cannot be done."""
    base = path = Path("runs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    numbers = itertools.count(2)
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir()
            return path
        except FileExistsError:
            path = Path(f"{base}+{next(numbers)}")
        except OSError as e:
            raise _unwritable(path, e) from None


@dataclass(frozen=True)
class RunFolder(contextlib.AbstractContextManager["RunFolder"]):
    """The files of one run, locked until the end of the context."""

    path: Path
    lock: FolderLock
    failures: list[str] = field(default_factory=list[str])
    """Why something could not be written, since the run began: the first reason."""
    _arrays: dict[str, dict[str, np.ndarray]] = field(default_factory=dict[str, Any])
    """The file with the arrays of the last checkpoint, and what it holds."""

    @classmethod
    def create(cls, path: Path, spec: Spec, run: Described) -> RunFolder:
        """A new folder, with spec and run. Raises RunFolderError if there is a run in it already,
        or a file of somebody's that would be written over, one is going on in it, or it cannot be
        written."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            folder = cls(path, FolderLock(path))
        except OSError as e:
            raise _unwritable(path, e) from None
        try:
            if (path / "run.json").exists():
                raise RunFolderError(
                    f"{path}: holds a run already: choose another --out, or go on with --resume "
                    f"{path}"
                )
            folder._put("spec.json", msgspec.json.format(encode_spec(spec)))
            for images in spec.images.values():  # so that it can be gone on from
                (path / images.file).parent.mkdir(parents=True, exist_ok=True)
                folder._put(images.file, (Path(str(spec.folder)) / images.file).read_bytes())
            folder.describe(run)
        except BaseException as e:
            folder.lock.release()
            if isinstance(e, OSError):
                raise _unwritable(path, e) from None
            raise
        return folder

    @classmethod
    def open(cls, path: Path) -> tuple[RunFolder, Spec, Described]:
        """An existing folder, its spec and its run. Raises RunFolderError if it is none, or another
        run is going on in it."""
        spec, run = read_run(path)
        try:
            folder = cls(path, FolderLock(path))
        except OSError as e:
            raise _unwritable(path, e) from None
        for left in path.glob("*.tmp*"):  # by a run that was killed while it wrote
            left.unlink(missing_ok=True)
        return folder, spec, run

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def describe(self, run: Described) -> None:
        """Replaces what is said of the run."""
        self._write("run.json", _encode(run))

    def checkpoint(self, state: Saved) -> None:
        """Replaces the checkpoint, in one step, if it can be written: its arrays go to the other
        one of two files, before it names that."""
        arrays: dict[str, np.ndarray] = {}
        engine = pack(state.engine, arrays)
        name = next(iter(self._arrays), "")
        known = self._arrays.get(name, {})
        if not arrays:
            name = ""
        elif any(known.get(key) is not array for key, array in arrays.items()):
            name = "checkpoint.2.npz" if name == "checkpoint.1.npz" else "checkpoint.1.npz"
            np.savez(data := io.BytesIO(), allow_pickle=False, **arrays)
            self._keep(name, data.getvalue())
        state = msgspec.structs.replace(state, engine=engine, arrays=name)
        self._keep("checkpoint.json", _encode(state))
        with self._suppressed():
            for old in {*self._arrays} - {name}:
                (self.path / old).unlink(missing_ok=True)
        self._arrays.clear()
        if name:
            self._arrays[name] = arrays

    def last_checkpoint(self) -> Saved:
        """The checkpoint; an empty one if there is none yet. Raises RunFolderError."""
        try:
            saved = read_file(self.path / "checkpoint.json", Saved)
        except FileNotFoundError:
            return Saved()
        if not saved.arrays:
            return saved
        file = self.path / saved.arrays
        try:
            with np.load(file, allow_pickle=False) as npz:
                arrays = {name: npz[name] for name in npz.files}
            self._arrays[saved.arrays] = arrays
            return msgspec.structs.replace(saved, engine=unpack(saved.engine, arrays))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as e:
            raise RunFolderError(f"$.arrays: {file.name} cannot be read: {e}") from None

    def log(self, candidate: Candidate, verdict: Verdict, seconds: float) -> None:
        """Appends a line to the log of candidates, if it can be written, or nothing."""
        line = {
            "found_by": candidate.found_by,
            **as_text(candidate, "program", "term"),
            "passed": verdict.passed,
            "cells": verdict.cells,
            "seconds": round(seconds, 3),
        }
        with self._suppressed(), (self.path / "candidates.jsonl").open("ab", buffering=0) as f:
            before = f.tell()
            try:
                f.write(msgspec.json.encode(line) + b"\n")
            except OSError:
                f.truncate(before)
                raise

    def record(self, history: History, stages: Mapping[str, float]) -> None:
        """Writes how the search went, and the seconds of each stage, if it can be written and it is
        time to."""
        if history.due():
            self._keep("history.json", _encode(history.recorded(stages)))

    def last_history(self) -> History:
        """How the search went until now; nothing where that is not known."""
        try:
            return History.going_on(read_file(self.path / "history.json", Recorded))
        except (FileNotFoundError, RunFolderError):  # no search depends on it
            return History()

    def draw(self, solution: Solution, spec: Spec) -> None:
        """Writes a picture of what reads pictures. Raises ImportError without matplotlib."""
        self._keep("pictures.png", draw_answer(solution, spec))

    def finish(self, solution: Solution) -> Solution:
        """Writes the outcome, as far as it can be written: an answer outweighs that. The solution;
        where something was not written, with a note of it."""
        if solution.program is not None:
            self._keep("program.asm", f"{solution.program}\n".encode())
        for name in ("weights", "course"):
            if (arrays := getattr(solution, name)) is not None:
                np.savez_compressed(data := io.BytesIO(), allow_pickle=False, **arrays)
                self._keep(f"{name}.npz", data.getvalue())
        if (perception := solution.perception) is not None:
            np.savez_compressed(data := io.BytesIO(), allow_pickle=False, **perception.words)
            self._keep("readings.npz", data.getvalue())
            perception.reader.save(nets := io.BytesIO())
            self._keep("nets.eqx", nets.getvalue())
            if perception.race is not None:
                self._keep("race.json", _encode(perception.race.to_json()))
        if solution.history is not None:
            self._keep("history.json", _encode(solution.history))
        solution = self._noted(solution)
        self._keep("solution.json", _encode(solution.to_json()))
        return self._noted(solution)

    def _noted(self, solution: Solution) -> Solution:
        """The solution; with a note, if there is none yet, where something was not written."""
        if solution.saved and self.failures:
            return replace(solution, notes=(*solution.notes, *self.failures), saved=False)
        return solution

    @contextlib.contextmanager
    def _suppressed(self) -> Iterator[None]:
        """Within it what cannot be written is but a failure to be noted."""
        try:
            yield
        except OSError as e:
            if not self.failures:
                why = f"{self.path}: could not be written: {e.strerror or e}"
                self.failures.append(f"{why}: what it holds of this run is not all")

    def _keep(self, name: str, data: bytes) -> None:
        """Writes the file, if it can be written."""
        with self._suppressed():
            self._write(name, data)

    def _put(self, name: str, data: bytes) -> None:
        """Writes the file where there is none, or the same, as a run leaves that was killed at its
        start. Raises RunFolderError where there is another."""
        file = self.path / name
        if file.exists() and file.read_bytes() != data:
            raise RunFolderError(
                f"{file}: there is such a file, which is no run's: choose another --out, or none"
            )
        self._write(name, data)

    def _write(self, name: str, data: bytes) -> None:
        """Whole or not at all, also where the power fails: another name first, then renamed, each
        on the disk before the next."""
        temporary = self.path / f"{name}.tmp"
        try:
            with temporary.open("wb") as f:
                f.write(data)
                f.flush()
                os.fsync(f.fileno())
            temporary.replace(self.path / name)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        with contextlib.suppress(OSError):  # not every system opens folders
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def read_run(path: Path) -> tuple[Spec, Described]:
    """The spec and the run that a folder holds. Raises RunFolderError."""
    try:
        run = read_file(path / "run.json", Described)
    except FileNotFoundError:
        raise RunFolderError(
            f"{path}: no run folder to go on from: name one that holds spec.json and run.json"
        ) from None
    try:
        return load_spec(path / "spec.json"), run
    except SpecError as e:
        raise RunFolderError(e.args[0], file=e.file) from None


def _unwritable(path: Path, error: OSError) -> RunFolderError:
    why = error.strerror or error
    return RunFolderError(f"{path}: cannot be written: {why}: choose another --out, or none")


def _encode(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"
