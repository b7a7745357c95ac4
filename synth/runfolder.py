"""The run folder: written so that a kill at any moment leaves it readable.

spec.json        the spec, as it was loaded
run.json         engine, seed, budget, versions
checkpoint.json  how far the search is; what `--resume` goes on from
candidates.jsonl one line for each program that passed the examples, or was the best so far
solution.json    the outcome, as `--json` prints it
program.asm      the best program
weights.npz      the tuned weights, if tuning found the program
"""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bridge import Spec, Verdict, parse_program
from bridge.errors import SkeletuneError
from bridge.spec import decode_spec
from bridge.term import is_term, parse_term
from synth.engines.base import Candidate
from synth.solution import Solution

__all__ = [
    "RunFolder",
    "RunFolderError",
    "candidate_from",
    "candidate_to_plain",
    "default_folder",
]


class RunFolderError(SkeletuneError):
    """A run folder that cannot be written, or gone on from."""


def default_folder(name: str) -> Path:
    """`runs/NAME-TIME`, or with a number behind it if that exists."""
    base = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    numbered = (f"{base}+{n}" for n in itertools.count(2))
    return next(
        p for n in itertools.chain([base], numbered) if not (p := Path("runs") / n).exists()
    )


class RunFolder:
    """The files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, spec: Spec, run: dict[str, Any]) -> RunFolder:
        """A new folder, with spec and run. Raises RunFolderError if there is a run in it already,
        or it cannot be written."""
        if (path / "run.json").exists():
            raise RunFolderError(
                f"{path}: holds a run already: choose another --out, or go on with --resume {path}"
            )
        folder = cls(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            folder._write("spec.json", msgspec.json.format(msgspec.json.encode(spec)))
            folder._write("run.json", _encode(run))
        except OSError as e:
            raise RunFolderError(f"{path}: cannot be written: {e.strerror or e}") from None
        return folder

    @classmethod
    def open(cls, path: Path) -> tuple[RunFolder, Spec, dict[str, Any]]:
        """An existing folder, its spec and its run. Raises RunFolderError if it is none."""
        folder = cls(path)
        try:
            spec = decode_spec((path / "spec.json").read_bytes())
            run = msgspec.json.decode((path / "run.json").read_bytes(), type=dict)
        except (OSError, msgspec.DecodeError, SkeletuneError) as e:
            raise RunFolderError(
                f"{path}: no run folder to go on from ({e}): name one that holds spec.json and "
                "run.json"
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
            "program": str(candidate.program),
            "term": None if candidate.term is None else str(candidate.term),
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
    parts = ("program", "term", "skeleton", "near_miss")
    texts = {p: None if (v := getattr(candidate, p)) is None else str(v) for p in parts}
    return texts | {"found_by": candidate.found_by, "entropy": candidate.entropy}


def candidate_from(plain: dict[str, Any]) -> Candidate:
    """The way back."""
    term, skeleton, near_miss, entropy = (
        plain[p] for p in ("term", "skeleton", "near_miss", "entropy")
    )
    source = None
    if skeleton is not None:
        source = parse_term(skeleton) if is_term(skeleton) else parse_program(skeleton)
    return Candidate(
        parse_program(plain["program"]),
        None if term is None else parse_term(term),
        source,
        None if near_miss is None else parse_term(near_miss),
        entropy=None if entropy is None else tuple(entropy),
        found_by=plain["found_by"],
    )
