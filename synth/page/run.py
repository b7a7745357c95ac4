"""What is known of a run, read from its folder, of which parts may be missing: one value from which
all sections of its page are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bridge import Example, Program, Spec, parse_program
from bridge.errors import SkeletuneError, SpecError
from bridge.loading import load_spec
from bridge.term import Term, parse_term
from synth.conclude import held_out
from synth.page.told import Logged, Race, Told
from synth.problem import Problem, resolve
from synth.runs.files import Described, RunFolderError, Saved, read_file
from synth.runs.history import Recorded
from synth.shown import as_text
from synth.sketch import parse_source
from synth.solution import Solution

__all__ = ["Run", "of_solution", "read"]


@dataclass(frozen=True, eq=False)
class Run:
    """A run, finished or not."""

    spec: Spec
    problem: Problem
    told: Told
    program: Program | None
    term: Term | None
    """What the program was lowered from; or, where it was found as a program, what it means."""
    is_reading: bool
    """Whether `term` is the latter."""
    examples: tuple[Example, ...]
    """Those of the spec, and counterexamples that the run found."""
    fresh: tuple[Example, ...]
    """The held-out ones that are among none of these."""
    described: Described | None = None
    candidates: tuple[Logged, ...] = ()
    starts: tuple[str, ...] = ()
    """Near misses: what engines left for others to start from, the best first."""
    history: Recorded = field(default_factory=Recorded)
    weights: Mapping[str, np.ndarray] | None = None
    race: Race | None = None
    pictures: Path | None = None
    arrays: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict[str, Any])
    """Other arrays of the run, by the names of their files."""

    @property
    def readings(self) -> Mapping[str, np.ndarray]:
        """The words that the pictures of each set were read as."""
        return self.arrays.get("readings", {})

    def words_of(self, example: Example) -> tuple[int, ...]:
        """The memory before, its pictures read."""
        return tuple(
            int(self.readings[(one := next(iter(cell.items())))[0]][one[1]])
            if isinstance(cell, dict)
            else cell
            for cell in example.memory
        )

    def inputs_of(self, example: Example) -> str:
        """The lists, numbers and booleans that the example gives; empty where it gives memory."""
        if isinstance(lists := self.spec.lists, msgspec.UnsetType):
            return ""
        inputs, _ = lists.values(example.words, example.expect.memory)
        return ", ".join(map(as_text, inputs))

    @property
    def skeleton(self) -> Term | Program | None:
        """What the program was tuned or made from, if it was."""
        return None if self.told.skeleton is None else parse_source(self.told.skeleton, "skeleton")


def read(folder: Path) -> Run:
    """The run in a folder, whatever of it is there. Raises RunFolderError where it holds no run, or
    a file of it is damaged, with file and JSON path."""
    try:
        spec = load_spec(folder / "spec.json")
    except SpecError as e:
        if not (folder / "spec.json").exists():
            raise RunFolderError(
                f"{folder}: no run folder: name one that holds spec.json, as {folder.parent}/NAME"
            ) from None
        raise RunFolderError(e.args[0], file=e.file) from None
    saved = _file(folder / "checkpoint.json", Saved) or Saved()
    told = _file(folder / "solution.json", Told)
    if told is None:  # it goes on, or was cut off
        known = {} if saved.best is None else msgspec.structs.asdict(saved.best)
        work = msgspec.structs.asdict(saved.work)
        told = msgspec.convert(known | {"stats": work}, Told)
    npz = {"weights", "course", "readings"}
    arrays = {name: a for name in sorted(npz) if (a := _arrays(folder / f"{name}.npz"))}
    pictures = folder / "pictures.png"
    return _run(
        spec, told, str(folder / "solution.json"), saved.counterexamples,
        described=_file(folder / "run.json", Described),
        candidates=_log(folder / "candidates.jsonl"),
        starts=_starts(saved.engine),
        history=_file(folder / "history.json", Recorded) or Recorded(),
        weights=arrays.pop("weights", None),
        race=_file(folder / "race.json", Race),
        pictures=pictures if pictures.exists() else None,
        arrays=arrays,
    )  # fmt: skip


def of_solution(solution: Solution, spec: Spec) -> Run:
    """The run that a solution came from, as far as the solution tells."""
    told = msgspec.convert(solution.to_json(), Told)
    race = None if solution.perception is None else solution.perception.race
    return _run(
        spec, told, "the solution", (),
        history=solution.history or Recorded(),
        weights=solution.weights,
        race=None if race is None else msgspec.convert(race.to_json(), Race),
    )  # fmt: skip


def _run(spec: Spec, told: Told, source: str, more: tuple[Example, ...], **others: Any) -> Run:
    try:
        program = None if told.program is None else parse_program(told.program)
        text = told.term or told.reading
        term = None if text is None else parse_term(text, "$.term")
        problem = resolve(spec)
    except SkeletuneError as e:
        raise RunFolderError(e.args[0], file=source) from None
    fresh = spec.holdout if spec.images else held_out(spec, [])
    return Run(
        spec, problem, told, program, term, told.term is None, (*spec.examples, *more), fresh,
        **others,
    )  # fmt: skip


def _file(path: Path, kind: Any) -> Any:
    """What the JSON file holds; None if it is not there."""
    try:
        return read_file(path, kind)
    except FileNotFoundError:
        return None


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """Those of a file; none if it is not there."""
    if not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError) as e:
        raise RunFolderError(f"cannot be read: {e}", file=str(path)) from None


def _log(path: Path) -> tuple[Logged, ...]:
    """The lines of the log that are whole: the last may have been cut off."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return ()
    found: list[Logged] = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Logged))
        except (msgspec.DecodeError, UnicodeDecodeError):
            break
    return tuple(found)


def _starts(engine: Mapping[str, Any]) -> tuple[str, ...]:
    """What the ladder's checkpoint has to start from."""
    starts = engine.get("starts", ())
    return tuple(s for s in starts if isinstance(s, str)) if isinstance(starts, list) else ()
