"""The run folder: written so that a kill at any moment leaves it readable.

spec.json        the spec, as it was loaded
run.json         engine, seed, budget, versions
checkpoint.json  how far the search is; what `--resume` goes on from
candidates.jsonl one line for each program that passed the examples, or was the best so far
solution.json    the outcome, as `--json` prints it
program.asm      the best program
weights.npz      the tuned weights, if tuning found the program
nets.eqx         the leaves of the nets that read pictures, by the names of their sets
race.json        the programs that they were trained beside
"""

from __future__ import annotations

import itertools
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bridge import Spec, Verdict
from bridge.errors import SkeletuneError
from bridge.loading import encode_spec, load_spec
from bridge.spec import Search
from synth.engines.base import Candidate
from synth.sketch import parse_source
from synth.solution import Solution, as_text

__all__ = ["RunFolder", "RunFolderError", "candidate_from", "candidate_to_plain", "default_folder"]


_SOURCES = ("program", "term", "skeleton", "near_miss")


class RunFolderError(SkeletuneError):
    """A run folder that cannot be written, or gone on from."""


def default_folder(name: str) -> Path:
    """`runs/NAME-TIME`, or with a number behind it if that exists."""
    base = path = Path("runs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    numbers = itertools.count(2)
    while path.exists():
        path = Path(f"{base}+{next(numbers)}")
    return path


class Described(msgspec.Struct, frozen=True):
    """What a run folder says of the run, in run.json: enough to do it again."""

    engine: str
    search: Search
    rules: list[str]
    version: str
    started: str
    net: str | None = None
    """The user's, by its name."""


@dataclass(frozen=True)
class RunFolder:
    """The files of one run."""

    path: Path

    @classmethod
    def create(cls, path: Path, spec: Spec, run: Described) -> RunFolder:
        """A new folder, with spec and run. Raises RunFolderError if there is a run in it already,
        or it cannot be written."""
        if (path / "run.json").exists():
            raise RunFolderError(
                f"{path}: holds a run already: choose another --out, or go on with --resume {path}"
            )
        folder = cls(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            folder._write("spec.json", msgspec.json.format(encode_spec(spec)))
            for images in spec.images.values():  # so that it can be gone on from
                (path / images.file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(str(spec.folder)) / images.file, path / images.file)
            folder._write("run.json", _encode(run))
        except OSError as e:
            raise RunFolderError(f"{path}: cannot be written: {e.strerror or e}") from None
        return folder

    @classmethod
    def open(cls, path: Path) -> tuple[RunFolder, Spec, Described]:
        """An existing folder, its spec and its run. Raises RunFolderError if it is none."""
        folder = cls(path)
        try:
            spec = load_spec(path / "spec.json")
            run = msgspec.json.decode((path / "run.json").read_bytes(), type=Described)
        except (OSError, msgspec.DecodeError, SkeletuneError) as e:
            raise RunFolderError(
                f"{path}: no run folder to go on from ({e}): name one that holds spec.json and "
                "run.json, of this version"
            ) from None
        return folder, spec, run

    def checkpoint(self, state: dict[str, Any]) -> None:
        """Replaces the checkpoint, in one step."""
        self._write("checkpoint.json", _encode(state))

    def last_checkpoint(self) -> dict[str, Any]:
        """The checkpoint, or {} if there is none yet."""
        try:
            return msgspec.json.decode((self.path / "checkpoint.json").read_bytes(), type=dict)
        except OSError:
            return {}
        except msgspec.DecodeError as e:
            raise RunFolderError(f"{self.path}/checkpoint.json: not readable ({e})") from None

    def log(self, candidate: Candidate, verdict: Verdict, seconds: float) -> None:
        """Appends a line to the log of candidates."""
        line = {
            "found_by": candidate.found_by,
            **as_text(candidate, "program", "term"),
            "passed": verdict.passed,
            "cells": verdict.cells,
            "seconds": round(seconds, 3),
        }
        with (self.path / "candidates.jsonl").open("ab") as f:
            f.write(msgspec.json.encode(line) + b"\n")

    def finish(self, solution: Solution) -> None:
        """Writes the outcome."""
        if solution.program is not None:
            self._write("program.asm", f"{solution.program}\n".encode())
        if solution.weights is not None:
            temporary = self.path / "weights.tmp.npz"
            np.savez(temporary, allow_pickle=False, **solution.weights)
            temporary.replace(self.path / "weights.npz")
        if (perception := solution.perception) is not None:
            temporary = self.path / "nets.tmp.eqx"
            perception.reader.save(temporary)
            temporary.replace(self.path / "nets.eqx")
            if perception.race is not None:
                self._write("race.json", _encode(perception.race.to_json()))
        self._write("solution.json", _encode(solution.to_json()))

    def _write(self, name: str, data: bytes) -> None:
        """Whole or not at all: another name first, then renamed."""
        temporary = self.path / f"{name}.tmp"
        with temporary.open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        temporary.replace(self.path / name)


def _encode(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"


def candidate_to_plain(candidate: Candidate) -> dict[str, Any]:
    """As plain values, without weights."""
    sources = as_text(candidate, *_SOURCES)
    return sources | {"found_by": candidate.found_by, "entropy": candidate.entropy}


def candidate_from(plain: dict[str, Any]) -> Candidate:
    """The way back."""
    parsed: dict[str, Any] = {
        name: None if plain[name] is None else parse_source(plain[name]) for name in _SOURCES
    }
    entropy = None if plain["entropy"] is None else tuple(plain["entropy"])
    return Candidate(**parsed, entropy=entropy, found_by=plain["found_by"])
