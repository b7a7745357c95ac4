"""Suites are found, not listed: every folder here that holds specs (`NAME/*.json`) is one, and so
is every one whose `tasks.py` has a `SUITE`: its specs are drawn when they are asked for.

A suite also has a README (source, citation, what each task means), what its specs were made
with, and, beside a spec `TASK.json`, a program `TASK.asm` that solves it where one is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge import Program, SkeletuneError, Spec, load_spec, parse_program

__all__ = ["ROOT", "SolvedSpec", "Suite", "SuiteError", "find_suites", "load_solved", "load_suite"]

ROOT = Path(__file__).parent


class SuiteError(SkeletuneError):
    """A suite that does not exist, or holds no specs."""


@dataclass(frozen=True)
class Suite:
    """A name, and the files of its specs."""

    name: str
    specs: tuple[Path, ...]


@dataclass(frozen=True)
class SolvedSpec:
    """A spec, and a program that solves it."""

    spec: Spec
    program: Program


def load_solved(path: Path) -> SolvedSpec:
    """The spec in that file, and the program beside it."""
    program = path.with_suffix(".asm")
    return SolvedSpec(load_spec(path), parse_program(program.read_text(), str(program)))


def find_suites(root: Path = ROOT) -> dict[str, list[Path]]:
    """The spec files of each suite under that folder, by the suite's name."""
    found = {folder.name: sorted(folder.glob("*.json")) for folder in sorted(root.iterdir())}
    return {name: specs for name, specs in found.items() if specs}


def load_suite(name: str) -> Suite:
    """The suite of that name, shipped, drawn or of an installed plug-in; or a folder of specs,
    named by its path. Specs that are drawn are written to `runs/suites`. Raises SuiteError if there
    is none."""
    from benchmarks.suites.drawn.find import DRAWN, find_drawn, load_drawn  # it imports this

    shipped, drawn = find_suites(), find_drawn()
    if name in shipped:
        return Suite(name, tuple(shipped[name]))
    if name in drawn:
        return Suite(name, tuple(load_drawn(name).write(DRAWN / name)))
    folder = Path(name)
    if not folder.is_dir():
        from synth.plugins import installed  # with egglog, which takes a moment to load

        offered = {n: path for plugin in installed().values() for n, path in plugin.suites.items()}
        if name not in offered:
            known = ", ".join(sorted({*shipped, *drawn, *offered}))
            raise SuiteError(f"{name}: no such suite or folder: there are {known}")
        folder = offered[name]
    specs = tuple(sorted(folder.glob("*.json")))
    if not specs:
        raise SuiteError(f"{folder}: no specs (*.json) in it")
    return Suite(folder.resolve().name, specs)
