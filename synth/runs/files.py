"""The files of a run folder that are read again, as data: what they must look like.

They are checked like specs: whatever is wrong with one is said with file, JSON path and fix.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import msgspec
from msgspec import Meta

from bridge.errors import SkeletuneError, SpecError
from bridge.spec import Example, Search
from bridge.strict_json import read_json
from bridge.term import Term
from bridge.violations import explain
from synth.engines.base import Candidate, Work
from synth.language import check_term
from synth.sketch import parse_source
from synth.solution import as_text

if TYPE_CHECKING:
    from synth.problem import Problem

__all__ = [
    "Count", "Described", "Found", "RunFolderError", "Saved", "Used", "candidate_from", "read_file",
    "to_found",
]  # fmt: skip

Count = Annotated[int, Meta(ge=0)]
_SOURCES = ("program", "term", "skeleton", "near_miss", "rewritten_from")
Seconds = Annotated[float, Meta(ge=0)]


class RunFolderError(SkeletuneError):
    """A run folder that cannot be written, or gone on from."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file, or a part of one."""


class Used(_File, frozen=True, kw_only=True):
    """A ruleset of the run, or its costs: a name, and a digest of what it says."""

    name: str
    digest: str


class Described(_File, frozen=True, kw_only=True):
    """run.json, what the run is: enough to do it again."""

    engine: str
    search: Search
    rules: list[Used]
    version: str
    started: str
    constructs: str = ""
    """A digest of the constructs that are not shipped, if there are any."""
    answers: Annotated[int, Meta(ge=1)] = 1
    """How many are asked for."""
    net: str | None = None
    """The user's, by its name."""
    costs: Used | None = None
    """What constructs cost, where a file says so."""


class Found(_File, frozen=True, kw_only=True):
    """A candidate, without weights."""

    program: str
    term: str | None
    skeleton: str | None
    near_miss: str | None
    rewritten_from: str | None
    found_by: str
    entropy: list[float] | None
    tentative: bool = False


SavedWork = msgspec.defstruct(
    "SavedWork",
    [
        (f.name, Count if kind is int else Seconds, kind())
        for f, kind in ((f, get_type_hints(Work)[f.name]) for f in fields(Work))
    ],
    bases=(_File,),
    frozen=True,
)
"""Work that was done, as `synth.engines.base.Work` counts it."""


class Saved(_File, frozen=True, kw_only=True):
    """checkpoint.json, how far the search is."""

    engine: dict[str, Any] = {}
    """The engine's own last checkpoint."""
    work: SavedWork = msgspec.field(default_factory=SavedWork)  # pyright: ignore[reportInvalidTypeForm]
    """The work until then."""
    counterexamples: tuple[Example, ...] = ()
    best: Found | None = None
    answers: tuple[Found, ...] = ()
    """Programs that are right, where more than one is asked for."""
    arrays: Annotated[str, Meta(pattern=r"^(checkpoint\.[12]\.npz)?(?![\s\S])")] = ""
    """The file with the arrays of the engine's checkpoint, if it has any."""


Kind = TypeVar("Kind", bound=msgspec.Struct)


def read_file(path: Path, kind: type[Kind]) -> Kind:
    """What the JSON file holds. Raises RunFolderError with file, JSON path and what is wrong, and
    FileNotFoundError."""
    try:
        raw = read_json(path.read_bytes())
    except FileNotFoundError:
        raise
    except OSError as e:
        raise RunFolderError(f"cannot be read: {e.strerror or e}", file=str(path)) from None
    except SpecError as e:
        raise RunFolderError(e.args[0], file=str(path)) from None
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError:
        why = explain(raw, msgspec.json.schema(kind))
        raise RunFolderError(why, file=str(path)) from None
    except RecursionError:
        raise RunFolderError("$: nested too deeply", file=str(path)) from None


def to_found(candidate: Candidate) -> Found:
    """The candidate as plain values."""
    texts: dict[str, Any] = as_text(candidate, *_SOURCES)
    entropy = None if candidate.entropy is None else list(candidate.entropy)
    told = {"found_by": candidate.found_by, "tentative": candidate.tentative}
    return Found(**texts, **told, entropy=entropy)


def candidate_from(found: Found, problem: Problem, at: str, *, known: bool = True) -> Candidate:
    """The way back. Raises RunFolderError where that is no program of the problem's machine, or no
    term of its language, if that is `known`; `at` says where it stands."""
    parsed: dict[str, Any] = {}
    for name in _SOURCES:
        text, here = getattr(found, name), f"{at}.{name}"
        if text is None:
            parsed[name] = None
            continue
        try:
            parsed[name] = source = parse_source(text, here)
            if known and isinstance(source, Term):
                check_term(source, language=problem.language)
        except SkeletuneError as e:
            raise RunFolderError(f"{here}: {e.args[0].removeprefix(f'{here}: ')}") from None
    machine, program = problem.machine, parsed["program"]
    if isinstance(program, Term) or program.has_hole:
        raise RunFolderError(f"{at}.program: no program: give assembly without holes")
    try:
        program.check(machine, f"{at}.program")
    except SkeletuneError as e:
        at = f"{at}.program"
        raise RunFolderError(f"{at}: {e.args[0].removeprefix(at).lstrip()}") from None
    entropy = None if found.entropy is None else tuple(found.entropy)
    told = {"found_by": found.found_by, "tentative": found.tentative}
    return Candidate(**parsed, **told, entropy=entropy)
